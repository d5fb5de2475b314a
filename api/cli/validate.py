"""validate: the twin held against theory, row by row, with the numbers one likes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, TypeVar, cast

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from api.cli.plant import load_plant
from api.cli.say import DEFAULT_PLANT, Json, PlantFile, Trouble, err, tell
from api.cli.validated import as_page, as_table, beside, books_table, by_name, by_subject, verdict
from simulation.validate import belt, cycles, fem, page, pair, rack, waiting
from simulation.validate.bounds import OutOfBounds
from simulation.validate.curve import read_curve
from simulation.validate.driver import Refused
from simulation.validate.rows import Experiment, Row, Told, unheard, weigh

app = typer.Typer(help="Hold the twin against theory: cranes, queues, lines, storage.")

Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed draws the same.")]
Length = Annotated[float, typer.Option(help="Length of the rack, m.")]
Height = Annotated[float, typer.Option(help="Height of the rack, m.")]
Columns = Annotated[int, typer.Option(help="Slots along.")]
Levels = Annotated[int, typer.Option(help="Slots up.")]
SpeedX = Annotated[float, typer.Option(help="Speed along, m/s.")]
RampX = Annotated[float, typer.Option(help="Acceleration along, m/s2; inf: constant speed.")]
SpeedY = Annotated[float, typer.Option(help="Speed up, m/s.")]
RampY = Annotated[float, typer.Option(help="Acceleration up, m/s2; inf: constant speed.")]
Fork = Annotated[float, typer.Option(help="One pick or one put, s.")]
Cycles = Annotated[int, typer.Option("--cycles", help="Cycles of each kind.")]
PLAIN = rack.Rack()

Asked = TypeVar("Asked")
Number = TypeVar("Number", int, float)


@app.callback(invoke_without_command=True)
def everything(
    ctx: typer.Context,
    *,
    plant: PlantFile = DEFAULT_PLANT,
    seed: Seed = 1,
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print docs/validation.md.")] = False,
) -> None:
    """Hold the twin against theory; without a subject, every row with the usual numbers. A failing row ends with 1.

    metrostack validate

    metrostack validate crane --length-m 40 --vx 4 --ax 2 --json
    """
    if ctx.invoked_subcommand is not None:
        _nothing_before(ctx)
        return
    site = load_plant(plant)
    subjects = _allowed(lambda: page.subjects(site))
    rows = _weighed([each for subject in subjects for each in subject.experiments], seed)
    if as_json:
        tell(by_subject(subjects, rows) | verdict(rows))
    elif markdown:
        typer.echo(as_page(subjects, rows, seed), nl=False)
    else:
        as_table(rows)
    _end(rows)


def _nothing_before(ctx: typer.Context) -> None:
    """Raise Trouble for an option between `validate` and its subject, which would be read by nobody."""
    given = [f"--{name.removeprefix('as_')}" for name in ctx.params if _is_given(ctx, name)]
    if given:
        told = ", ".join(given)
        raise Trouble(f"{told} before `{ctx.invoked_subcommand}` says nothing", remedy="Give it after the subject.")


def _is_given(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name != "DEFAULT"


@app.command()
def crane(
    *,
    length_m: Length = PLAIN.length_m,
    height_m: Height = PLAIN.height_m,
    columns: Columns = PLAIN.columns,
    levels: Levels = PLAIN.levels,
    vx: SpeedX = PLAIN.vx,
    ax: RampX = PLAIN.ax,
    vy: SpeedY = PLAIN.vy,
    ay: RampY = PLAIN.ay,
    fork_s: Fork = PLAIN.fork_s,
    cycles_: Cycles = page.CYCLES,
    seed: Seed = 1,
    as_json: Json = False,
) -> None:
    """Single and dual cycles of a crane in a rack, against the exact means over all slots.

    metrostack validate crane --length-m 60 --height-m 12 --columns 60 --levels 12 --json

    Bozer and White's means and the test cycles of FEM 9.851 are printed beside, with what they are off by.
    """
    asked = _rack(length_m, height_m, columns, levels, vx=vx, ax=ax, vy=vy, ay=ay, fork_s=fork_s)
    _one(lambda: [cycles.crane(asked, cycles=cycles_)], seed, as_json=as_json, books=asked)


@app.command("fem")
def plant_crane(
    *,
    plant: PlantFile = DEFAULT_PLANT,
    crane: Annotated[str, typer.Option(help="A crane of the plant; the first one if not given.")] = "",
    cycles_: Cycles = page.CYCLES,
    seed: Seed = 1,
    as_json: Json = False,
) -> None:
    """Test cycles of FEM 9.851 with a crane of a plant file, and cycles to any slot of it.

    metrostack validate fem --plant plants/demo.yaml --crane SC1
    """
    site = load_plant(plant)
    name = crane or next(iter(site.cranes), "")
    _one(lambda: [fem.fem_cycles(site, name), fem.any_slot(site, name, cycles=cycles_)], seed, as_json=as_json)


@app.command("queue")
def queue(
    *,
    load: Annotated[
        str, typer.Option("--load", "--loads", help="Share of time that the crane works; or a list.")
    ] = "0.8",
    orders: Annotated[int, typer.Option(help="Orders, in twenty runs together.")] = page.ORDERS,
    length_m: Length = PLAIN.length_m,
    height_m: Height = PLAIN.height_m,
    columns: Columns = PLAIN.columns,
    levels: Levels = PLAIN.levels,
    vx: SpeedX = PLAIN.vx,
    ax: RampX = PLAIN.ax,
    vy: SpeedY = PLAIN.vy,
    ay: RampY = PLAIN.ay,
    fork_s: Fork = PLAIN.fork_s,
    seed: Seed = 1,
    as_json: Json = False,
) -> None:
    """Orders that wait for a crane, against Pollaczek and Khinchine.

    metrostack validate queue --load 0.5,0.8,0.9
    """
    asked = _rack(length_m, height_m, columns, levels, vx=vx, ax=ax, vy=vy, ay=ay, fork_s=fork_s)
    loads = _listed("--load", load, float)
    _one(lambda: [waiting.queue(asked, load=each, orders=orders) for each in loads], seed, as_json=as_json)


@app.command("line")
def line(
    *,
    buffer: Annotated[str, typer.Option("--buffer", "--buffers", help="Loads between the stations; or a list.")] = "2",
    mean_1_s: Annotated[float, typer.Option("--mean-1-s", help="Mean work of station 1, s.")] = 30.0,
    mean_2_s: Annotated[float, typer.Option("--mean-2-s", help="Mean work of station 2, s.")] = 30.0,
    law: Annotated[str, typer.Option(help="How work times scatter: exponential or constant.")] = "exponential",
    parts: Annotated[int, typer.Option(help="Loads, in twenty runs together.")] = page.PARTS,
    seed: Seed = 1,
    as_json: Json = False,
) -> None:
    """Two stations with a belt between them, against the exact shares of time blocked and starved.

    metrostack validate line --buffer 0,1,2,5
    """
    rooms = _listed("--buffer", buffer, int)
    pairs = _allowed(lambda: [pair.Pair(mean_1_s, mean_2_s, room, cast(pair.Law, law)) for room in rooms])
    _one(lambda: [belt.line(each, parts=parts) for each in pairs], seed, as_json=as_json)


@app.command("storage")
def storage(
    *,
    curve: Annotated[str, typer.Option("--curve", "--curves", help="ABC curve, such as 20/60; or a list.")] = "20/60",
    classes: Annotated[str, typer.Option(help="Numbers of classes, 1 to 3; 1 is random.")] = "1,2,3",
    cycles_: Cycles = page.CYCLES,
    seed: Seed = 1,
    as_json: Json = False,
) -> None:
    """Storage by classes and by turnover, against Hausman, Schwarz and Graves.

    metrostack validate storage --curve 20/80 --classes 2,3
    """
    curves = _allowed(lambda: [read_curve(each) for each in curve.split(",")])
    counts = tuple(_listed("--classes", classes, int))
    _one(lambda: [e for c in curves for e in page.by_curve(c, cycles=cycles_, classes=counts)], seed, as_json=as_json)


def _one(asked: Callable[[], list[Experiment]], seed: int, *, as_json: bool, books: rack.Rack | None = None) -> None:
    """Weigh what is asked for and say what came of it, with what textbooks say of a rack beside."""
    rows = _weighed(_allowed(asked), seed)
    if as_json:
        tell(by_name(rows) | verdict(rows) | (beside(books) if books else {}))
    else:
        as_table(rows)
        if books:
            books_table(books)
    _end(rows)


def _rack(length_m: float, height_m: float, columns: int, levels: int, **crane: float) -> rack.Rack:
    return _allowed(lambda: rack.Rack(length_m, height_m, columns, levels, **crane))


def _listed(option: str, text: str, of: Callable[[str], Number]) -> list[Number]:
    """Return the different numbers of a list with commas, in their order."""
    try:
        return list(dict.fromkeys(of(part) for part in text.split(",")))
    except ValueError:
        raise Trouble(f"{option} {text!r} is no list of numbers", remedy="Join them by commas, such as 1,2.") from None


def _allowed(asked: Callable[[], Asked]) -> Asked:
    """Return what is asked for; raises Trouble that names everything out of bounds."""
    try:
        return asked()
    except OutOfBounds as bad:
        raise Trouble("these parameters cannot be", remedy="\n  ".join(bad.problems)) from None


def _weighed(experiments: Sequence[Experiment], seed: int) -> list[Row]:
    """Return the rows, with a bar on a terminal."""
    try:
        with _bar() as told:
            return weigh(experiments, seed, told)
    except Refused as broken:
        remedy = "No row can be judged before this is mended; see simulation/devices/crane.py."
        raise Trouble(f"the twin's crane does not do what it is told: {broken}", remedy=remedy, exit_code=1) from broken


@contextmanager
def _bar() -> Iterator[Told]:
    if not err.is_terminal:
        yield unheard
        return
    with Progress(
        TextColumn("the twin works"), BarColumn(), TaskProgressColumn(), console=err, transient=True
    ) as shown:
        bar = shown.add_task("", total=1.0)
        yield lambda share: shown.update(bar, completed=max(share, shown.tasks[0].completed))


def _end(rows: Sequence[Row]) -> None:
    if not all(row.holds for row in rows):
        raise typer.Exit(1)

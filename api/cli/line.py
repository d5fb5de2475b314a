"""line: verification lines, as they stand and what a person does about them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.cli import remote
from api.cli.say import Json, Trouble, table, tell
from api.cli.say import out as printed
from api.lock import Served
from api.texts import text
from wcs.line.rows import HOLDERS

app = typer.Typer(no_args_is_help=True, help="Verification lines: cells, benches, boxes at the exception port.")
Line = Annotated[str, typer.Argument(help="The line, e.g. VL1.")]
Number = Annotated[int, typer.Argument(help="The mission's number, as the alarm names it.", min=1)]
Box = Annotated[str, typer.Argument(help="The box at the exception port.")]


@app.command()
def show(line: Line, json: Json = False) -> None:
    """Show where every carrier of a line stands, and what its benches do."""
    found = remote.ask(_site(), "GET", f"/lines/{line}")
    if json:
        tell(found)
        return
    table(("cell", "kind", "carriers", "meters"), (_cell(cell) for cell in found["cells"]))
    table(("bench", "state", "run", "hanging", "out of use", "notice"), (_bench(bench) for bench in found["benches"]))


@app.command()
def exceptions(line: Line, json: Json = False) -> None:
    """List the boxes at the exception port of a line, and why each is there."""
    found = remote.ask(_site(), "GET", f"/lines/{line}/exceptions")
    if json:
        tell(found)
        return
    rows = ((b["box"], b["lot"], b["state"], text("en", f"reason.{b['reason']}", b["params"])) for b in found)
    table(("box", "lot", "state", "why"), rows)


@app.command()
def rebind(box: Box, meters: Annotated[list[str], typer.Argument(help="The bar code of each meter in it.")]) -> None:
    """Book what is truly in a box, as it was scanned by hand.

    metrostack line rebind 3330059590000000010004 3330001260000000010005 3330001260000000010012
    """
    remote.ask(_site(), "PUT", f"/exceptions/{box}/meters", json={"meters": meters})
    printed.print(f"{box}: {len(meters)} meters")


@app.command()
def readmit(box: Box) -> None:
    """Have the robot take a box up again whose content is right now."""
    remote.ask(_site(), "POST", f"/exceptions/{box}/readmit")


@app.command()
def release(box: Box) -> None:
    """Take a box out of its lot; its meters stay in quarantine."""
    remote.ask(_site(), "POST", f"/exceptions/{box}/release")


@app.command()
def position(
    bench: Annotated[str, typer.Argument(help="The bench, e.g. BN1.")],
    number: Annotated[int, typer.Argument(help="The position, from 1.", min=1)],
    on: Annotated[bool, typer.Option("--on/--off", help="Use it, or do not.")],
) -> None:
    """Take a position of a bench out of use, or back into it."""
    remote.ask(_site(), "PUT", f"/benches/{bench}/positions/{number}", json={"enabled": on})


@app.command("release-bench")
def release_bench(bench: Annotated[str, typer.Argument(help="The bench, e.g. BN1.")]) -> None:
    """Let a bench work again that was stopped because a run on it was given up."""
    remote.ask(_site(), "POST", f"/benches/{bench}/release")


@app.command()
def held(line: Line, json: Json = False) -> None:
    """List the work of a line that waits for somebody, why, and what may be decided about it."""
    found = remote.ask(_site(), "GET", f"/lines/{line}/held")
    if json:
        tell(found)
        return
    rows = (
        (str(h["mission"]), h["cell"], text("en", f"fault.{h['fault']}"), h["carrier"], str(len(h["meters"])),
         " ".join(h["ways"]))
        for h in found
    )  # fmt: skip
    table(("mission", "cell", "why", "carrier", "meters", "open"), rows)


@app.command()
def again(mission: Number) -> None:
    """Have a cell do once more what it has forgotten or stopped with. Look at the cell first."""
    remote.ask(_site(), "POST", f"/missions/{mission}/again")


@app.command()
def done(mission: Number) -> None:
    """Say that what a cell has forgotten or stopped with is done: its carrier stands ready. Look at the cell first."""
    remote.ask(_site(), "POST", f"/missions/{mission}/done")


@app.command()
def out(mission: Number) -> None:
    """Say that the meters of a carrier were taken out by hand and lie in the lanes behind the sorting cell.

    What has not failed leaves the line as not verified.
    """
    remote.ask(_site(), "POST", f"/missions/{mission}/out")


def _site() -> Served:
    """Return the running site; a line lives only while its controller does."""
    where = remote.served()
    if where is None:
        raise Trouble("no site runs on this data folder", remedy="Start it with `metrostack serve`.")
    return where


def _cell(cell: dict[str, Any]) -> tuple[str, str, str, str]:
    carriers = [c for c in cell["carriers"] if c["stage"] not in HOLDERS]
    return cell["id"], cell["kind"], str(len(carriers)), str(sum(len(c["meters"]) for c in cell["carriers"]))


def _bench(bench: dict[str, Any]) -> tuple[str, ...]:
    out_of_use = " ".join(map(str, bench["disabled"]))
    notice = text("en", f"bench.{bench['notice']}") if bench["notice"] else ""
    return bench["id"], bench["state"], bench["run"], str(len(bench["hanging"])), out_of_use, notice

"""calibrate: what a plant's journal says of its machines; snapshot: stock and orders as a study can begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from api.cli.plant import load_plant
from api.cli.say import DEFAULT_PLANT, Json, Language, PlantFile, Trouble, err, out, table, tell
from api.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from simulation.studies.calibrate.findings import Calibration

HOUR_MS = 3_600_000
SITE = "site.db"

Database = Annotated[
    str, typer.Option("--database", help="Database URL, or a data folder; else METROSTACK_DATABASE_URL or _DATA_DIR.")
]
Since = Annotated[float, typer.Option("--since", min=0, max=10_000_000, help="From this plant hour on.")]
Last = Annotated[float, typer.Option("--last", min=0, max=10_000_000, help="Only the last so many plant hours.")]
StudyOut = Annotated[Path | None, typer.Option("--out", help="Write YAML for a study file here.")]
SnapshotOut = Annotated[Path, typer.Option("--out", help="The snapshot file; packed if its name ends with .gz.")]
Html = Annotated[Path | None, typer.Option("--html", help="Write the tables as one HTML page.")]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed draws the same Monte Carlo samples.")]


def calibrate(
    *,
    plant: PlantFile = DEFAULT_PLANT,
    database: Database = "",
    since: Since = 0.0,
    last: Last = 0.0,
    study_out: StudyOut = None,
    html: Html = None,
    seed: Seed = 1,
    as_json: Json = False,
    lang: Language = "en",
) -> None:
    """Fit cycle times, batches and faults from a plant's journal, and say which machine is slower than its data.

      metrostack calibrate --plant plants/demo.yaml --database .metrostack --out fitted.yaml

    Each time is held against what the plant file computes. --out has the keys `breakdowns`, `noise` and `benches` of a
    study file, each with its interval, and the law that it follows, in a comment. Reads only.
    """
    from simulation.studies.calibrate.fitting import calibrated
    from simulation.studies.calibrate.reading import read

    if lang not in ("en", "zh"):
        raise Trouble(f"there is no language {escape(lang)!r}", remedy="--lang en or --lang zh")
    chosen = load_plant(plant)
    with _reading(database) as session:
        recorded = read(session, chosen, since_ms=_since_ms(session, since, last))
    if not recorded.facts:
        raise Trouble(
            "the journal holds nothing of machines in that time", remedy="Name another --since or --database."
        )
    found = calibrated(recorded, chosen, seed=seed)
    _write(found, lang, study_out, html)
    if as_json:
        tell(_value(found))
    else:
        _show(found, lang)


def snapshot(
    *,
    file: SnapshotOut,
    plant: PlantFile = DEFAULT_PLANT,
    database: Database = "",
    as_json: Json = False,
) -> None:
    """Write what stands in a running plant's warehouse and what is owed to a file that a study can begin with.

      metrostack snapshot --plant plants/demo.yaml --database .metrostack --out tonight.json.gz

    A study begins there with `start: {snapshot: tonight.json.gz}`. What is in motion is set down, people are left out.
    Reads only, in one transaction; the site may go on working.
    """
    from simulation.studies.snapshot import take, write_snapshot
    from simulation.study import StudyError

    chosen = load_plant(plant)
    try:
        with _reading(database) as session:
            found = take(session, chosen)
        write_snapshot(found, file)
    except StudyError as bad:
        raise Trouble("no snapshot can be taken", remedy="\n  ".join(bad.problems)) from None
    except OSError as error:
        raise Trouble(f"{file}: {error.strerror}", remedy="Name a file that may be written.") from error
    moved = sum(1 for pallet in found.pallets if pallet.was_at)
    counts = {"pallets": len(found.pallets), "meters": found.meters, "orders": len(found.orders), "set_down": moved}
    if as_json:
        tell({"file": str(file), "taken_ms": found.taken_ms, **counts})
        return
    out.print(
        f"{escape(str(file))}: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    )


@contextmanager
def _reading(database: str) -> Iterator[Session]:
    """Open a database for reading alone, in one transaction that sees one state of it."""
    from sqlalchemy.orm import Session

    from wcs.store import make_engine

    engine = make_engine(_url(database))
    lite = engine.dialect.name == "sqlite"
    if lite and not Path(str(engine.url.database)).is_file():
        raise Trouble(f"there is no database {escape(str(engine.url.database))}", remedy="Name one with --database.")
    level: dict[str, Any] = {"read_only": True} if lite else {"isolation_level": "REPEATABLE READ"}
    if not lite:
        level["postgresql_readonly"] = True
    try:
        with engine.connect().execution_options(**level) as connection, Session(connection) as session:
            yield session
            session.rollback()
    finally:
        engine.dispose()


def _url(database: str) -> str:
    if "://" in database:
        return database
    return f"sqlite:///{Path(database) / SITE}" if database else Settings().url()


def _since_ms(session: Session, since_h: float, last_h: float) -> int:
    from wcs import journal

    after_ms = journal.last_ms(session) - round(last_h * HOUR_MS) if last_h else 0
    return max(round(since_h * HOUR_MS), after_ms, 0)


def _write(found: Calibration, lang: str, study_out: Path | None, html: Path | None) -> None:
    from api.papers.calibration import tables
    from api.papers.sheets import write_page
    from api.texts import text
    from simulation.studies.calibrate.studyfile import study_text

    try:
        if study_out is not None:
            study_out.write_text(study_text(found), encoding="utf-8")
        if html is not None:
            title = text(lang, "calibrate.title", {"name": found.plant})
            write_page(tables(found, lang), html, title=title, language=lang)
    except OSError as error:
        raise Trouble(f"cannot be written: {error}", remedy="Name a file that may be written.") from error


def _show(found: Calibration, lang: str) -> None:
    from api.papers.calibration import tables

    err.print(f"{found.hours:.1f} h of plant time, {found.facts} facts", highlight=False)
    for one in tables(found, lang):
        out.print(f"\n[bold]{escape(one.caption)}[/]", highlight=False)
        table([escape(cell) for cell in one.head], [[escape(cell) for cell in row] for row in one.rows])


def _value(found: Calibration) -> Any:
    from dataclasses import asdict

    from simulation.studies.calibrate.studyfile import study_text

    return {**asdict(found), "study": study_text(found)}

"""Bench sequencing: processor time for each meter of a batch of 60 through a scheme, on the twin's bench in memory.

Beside it the floor that no program can pass: the same judgements alone, and the same rows into the spool alone.
"""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.common import Rows, arguments, median, show
from plc.clock import Clock
from tests.benches import Rig, bar_code, play, shipped_sheet
from wcs import metrology
from wcs.bench.records import Outcome, Report
from wcs.bench.spool import Spool

METERS = 60
METER = metrology.Meter("JJG596-2012", "2", "1p2w", "direct", "5(60)", Decimal(220), Decimal(1200))


def batch(scheme: str, number: int, folder: Path) -> tuple[float, float, list[Outcome]]:
    """Return the processor seconds of one batch, its minutes on the bench, and what it reported."""
    found: tuple[float, float, list[Outcome]] = (0.0, 0.0, [])

    async def story(clock: Clock) -> None:
        nonlocal found
        rig = Rig(clock, shipped_sheet(scheme), positions=METERS, spool=Spool(folder / f"{scheme}-{number}.db"))
        rig.hung.update({n: bar_code(number * METERS + n) for n in rig.hung})
        rig.order()
        began_s, bench_s = time.process_time(), clock.now_s()
        await rig.finish()
        found = time.process_time() - began_s, (clock.now_s() - bench_s) / 60, rig.server.outcomes("r1")
        rig.spool.close()

    play(story)
    return found


def judged(outcomes: list[Outcome]) -> float:
    """Return the seconds that the verdicts on the errors alone take."""
    errors = [tuple(map(Decimal, one.readings)) for one in outcomes if one.item == "intrinsic_error"]
    began_s = time.process_time()
    for readings in errors:
        metrology.intrinsic_error(METER, current_a=Decimal(5), power_factor="1", balanced=True, readings=readings)
    return (time.process_time() - began_s) / max(1, len(errors)) * len(outcomes)


def spooled(outcomes: list[Outcome], folder: Path) -> float:
    """Return the seconds in which the spool alone takes the outcomes, case by case."""
    spool = Spool(folder / "alone.db")

    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"), positions=METERS)
        spool.take(rig.order())

    play(story)
    progress = spool.progress("r1")
    began_s = time.process_time()
    for part, case in enumerate(dict.fromkeys(one.case for one in outcomes), 1):
        mine = tuple(one for one in outcomes if one.case == case)
        spool.save(progress, Report(run="r1", bench="BN1", part=part, state="running", at_ms=0, outcomes=mine))
    seconds = time.process_time() - began_s
    spool.close()
    return seconds


def main() -> None:
    """Print the figures."""
    options = arguments(__doc__ or "", batches=5)
    rows: Rows = []
    with TemporaryDirectory() as name:
        for scheme in ("jjg596-1ph-first", "demo-1ph"):
            runs = [batch(scheme, number, Path(name)) for number in range(options.batches)]
            seconds, outcomes = median([run[0] for run in runs]), runs[0][2]
            rows += [
                (f"{scheme}: cpu per meter", seconds / METERS * 1000, "ms"),
                (f"{scheme}: outcomes per meter", len(outcomes) / METERS, ""),
                (f"{scheme}: on the bench", runs[0][1], "min"),
                (f"{scheme}: 4,500 meters", seconds / METERS * 4500, "s of cpu"),
            ]
            if scheme != "demo-1ph":
                rows.append(("  of it verdicts alone", judged(outcomes) / METERS * 1000, "ms"))
                rows.append(("  of it the spool alone", spooled(outcomes, Path(name)) / METERS * 1000, "ms"))
    show(rows, as_json=options.json)


if __name__ == "__main__":
    main()

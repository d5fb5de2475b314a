"""Who plays the bench clients in a study: the door of real ones, times by run sheet or study file, verdicts by chance.

What a client does on a bench, step by step, is too slow for a day in a minute and belongs to the demo. Here a run is
fetched, reported as running, and reported as finished with a verdict for every meter: what the WCS and the WMS make
of that is theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from plc.clock import Clock
from plc.plant.model import Plant
from simulation.physics import Physics
from simulation.studies.breakdowns import Breakdowns
from simulation.studies.chance import stream
from simulation.studies.demand import BenchTimes
from simulation.studies.sheets import batch_s
from wcs import benches
from wcs.bench.records import MeterVerdict, Place, Report, Run
from wms.schemes import sheets

MINUTE_S = 60.0
Broken = Callable[[str, bool], None]


@dataclass(frozen=True, slots=True)
class Lab:
    """What the benches of a run share."""

    plant: Plant
    engine: Engine
    clock: Clock
    times: BenchTimes
    physics: Physics
    breakdowns: Breakdowns
    ring: Callable[[], None]
    broken: Broken


class BenchPlayer:
    """The client of one bench."""

    def __init__(self, lab: Lab, bench: str, *, seed: int, replication: int) -> None:
        """Wait for the first run."""
        self._lab, self._bench, self._wanted = lab, bench, asyncio.Event()
        self._chance = stream(seed, replication, f"bench {bench}")
        self._batch_s: dict[int, float] = {}

    def wake(self) -> None:
        """Say that a run is ordered."""
        self._wanted.set()

    async def play(self) -> None:
        """Fetch runs and report them, for ever."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            with Session(self._lab.engine) as session:
                run = benches.next_run(session, self._bench)
                seconds = self._takes_s(session, run) if run is not None else 0.0
            if run is not None:
                await self._verify(run, seconds)

    async def _verify(self, run: Run, seconds: float) -> None:
        lab = self._lab
        self._say(Report(run=run.id, bench=run.bench, part=1, state="running", at_ms=lab.clock.now_ms()))
        failure = lab.breakdowns.of_bench(run.bench, lab.clock.now_s(), seconds)
        if failure is not None:
            after_s, repair_s = failure
            await lab.clock.sleep(after_s)
            lab.broken(run.bench, True)
            await lab.clock.sleep(repair_s)
            lab.broken(run.bench, False)
            seconds -= after_s
        await lab.clock.sleep(seconds)
        verdicts = tuple(self._verdict(place) for place in run.places)
        now_ms = lab.clock.now_ms()
        self._say(Report(run=run.id, bench=run.bench, part=2, state="finished", at_ms=now_ms, verdicts=verdicts))

    def _say(self, report: Report) -> None:
        with Session(self._lab.engine) as session:
            benches.report(session, report)
            session.commit()
        self._lab.ring()

    def _takes_s(self, session: Session, run: Run) -> float:
        """Return the seconds of a batch, spread a little by chance."""
        lab, line = self._lab, self._lab.plant.line_of[self._bench]
        known = self._batch_s.get(run.sheet)
        if known is None and line.phase in lab.times.batch_min:
            known = lab.times.batch_min[line.phase] * MINUTE_S
        elif known is None:
            press_s = lab.plant.benches[self._bench].press_s
            known = batch_s(sheets.sheet(session, run.sheet), run.kind, press_s)
        self._batch_s[run.sheet] = known
        return known * (1 + lab.times.spread * (2 * self._chance.random() - 1))

    def _verdict(self, place: Place) -> MeterVerdict:
        """Return what the bench says of a meter: it depends on the meter and on how often it was tried."""
        physics, code = self._lab.physics, place.bar_code
        again = place.attempt == 1 and physics.chance("retest", code) < physics.retest_share
        bad = again or physics.chance("reject", code) < physics.reject_rate
        failed = ("intrinsic_error",) if bad else ()
        return MeterVerdict(
            position=place.position, bar_code=code, verdict="fail" if bad else "pass", failed=failed,
            address_read=place.comm_address,
        )  # fmt: skip

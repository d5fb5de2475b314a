"""kill -9 of the site in every gap and at random moments, and of the twin: the account comes out the same.

A delivery of 300 meters goes through a plant on real OPC UA and S7 sockets and serial lines while its processes
are killed some forty times. The world of the twin counts what was really carried out.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from api.demo.memory import Run, run_in_memory
from tests.system.doomed import AT_A_PLC, JOURNAL_TO_STOCK
from tests.system.house import House, new_house
from wcs import views

SPEED = 20.0
SEED = 20261102
EACH_GAP, STOCK_KILLS, ANY_MOMENT, TWIN_KILLS, POWER_CUTS = 3, 3, 6, 4, 2
LONGEST_LIFE_S, TOO_LATE, LONGEST_REST_S = 16.0, 4, 60.0
LOOK_S = 0.02
ANY, TWIN, BOTH = "any moment", "twin", "both at once"


@dataclass(frozen=True, slots=True)
class Life:
    """One life of the site: in which gap it ends, at which PLC, on which occasion, or after how long."""

    gap: str
    plc: str = "-"
    occasion: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Reaper:
    """Lets the site live its lives, and counts how they ended."""

    house: House
    hits: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    twins: int = 0
    late: int = 0  # lives in a row in which the occasion did not come

    def live(self, life: Life) -> bool:
        """Live one life; return whether it ended where it should."""
        match life.gap:
            case "any moment":
                self.house.start_serve()
                time.sleep(life.seconds)
                return self._bury(ANY)
            case "twin":
                self.house.start_serve()
                time.sleep(life.seconds)
                self._kill_twin()
                time.sleep(life.seconds)
                return self._bury(ANY)
            case "both at once":
                self.house.start_serve()
                time.sleep(life.seconds)
                self._bury(ANY)
                self._kill_twin()
                return True
            case _:
                self.house.start_doomed(life.gap, life.plc, life.occasion)
                self._wait()
                return self._bury(ANY)

    def summary(self) -> str:
        """Return how many kills hit what."""
        lines = [f"  {gap:22}{plc:6}{count:4}" for (gap, plc), count in sorted(self.hits.items())]
        return "\n".join(["", *lines, f"{self.hits.total()} kills of the site, {self.twins} of the twin"])

    def _kill_twin(self) -> None:
        self.house.kill("twin")
        self.twins += 1
        self.house.start_twin()

    def _wait(self) -> None:
        deadline = time.monotonic() + LONGEST_LIFE_S
        while self.house.alive("serve") and time.monotonic() < deadline:
            time.sleep(LOOK_S)
        self.late = self.late + 1 if self.house.alive("serve") else 0
        assert self.late < TOO_LATE, f"nothing moves any more:\n{self.house.why()}"

    def _bury(self, otherwise: str) -> bool:
        gap, _, plc = self.house.kill("serve").partition(" ")
        self.hits[gap or otherwise, plc or "-"] += 1
        return bool(gap)


def lives(chance: random.Random) -> list[Life]:
    """Return the lives of a site in random order."""
    gaps = [(gap, plc) for gap in AT_A_PLC for plc in ("PLC1", "PLC2")] * EACH_GAP
    found = [Life(gap, plc, chance.randint(1, 2)) for gap, plc in gaps]
    found += [Life(JOURNAL_TO_STOCK, occasion=chance.randint(1, 4)) for _ in range(STOCK_KILLS)]
    found += [Life(ANY, seconds=chance.uniform(0.5, 3.5)) for _ in range(ANY_MOMENT)]
    found += [Life(TWIN, seconds=chance.uniform(1.5, 3.5)) for _ in range(TWIN_KILLS)]
    found += [Life(BOTH, seconds=chance.uniform(1.5, 3.5)) for _ in range(POWER_CUTS)]
    chance.shuffle(found)
    return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = new_house(tmp_path, SPEED)
    yield house
    house.stop()


@pytest.mark.slow
@pytest.mark.sockets
def test_a_site_killed_in_every_gap_loses_nothing_and_repeats_nothing(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    undisturbed = run_in_memory(Run(house.plant, house.study, house.demand))
    reaper, began_s = Reaper(house), time.monotonic()
    house.start_twin()
    for life in lives(random.Random(SEED)):
        if not reaper.live(life):
            reaper.live(life)  # the occasion did not come: once more
    assert house.unfinished(), "everything was done before the last kill: kill sooner, or bring more"
    house.start_serve()
    house.finish(LONGEST_REST_S)
    wall_s = time.monotonic() - began_s
    house.stop()
    with capsys.disabled():
        sys.stdout.write(f"{reaper.summary()}, {wall_s:.0f} s\n")

    assert reaper.hits.total() >= 30
    for gap in AT_A_PLC:
        for plc in ("PLC1", "PLC2"):
            assert reaper.hits[gap, plc] >= 2, f"{gap} at {plc} was hit too seldom"
    report, world = house.report()
    assert report.meters_in == report.meters_in_stock + report.meters_shipped + report.meters_rejected == 300
    assert (report.meters_in_stock, report.meters_shipped, report.meters_rejected) == (
        undisturbed.meters_in_stock, undisturbed.meters_shipped, undisturbed.meters_rejected,
    )  # fmt: skip
    assert (report.unfinished, report.open_missions, report.units_per_slot_max) == (0, 0, 1)
    with Session(house.engine) as session:
        missions = views.missions(session, limit=100_000)
    assert {number: count for number, count in world.executed.items() if count != 1} == {}, "executed twice"
    assert set(world.executed) == {m.number for m in missions if m.state in ("done", "aborted")}
    assert {m.state for m in missions} <= {"done", "aborted", "refused"}
    assert world.collisions == []

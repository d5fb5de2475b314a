"""kill -9 of the line server, of the bench clients and of the twin while meters are verified, on real sockets and ptys.

Nothing is lost and nothing is tested twice as valid: each meter has one verdict that holds, the one it deserves, a
seal if it passed, and stands in one box.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.system.house import House
from tests.system.plants import write_line_files
from wms.results.tables import MeterTestRow, OutcomeRow, PartRow
from wms.rows import table

pytestmark = [pytest.mark.slow, pytest.mark.sockets]
SPEED, SEED, METERS = 30.0, 596, 120
KILLS = ("serve", "bench") * 4 + ("twin",)
START = {"serve": House.start_serve, "bench": House.start_benches, "twin": House.start_twin}
LONGEST_S = 300.0
_test, _outcome, _part = table(MeterTestRow), table(OutcomeRow), table(PartRow)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(write_line_files(tmp_path), SPEED)
    yield house
    house.stop()


def at_work(house: House) -> bool:
    """Return whether a bench has reported something."""
    with Session(house.engine) as session:
        return bool(session.execute(sa.select(sa.func.count()).select_from(_part)).scalar())


def wait_for_work(house: House) -> None:
    deadline = time.monotonic() + LONGEST_S
    while not at_work(house):
        assert time.monotonic() < deadline, house.why()
        time.sleep(0.2)


def test_a_line_whose_processes_are_killed_judges_each_meter_once(house: House) -> None:
    chance = random.Random(SEED)
    house.start_twin()
    house.start_serve()
    house.start_benches()
    wait_for_work(house)
    hit: Counter[str] = Counter()
    for name in KILLS:
        time.sleep(chance.uniform(0.5, 3.0))
        house.tend()
        if house.unfinished():
            hit[name] += 1
        house.kill(name)
        START[name](house)
    assert hit["serve"] >= 3 and hit["bench"] >= 3, "everything was done before the last kill"
    house.finish(LONGEST_S)
    report, world = house.report()
    assert report.problems == []
    assert report.meters_in == report.meters_in_stock + report.meters_rejected + report.meters_unverified == METERS
    assert report.verdicts.judged == METERS and report.verdicts.clear_and_wrong == 0
    assert report.seals.meters_passed == report.seals.seals_used == report.meters_in_stock
    assert [number for number, count in world.executed.items() if count > 1] == []
    with Session(house.engine) as session:
        valid = session.execute(sa.select(_test.c.bar_code).where(_test.c.valid)).scalars().all()
        doubled = session.execute(
            sa.select(_outcome.c.of_run, _outcome.c.serial)
            .group_by(_outcome.c.of_run, _outcome.c.serial)
            .having(sa.func.count() > 1)
        ).all()
    assert len(valid) == len(set(valid)) == METERS
    assert doubled == []

"""One replication of a busy plant with breakdowns: what it says of itself must hold together."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from simulation.studies.ground import prepared
from simulation.studies.inside import run
from simulation.studies.replica import STATES, Replica, Track
from simulation.studies.responses import RESPONSES, value
from simulation.studies.scenario import scenarios
from simulation.studies.trail import trail
from tests.unit.simulation.studies.studyfiles import ROOT, busy_run, experiment, written

ONE_MORE = "import sys; from pathlib import Path; from simulation.studies.experiment import load_experiment as l; "
ONE_MORE += "from simulation.studies.scenario import scenarios as s; from simulation.studies.inside import run; "
ONE_MORE += "print(run(s(l(Path(sys.argv[1])))[0], 0).sha256)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("busy")


@pytest.fixture
def busy(folder: Path) -> Replica:
    return busy_run(folder)


def of(replica: Replica, name: str) -> Track:
    found = replica.track(name)
    assert found is not None, name
    return found


def test_every_response_has_a_track_and_nothing_went_wrong(busy: Replica) -> None:
    assert busy.problems == ()
    assert [name for name in RESPONSES if busy.track(name) is None] == []
    for name in ("in.pallets_h", "out.pallets_h", "verified.meters_h", "lead.out_s", "lead.out_s.p95", "cranes.busy"):
        assert (value(busy, name) or 0) > 0, name


def test_the_states_of_a_machine_sum_to_the_width_of_every_bin(busy: Replica) -> None:
    devices = {track.name.split(".")[1] for track in busy.tracks if track.name.startswith("share.")}
    assert {"SC1", "BN1", "UL1", "L1-L2", "DK1"} <= devices
    for device in devices:
        states = [of(busy, f"share.{device}.{state}") for state in STATES]
        for bins in zip(*(track.total for track in states), strict=True):
            assert sum(bins) == 900_000.0, device


def test_machines_that_fail_are_down_and_come_back(busy: Replica) -> None:
    down = [of(busy, f"share.{crane}.down").over(0, 8) or 0 for crane in ("SC1", "SC2")]
    assert max(down) > 0
    assert all(share < 0.9 for share in down)


def test_orders_under_way_are_their_rate_times_their_time(busy: Replica) -> None:
    """Little's law: what is under way on the whole is the sum of all times in it, but for what began or did not end."""
    level = of(busy, "level.orders")
    under_way_s = sum(level.total) / 1000
    spent_s = sum(next(sample for sample in busy.samples if sample.name == "lead.move_s").value)
    left = level.total[-1] / level.weight[-1]
    assert spent_s <= under_way_s * 1.02
    assert under_way_s <= spent_s + (left + 2) * busy.horizon_s / 4


def test_a_run_depends_on_scenario_and_replication_alone(folder: Path, busy: Replica) -> None:
    """In another process with other hashes of texts it is the same; another replication is another."""
    env = os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", ONE_MORE, str(written(folder))]
    found = subprocess.run(command, env=env, capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == busy.sha256
    other = run(scenarios(experiment(folder, hours=0.5))[0], 1)
    assert other.sha256 != busy.sha256


def test_the_start_is_in_the_books_as_it_is_in_the_world(folder: Path) -> None:
    scenario = scenarios(experiment(folder, start={"fill": 0.5, "verified": 0.4, "lot": 5}))[0]
    ground = prepared(scenario)
    with Session(ground.engine) as session:
        standing = dict(session.execute(sa.text("SELECT id, pallet FROM slot WHERE pallet IS NOT NULL")).all())
        meters = session.execute(sa.text("SELECT b.pallet, a.bar_code FROM asset a JOIN box b ON b.code = a.box"))
        booked = {(row[0], row[1]) for row in meters}
        states = Counter(session.execute(sa.text("SELECT state FROM box")).scalars().all())
    assert len(standing) == 800  # half of 1,600 slots
    assert standing == {load.place: load.code for load in ground.world.loads.values()}
    assert booked == {(load.code, code) for load in ground.world.loads.values() for code in load.meters()}
    assert states == {"qualified": 800 * 5 * 4 // 10, "received": 800 * 5 * 6 // 10}


def test_the_trail_has_the_way_of_each_pallet_without_gaps_of_place(folder: Path) -> None:
    found = trail(scenarios(experiment(folder, hours=0.5))[0], 0)
    ways: dict[str, list[tuple[str, str]]] = {}
    for leg in found.legs:
        assert 0 <= leg.begin_s <= leg.end_s <= found.horizon_s
        if leg.unit.startswith("I0N"):
            ways.setdefault(leg.unit, []).append((leg.source, leg.target))
    assert ways
    for unit, way in ways.items():
        assert way[0][0] == "GI", unit
        assert all(here == there for (_, here), (there, _) in pairwise(way)), unit
    assert {change.state for change in found.changes} <= set(STATES)
    assert found.plain()["names"]

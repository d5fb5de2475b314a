"""A run is stopped in the middle; a study that begins from its snapshot ends everything that was open."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api import database
from api.demo import errands
from api.demo.memory import Run, connect, run_in_memory
from plc.clock import Clock
from plc.plant.load import load
from plc.plant.model import Plant
from simulation.clock import JumpLoop
from simulation.devices.goods_in import Arrival, GoodsIn
from simulation.studies.demand import BenchTimes, Demand, Start
from simulation.studies.experiment import Experiment
from simulation.studies.inside import Inside, carry_out, problems
from simulation.studies.scenario import Scenario
from simulation.studies.snapshot import (
    Snapshot,
    arriving,
    book,
    load_snapshot,
    place,
    take,
    waiting,
    write_snapshot,
)
from simulation.study import Study, StudyError, load_study
from simulation.world import World
from tests.system.plants import METERS, WANTED, write_files
from wcs.store import make_engine
from wms.outbound import views as owed

DEMO = Path(__file__).parents[2] / "plants/demo.yaml"
LONGEST_S = 4 * 3_600.0
_SHIPPED = sa.text("SELECT count(*) FROM asset JOIN box ON asset.box = box.code WHERE box.state = 'shipped'")
_UNVERIFIED = sa.text(
    "SELECT DISTINCT lot.code FROM box JOIN lot ON box.lot = lot.number WHERE box.verdict = 0 AND box.meters"
)
_FOUND = sa.text(
    "SELECT coalesce(asset.state, box.state), count(*) FROM asset LEFT JOIN box ON asset.box = box.code GROUP BY 1"
)


def stopped(folder: Path, at_s: float) -> tuple[Plant, Engine]:
    """Return plant and database of a run that was cut at a plant time."""
    files = write_files(folder)
    plant, engine = load(files.plant), make_engine("sqlite://")

    study = load_study(files.study, plant)
    run_in_memory(Run(plant, study, errands.read_demand(files.demand), engine=engine, longest_s=at_s))
    return plant, engine


def go_on(plant: Plant, snapshot: Snapshot) -> tuple[Engine, World]:
    """Return the database and world of a plant that began with a snapshot, when everything is done."""
    run, world = Run(plant, Study(), ()), World()
    place(snapshot, world)
    database.prepare(run.engine, plant)
    with Session(run.engine) as session:
        book(session, snapshot)
        session.commit()
    loop = JumpLoop()
    try:
        loop.run_until_complete(_ended(run, snapshot, world, loop))
    finally:
        loop.close()
    return run.engine, world


async def _ended(run: Run, snapshot: Snapshot, world: World, loop: JumpLoop) -> None:
    clock = Clock.started(loop)
    twin, controller = connect(run, clock, world)
    station = twin.hall.machines["GI1"]
    assert isinstance(station, GoodsIn)
    for _, loads in arriving(snapshot):
        for one in loads:
            world.add(one, "yard")
        station.expect([Arrival(one.code, 0.0, 60.0) for one in loads])
    await twin.start()
    work = asyncio.create_task(controller.run())
    while clock.now_s() < LONGEST_S:
        await clock.sleep(60)
        with Session(run.engine) as session:
            if work.done() or not errands.unfinished(session):
                break
    await controller.stop()
    await work
    await twin.stop()


def shipped(engine: Engine) -> int:
    with Session(engine) as session:
        return int(session.execute(_SHIPPED).scalar() or 0)


@pytest.mark.parametrize("at_s", [240.0, 600.0, 840.0])
def test_what_was_open_ends(tmp_path: Path, at_s: float) -> None:
    plant, engine = stopped(tmp_path, at_s)
    with Session(engine) as session:
        snapshot = take(session, plant)
    gone = shipped(engine)
    assert snapshot.meters + gone == METERS  # none is lost, none is there twice
    assert snapshot.orders
    assert any(pallet.was_at or pallet.delivery for pallet in snapshot.pallets)
    write_snapshot(snapshot, tmp_path / "tonight.json.gz")
    again = load_snapshot(tmp_path / "tonight.json.gz", plant)
    assert again == snapshot
    after, world = go_on(plant, again)
    assert world.collisions == []
    assert shipped(after) + gone == sum(WANTED.values())
    with Session(after) as session:
        assert {order.state for order in owed.orders(session)} == {"finished"}
        assert not errands.unfinished(session)
        states = Counter({state: count for state, count in session.execute(_FOUND)})
    assert sum(states.values()) == snapshot.meters
    assert set(states) <= {"shipped", "qualified", "rejected"}


def test_a_study_ends_what_a_line_had_in_hand(tmp_path: Path) -> None:
    """Meters that were out of their boxes when the snapshot was taken are verified by a line led cell by cell."""
    plant, family, times = load(DEMO), "DDZY2026", BenchTimes(batch_min={"1ph": 40})
    day = Experiment(
        plant=DEMO, hours=1.2, start=Start(fill=0.03, families={family: 1}), benches=times,
        demand=(Demand(kind="verification", family=family, pallets=200, arrivals="fixed"),),
    )  # fmt: skip
    before = Inside(Scenario("day", plant, day), 0)
    carry_out(before)
    with Session(before.ground.engine) as session:
        snapshot = take(session, plant)
        loose = session.execute(sa.text("SELECT count(*) FROM asset WHERE state = 'on_line'")).scalar()
    assert loose
    assert any(pallet.was_at == "line" for pallet in snapshot.pallets)
    write_snapshot(snapshot, tmp_path / "tonight.json")
    night = Experiment(plant=DEMO, hours=6, start=Start(snapshot=tmp_path / "tonight.json"), benches=times)
    after = Inside(Scenario("night", plant, night), 0)
    carry_out(after)
    assert problems(after) == ()
    called = {order.lot for order in snapshot.orders}
    with Session(after.ground.engine) as session:
        assert {(order.key, order.state) for order in owed.orders(session)} == {
            (order.key, "finished") for order in snapshot.orders
        }
        rest = session.execute(_UNVERIFIED).scalars().all()
    assert called
    assert not called & set(rest)


def test_pallets_at_rest_stay_where_they_are(tmp_path: Path) -> None:
    plant, engine = stopped(tmp_path, 600.0)
    with Session(engine) as session:
        snapshot = take(session, plant)
        stored = dict(session.execute(sa.text("SELECT code, place FROM pallet WHERE whereabouts = 'stored'")).all())
        keys = set(session.execute(sa.text("SELECT key FROM outbound_order WHERE state <> 'finished'")).scalars())
    assert stored
    assert {pallet.code: pallet.slot for pallet in snapshot.pallets if not pallet.was_at and pallet.slot} == stored
    assert {order.key for order in snapshot.orders} == keys
    slots = [pallet.slot for pallet in snapshot.pallets if pallet.slot]
    assert len(set(slots)) == len(slots)
    assert waiting(snapshot) == ()  # every lot is called off


def test_a_snapshot_changes_nothing_and_names_nobody(tmp_path: Path) -> None:
    plant, engine = stopped(tmp_path, 600.0)
    with Session(engine) as session:
        before = session.execute(sa.text("SELECT count(*) FROM fact")).scalar()
        snapshot = take(session, plant)
        assert not session.new
        assert not session.dirty
        session.rollback()
        assert session.execute(sa.text("SELECT count(*) FROM fact")).scalar() == before
    text = snapshot.model_dump_json()
    for person in ("tester", "checker", "password", "sealer"):
        assert person not in text


def test_a_snapshot_of_another_plant_is_refused_with_every_reason(tmp_path: Path) -> None:
    plant, engine = stopped(tmp_path, 600.0)
    with Session(engine) as session:
        snapshot = take(session, plant)
    value = json.loads(snapshot.model_dump_json())
    placed = [pallet for pallet in value["pallets"] if pallet["slot"]]
    placed[0]["slot"] = "B7-1-01-01"
    placed[1]["boxes"][0]["meters"].append(placed[2]["boxes"][0]["meters"][0])
    value["orders"][0] |= {"line": "VL9", "kind": "verification"}
    (tmp_path / "bad.json").write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(StudyError) as told:
        load_snapshot(tmp_path / "bad.json", plant)
    said = "\n".join(told.value.problems)
    assert "B7-1-01-01" in said
    assert "already" in said
    assert "VL9" in said


@pytest.mark.parametrize(
    ("name", "body"), [("a.json", b""), ("b.json", b"{}"), ("c.json.gz", b"no gzip"), ("d.json", b"[1]")]
)
def test_what_is_no_snapshot_is_refused(tmp_path: Path, name: str, body: bytes) -> None:
    plant = load(write_files(tmp_path).plant)
    (tmp_path / name).write_bytes(body)
    with pytest.raises(StudyError):
        load_snapshot(tmp_path / name, plant)

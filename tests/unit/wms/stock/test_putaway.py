"""A slot is chosen by what speaks against it; a plan or the next retrieval may change it; the journal keeps why."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from tests.plants import small_plant, small_plant_data
from wcs.store import create_tables, make_engine
from wms import setup
from wms.desk import Desk
from wms.reasons import Reason
from wms.rows import table
from wms.stock import candidates, choices, openings, plans, putaway, slots, turnover, units
from wms.stock.tables import BoxRow, LotRow, ModelRow, PalletRow, TurnoverRow

DAY_MS = turnover.DAY_MS


def wide_plant(depth: int = 1, **rules: Any) -> Plant:
    """Return the small plant with an aisle of ten columns and two heights."""
    aisle = small_plant_data()["aisles"]["A1"] | {
        "columns": 10, "depth": depth,
        "height_classes": [
            {"name": "low", "from_level": 1, "to_level": 1, "height_m": 1.2},
            {"name": "high", "from_level": 2, "to_level": 2, "height_m": 2.0},
        ],
    }  # fmt: skip
    return small_plant(aisles={"A1": aisle}, rules=rules)


def desk_on(plant: Plant, at_ms: int = 1) -> Desk:
    engine = make_engine("sqlite://")
    create_tables(engine)
    session = Session(engine)
    setup.seed(session, plant)
    return Desk(session, at_ms)


def pallets(desk: Desk, *codes: str, model: str, state: str = "qualified", height_mm: int = 1000) -> None:
    """Enter pallets with one box each."""
    connection = desk.connection
    for code in codes:
        units.create(desk, code, "GI")
        connection.execute(
            sa.update(table(PalletRow)).where(table(PalletRow).c.code == code).values(height_mm=height_mm)
        )
        row = {
            "code": f"B{code}",
            "pallet": code,
            "pile": 1,
            "pile_code": "",
            "model": model,
            "meters": 15,
            "state": state,
        }
        connection.execute(sa.insert(table(BoxRow)), row | {"verdict": 1, "verified_ms": 0})


def models(desk: Desk) -> tuple[str, str]:
    found = desk.connection.execute(sa.select(table(ModelRow).c.code).order_by(table(ModelRow).c.code)).scalars().all()
    return found[0], found[1]


def rate(desk: Desk, model: str, stored: int, calls_day: float) -> None:
    """Say how many of a model are stored and how often they are called a day, all together."""
    kinds = table(TurnoverRow)
    desk.connection.execute(sa.delete(kinds).where(kinds.c.model == model))
    row = {"model": model, "stage": "verified", "stored": stored, "calls_day": calls_day, "at_ms": desk.at_ms}
    desk.connection.execute(sa.insert(kinds), row)


def put(desk: Desk, plant: Plant, pallet: str) -> str:
    found = putaway.choose(desk, plant, pallet, at="GI")
    assert isinstance(found, str)
    units.stored(desk, pallet, found)
    return found


def test_what_is_called_often_goes_near_and_what_is_not_goes_behind_it() -> None:
    plant = wide_plant(putaway="classes")
    desk = desk_on(plant)
    busy, quiet = models(desk)
    rate(desk, busy, 20, 60.0)
    rate(desk, quiet, 10, 0.1)
    pallets(desk, "P1", model=busy)
    pallets(desk, "P2", model=quiet)
    near, far = put(desk, plant, "P1"), put(desk, plant, "P2")
    assert near.startswith("A1-1-01") or near.startswith("A1-2-01")
    assert int(far.split("-")[2]) >= 3
    desk.close()
    (said,) = choices.history(desk.session, "P2")
    assert said.slot == far
    assert said.factors["turnover_s"] == 0
    assert said.params["among"] >= 2
    assert said.params["total_s"] == pytest.approx(sum(said.factors.values()), abs=0.3)


def test_a_slot_no_higher_than_need_be_unless_it_is_the_only_one() -> None:
    plant = wide_plant(putaway="classes", height_s=50.0)
    desk = desk_on(plant)
    model, _ = models(desk)
    pallets(desk, "P1", model=model)
    pallets(desk, "P2", model=model, height_mm=1800)
    assert put(desk, plant, "P1").endswith("-01")
    assert put(desk, plant, "P2").endswith("-02")


def test_no_two_pallets_are_promised_one_slot_and_a_full_rack_says_so() -> None:
    plant = small_plant(rules={"putaway": "classes"})
    desk = desk_on(plant)
    model, _ = models(desk)
    codes = [f"P{n}" for n in range(13)]
    pallets(desk, *codes, model=model)
    found = [putaway.choose(desk, plant, code, at="GI") for code in codes]
    assert len(set(found[:12])) == 12
    assert isinstance(found[12], Reason)
    assert found[12].code == "no_slot_free"
    assert "aisle_full" in str(found[12].params["aisles"])


def test_calls_are_forgotten_slowly_and_counts_follow_the_slots() -> None:
    plant = small_plant()
    desk = desk_on(plant)
    model, _ = models(desk)
    pallets(desk, "P1", "P2", model=model)
    for code in ("P1", "P2"):
        put(desk, plant, code)
    assert turnover.kinds(desk)[model, "verified"].stored == 2
    units.taken_out(desk, "P1", "SC1")
    turnover.called(desk, "P1")
    kind = turnover.kinds(desk)[model, "verified"]
    assert (kind.stored, kind.calls_day) == (1, pytest.approx(1 / 7))
    desk.at_ms += 7 * DAY_MS
    assert turnover.kinds(desk)[model, "verified"].calls_day == pytest.approx(0.368 / 7, rel=0.01)
    before = turnover.kinds(desk)
    turnover.recount(desk.session)
    assert turnover.kinds(desk) == before


def test_a_lane_two_deep_is_filled_from_the_back_and_never_closed_before_a_pallet_that_is_called() -> None:
    plant = wide_plant(depth=2, putaway="classes")
    desk = desk_on(plant)
    model, _ = models(desk)
    pallets(desk, *(f"P{n}" for n in range(60)), model=model)
    first = put(desk, plant, "P0")
    assert first.endswith("-2")
    front = first.removesuffix("-2")
    assert (slots.reserve(desk, "P1", front)) is None
    slots.forget(desk, "P1")
    empty = next(name for name in ("A1-1-09-01", "A1-1-08-01") if name != front)
    why = slots.reserve(desk, "P1", empty)
    assert why is not None
    assert why.code == "lane_not_filled"
    inside = {first}
    for n in range(1, 60):
        inside.add(put(desk, plant, f"P{n}"))
        for slot in inside:
            assert slot.endswith("-2") or f"{slot}-2" in inside
    assert len(inside) == 60


def test_a_slot_near_what_the_crane_fetches_next_takes_the_place_of_another() -> None:
    plant = wide_plant(sequencing="near")
    desk = desk_on(plant)
    model, _ = models(desk)
    pallets(desk, "P1", model=model)
    slot = putaway.choose(desk, plant, "P1", at="GI")
    assert isinstance(slot, str)
    other = openings.nearer(desk, plant, "P1", slot, ["A1-1-07-01"])
    assert other in {"A1-1-07-01", "A1-2-07-01"}
    assert slots.confirmed(desk, "P1", other) is None
    assert slots.confirmed(desk, "P1", slot) is not None
    assert openings.nearer(desk, plant, "P1", other, ["A1-1-07-01"]) == other
    desk.close()
    assert choices.history(desk.session, "P1")[0].rule == "near"


def test_the_pallets_of_a_delivery_are_planned_together_and_each_gets_its_slot() -> None:
    plant = wide_plant(putaway="joint")
    desk = desk_on(plant)
    model, _ = models(desk)
    inbound = _inbound(desk)
    lot = desk.connection.execute(sa.insert(table(LotRow)).values(code="L1")).inserted_primary_key
    assert lot is not None
    pallets(desk, *(f"P{n}" for n in range(6)), model=model, state="expected")
    rows = table(PalletRow)
    desk.connection.execute(sa.update(rows).values(whereabouts="announced", inbound=inbound, lot=lot[0]))
    units.move(desk, "P0", "moving", "GI")
    put(desk, plant, "P0")
    assert plans.make(desk, plant, inbound, {"A1"}) == 0
    chosen = [put(desk, plant, f"P{n}") for n in range(1, 6)]
    desk.close()
    assert [choices.history(desk.session, f"P{n}")[0].rule for n in range(1, 6)] == ["plan"] * 5
    assert len(set(chosen)) == 5


def _inbound(desk: Desk) -> int:
    from wms.inbound.tables import InboundOrderRow

    row = {"asn": "A1", "supplier": "S", "state": "receiving", "expected": 6, "received": 0, "short": 0}
    columns = table(InboundOrderRow).columns
    filler = {
        c.name: 0 if isinstance(c.type, sa.Integer) else "" for c in columns if c.name not in row and not c.nullable
    }
    filler.pop("number", None)
    done = desk.connection.execute(
        sa.insert(table(InboundOrderRow)), filler | {k: v for k, v in row.items() if k in columns}
    )
    assert done.inserted_primary_key is not None
    return int(done.inserted_primary_key[0])


def test_the_free_slots_are_found_by_their_index_alone() -> None:
    plant = wide_plant(putaway="classes")
    desk = desk_on(plant)
    for depth_plant in (plant, wide_plant(depth=2)):
        asked = candidates.statement(candidates.seeks(depth_plant), "sqlite")
        values = {f"l{n}": 5_000 for n in range(len(candidates.seeks(depth_plant)))}
        plans_of = [row[3] for row in desk.connection.execute(sa.text(f"EXPLAIN QUERY PLAN {asked}"), values)]
        of_slots = [line for line in plans_of if line.startswith(("SEARCH s ", "SCAN s "))]
        assert of_slots
        assert all("USING INDEX ix_slot_free" in line or "COVERING INDEX ix_slot_free" in line for line in of_slots)
        assert not any("TEMP B-TREE" in line for line in plans_of)


def test_in_a_store_of_many_aisles_a_pallet_goes_where_least_is_on_its_way() -> None:
    data = small_plant_data()
    many = [f"B{n:02}" for n in range(20)]
    aisles = {name: data["aisles"]["A1"] | {"number": n, "crane": f"C{name}"} for n, name in enumerate(many, 1)}
    cranes = {f"C{name}": data["cranes"]["SC1"] | {"aisle": name, "index": 30 + n} for n, name in enumerate(many)}
    plant = small_plant(aisles=aisles, cranes=cranes, rules={"putaway": "classes"})
    desk = desk_on(plant)
    model, _ = models(desk)
    codes = [f"P{n}" for n in range(20)]
    pallets(desk, *codes, model=model)
    found = [str(putaway.choose(desk, plant, code, at="GI")).partition("-")[0] for code in codes]
    assert sorted(found) == many

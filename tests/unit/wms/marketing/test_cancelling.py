"""Tasks taken back at awkward moments: too late for the line, beside another task of the same lot."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.unit.wms.marketing.site import a_site, do, letters, row, states
from wcs.journal import Fact
from wms.marketing import back_to_stock, cancelling, stages, tasks
from wms.marketing.tasks import Wish
from wms.outbound import service


def test_a_call_back_that_comes_too_late_leaves_nothing_on_the_line(engine: Engine) -> None:
    floor = a_site(engine, pallets=1, boxes=2)
    do(floor, tasks.take, Wish("T1", "LOT-1", approval=False))
    (number,) = floor.transports
    floor.go_on(number)
    do(floor, cancelling.cancel, "T1", reason="wrong lot")
    assert row(floor, "T1").state == "cancelled"
    floor.taken_back.clear()  # the line has taken the pallet in when the word comes
    floor.go_on(number)
    assert (row(floor, "T1").state, row(floor, "T1").ended_ms) == ("cancelling", 0)
    floor.settle()
    assert (row(floor, "T1").state, states(floor)) == ("cancelled", {"received": 30})
    assert letters(floor, "stage_counts")[-1]["counts"]["on_line"] == 0


def test_what_an_earlier_task_has_verified_stays_so_when_a_later_one_is_taken_back(engine: Engine) -> None:
    floor = a_site(engine)
    do(floor, tasks.take, Wish("T1", "LOT-1", quantity=300, approval=False))
    do(floor, tasks.take, Wish("T2", "LOT-1", quantity=300, approval=False))
    while row(floor, "T1").state != "finished":
        floor.go_on(min(floor.transports))
    assert states(floor)["qualified"] == 300
    do(floor, cancelling.cancel, "T2", reason="not now")
    floor.settle()
    assert states(floor) == {"qualified": 300, "received": 300}


def test_a_packed_box_waits_for_the_trigger_of_its_own_task_alone(engine: Engine) -> None:
    floor = a_site(engine)
    for key in ("T1", "T2"):
        do(floor, tasks.take, Wish(key, "LOT-1", quantity=300, approval=False, trigger=True))
    while row(floor, "T1").state != "finished":
        floor.go_on(min(floor.transports))
    with Session(engine) as session:
        noted = session.connection().execute(sa.text("SELECT DISTINCT task FROM stock_in")).scalars().all()
        boxes = session.connection().execute(sa.text("SELECT box FROM stock_in ORDER BY box")).scalars().all()
    assert noted == ["T1"]
    do(floor, back_to_stock.trigger, "T1", boxes, by="platform")
    floor.settle()
    assert set(floor.contents.values()) >= {"P0010000"}


def test_what_has_left_already_is_asked_of_a_person_and_stays_verified(engine: Engine) -> None:
    floor = a_site(engine, pallets=1, boxes=2)
    do(floor, tasks.take, Wish("T1", "LOT-1", approval=False))
    (number,) = floor.transports
    floor.go_on(number)
    floor.go_on(number)
    ((_, boxes),) = floor.in_line[1]
    box, meters = boxes.pop(0)
    said = {"line": "VL1", "box": box, "pallet": "P9", "pile": 1, "verdict": 1}
    floor.tell(Fact("BoxPacked", box, said | {"meters": [[code, 1, f"S{code[-6:]}"] for code in meters]}))
    floor.arrive("P9", "LO")
    while "P9" not in floor.contents.values():
        floor.go_on(max(n for n, t in floor.transports.items() if t.kind != "pack"))
    with Session(engine) as session:
        service.create_distribution(session, key="d", lines=[("n", "DDZY2026", 15)], at_ms=floor.now_ms)
        session.commit()
    floor.take()
    while states(floor).get("shipped") != 15:
        floor.go_on(max(n for n, t in floor.transports.items() if t.kind != "pack"))
    do(floor, cancelling.cancel, "T1", reason="wrong lot")
    floor.settle()
    assert states(floor) == {"received": 15, "shipped": 15}
    with Session(engine) as session:
        asked = sa.text("SELECT reason FROM clarification WHERE subject = :box")
        assert session.connection().execute(asked, {"box": box}).scalars().all() == ["cancelled_under_way"]
        left = sa.text("SELECT DISTINCT verdict FROM asset WHERE box = :box")
        assert session.connection().execute(left, {"box": box}).scalars().all() == [1]


@pytest.mark.parametrize("ending", ["finish", "abort"])
def test_taken_back_twice_counts_the_same(engine: Engine, ending: str) -> None:
    floor = a_site(engine, pallets=1, boxes=2)
    do(floor, tasks.take, Wish("T1", "LOT-1", approval=False))
    first = do(floor, cancelling.cancel, "T1", reason="x", ending=ending)
    assert do(floor, cancelling.cancel, "T1", reason="y", ending=ending) == first
    assert set(first) == set(stages.STAGES) and sum(first.values()) == 30


def test_benches_that_finish_may_still_be_told_to_stop(engine: Engine) -> None:
    floor = a_site(engine, pallets=1, boxes=2)
    do(floor, tasks.take, Wish("T1", "LOT-1", approval=False))
    (number,) = floor.transports
    floor.go_on(number)
    floor.go_on(number)
    for ending, then in (("finish", "finish"), ("abort", "abort"), ("finish", "abort")):
        do(floor, cancelling.cancel, "T1", reason="x", ending=ending)
        assert (row(floor, "T1").state, row(floor, "T1").ending) == ("cancelling", then)

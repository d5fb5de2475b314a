"""Tasks of marketing: proposed from stock, approved or rejected, paused, taken back, sampled first."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.plants import small_plant
from tests.unit.wms.deliveries import delivery
from tests.unit.wms.marketing.site import a_site, do, letters, row, states, write
from tests.unit.wms.played_floor import PlayedFloor
from wms.desk import Desk
from wms.errors import Refused
from wms.inbound.service import import_delivery
from wms.marketing import back_to_stock, cancelling, held, proposals, stages, tasks
from wms.marketing.tasks import Change, Wish
from wms.outbound import service, views
from wms.results import samples
from wms.stock import units


def test_a_task_is_proposed_approved_and_carried_out(engine: Engine) -> None:
    floor = a_site(engine)
    do(floor, tasks.take, Wish("T1", "LOT-1", quantity=300))
    (said,) = letters(floor, "proposal")
    assert (said["task"], said["round"], said["meters"]) == ("T1", 1, 300)
    assert {one["pallet"] for one in said["boxes"]} == {"P0010000"}
    order = do(floor, proposals.approve, "T1", round_=1)
    assert do(floor, proposals.approve, "T1", round_=1) == order
    assert row(floor, "T1").state == "running"
    floor.settle()
    assert row(floor, "T1").state == "finished"
    assert states(floor) == {"qualified": 300, "received": 300}
    assert letters(floor, "stage_counts")[-1]["counts"]["passed"] == 300


def test_a_rejected_proposal_is_followed_by_one_of_other_boxes(engine: Engine) -> None:
    floor = a_site(engine)
    do(floor, tasks.take, Wish("T1", "LOT-1", quantity=300))
    assert do(floor, proposals.reject, "T1", round_=1, answer="not these") == 2
    first, second = letters(floor, "proposal")
    assert {one["pallet"] for one in first["boxes"]} & {one["pallet"] for one in second["boxes"]} == set()
    assert do(floor, proposals.reject, "T1", round_=1) == 2
    with pytest.raises(Refused, match="proposal_is"):
        do(floor, proposals.approve, "T1", round_=1)
    with pytest.raises(Refused, match="box_not_proposed"):
        do(floor, proposals.reject, "T1", round_=2, without=["B9"])
    assert do(floor, proposals.reject, "T1", round_=2) == 0
    assert (row(floor, "T1").state, row(floor, "T1").reason) == ("planned", "waits_for_stock")


def test_what_was_taken_meanwhile_is_proposed_anew(engine: Engine) -> None:
    floor = a_site(engine)
    do(floor, tasks.take, Wish("T1", "LOT-1", quantity=300))
    with Session(engine) as session:
        only = ["P0010000"]
        service.create_verification(session, key="k", lot="LOT-1", line="VL1", at_ms=floor.now_ms, only=only)
        session.commit()
    floor.listen()
    assert do(floor, proposals.approve, "T1", round_=1) == 0
    again = letters(floor, "proposal")[-1]
    assert (again["round"], {one["pallet"] for one in again["boxes"]}) == (2, {"P0010001"})
    assert do(floor, proposals.approve, "T1", round_=2) > 0


def test_two_tasks_are_never_given_the_same_box(engine: Engine) -> None:
    floor = a_site(engine)
    do(floor, tasks.take, Wish("T1", "LOT-1", quantity=300))
    do(floor, tasks.take, Wish("T2", "LOT-1", quantity=300))
    one, two = letters(floor, "proposal")
    assert {each["box"] for each in one["boxes"]} & {each["box"] for each in two["boxes"]} == set()
    do(floor, tasks.take, Wish("T3", "LOT-1", quantity=15))
    assert row(floor, "T3").reason == "waits_for_stock"
    do(floor, cancelling.cancel, "T1", reason="not needed")
    assert row(floor, "T3").reason == ""


def test_a_task_waits_for_pallets_on_their_way_unless_told_otherwise(engine: Engine) -> None:
    floor = PlayedFloor(engine, small_plant())
    do(floor, tasks.take, Wish("T1", "LOT-1"))
    assert row(floor, "T1").reason == "waits_for_delivery"
    with Session(engine) as session:
        import_delivery(session, delivery(pallets=2), at_ms=0)
        session.commit()
    floor.arrive("P0010000")
    floor.settle()
    do(floor, tasks.change, "T1", Change(quantity=600), by="li")
    assert row(floor, "T1").reason == "waits_for_stock"
    assert do(floor, proposals.propose, "T1", at_once=True) == 1


def test_the_same_task_sent_again_is_the_same_and_another_one_is_refused(engine: Engine) -> None:
    floor = a_site(engine)
    number = do(floor, tasks.take, Wish("T1", "LOT-1", quantity=300))
    assert do(floor, tasks.take, Wish("T1", "LOT-1", quantity=300)) == number
    assert len(letters(floor, "proposal")) == 1
    for wish, code in (
        (Wish("T1", "LOT-2"), "task_known"), (Wish("T2", "LOT-1", source="x"), "unknown_task_source"),
        (Wish("T2", ""), "task_without_lot"), (Wish("T2", "LOT-1", quantity=-1), "task_figures"),
        (Wish("T2", "LOT-1", line="VL9"), "unknown_line"), (Wish("\n", "LOT-1"), "not_a_task_number"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            do(floor, tasks.take, wish)


def test_nothing_goes_out_for_a_paused_task(engine: Engine) -> None:
    floor = a_site(engine)
    do(floor, tasks.take, Wish("T1", "LOT-1", approval=False))
    assert row(floor, "T1").state == "running"
    do(floor, cancelling.cancel, "T1", reason="x")
    floor.settle()
    do(floor, tasks.take, Wish("T2", "LOT-1", quantity=600))
    do(floor, tasks.pause, "T2", reason="later", by="li")
    with pytest.raises(Refused, match="proposal_is"):
        do(floor, proposals.approve, "T2", round_=1)
    do(floor, tasks.resume, "T2", by="li")
    order = do(floor, proposals.approve, "T2", round_=1)
    floor.go_on(next(n for n, t in floor.transports.items() if t.unit == "P0010000"))
    do(floor, tasks.pause, "T2", reason="later", by="li")
    floor.settle()
    assert row(floor, "T2").state == "paused"
    with Session(engine) as session:
        assert [why.code for why in views.why(session, order)] == ["task_paused", "pallet_stored"]
    do(floor, tasks.resume, "T2", by="li")
    floor.settle()
    assert row(floor, "T2").state == "finished"
    with Session(engine) as session:
        found = views.order(session, order)
        assert found is not None and found.state == "finished"
    with pytest.raises(Refused, match="task_is"):
        do(floor, tasks.pause, "T2", reason="x", by="li")


def test_a_task_taken_back_while_meters_are_on_the_line_leaves_nothing_verified(engine: Engine) -> None:
    floor = a_site(engine, pallets=3)
    do(floor, tasks.take, Wish("T1", "LOT-1", approval=False))
    in_line = next(n for n, t in floor.transports.items() if t.unit == "P0010000")
    floor.go_on(in_line)
    floor.go_on(in_line)
    moving = next(n for n, t in floor.transports.items() if t.unit == "P0010001")
    floor.go_on(moving)
    counts = do(floor, cancelling.cancel, "T1", reason="wrong lot", ending="abort", by="li")
    assert row(floor, "T1").state == "cancelling"
    assert sum(counts.values()) == 900 and counts["on_line"] == 300
    with Session(engine) as session:
        asked = session.connection().execute(sa.text("SELECT kind, subject FROM wcs_request WHERE kind = 'cancel'"))
        assert len(asked.all()) == 2
    floor.settle()
    assert row(floor, "T1").state == "cancelled"
    assert states(floor) == {"received": 900}
    assert letters(floor, "stage_counts")[-1]["counts"]["passed"] == 0
    assert [one for one in letters(floor, "task_finished") if one["task"] == "T1"] == []
    assert do(floor, cancelling.cancel, "T1", reason="again") == letters(floor, "stage_counts")[-1]["counts"]


def test_what_a_line_packs_is_told_for_the_task_that_it_works_on(engine: Engine) -> None:
    floor = a_site(engine)
    do(floor, tasks.take, Wish("T1", "LOT-1", quantity=300, approval=False))
    do(floor, tasks.take, Wish("T2", "LOT-1", quantity=300, approval=False))
    assert {row(floor, "T1").state, row(floor, "T2").state} == {"running"}
    floor.settle()  # both are over before a letter is written
    write(floor)
    assert [one["task"] for one in letters(floor, "box_packed")] == ["T1"] * 20 + ["T2"] * 20
    assert [one["task"] for one in letters(floor, "conclusion")] == ["T1"] * 20 + ["T2"] * 20
    assert {one["task"] for one in letters(floor, "pile_stored")} == {"T1", "T2"}


def test_what_is_packed_for_a_task_that_was_taken_back_is_told_as_late(engine: Engine) -> None:
    floor = a_site(engine, pallets=1, boxes=2)
    do(floor, tasks.take, Wish("T1", "LOT-1", approval=False))
    in_line = min(floor.transports)
    floor.go_on(in_line)
    floor.go_on(in_line)
    do(floor, cancelling.cancel, "T1", reason="wrong lot")
    floor.settle()
    write(floor)
    assert letters(floor, "conclusion") == []
    assert [(one["of"], len(one["meters"])) for one in letters(floor, "late_result")] == [("conclusion", 15)] * 2
    assert [one["state"] for one in letters(floor, "meter_changed")] == ["received"] * 2


def test_no_full_verification_before_the_sample_and_a_rejected_lot_is_locked(engine: Engine) -> None:
    floor = a_site(engine, pallets=3)
    do(floor, tasks.take, Wish("S1", "LOT-1", source="sampling", line="VL1"))
    do(floor, tasks.take, Wish("T1", "LOT-1"))
    assert row(floor, "T1").reason == "lot_waits_for_sampling"
    with Session(engine) as session, pytest.raises(Refused, match="lot_waits_for_sampling"):
        service.create_verification(session, key="k", lot="LOT-1", line="VL1", at_ms=0)
    do(floor, proposals.approve, "S1", round_=1)
    number = row(floor, "S1").sample
    with Session(engine) as session:
        drawn = samples.sample(session, number)
    floor.failing = frozenset(drawn.meters[: drawn.reject])
    assert drawn.size == 80
    floor.settle()
    with Session(engine) as session:
        assert samples.sample(session, number).state == "rejected"
    assert states(floor)["to_maker"] > 600 and "received" not in states(floor) and "qualified" not in states(floor)
    assert row(floor, "T1").reason == "lot_rejected"


def test_what_is_found_again_of_a_rejected_lot_is_kept_for_its_maker(engine: Engine) -> None:
    floor = a_site(engine, pallets=3)
    do(floor, tasks.take, Wish("S1", "LOT-1", source="sampling", line="VL1"))
    do(floor, proposals.approve, "S1", round_=1)
    with Session(engine) as session:
        drawn = samples.sample(session, row(floor, "S1").sample)
    floor.failing = frozenset(drawn.meters[: drawn.reject])
    floor.settle()
    before = states(floor)
    with Session(engine) as session:
        stands = sa.text("SELECT pallet, id FROM slot WHERE pallet IS NOT NULL")
        pallet, slot = session.connection().execute(stands).all()[0]
    do(floor, units.lost, pallet, slot)
    assert states(floor)["missing"] > 0
    do(floor, units.turned_up, pallet, slot)
    do(floor, units.stored, pallet, slot)
    floor.settle()
    assert states(floor) == before


def test_packed_boxes_wait_for_both_halves_in_either_order(engine: Engine) -> None:
    floor = a_site(engine, pallets=1, boxes=5)
    do(floor, tasks.take, Wish("T1", "LOT-1", approval=False, trigger=True))
    (said,) = letters(floor, "proposal")
    boxes = [one["box"] for one in said["boxes"]]
    assert do(floor, back_to_stock.trigger, "T1", boxes[:2], by="platform") == 2
    floor.settle()
    assert [t.kind for t in floor.transports.values()] == []
    with Session(engine) as session:
        assert back_to_stock.held(Desk(session, 0), "P0010000") is not None
    assert do(floor, back_to_stock.trigger, "T1", boxes, by="platform") == 3
    floor.settle()
    assert states(floor) == {"qualified": 75}
    assert floor.contents and set(floor.contents.values()) == {"P0010000"}


def test_a_count_is_answered_from_the_books(engine: Engine) -> None:
    floor = a_site(engine)
    do(floor, tasks.take, Wish("C1", "LOT-1", source="count"))
    (said,) = letters(floor, "count_result")
    assert (said["flag"], said["meters"]) == ("05", 600)
    assert row(floor, "C1").state == "finished"


def test_every_meter_is_at_one_stage(engine: Engine) -> None:
    floor = a_site(engine)
    do(floor, tasks.take, Wish("T1", "LOT-1", quantity=300))
    with Session(engine) as session:
        desk = Desk(session, 0)
        found = stages.counts(desk, row(floor, "T1"))
        assert held.wants(desk, 99, "any")
    assert (found["proposed"], found["in_stock"], sum(found.values())) == (300, 300, 600)


def test_a_task_that_cannot_begin_says_so_and_the_house_goes_on(engine: Engine) -> None:
    floor = PlayedFloor(engine, small_plant())
    do(floor, tasks.take, Wish("S1", "LOT-1", source="sampling", aql="7.7"))
    with Session(engine) as session:
        import_delivery(session, delivery(), at_ms=0)
        session.commit()
    floor.arrive("P0010000")
    floor.settle()
    assert row(floor, "S1").reason == "task_cannot_begin"
    assert states(floor) == {"received": 300}
    do(floor, cancelling.cancel, "S1", reason="wrong plan")
    assert row(floor, "S1").state == "cancelled"


def test_what_is_urgent_goes_out_first_and_a_change_moves_what_no_crane_has_taken(engine: Engine) -> None:
    floor = a_site(engine)
    with Session(engine) as session:
        import_delivery(session, delivery(asn="ASN-2", lot="LOT-2", pallets=2, first=50), at_ms=0)
        session.commit()
    for n in range(2):
        floor.arrive(f"P050{n:04}")
    floor.settle()
    do(floor, tasks.take, Wish("T1", "LOT-1", priority=5, approval=False))
    do(floor, tasks.take, Wish("T2", "LOT-2", priority=40, approval=False))
    assert ranks(engine) == {"P0010000": 5, "P0010001": 5, "P0500000": 40, "P0500001": 40}
    out = next(n for n, t in floor.transports.items() if t.unit == "P0010000")
    floor.go_on(out)
    do(floor, tasks.change, "T1", Change(priority=90), by="li")
    with Session(engine) as session:
        asked = (
            session.connection().execute(sa.text("SELECT subject, payload FROM wcs_request WHERE kind = 'rank'")).all()
        )
    number = next(n for n, t in floor.transports.items() if t.unit == "P0010001")
    assert [tuple(one) for one in asked] == [(str(number), '{"priority": 90}')]
    do(floor, tasks.pause, "T1", reason="later", by="li")
    floor.settle()
    do(floor, tasks.resume, "T1", by="li")
    assert ranks(engine)["P0010001"] == 90
    floor.settle()
    assert states(floor)["qualified"] == 1200


def ranks(engine: Engine) -> dict[str, int]:
    """Return with which priority pallets were called to a line last."""
    with Session(engine) as session:
        query = sa.text("SELECT unit, priority FROM transport_order WHERE kind = 'verify' ORDER BY number")
        return {unit: priority for unit, priority in session.connection().execute(query)}

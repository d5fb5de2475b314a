"""What comes back from districts: every meter scanned, good boxes qualified, others sorted, differences claimed."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.plants import small_plant
from tests.unit.wms.marketing.site import a_site, do, letters, row, states
from tests.unit.wms.played_floor import PlayedFloor
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import ageing, cancelling, demand, life, promise, return_views, returns, tasks
from wms.marketing.returns import Scan
from wms.marketing.tasks import Wish, take
from wms.outbound import service, views
from wms.results.paper_tables import SampleRow
from wms.seals import service as seals

DAY_MS = 86_400_000
Content = dict[str, list[str]]


def sent_out(engine: Engine) -> tuple[PlayedFloor, Content]:
    """Return a floor from which five boxes have left to a district, with what was in them."""
    floor = a_site(engine, pallets=1, boxes=10)
    do(floor, take, Wish("T1", "LOT-1", approval=False))
    floor.settle()
    with Session(engine) as session:
        lines = [("n", "DDZY2026", 75)]
        service.create_distribution(session, key="d1", lines=lines, at_ms=floor.now_ms)
        session.commit()
    floor.take()
    floor.settle()
    with Session(engine) as session:
        rows = session.connection().execute(
            sa.text("SELECT b.code, a.bar_code FROM box b JOIN asset a ON a.box = b.code WHERE b.state = 'shipped'")
        )
        content: Content = {}
        for box, code in sorted(tuple(one) for one in rows):
            content.setdefault(box, []).append(code)
    assert len(content) == 5
    return floor, content


def announced(floor: PlayedFloor, content: Content, **more: Any) -> int:
    said: dict[str, Any] = {"key": "R1", "district": "n", "kind": "sent_back", "boxes": content, "empties": 2} | more
    return int(do(floor, returns.announce, **said))


def test_an_unopened_box_is_qualified_again_and_goes_into_stock(engine: Engine) -> None:
    floor, content = sent_out(engine)
    box, *rest = sorted(content)
    number = announced(floor, content)
    assert announced(floor, content) == number
    assert do(floor, returns.scan, number, Scan(box, tuple(content[box]), "RP1"), by="li") == "qualified"
    opened = Scan(rest[0], tuple(content[rest[0]]), "RP2", opened=True)
    assert do(floor, returns.scan, number, opened, by="li") == "sorting"
    floor.arrive("RP1")
    floor.settle()
    assert "RP1" in floor.contents.values()
    assert states(floor) == {"qualified": 90, "returned": 15, "shipped": 45}
    told = letters(floor, "meter_changed")[-2:]
    assert [(one["state"], len(one["bars"])) for one in told] == [("qualified", 15), ("returned", 15)]
    assert do(floor, returns.close, number, empties=2, by="li") == 45
    with Session(engine) as session:
        seen = return_views.note(session, number)
    assert seen is not None and (seen.listed, seen.found, seen.state) == (75, 30, "closed")
    assert {claim.finding for claim in seen.claims} == {"missing"}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"kind": "dismantled"}, "was_in_use"), ({"opened": True}, "was_opened"), ({"late_ms": 181}, "too_old"),
        ({"broken": 1}, "seal_broken"), ({"missing": 1}, "content_differs"),
    ],
)  # fmt: skip
def test_why_a_box_is_sorted(engine: Engine, more: dict[str, Any], why: str) -> None:
    floor, content = sent_out(engine)
    box = min(content)
    number = announced(floor, content, kind=more.get("kind", "sent_back"))
    floor.now_ms += more.get("late_ms", 0) * DAY_MS
    meters = content[box][more.get("missing", 0) :]
    found = Scan(box, tuple(meters), "RP1", more.get("opened", False), tuple(meters[: more.get("broken", 0)]))
    assert do(floor, returns.scan, number, found, by="li") == "sorting"
    with Session(engine) as session:
        seen = return_views.note(session, number)
        assert seen is not None and seen.boxes[0].why == why
        counted = session.connection().execute(
            sa.text("SELECT count(*) FROM box b WHERE meters <> (SELECT count(*) FROM asset a WHERE a.box = b.code)")
        )
        assert counted.scalar() == 0


def test_meters_of_other_boxes_and_strangers_are_claimed_and_no_meter_is_doubled(engine: Engine) -> None:
    floor, content = sent_out(engine)
    one, two = sorted(content)[:2]
    number = announced(floor, {one: content[one]})
    mixed = (*content[one][1:], content[two][0], "9" * 22)
    assert do(floor, returns.scan, number, Scan(one, mixed, "RP1"), by="li") == "sorting"
    do(floor, returns.close, number, empties=2, by="li")
    with Session(engine) as session:
        found = {(claim.bar_code, claim.finding) for claim in return_views.claims(session)}
        assets = session.connection().execute(sa.text("SELECT count(*), count(DISTINCT bar_code) FROM asset")).one()
    assert found == {(content[one][0], "missing"), (content[two][0], "extra"), ("9" * 22, "unknown")}
    assert tuple(assets) == (150, 150)
    do(floor, returns.settle_claim, 1, answer="found", by="li")
    with pytest.raises(Refused, match="claim_not_open"):
        do(floor, returns.settle_claim, 1, answer="found", by="li")


def test_what_cannot_be_is_refused(engine: Engine) -> None:
    floor, content = sent_out(engine)
    box, other = sorted(content)[:2]
    number = announced(floor, content)
    with Session(engine) as session:
        inside = session.connection().execute(
            sa.text("SELECT a.bar_code, b.code FROM asset a JOIN box b ON b.code = a.box WHERE b.state = 'qualified'")
        )
        here, its_box = inside.first() or ("", "")
    for found, code in (
        (Scan(box, (), "RP1"), "scan_out_of_range"), (Scan("B9", ("1",), "RP1"), "unknown_box"),
        (Scan(its_box, (here,), "RP1"), "box_not_out"), (Scan(box, (here,), "RP1"), "meter_not_out"),
        (Scan(box, tuple(content[box]), "P0010000"), "pallet_not_for_returns"),
        (Scan(box, tuple(content[box]), "RP1", broken=("x",)), "broken_seal_elsewhere"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            do(floor, returns.scan, number, found, by="li")
    do(floor, returns.scan, number, Scan(box, tuple(content[box]), "RP1"), by="li")
    with pytest.raises(Refused, match="pallet_mixes"):
        do(floor, returns.scan, number, Scan(other, tuple(content[other]), "RP1", opened=True), by="li")
    with pytest.raises(Refused, match="meter_listed_twice"):
        announced(floor, {"B1": ["1"], "B2": ["1"]}, key="R2")
    with pytest.raises(Refused, match="unknown_return_kind"):
        announced(floor, content, key="R2", kind="lost")


def test_a_box_with_a_seal_that_became_void_while_it_was_out_is_sorted(engine: Engine) -> None:
    floor, content = sent_out(engine)
    box, other = sorted(content)[:2]
    code = content[box][3]
    with Session(engine) as session:
        (of_meter,) = session.connection().execute(sa.text("SELECT seal FROM asset WHERE bar_code = :c"), {"c": code})
        seals.receive_range(session, prefix="S", digits=6, first=1, last=999_999, by="store", at_ms=0)
        seals.load(session, cell="SE1", count=999_999, at_ms=0)
        assert seals.sealed(session, cell="SE1", meters=[(code, of_meter[0], "")], at_ms=1) == []
        seals.void(session, seal=of_meter[0], reason="recalled", by="lab", at_ms=2)
        session.commit()
    number = announced(floor, content)
    assert do(floor, returns.scan, number, Scan(box, tuple(content[box]), "RP1"), by="li") == "sorting"
    assert do(floor, returns.scan, number, Scan(other, tuple(content[other]), "RP2"), by="li") == "qualified"
    with Session(engine) as session:
        seen = return_views.note(session, number)
    assert seen is not None and {one.box: one.why for one in seen.boxes} == {box: "papers_void", other: ""}


def test_a_box_of_a_lot_that_was_rejected_while_it_was_out_is_sorted(engine: Engine) -> None:
    floor, content = sent_out(engine)
    box = min(content)
    number = announced(floor, content)
    with Session(engine) as session:
        state = {"lot": "LOT-1", "aql": "1.0", "lot_size": 150, "letter": "F", "size": 20, "accept": 0, "reject": 1}
        session.add(SampleRow(**state, state="rejected", bad=1, drawn_by="li", drawn_ms=1, decided_ms=2))
        session.commit()
    assert do(floor, returns.scan, number, Scan(box, tuple(content[box]), "RP1"), by="li") == "sorting"
    with Session(engine) as session:
        seen = return_views.note(session, number)
    assert seen is not None and seen.boxes[0].why == "lot_rejected"


def test_a_key_announces_one_thing_and_a_meter_is_scanned_once(engine: Engine) -> None:
    floor, content = sent_out(engine)
    one, two = sorted(content)[:2]
    number = announced(floor, content)
    for other in ({"district": "s"}, {"kind": "refused"}, {"empties": 3}, {"boxes": {one: content[one]}}):
        with pytest.raises(Refused, match="key_with_other_body"):
            announced(floor, content, **other)
    strange = "9" * 22
    do(floor, returns.scan, number, Scan(one, (*content[one], strange), "RP1"), by="li")
    with pytest.raises(Refused, match="meter_scanned_before"):
        do(floor, returns.scan, number, Scan(two, (*content[two], strange), "RP1"), by="li")
    do(floor, returns.scan, number, Scan(two, tuple(content[two]), "RP2"), by="li")


def test_sorted_boxes_are_verified_again_or_scrapped(engine: Engine) -> None:
    floor, content = sent_out(engine)
    one, two = sorted(content)[:2]
    number = announced(floor, content)
    for box, pallet in ((one, "RP1"), (two, "RP2")):
        do(floor, returns.scan, number, Scan(box, tuple(content[box]), pallet, opened=True), by="li")
    do(floor, life.settle, [one], "received", reason="as new", by="li")
    do(floor, life.settle, [two], "scrapped", reason="burnt", by="li")
    assert states(floor) == {"qualified": 75, "received": 15, "scrapped": 15, "shipped": 45}
    with Session(engine) as session:
        seen = return_views.note(session, number)
    assert seen is not None and {one.outcome for one in seen.boxes} == {"sorted"}
    with pytest.raises(Refused, match="box_may_not_become"):
        do(floor, life.settle, [one], "scrapped", reason="x", by="li")
    with pytest.raises(Refused, match="not_by_hand"):
        do(floor, life.settle, [one], "qualified", reason="x", by="li")


def test_what_can_be_promised_is_what_is_not_locked_and_not_kept_back(engine: Engine) -> None:
    floor = a_site(engine, pallets=1, boxes=10)
    do(floor, take, Wish("T1", "LOT-1", approval=False))
    floor.settle()
    do(floor, promise.set_safety, "DDZY2026", 60, by="li")
    with Session(engine) as session:
        (one,) = promise.available(session)
    assert (one.qualified, one.locked, one.safety, one.available, one.to_verify) == (150, 0, 60, 90, 0)
    floor.now_ms += 200 * DAY_MS
    with Session(engine) as session:
        (old,) = ageing.aged(session, at_ms=floor.now_ms)
        assert (old.lot, old.meters, old.days >= 199) == ("LOT-1", 150, True)
    (key,) = do(floor, ageing.call_back, by="li")
    assert do(floor, ageing.call_back, by="li") == []
    assert row(floor, key).kind == "recheck"
    with Session(engine) as session:
        (one,) = promise.available(session)
    assert (one.locked, one.available, one.short) == (150, 0, 60)


def test_the_safety_stock_goes_to_no_district_until_it_is_lowered(engine: Engine) -> None:
    floor = a_site(engine, pallets=2, boxes=20)
    do(floor, take, Wish("T1", "LOT-1", approval=False))
    floor.settle()
    do(floor, promise.set_safety, "DDZY2026", 510, by="li")
    with Session(engine) as session:
        lines = [("n", "DDZY2026", 75), ("s", "DDZY2026", 30), ("n", "DDZY2026", 15)]
        orders = [
            service.create_distribution(session, key=f"d{n}", lines=[one], at_ms=1) for n, one in enumerate(lines)
        ]
        session.commit()
        waits = [[why.code for why in views.why(session, order)] for order in orders]
    assert [[why for why in codes if "safety" in why] for codes in waits] == [[], ["safety_stock_kept"], []]
    floor.take()
    floor.settle()
    assert states(floor) == {"qualified": 510, "shipped": 90}
    do(floor, promise.set_safety, "DDZY2026", 480, by="li")
    floor.settle()
    assert states(floor) == {"qualified": 480, "shipped": 120}


def test_what_a_task_holds_for_a_recheck_goes_to_no_district(engine: Engine) -> None:
    floor = a_site(engine, pallets=1, boxes=10)
    do(floor, take, Wish("T1", "LOT-1", approval=False))
    floor.settle()
    do(floor, take, Wish("R1", "LOT-1", "recheck"))
    with Session(engine) as session:
        order = service.create_distribution(session, key="d", lines=[("n", "DDZY2026", 30)], at_ms=floor.now_ms)
        session.commit()
    floor.take()
    floor.settle()
    assert states(floor) == {"qualified": 150}
    do(floor, tasks.change, "R1", tasks.Change(quantity=15), by="li")
    do(floor, cancelling.cancel, "R1", reason="not needed")
    floor.settle()
    assert states(floor) == {"qualified": 120, "shipped": 30}
    with Session(engine) as session:
        found = views.order(session, order)
    assert found is not None and found.state == "finished"


def test_a_shortage_is_warned_of_before_it_comes(engine: Engine) -> None:
    floor = a_site(engine, pallets=2, boxes=20)
    rows = [("2026-11", "DDZY2026", "n", 100), ("2026-12", "DDZY2026", "n", 400), ("2026-12", "DDZY2026", "s", 400)]
    with Session(engine) as session:
        desk = Desk(session, floor.now_ms)
        assert demand.enter(desk, rows, by="li") == 3
        seen = demand.outlook(session, small_plant())
        assert [(one.demand, one.supply, one.short, one.cause) for one in seen] == [
            (100, 100, 0, ""), (800, 500, 300, "no_stock"),
        ]  # fmt: skip
        few = demand.outlook(session, small_plant(), hours_a_day=0.01, days=1)
        assert few[0].capacity < 100 and few[0].cause == "no_capacity"
        for bad, code in (("2026-13", "not_a_month"), ("2026-1", "not_a_month")):
            with pytest.raises(Refused, match=code):
                demand.enter(desk, [(bad, "DDZY2026", "n", 1)], by="li")

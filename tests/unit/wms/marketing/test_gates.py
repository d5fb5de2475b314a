"""Lines are told what they must not pack, once, and told again when it may be."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs.store import LineLotRow, RequestRow
from wms.desk import Desk
from wms.marketing import gates, outbox, receivers, sending, splitting
from wms.marketing.receivers import Receiver
from wms.marketing.rules import done, refused
from wms.marketing.tables import TaskRow
from wms.outbound.tables import OutboundOrderRow
from wms.rows import table
from wms.stock.tables import LotRow, StationRow

_request = table(RequestRow)


def line_at_work(session: Session, *, gated: bool = True, boxes_open: int = -1) -> int:
    """Let a lot of a task be verified on a line that is led cell by cell; return its number."""
    told = Receiver("platform", "platform", "http://x", gates=gated, boxes_open=boxes_open)
    receivers.seed(session, [told], at_ms=0)
    session.add(StationRow(id="CL9", kind="cells", point="LI"))
    session.flush()
    lot = LotRow(code="LOT-1")
    session.add(lot)
    session.flush()
    session.add(OutboundOrderRow(key="v1", kind="verification", lot=lot.number, line="CL9", created_ms=1))
    session.add(TaskRow(key="T1", lot="LOT-1", state="running", created_ms=1))
    session.flush()
    assert lot.number is not None
    return lot.number


def asked(session: Session) -> list[tuple[str, dict[str, Any]]]:
    rows = session.connection().execute(sa.select(_request.c.subject, _request.c.payload).order_by(_request.c.id))
    return [(subject, json.loads(payload)) for subject, payload in rows]


def remember(session: Session, lot: int, boxes: int, account: str = "T1") -> None:
    """Do what the line does when it is told."""
    work = json.dumps({"verdict": 1, "boxes": boxes, "packed": 0, "per_box": 1, "account": account})
    session.merge(LineLotRow(id=f"CL9:{lot}:limit", line="CL9", lot=lot, work=work, flush="limit"))
    session.flush()


def test_a_line_is_told_how_many_boxes_there_are_codes_for_and_only_news(session: Session) -> None:
    lot, desk = line_at_work(session), Desk(session, 1)
    assert gates.tell(desk) == 1
    remember(session, lot, 0)
    assert gates.tell(desk) == 0
    gates.offer(desk, "T1", 1, ["D1"])
    assert gates.tell(desk) == 1
    remember(session, lot, 1)
    assert gates.take(desk, "T1", 1, "B1") == "D1" and gates.take(desk, "T1", 1, "B2") == ""
    assert gates.tell(desk) == 0  # the line has counted the box itself
    gates.offer(desk, "T1", 1, ["D2", "D3"])
    assert gates.tell(desk) == 1
    said = [(payload["lot"], payload["boxes"], payload["packed"]) for _, payload in asked(session)]
    assert said == [(lot, 0, 0), (lot, 1, 0), (lot, 3, 1)]


def test_without_a_receiver_that_gates_no_line_is_told_anything(session: Session) -> None:
    line_at_work(session, gated=False)
    assert gates.tell(Desk(session, 1)) == 0 and asked(session) == []


def boxed(desk: Desk, number: int, verdict: str = "pass") -> int:
    """Tell the platform of a packed box of T1; return the letter's number."""
    body = {"task": "T1", "box": f"B{number}", "verdict": verdict, "bars": [f"M{number}", f"N{number}"]}
    said = {"receiver": "platform", "kind": "box_packed", "key": f"box_packed:{number}", "body": body, "task": "T1"}
    return outbox.post(desk, **said, subject=f"B{number}", bars=body["bars"])  # type: ignore[arg-type]


def allowed(session: Session) -> list[int]:
    return [payload["boxes"] for _, payload in asked(session)]


def test_packing_waits_while_more_boxes_than_allowed_are_not_taken_and_goes_on_by_itself(session: Session) -> None:
    lot, desk = line_at_work(session, gated=False, boxes_open=1), Desk(session, 1)
    assert gates.tell(desk) == 1 and allowed(session) == [2]  # one may wait, and one is packed meanwhile
    remember(session, lot, 2)
    first, second = boxed(desk, 1), boxed(desk, 2)
    rejected = boxed(desk, 3, "fail")
    assert gates.tell(desk) == 0
    why = gates.may_pack(desk, "LOT-1", 1)
    assert why is not None and (why.code, why.params["boxes"], why.params["most"]) == ("boxes_not_taken", 2, 1)
    assert gates.may_pack(desk, "LOT-1", 2) is None
    sending.answered(desk, rejected, done())
    assert allowed(session) == [2]
    sending.answered(desk, first, done())
    assert allowed(session) == [2, 3]  # by the answer alone
    remember(session, lot, 3)
    assert gates.may_pack(desk, "LOT-1", 1) is None
    sending.answered(desk, second, refused("no such box"))
    assert allowed(session) == [2, 3] and gates.untaken_boxes(desk, "platform", "T1") == (2, 1)
    splitting.drop(desk, second, reason="given up", by="li")
    assert allowed(session) == [2, 3, 4]


def test_a_box_of_which_one_meter_is_refused_is_taken(session: Session) -> None:
    lot, desk = line_at_work(session, gated=False, boxes_open=0), Desk(session, 1)
    gates.tell(desk)
    remember(session, lot, 1)
    number = boxed(desk, 1)
    assert sending.answered(desk, number, refused("not this one", ("M1",))) == "mended"
    assert gates.untaken_boxes(desk, "platform", "T1") == (1, 1)
    (rest,) = outbox.next_due(session, "platform", at_ms=10)
    sending.answered(desk, rest.number, done())
    assert gates.untaken_boxes(desk, "platform", "T1") == (1, 0) and allowed(session) == [1, 2]


def test_codes_and_boxes_hold_together_and_a_receiver_of_other_tasks_holds_nothing(session: Session) -> None:
    lot, desk = line_at_work(session, boxes_open=5), Desk(session, 1)
    gates.offer(desk, "T1", 1, ["D1", "D2"])
    gates.tell(desk)
    assert allowed(session) == [2]
    remember(session, lot, 2)
    gates.offer(desk, "T1", 1, [f"E{n}" for n in range(20)])
    gates.tell(desk)
    assert allowed(session) == [2, 6]
    others = [Receiver("other", "platform", "http://y"), Receiver("platform", "platform", "http://x", boxes_open=0)]
    receivers.seed(session, others, at_ms=0)
    session.connection().execute(sa.update(table(TaskRow)).values(sender="other"))
    gates.tell(desk)
    assert allowed(session) == [2, 6, -1]  # the task is the other platform's: nobody has a say in it


def test_what_holds_a_line_ends_with_its_order_and_with_the_wish_of_the_receiver(session: Session) -> None:
    lot, desk = line_at_work(session), Desk(session, 1)
    gates.tell(desk)
    remember(session, lot, 0)
    session.connection().execute(sa.update(table(OutboundOrderRow)).values(ended_ms=5, state="finished"))
    gates.tell(desk)
    assert allowed(session) == [0, -1]
    session.connection().execute(sa.update(table(OutboundOrderRow)).values(ended_ms=0, state="waiting"))
    receivers.seed(session, [Receiver("platform", "platform", "http://x")], at_ms=0)
    gates.tell(desk)
    assert allowed(session) == [0, -1, -1]


def test_the_next_task_of_a_lot_is_counted_by_itself(session: Session) -> None:
    lot, desk = line_at_work(session), Desk(session, 1)
    gates.offer(desk, "T1", 1, ["D1"])
    gates.tell(desk)
    remember(session, lot, 1)
    session.connection().execute(sa.update(table(TaskRow)).values(state="finished"))
    session.add(TaskRow(key="T2", lot="LOT-1", state="running", created_ms=2))
    session.flush()
    gates.offer(desk, "T2", 1, ["D1"])
    assert gates.tell(desk) == 1
    last = asked(session)[-1][1]
    assert (last["account"], last["boxes"], last["packed"]) == ("T2", 1, 0)

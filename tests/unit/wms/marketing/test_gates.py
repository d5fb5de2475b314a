"""Lines are told what they must not pack, once, and told again when it may be."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs.store import LineLotRow, RequestRow
from wms.desk import Desk
from wms.marketing import gates, receivers
from wms.marketing.receivers import Receiver
from wms.marketing.tables import TaskRow
from wms.outbound.tables import OutboundOrderRow
from wms.rows import table
from wms.stock.tables import LotRow, StationRow

_request = table(RequestRow)


def line_at_work(session: Session, *, gated: bool = True) -> int:
    """Let a lot of a task be verified on a line that is led cell by cell; return its number."""
    receivers.seed(session, [Receiver("platform", "platform", "http://x", gates=gated)], at_ms=0)
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


def remember(session: Session, lot: int, boxes: int) -> None:
    """Do what the line does when it is told."""
    work = json.dumps({"verdict": 1, "boxes": boxes, "packed": 0, "per_box": 1})
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

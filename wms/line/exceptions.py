"""What a person does with a box at the exception port: bind its meters anew, send it on, or take it out of the lot."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wcs import orders
from wcs.orders import OrderKind
from wms.desk import Desk
from wms.errors import Refused
from wms.line import boxes
from wms.line.tables import ExceptionBoxRow
from wms.rows import known, table
from wms.stock.tables import AssetRow, BoxRow, LotRow

_aside, _box, _asset, _lot = table(ExceptionBoxRow), table(BoxRow), table(AssetRow), table(LotRow)
MAX_METERS = 60


class ExceptionBox(BaseModel):
    """A box at an exception port; `scanned` is what was in it, `booked` what the books say."""

    number: int
    line: str
    box: str
    lot: str
    state: str
    scanned: list[str]
    booked: list[str]
    reason: str
    params: dict[str, Any]
    raised_ms: int


def listed(session: Session, *, line: str = "", limit: int = 200) -> list[ExceptionBox]:
    """Return the boxes that stand at exception ports, the oldest first."""
    query = sa.select(_aside, _lot.c.code.label("lot_code")).outerjoin(_lot, _lot.c.number == _aside.c.lot)
    query = query.where(_aside.c.state.in_(boxes.OPEN)).order_by(_aside.c.number).limit(limit)
    if line:
        query = query.where(_aside.c.line == line)
    return [_view(session, row) for row in session.connection().execute(query)]


def rebind(session: Session, box: str, meters: Sequence[str], *, by: str, at_ms: int) -> None:
    """Book what is truly in a box, as somebody has scanned it by hand; it may then be sent on.

    A booked meter that is not in it is missing from now on. Raises Refused if the box is not at an exception port,
    if a code comes twice, is unknown, of another lot, or booked in another box: those are named.
    """
    desk = Desk(session, at_ms)
    row = _one(desk, box, ("aside", "bound"))
    codes = list(dict.fromkeys(meters))
    if len(codes) != len(meters) or not 0 < len(codes) <= MAX_METERS:
        raise Refused("meters_twice_or_none", box=box, meters=len(meters))
    found = known(session, _asset.c.bar_code, codes, _asset.c.lot, _asset.c.box, _asset.c.state)
    strange = sorted(set(codes) - {code for code, *_ in found})
    strange += sorted(c for c, lot, inside, state in found if lot != row.lot or _elsewhere(inside, state, box))
    if strange:
        raise Refused("not_of_this_lot", box=box, meters=", ".join(strange[:5]))
    gone = sa.update(_asset).where(_asset.c.box == box, _asset.c.bar_code.not_in(codes))
    desk.connection.execute(gone.values(box=None, state="missing"))
    here = sa.update(_asset).where(_asset.c.bar_code.in_(codes)).values(box=box, state=None)
    desk.connection.execute(here)
    content = {"lot": row.lot, "meters": len(codes), "model": _model(desk, codes[0])}
    desk.connection.execute(sa.update(_box).where(_box.c.code == box).values(**content))
    boxes.settle(desk, row.number, "bound", by)
    desk.book("BoxRebound", box, meters=len(codes), by=by)
    desk.close()


def readmit(session: Session, box: str, *, by: str, at_ms: int) -> int:
    """Have the robot take a box up again whose content is right now, and return the transport order's number."""
    desk = Desk(session, at_ms)
    row = _one(desk, box, ("bound",))
    boxes.settle(desk, row.number, "readmitted", by)
    number = orders.submit(
        session, key=f"readmit:{row.number}:{at_ms}", kind=OrderKind.READMIT, unit=None, source=row.cell,
        destination=row.cell, params={"load_id": box, "par1": row.lot},
    )  # fmt: skip
    desk.book("BoxReadmitted", box, line=row.line, by=by)
    desk.close()
    return number


def release(session: Session, box: str, *, by: str, at_ms: int) -> None:
    """Take a box out of its lot: somebody carries it away; its meters stay in quarantine."""
    desk = Desk(session, at_ms)
    row = _one(desk, box, ("aside", "bound"))
    boxes.settle(desk, row.number, "released", by)
    desk.clarified(box)
    desk.book("BoxReleased", box, line=row.line, by=by)
    boxes.pack_when_clear(desk, row.lot)
    desk.close()


def _one(desk: Desk, box: str, states: tuple[str, ...]) -> sa.Row[Any]:
    row = desk.connection.execute(sa.select(_aside).where(_aside.c.box == box, _aside.c.state.in_(boxes.OPEN))).first()
    if row is None:
        raise Refused("box_not_aside", box=box)
    if row.state not in states:
        raise Refused("box_not_bound" if row.state == "aside" else "box_on_its_way", box=box)
    return row


def _elsewhere(inside: str | None, state: str | None, box: str) -> bool:
    return inside != box and state != "missing"


def _model(desk: Desk, code: str) -> str:
    return str(desk.connection.execute(sa.select(_asset.c.model).where(_asset.c.bar_code == code)).scalar())


def _view(session: Session, row: sa.Row[Any]) -> ExceptionBox:
    booked = session.connection().execute(sa.select(_asset.c.bar_code).where(_asset.c.box == row.box)).scalars()
    return ExceptionBox(
        number=row.number, line=row.line, box=row.box, lot=row.lot_code or "", state=row.state,
        scanned=json.loads(row.scanned), booked=sorted(booked), reason=row.reason, params=json.loads(row.params),
        raised_ms=row.raised_ms,
    )  # fmt: skip

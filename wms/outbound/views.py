"""What anybody may read of orders: how far each is, and why it is not finished."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wcs import views as floor
from wms.marketing.tables import TaskRow
from wms.outbound import trips
from wms.outbound.tables import OPEN_PROMISE, OrderLineRow, OutboundOrderRow, PickJobRow, PromiseRow, TripRow
from wms.rows import table
from wms.shipping import gate
from wms.stock.tables import LotRow, PalletRow

_order, _line, _trip, _promise = table(OutboundOrderRow), table(OrderLineRow), table(TripRow), table(PromiseRow)
_job, _lot, _pallet = table(PickJobRow), table(LotRow), table(PalletRow)
_task = table(TaskRow)
OVER = ("finished", "cancelled")
_OPENED = sa.and_(_trip.c.state == "arrived", _trip.c.purpose == "verify")
"""Trips of pallets whose boxes a line is opening."""
TRIPS_TOLD = 5


class Why(BaseModel):
    """Why something is not finished: the text `reason.<code>` filled with `params`."""

    code: str
    params: dict[str, Any] = {}


class LineView(BaseModel):
    """A line of a distribution order, in meters."""

    number: int
    district: str
    model: str
    dock: str
    quantity: int
    promised: int
    shipped: int
    allocated: bool
    closed: bool


class OrderView(BaseModel):
    """An order and its progress: pallets done of pallets that move for it."""

    number: int
    key: str
    kind: str
    state: str
    lot: str
    line: str
    lines: list[LineView]
    pallets: int
    pallets_done: int
    created_ms: int
    ended_ms: int
    why: list[Why]


def orders(session: Session, *, open_only: bool = False, after: int = 0, limit: int = 100) -> list[OrderView]:
    """Return orders by number, from behind `after`."""
    query = sa.select(_order, _lot.c.code.label("lot_code")).outerjoin(_lot, _lot.c.number == _order.c.lot)
    query = query.where(_order.c.number > after).order_by(_order.c.number).limit(limit)
    if open_only:
        query = query.where(_order.c.state.not_in(OVER))
    rows = session.connection().execute(query).all()
    lines, counts = _lines(session, [row.number for row in rows]), _progress(session, [row.number for row in rows])
    return [
        OrderView(
            number=row.number, key=row.key, kind=row.kind, state=row.state, lot=row.lot_code or "", line=row.line,
            lines=lines.get(row.number, []), pallets=sum(counts.get(row.number, Counter()).values()),
            pallets_done=counts.get(row.number, Counter())["done"], created_ms=row.created_ms, ended_ms=row.ended_ms,
            why=why(session, row.number),
        )
        for row in rows
    ]  # fmt: skip


def order(session: Session, number: int) -> OrderView | None:
    """Return one order, or None."""
    found = orders(session, after=number - 1, limit=1)
    return found[0] if found and found[0].number == number else None


def why(session: Session, number: int) -> list[Why]:
    """Return why an order is not finished; of one that is over, what it ended with. Never empty while it is open."""
    row = session.connection().execute(sa.select(_order).where(_order.c.number == number)).first()
    if row is None:
        return []
    if row.state in OVER:
        return [Why(code=row.reason, params=json.loads(row.params))] if row.reason else []
    if row.state == "packing":
        return [Why(code="line_packs", params={"line": row.line}), *_of_pack(session, number)]
    if row.kind == "verification" and (ahead := trips.ahead_of(session, number)) is not None:
        return [Why(code="lot_under_verification", params={"order": ahead})]
    if session.connection().execute(trips.PAUSED.where(_task.c.order == number)).first() is not None:
        return [Why(code="task_paused", params={"order": number}), *_of_trips(session, number)]
    told = _of_lines(session, number) + _of_trips(session, number)
    waits = gate.waits(session, _uncalled(session, number))
    told += [Why(code=code, params={"line": line, "vehicle": plate}) for line, (code, plate) in sorted(waits.items())]
    told += _of_jobs(session, number, set(waits))
    return told or [Why(code="waiting_for_turn")]


def _lines(session: Session, numbers: list[int]) -> dict[int, list[LineView]]:
    query = sa.select(_line).where(_line.c.order.in_(numbers)).order_by(_line.c.number)
    found: dict[int, list[LineView]] = {}
    for row in session.connection().execute(query).mappings():
        found.setdefault(row["order"], []).append(LineView.model_validate(dict(row)))
    return found


def _progress(session: Session, numbers: list[int]) -> dict[int, Counter[str]]:
    counted = sa.func.count()
    query = sa.select(_trip.c.order, _trip.c.state, counted).where(_trip.c.order.in_(numbers))
    query = query.where(_trip.c.purpose != "source").group_by(_trip.c.order, _trip.c.state)
    found: dict[int, Counter[str]] = {}
    for order, state, count in session.connection().execute(query):
        found.setdefault(order, Counter())[state] += count
    return found


def _of_lines(session: Session, number: int) -> list[Why]:
    query = sa.select(_line).where(_line.c.order == number, sa.text("NOT closed AND NOT allocated"))
    rows = session.connection().execute(query.order_by(_line.c.number)).all()
    return [
        Why(code=r.reason or "waiting_for_stock", params={**json.loads(r.params), "model": r.model, "line": r.number})
        for r in rows
    ]


def _of_trips(session: Session, number: int) -> list[Why]:
    """Say of each pallet what it waits for: its arrival, a person, or what the floor says of its transport."""
    query = (
        sa.select(_trip, _pallet.c.whereabouts)
        .join(_pallet, _pallet.c.code == _trip.c.pallet)
        .where(_trip.c.order == number, _trip.c.state.in_(["waiting", "travelling", "stopped"]) | _OPENED)
        .order_by(_trip.c.state != "stopped", _trip.c.number)
    )
    rows = session.connection().execute(query).all()
    told: list[Why] = []
    for row in rows[:TRIPS_TOLD]:
        if row.state == "stopped":
            told.append(Why(code=row.reason or "stopped", params={**json.loads(row.params), "pallet": row.pallet}))
        elif row.state == "waiting":
            told.append(Why(code=f"pallet_{row.whereabouts}", params={"pallet": row.pallet}))
        else:
            told.append(_of_transport(session, row.transport, row.pallet))
    if len(rows) > TRIPS_TOLD:
        told.append(Why(code="more_pallets", params={"count": len(rows) - TRIPS_TOLD}))
    return told


def _of_transport(session: Session, transport: int, pallet: str) -> Why:
    found = floor.order(session, transport)
    if found is None:
        return Why(code="waiting_for_wcs", params={"pallet": pallet})
    return Why(code=found.why.code, params={**found.why.params, "pallet": pallet, "transport": transport})


def _uncalled(session: Session, number: int) -> list[int]:
    query = sa.select(_promise.c.line).join(_line, _line.c.number == _promise.c.line).where(_line.c.order == number)
    return list(session.connection().execute(query.where(sa.text(OPEN_PROMISE)).distinct()).scalars())


def _of_jobs(session: Session, number: int, gated: set[int]) -> list[Why]:
    """Say of boxes that are promised and not yet picked where they wait."""
    query = (
        sa.select(_promise.c.job, _job.c.station, _job.c.target, sa.func.count())
        .join(_line, _line.c.number == _promise.c.line)
        .outerjoin(_job, _job.c.number == _promise.c.job)
        .where(_line.c.order == number, _promise.c.state.in_(["promised", "moving"]))
        .where(_line.c.number.not_in(sorted(gated)) | _promise.c.job.is_not(None))
        .group_by(_promise.c.job, _job.c.station, _job.c.target)
        .order_by(_promise.c.job)
    )
    told: list[Why] = []
    for job, station, target, boxes in session.connection().execute(query):
        code = "waiting_for_picking" if job is None else "being_picked" if target else "waiting_for_empty_pallet"
        told.append(Why(code=code, params={"boxes": boxes, "station": station or ""}))
    return told


def _of_pack(session: Session, number: int) -> list[Why]:
    query = sa.select(_order.c.line).where(_order.c.number == number)
    line = session.connection().execute(query).scalar()
    live = [o for o in floor.orders(session, limit=1000) if o.kind == "pack" and o.key.startswith(f"pack:{number}:")]
    return [Why(code=o.why.code, params={**o.why.params, "line": line}) for o in live]

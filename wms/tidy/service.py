"""Moves planned, sent one by one to cranes that have nothing else to do, and dropped when they make no sense any more.

Real work comes first: a move is sent only while nothing waits for its aisle, ranks below everything else, and at most
one of an aisle is on its way. What is planned waits for the next quiet moment, until a new plan takes its place.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from plc.plant.rules import Tidying
from wcs import orders
from wcs.orders import OrderKind
from wcs.store import OrderRow
from wms.desk import Desk
from wms.reasons import Reason
from wms.rows import table
from wms.stock import slots, units
from wms.stock.tables import TidyMoveRow
from wms.tidy.planning import TidyPlan, planned

PREFIX = "tidy:"
PRIORITY = -10
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
_move, _order = table(TidyMoveRow), table(OrderRow)
_p = sa.bindparam
_any = sa.select(_move.c.number).where(sa.text("state = 'planned'")).limit(1)
_next = sa.select(_move).where(sa.text("state = 'planned'")).order_by(_move.c.number)
_under_way = sa.select(_move.c.aisle).where(sa.text("state = 'moving'"))
_live = sa.select(_order.c.source, _order.c.destination).where(
    _order.c.state.not_in(["finished", "failed", "cancelled"])
)
_set = sa.update(_move).where(_move.c.number == _p("move")).values(state=_p("new_state"), transport=_p("by"))
_ended = sa.update(_move).where(_move.c.number == _p("move"), _move.c.state == "moving").values(state=_p("new_state"))
_newest = sa.select(sa.func.max(_move.c.planned_ms))


def preview(session: Session, plant: Plant, *, moves: int, at_ms: int) -> TidyPlan:
    """Return the best moves of this moment; nothing is booked."""
    return planned(Desk(session, at_ms), plant, moves)


def go(session: Session, plant: Plant, *, moves: int, at_ms: int) -> TidyPlan:
    """Plan the best moves in place of what was planned before, and begin with them where cranes are idle."""
    desk = Desk(session, at_ms)
    plan = _book(desk, plant, moves)
    advance(desk, plant)
    desk.close()
    return plan


def stop(session: Session, *, at_ms: int) -> int:
    """Drop what is planned and not yet on its way; return how many moves that were."""
    desk = Desk(session, at_ms)
    dropped = _drop(desk)
    desk.close()
    return dropped


def advance(desk: Desk, plant: Plant) -> None:
    """Send the next move of each aisle that nothing else waits for."""
    if desk.connection.execute(_any).first() is None:
        return
    busy = set(desk.connection.execute(_under_way).scalars())
    for places in desk.connection.execute(_live):
        busy |= {aisle for place in places if (aisle := place.partition("-")[0]) in plant.aisles}
    for row in desk.connection.execute(_next).all():
        if row.aisle not in busy and _send(desk, row):
            busy.add(row.aisle)


def ended(desk: Desk, key: str, state: str) -> None:
    """Book that a move is "done" or "dropped"; a key of another kind is nothing to it."""
    if key.startswith(PREFIX):
        desk.connection.execute(_ended, {"move": int(key.removeprefix(PREFIX)), "new_state": state})


def nightly(desk: Desk, plant: Plant) -> None:
    """Plan the moves of a night once it has begun, and forget them when it is over, if the plant's rule is that."""
    if plant.rules.relocation is not Tidying.NIGHTLY:
        return
    begun_ms = night_began(plant, desk.at_ms)
    if begun_ms is None:
        if desk.connection.execute(_any).first() is not None:
            _drop(desk)
        return
    newest = desk.connection.execute(_newest).scalar()
    if newest is None or newest < begun_ms:
        _book(desk, plant, plant.rules.relocation_moves)
    advance(desk, plant)


def at_rest(session: Session, plant: Plant, at_ms: int) -> int:
    """Look whether a night has begun while nothing happens; return how many facts that gave."""
    if plant.rules.relocation is not Tidying.NIGHTLY:
        return 0
    desk = Desk(session, at_ms)
    nightly(desk, plant)
    told = len(desk.facts)
    desk.close()
    return told


def night_began(plant: Plant, at_ms: int) -> int | None:
    """Return when the night began that lasts at plant time `at_ms`, None by day; in the time zone of the epoch."""
    rules = plant.rules
    since_midnight = timedelta(hours=plant.epoch.hour, minutes=plant.epoch.minute, seconds=plant.epoch.second)
    of_day = (at_ms + since_midnight // timedelta(milliseconds=1)) % DAY_MS
    into = (of_day - rules.relocation_from_hour * HOUR_MS) % DAY_MS
    hours = (rules.relocation_to_hour - rules.relocation_from_hour) % 24 or 24
    return at_ms - into if into < hours * HOUR_MS else None


def moves(session: Session, *, limit: int = 200) -> list[dict[str, Any]]:
    """Return what is planned or on its way, then what was done last."""
    order = sa.case((_move.c.state == "moving", 0), (_move.c.state == "planned", 1), else_=2)
    query = sa.select(_move).order_by(order, _move.c.number).limit(limit)
    return [dict(row) for row in session.connection().execute(query).mappings()]


def _book(desk: Desk, plant: Plant, most: int) -> TidyPlan:
    _drop(desk)
    plan = planned(desk, plant, most)
    rows = [
        {"aisle": m.aisle, "pallet": m.pallet, "source": m.source, "target": m.target, "why": m.why, "state": "planned",
         "takes_s": round(m.takes_s, 1), "gain_s": round(m.gain_s, 1), "transport": 0, "planned_ms": desk.at_ms}
        for m in plan.moves
    ]  # fmt: skip
    if rows:
        desk.connection.execute(sa.insert(_move), rows)
    desk.book("TidyPlanned", "stock", moves=len(rows), gain_s=round(plan.gain_s), stopped=plan.stopped)
    return plan


def _send(desk: Desk, row: sa.Row[Any]) -> bool:
    """Send one move if its pallet and slot are still as planned; else drop it."""
    pallet = units.get(desk, row.pallet)
    here = pallet is not None and pallet.whereabouts == "stored" and pallet.place == row.source
    if not here or isinstance(slots.reserve(desk, row.pallet, row.target), Reason):
        desk.connection.execute(_set, {"move": row.number, "new_state": "dropped", "by": 0})
        return False
    units.move(desk, row.pallet, "moving", row.source)
    number = orders.submit(
        desk.session, key=f"{PREFIX}{row.number}", kind=OrderKind.RELOCATE, unit=row.pallet, source=row.source,
        destination=row.target, priority=PRIORITY,
    )  # fmt: skip
    desk.connection.execute(_set, {"move": row.number, "new_state": "moving", "by": number})
    desk.book("TidyMoveSent", row.pallet, source=row.source, target=row.target, gain_s=row.gain_s, why=row.why)
    return True


def _drop(desk: Desk) -> int:
    gone = sa.update(_move).where(sa.text("state = 'planned'")).values(state="dropped")
    return desk.connection.execute(gone).rowcount

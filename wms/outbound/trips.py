"""Pallets that move for an order: asked for at the door of the WCS, booked as the floor reports them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs import orders
from wcs.orders import OrderKind
from wms.desk import Desk
from wms.marketing.tables import TaskRow
from wms.outbound import digging
from wms.outbound.tables import LIVE_TRIP, OutboundOrderRow, TripRow
from wms.reasons import NONE, Reason
from wms.rows import table
from wms.shipping import gate
from wms.stock import units
from wms.stock.tables import PalletRow, StationRow

_trip, _order, _pallet, _station = table(TripRow), table(OutboundOrderRow), table(PalletRow), table(StationRow)
_p = sa.bindparam
KINDS = {
    "verify": OrderKind.VERIFY,
    "whole": OrderKind.DISPATCH,
    "source": OrderKind.RETRIEVE,
    "target": OrderKind.DISPATCH,
}
PREFIX = "trip:"
_by_number = sa.select(_trip).where(_trip.c.number == _p("trip_number"))
_live = sa.select(_trip).where(_trip.c.pallet == _p("of_pallet"), sa.text(LIVE_TRIP))
_set = (
    sa.update(_trip)
    .where(_trip.c.number == _p("trip_number"))
    .values(state=_p("new_state"), reason=_p("why"), params=_p("why_params"))
)
_sent = (
    sa.update(_trip)
    .where(_trip.c.number == _p("trip_number"))
    .values(state="travelling", transport=_p("order_number"), reason="", params="{}")
)
_earlier = _order.alias("earlier")
_task = table(TaskRow)
PAUSE = "task_paused"
PAUSED = sa.select(_task.c.order).where(_task.c.state == "paused")
"""Orders of which nothing goes to a line for now: marketing has paused their task."""
_first_order = (
    sa.select(sa.func.min(_earlier.c.number))
    .where(_earlier.c.kind == "verification", _earlier.c.lot == _order.c.lot, _earlier.c.ended_ms == 0)
    .correlate(_order)
    .scalar_subquery()
)
"""The oldest order of a lot that a line is not done with: what was taken back is over when its meters are packed."""
_urgency = sa.func.coalesce(_task.c.priority, 0)
_waiting = (
    sa.select(_trip, _pallet.c.place, _pallet.c.lot, _order.c.line.label("to_line"), _order.c.work)
    .join(_pallet, _pallet.c.code == _trip.c.pallet)
    .join(_order, _order.c.number == _trip.c.order)
    .outerjoin(_task, _task.c.order == _trip.c.order)
    .where(sa.text("trip.state = 'waiting'"), _pallet.c.whereabouts == "stored")
    .where(_trip.c.purpose == "verify", _trip.c.order == _first_order, _trip.c.order.not_in(PAUSED))
    .order_by(_urgency.desc(), _pallet.c.arrived_ms, _trip.c.number)
)
_buried = (
    sa.select(_trip, _pallet.c.place)
    .join(_pallet, _pallet.c.code == _trip.c.pallet)
    .where(sa.text("trip.state = 'waiting'"), _trip.c.reason.in_(["waits_for_dig_out", "no_room_to_dig"]))
    .where(_pallet.c.whereabouts == "stored", _trip.c.purpose != "verify")
    .order_by(_trip.c.number)
)
_found_again = (
    sa.update(_trip)
    .where(sa.text("state = 'missing'"), _trip.c.purpose == "verify")
    .where(_trip.c.pallet.in_(sa.select(_pallet.c.code).where(_pallet.c.whereabouts == "stored")))
    .where(_trip.c.order.in_(sa.select(_order.c.number).where(_order.c.state.in_(["waiting", "under_way"]))))
    .values(state="waiting", attempt=_trip.c.attempt + 1, reason="", params="{}")
)


@dataclass(frozen=True, slots=True)
class Leg:
    """What a trip asks of the WCS."""

    trip: int
    pallet: str
    purpose: str
    source: str
    destination: str
    attempt: int = 0
    params: Mapping[str, Any] | None = None


def add(desk: Desk, pallet: str, purpose: str, **of: int | None) -> int:
    """Enter a trip of `pallet` for an order (`order`, `line`, `job`), and return its number."""
    row = {"line": None, "job": None, **of, "pallet": pallet, "purpose": purpose, "state": "waiting"}
    rest = {"transport": 0, "attempt": 0, "reason": "", "params": "{}"}
    done = desk.connection.execute(sa.insert(_trip), row | rest)
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def get(desk: Desk, key: str) -> sa.Row[Any] | None:
    """Return the trip that a transport's key stands for, or None."""
    if not key.startswith(PREFIX):
        return None
    number = int(key.removeprefix(PREFIX).partition(":")[0])
    return desk.connection.execute(_by_number, {"trip_number": number}).first()


def live(desk: Desk, pallet: str) -> sa.Row[Any] | None:
    """Return the trip that a pallet is on, or None."""
    return desk.connection.execute(_live, {"of_pallet": pallet}).first()


def send(desk: Desk, leg: Leg) -> None:
    """Ask the WCS to bring a trip's pallet to where it is wanted; one behind another waits until it is dug out."""
    if (why := digging.clear(desk, leg.pallet, leg.source)) is not None:
        later = {"to": leg.destination, **why.params}
        row = {"trip_number": leg.trip, "new_state": "waiting", "why": why.code}
        desk.connection.execute(_set, row | {"why_params": Reason(why.code, later).params_json()})
        return
    transport = orders.submit(
        desk.session, key=f"{PREFIX}{leg.trip}:{leg.attempt}", kind=KINDS[leg.purpose], unit=leg.pallet,
        source=leg.source, destination=leg.destination, params=leg.params, priority=_priority(desk, leg),
    )  # fmt: skip
    desk.connection.execute(_sent, {"trip_number": leg.trip, "order_number": transport})


def _priority(desk: Desk, leg: Leg) -> int:
    """Return how urgent a leg is: that of its task, or the order in which vehicles are loaded by a delivery plan."""
    if leg.purpose == "verify":
        mine = sa.select(_task.c.priority).join(_trip, _trip.c.order == _task.c.order)
        return int(desk.connection.execute(mine.where(_trip.c.number == leg.trip)).scalar() or 0)
    line = desk.connection.execute(sa.select(_trip.c.line).where(_trip.c.number == leg.trip)).scalar()
    return gate.priority_of(desk.session, line)


def send_dug_out(desk: Desk) -> None:
    """Send what waited to be dug out, or go on digging; what goes to a line is sent with the others of its lot."""
    for row in desk.connection.execute(_buried).all():
        to = json.loads(row.params)["to"]
        send(desk, Leg(row.number, row.pallet, row.purpose, row.place, to, row.attempt))


def halt(desk: Desk, order: int) -> int:
    """Call back what an order has sent and no crane has taken yet, and return how many; each goes again `later`."""
    numbers = _not_taken(desk, order)
    for number in numbers:
        orders.cancel(desk.session, order=number, reason=PAUSE)
    return len(numbers)


def rank(desk: Desk, order: int, priority: int) -> int:
    """Have what an order has sent and no crane has taken yet come sooner or later, and return how many pallets."""
    numbers = _not_taken(desk, order)
    for number in numbers:
        orders.rank(desk.session, order=number, priority=priority)
    return len(numbers)


def _not_taken(desk: Desk, order: int) -> Sequence[int]:
    """Return the transports of an order whose pallets stand in their slots still."""
    sent = sa.select(_trip.c.transport).join(_pallet, _pallet.c.code == _trip.c.pallet)
    sent = sent.where(_trip.c.order == order, _trip.c.state == "travelling", _pallet.c.whereabouts == "stored")
    return desk.connection.execute(sent.order_by(_trip.c.number)).scalars().all()


def later(desk: Desk, trip: sa.Row[Any]) -> None:
    """Let a trip that was called back wait for its turn again; it goes under a new key."""
    again = sa.update(_trip).where(_trip.c.number == trip.number)
    desk.connection.execute(again.values(attempt=trip.attempt + 1))
    settle(desk, trip.number, "waiting")


def settle(desk: Desk, number: int, state: str, why: Reason = NONE) -> None:
    """Book what has become of a trip."""
    row = {"trip_number": number, "new_state": state, "why": why.code, "why_params": why.params_json()}
    desk.connection.execute(_set, row)
    desk.changed = True


def send_verifications(desk: Desk) -> None:
    """Send every pallet to its line that is called off and stands in a slot, in the order of arrival.

    A lot is verified by one order at a time: by one run sheet, from its first box to its last. A later order waits.
    """
    desk.connection.execute(_found_again)
    for row in desk.connection.execute(_waiting).all():
        units.restate(desk, row.pallet, ["received"], "to_verify")
        under_way = sa.update(_order).where(_order.c.number == row.order, _order.c.state == "waiting")
        desk.connection.execute(under_way.values(state="under_way"))
        params = for_line(row.lot, row.work)
        send(desk, Leg(row.number, row.pallet, "verify", row.place, row.to_line, row.attempt, params))


def ahead_of(session: Session, order: int) -> int | None:
    """Return the order that another one of the same lot waits for, or None if it is its turn."""
    query = sa.select(_first_order).select_from(_order).where(_order.c.number == order)
    found = session.connection().execute(query).scalar()
    return None if found in (None, order) else int(str(found))


def for_line(lot: int, work: str) -> dict[str, Any]:
    """Return what a line is told with a pallet: the number of its lot and, if it must know, how it is verified."""
    said = json.loads(work)
    return {"par1": lot, "work": said} if said else {"par1": lot}


def station(desk: Desk, name: str) -> sa.Row[Any]:
    """Return a station by its id. Raises NoResultFound for one that the plant does not have."""
    return desk.connection.execute(sa.select(_station).where(_station.c.id == name)).one()

"""Sums for the live picture: meters by state and open orders, counted once for all who watch."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from api.context import Context
from api.live import Broadcaster
from api.observer import shown_slot
from wms.outbound import views as outbound
from wms.outbound.views import OrderView
from wms.stock import views as stock

EVERY_S = 2.0
SLOTS_EVERY = 15  # rounds: blocks that a person lifts are not told by the controller
log = logging.getLogger(__name__)


async def keep(context: Context, broadcaster: Broadcaster) -> None:
    """Count while anybody watches, until cancelled; the database is read in a thread of its own."""
    rounds = 0
    while True:
        if broadcaster.clients:
            try:
                await asyncio.to_thread(count, context, with_slots=rounds % SLOTS_EVERY == 0)
            except SQLAlchemyError:
                log.exception("the sums could not be counted")
            rounds += 1
        await asyncio.sleep(EVERY_S)


def count(context: Context, *, with_slots: bool = False) -> None:
    """Bring sums and open orders of the database into the picture."""
    picture = context.picture
    with context.reading() as session:
        totals = stock.totals(session)
        orders = outbound.orders(session, open_only=True, limit=50)
        slots = {s.id: shown_slot(s) for s in stock.slot_map(session)} if with_slots else {}
    figures = totals.by_role | totals.model_dump(exclude={"by_role"})
    picture.fill("totals", figures.items())
    shown = {str(order.number): progress(order) for order in orders}
    gone = picture.keys("orders") - shown.keys()
    picture.fill("orders", [*shown.items(), *((number, None) for number in sorted(gone))])
    picture.fill("slots", slots.items())


def progress(order: OrderView) -> dict[str, Any]:
    """Return how far an order is: meters for districts, pallets for a line."""
    if order.kind == "distribution":
        done, wanted = sum(line.shipped for line in order.lines), sum(line.quantity for line in order.lines)
        what = ", ".join(dict.fromkeys(line.district for line in order.lines))
    else:
        done, wanted, what = order.pallets_done, order.pallets, order.lot
    why = [reason.model_dump() for reason in order.why]
    return {"number": order.number, "kind": order.kind, "state": order.state, "what": what, "done": done,
            "wanted": wanted, "why": why}  # fmt: skip

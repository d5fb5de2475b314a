"""What people do with the stock by hand: keep slots out of use, and say what they saw."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.errors import Refused
from wms.rows import table
from wms.stock import slots, units
from wms.stock.tables import ClarificationRow, SlotRow

_slot, _clarification = table(SlotRow), table(ClarificationRow)


def block_slot(session: Session, slot: str, *, at_ms: int) -> None:
    """Keep a slot out of use for new pallets; what stands in it stays. Raises Refused for a slot that is none."""
    desk = Desk(session, at_ms)
    if desk.connection.execute(sa.select(_slot.c.id).where(_slot.c.id == slot)).first() is None:
        raise Refused("unknown_slot", slot=slot)
    slots.block(desk, slot, "manual")
    desk.close()


def check_slot(session: Session, slot: str, *, holds: str | None, at_ms: int) -> None:
    """Book what somebody has seen in a slot, nothing or a pallet, and let the slot be used again.

    Raises Refused if the books have another pallet there, or if the pallet seen is unknown or in motion.
    """
    desk = Desk(session, at_ms)
    if holds is not None:
        row = units.get(desk, holds)
        if row is None or row.whereabouts not in ("missing", "stored"):
            raise Refused("pallet_not_here", pallet=holds)
        slots.check(desk, slot, holds=holds)
        if row.whereabouts == "missing":
            units.turned_up(desk, holds, slot)
        units.stored(desk, holds, slot)
    else:
        slots.check(desk, slot, holds=None)
    desk.clarified(slot)
    desk.close()


def close_clarification(session: Session, number: int, *, at_ms: int) -> None:
    """Note that a person has looked into something. Raises Refused if nothing of that number is open."""
    desk = Desk(session, at_ms)
    done = sa.update(_clarification).where(_clarification.c.number == number, sa.text("closed_ms = 0"))
    if desk.connection.execute(done.values(closed_ms=max(1, at_ms))).rowcount == 0:
        raise Refused("nothing_open", number=number)
    desk.book("ClarificationClosed", str(number))
    desk.close()

"""Boxes of meters that left a line without a verdict: in quarantine until somebody has looked, or a new test.

They are neither passed nor failed: no certificate, no notice, no seal. Why they wait is asked of a person.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from wms.desk import Desk
from wms.marketing.task_tables import LIVE_BOX, ProposalBoxRow
from wms.reasons import Reason
from wms.rows import table
from wms.stock import units
from wms.stock.tables import BoxRow

_box, _held = table(BoxRow), table(ProposalBoxRow)
UNVERIFIED, UNTESTED = "box_not_verified", "box_station_silent"
"""Only the verdict is missing: a re-check gives it. A station before the bench was silent: a whole scheme is needed."""


def ask(desk: Desk, box: str, *, meters: int, silent: int) -> None:
    """Ask a person about a packed box; `silent` counts the meters of which a station before the bench said nothing."""
    why, count = (UNTESTED, silent) if silent else (UNVERIFIED, meters)
    desk.clarify(box, Reason(why, {"box": box, "meters": count}))


def called(desk: Desk, pallets: Sequence[str], why: str) -> list[str]:
    """Call those of `pallets` on which all boxes only wait for a verdict, one of them at least for the reason `why`.

    What only lacks a verdict may go where a station is still needed, but not the other way round.
    """
    allowed, found = {UNVERIFIED, why}, list[str]()
    for pallet in pallets:
        asked = [desk.open_about(box) for box in _on(desk, pallet)]
        if all(len(one) == 1 and one[0] in allowed for one in asked) and [why] in asked:
            units.restate(desk, pallet, ["quarantine"], "to_verify")
            found.append(pallet)
    return found


def settled(desk: Desk, box: str) -> None:
    """The meters of a box are on a line again: nobody needs to look any more."""
    if {UNVERIFIED, UNTESTED} & set(desk.open_about(box)):
        desk.clarified(box)


def back_in_stock(desk: Desk, pallet: str, box: str = "") -> int:
    """Give what was called to a line back to the stock as what it was, a whole pallet or one box; return how many."""
    called_off = sa.select(_box.c.code).where(_box.c.pallet == pallet, _box.c.state == "to_verify")
    if box:
        called_off = called_off.where(_box.c.code == box)
    codes = desk.connection.execute(called_off).scalars().all()
    waits = [code for code in codes if {UNVERIFIED, UNTESTED} & set(desk.open_about(code))]
    units.restore(desk, sorted(set(codes) - set(waits)))
    quarantine = sa.update(_box).where(_box.c.code.in_(waits)).values(state="quarantine")
    desk.connection.execute(quarantine)
    for was in ("returned", "rejected", "qualified"):
        mine = sa.select(_held.c.box).where(_held.c.box.in_(codes), _held.c.was == was, sa.text(LIVE_BOX))
        desk.connection.execute(sa.update(_box).where(_box.c.code.in_(mine)).values(state=was))
    return len(codes)


def _on(desk: Desk, pallet: str) -> list[str]:
    return list(desk.connection.execute(sa.select(_box.c.code).where(_box.c.pallet == pallet)).scalars())

"""The life of a meter asset by the states of its box, and the steps that people take by hand: scrap, send to the maker.

delivery (expected) > temporary stock (received) > to be verified > on the line > passed or failed > promised >
distributed > returned > verified again, to its maker, or scrapped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.marketing.return_tables import ReturnBoxRow
from wms.outbound.tables import LIVE_TRIP, TripRow
from wms.results import papers
from wms.rows import chunks, table
from wms.seals import ledger
from wms.stock.tables import AssetRow, BoxRow

_box, _asset, _trip, _returned = table(BoxRow), table(AssetRow), table(TripRow), table(ReturnBoxRow)
MAY_BECOME: Mapping[str, frozenset[str]] = {
    "received": frozenset({"returned", "quarantine", "rejected"}),
    "to_maker": frozenset({"received", "rejected", "returned", "quarantine"}),
    "scrapped": frozenset({"returned", "rejected", "quarantine", "to_maker"}),
}
"""What people may make of a box by hand: the state by the states that it may have before."""
MOST_BOXES = 1_000
AT_ONCE = 500
_moves = sa.exists().where(_trip.c.pallet == _box.c.pallet, sa.text(LIVE_TRIP))


def settle(desk: Desk, boxes: Sequence[str], state: str, *, reason: str, by: str) -> int:
    """Bring boxes that stand still into a state by hand and return how many meters; papers and seals become void.

    Raises Refused, and changes nothing, if one of them is unknown, moves, or may not become that.
    """
    allowed = MAY_BECOME.get(state)
    if allowed is None:
        raise Refused("not_by_hand", state=state[:32])
    wanted = list(dict.fromkeys(boxes))
    if not 0 < len(wanted) <= MOST_BOXES:
        raise Refused("too_many_boxes", count=len(wanted), max=MOST_BOXES)
    query = sa.select(_box.c.code, _box.c.state, _box.c.meters, _moves.label("moves")).where(_box.c.code.in_(wanted))
    rows = {row.code: row for row in desk.connection.execute(query)}
    for box in wanted:
        if box not in rows:
            raise Refused("unknown_box", box=box)
        if rows[box].state not in allowed or rows[box].moves:
            raise Refused("box_may_not_become", box=box, state=rows[box].state, to=state)
    done = sa.update(_returned).where(_returned.c.box.in_(wanted), _returned.c.outcome == "sorting")
    desk.connection.execute(done.values(outcome="sorted"))
    new = {"state": state, "verdict": 0, "verified_ms": 0}
    desk.connection.execute(sa.update(_box).where(_box.c.code.in_(wanted)).values(**new))
    codes = desk.connection.execute(sa.select(_asset.c.bar_code).where(_asset.c.box.in_(wanted))).scalars().all()
    void(desk, codes, reason=f"box_{state}", by=by)
    for box in wanted:
        desk.clarified(box)
        desk.book("BoxSettled", box, state=state, before=rows[box].state, reason=reason, by=by, meters=rows[box].meters)
    desk.changed = desk.supplied = True
    return sum(int(row.meters) for row in rows.values())


def void(desk: Desk, codes: Sequence[str], *, reason: str, by: str) -> None:
    """Make what was issued for meters void, and forget their verdicts."""
    for part in chunks(codes, AT_ONCE):
        papers.void(desk, part, reason=reason, by=by)
        ledger.void_of(desk, part, reason=reason, by=by)
        plain = sa.update(_asset).where(_asset.c.bar_code.in_(part))
        desk.connection.execute(plain.values(verdict=0, seal="", verified_ms=0))

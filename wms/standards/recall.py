"""What a bad standard recalls: every meter judged with it since it was last good; those in stock are locked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.errors import Refused
from wms.outbound import allocation
from wms.outbound.tables import LIVE_TRIP, OPEN_PROMISE, PromiseRow, TripRow
from wms.reasons import Reason
from wms.results.tables import MeterTestRow
from wms.rows import chunks, table
from wms.standards.tables import RecalledMeterRow, RecallRow
from wms.stock.tables import AssetRow, BoxRow, PalletRow

_recall, _recalled, _test = table(RecallRow), table(RecalledMeterRow), table(MeterTestRow)
_asset, _box, _pallet = table(AssetRow), table(BoxRow), table(PalletRow)
_promise, _trip = table(PromiseRow), table(TripRow)
IN_STOCK = ("qualified", "rejected", "allocated", "quarantine")
LOOKUP = 1_000
_moves = sa.exists().where(_trip.c.pallet == _box.c.pallet, sa.text(LIVE_TRIP))
_where = (
    sa.select(_asset.c.bar_code, _asset.c.box, sa.func.coalesce(_asset.c.state, _box.c.state).label("state"))
    .outerjoin(_box, _box.c.code == _asset.c.box)
    .where(_asset.c.bar_code.in_(sa.bindparam("wanted", expanding=True)))
)


def begin(desk: Desk, standard: str, *, check: int, since_ms: int) -> int:
    """List every meter judged with a standard since `since_ms`, lock those in stock; return the recall's number."""
    row = {"standard": standard, "failed_check": check, "since_ms": since_ms, "until_ms": desk.at_ms}
    number = int(desk.connection.execute(sa.insert(_recall), row).inserted_primary_key[0])  # type: ignore[index]
    judged = sa.select(_test.c.bar_code, sa.func.max(_test.c.number)).where(
        _test.c.standard == standard, _test.c.ended_ms >= since_ms, _test.c.nth > 0
    )
    tests: dict[str, int] = {key: value for key, value in desk.connection.execute(judged.group_by(_test.c.bar_code))}
    count: dict[str, int] = defaultdict(int)
    for codes in chunks(sorted(tests), LOOKUP):
        for place, n in _note(desk, number, codes, tests).items():
            count[place] += n
    desk.connection.execute(sa.update(_recall).where(_recall.c.number == number).values(meters=len(tests)))
    delivered, locked = count.get("delivered", 0), count.get("stock", 0)
    params = {"standard": standard, "recall": number, "meters": len(tests), "locked": locked, "delivered": delivered}
    desk.clarify(standard, Reason("standard_recalls", params))
    desk.book("StandardRecalled", standard, recall=number, since_ms=since_ms, meters=len(tests), **count)
    return number


def release(desk: Desk, number: int, *, reason: str, by: str) -> int:
    """Free what a recall still locks: somebody answers for it by name. Return how many meters are free again."""
    row = desk.connection.execute(sa.select(_recall).where(_recall.c.number == number)).first()
    if row is None or row.closed_ms:
        raise Refused("unknown_recall", recall=number)
    mine = sa.select(_recalled.c.bar_code).where(_recalled.c.recall == number, sa.text("freed_ms = 0"))
    codes: Sequence[str] = desk.connection.execute(mine).scalars().all()
    _free(desk, number, codes)
    values = {"closed_by": by, "closed_ms": max(1, desk.at_ms), "reason": reason}
    desk.connection.execute(sa.update(_recall).where(_recall.c.number == number).values(**values))
    desk.clarified(row.standard)
    desk.book("RecallReleased", row.standard, recall=number, meters=len(codes), reason=reason, by=by)
    return len(codes)


def verified_anew(desk: Desk, bar_codes: Iterable[str]) -> None:
    """Take meters that were verified again, with a good standard, out of the recalls that they are in."""
    for codes in chunks(bar_codes, LOOKUP):
        again = sa.update(_recalled).where(_recalled.c.bar_code.in_(codes), sa.text("freed_ms = 0"))
        desk.connection.execute(again.values(freed_ms=max(1, desk.at_ms)))


def locked(session: Session, bar_codes: Iterable[str]) -> set[str]:
    """Return those meters whose last verdict was given with a standard that turned out bad."""
    found: set[str] = set()
    for codes in chunks(bar_codes, LOOKUP):
        query = sa.select(_recalled.c.bar_code).where(_recalled.c.bar_code.in_(codes), sa.text("freed_ms = 0"))
        found |= set(session.connection().execute(query).scalars())
    return found


def _note(desk: Desk, number: int, codes: list[str], tests: dict[str, int]) -> dict[str, int]:
    """Note where some recalled meters are, and lock the boxes they are in."""
    at: dict[str, Any] = {row.bar_code: row for row in desk.connection.execute(_where, {"wanted": codes})}
    boxes = {row.box for row in at.values() if row.box and row.state in IN_STOCK}
    stuck = boxes - _lock(desk, boxes)
    count: dict[str, int] = defaultdict(int)
    rows: list[dict[str, Any]] = []
    for code in codes:
        row = at.get(code)
        place = _place(row, stuck)
        count[place] += 1
        box = (row.box or "") if row is not None else ""
        rows.append({"recall": number, "bar_code": code, "test": tests[code], "found": place, "box": box})
    desk.connection.execute(sa.insert(_recalled), [row | {"freed_ms": 0} for row in rows])
    for box in sorted(stuck):
        desk.clarify(box, Reason("recalled_under_way", {"box": box, "recall": number}))
    return count


def _place(row: Any, stuck: set[str]) -> str:
    if row is None:
        return "elsewhere"
    if row.box in stuck:
        return "under_way"
    if row.state in IN_STOCK:
        return "stock"
    return {"shipped": "delivered", "on_line": "line"}.get(row.state, "elsewhere")


def _lock(desk: Desk, boxes: set[str]) -> set[str]:
    """Put boxes into quarantine; promises that nothing moves for yet are taken back. Return what is locked."""
    still = sa.select(_box.c.code).where(_box.c.code.in_(boxes), ~_moves)
    codes = set(desk.connection.execute(still).scalars())
    held = sa.select(_promise.c.box).where(_promise.c.box.in_(codes), sa.text("state IN ('moving','picked')"))
    picked = sa.select(_promise.c.box).where(_promise.c.box.in_(codes), sa.text("job IS NOT NULL"))
    codes -= set(desk.connection.execute(held.union(picked)).scalars())
    allocation.release(desk, sa.and_(_promise.c.box.in_(codes), sa.text(OPEN_PROMISE)))
    lock = sa.update(_box).where(_box.c.code.in_(codes), _box.c.state.in_(("qualified", "rejected")))
    desk.connection.execute(lock.values(state="quarantine"))
    return codes


def _free(desk: Desk, number: int, codes: Sequence[str]) -> None:
    boxes = sa.select(_recalled.c.box).where(_recalled.c.recall == number, _recalled.c.found == "stock")
    names = set(desk.connection.execute(boxes.where(sa.text("freed_ms = 0")).distinct()).scalars())
    mine = sa.update(_recalled).where(_recalled.c.recall == number, sa.text("freed_ms = 0"))
    desk.connection.execute(mine.values(freed_ms=max(1, desk.at_ms)))
    others = sa.select(_recalled.c.box).where(_recalled.c.box.in_(names), sa.text("freed_ms = 0"))
    names -= set(desk.connection.execute(others).scalars())
    for verdict, state in ((1, "qualified"), (2, "rejected")):
        back = sa.update(_box).where(_box.c.code.in_(names), _box.c.state == "quarantine", _box.c.verdict == verdict)
        desk.connection.execute(back.values(state=state))
    desk.changed = desk.supplied = bool(codes)

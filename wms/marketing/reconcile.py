"""Both sides counted and compared, task by task: what our books hold, what a receiver has taken, what it says it has.

Once a day for every task that is worked on or ended on that day, and whenever somebody asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs import journal
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import outbox
from wms.marketing.cancelling import WHY
from wms.marketing.tables import LIVE_TASK, OPEN_LETTER, LetterRow, TaskRow
from wms.reasons import Reason
from wms.results.paper_tables import PaperRow
from wms.results.tables import MeterTestRow
from wms.rows import table
from wms.seals.tables import SealRow
from wms.stock.tables import AssetRow, LotRow

_task, _letter, _asset, _lot = table(TaskRow), table(LetterRow), table(AssetRow), table(LotRow)
_test, _paper, _seal = table(MeterTestRow), table(PaperRow), table(SealRow)
DAY_MS = 86_400_000
DAYS = "marketing_days"
"""The cursor that remembers the last day that was compared."""
TOLD = {"conclusion": "concluded", "late_result": "concluded", "box_packed": "packed", "seals_used": "sealed"}
VOID = ("seal_voided", "paper_voided")
FOR_EVER_MS = 2**62


@dataclass(frozen=True, slots=True)
class Side:
    """What one side holds of a task: verdict, box and seal of each meter."""

    concluded: dict[str, str] = field(default_factory=dict[str, str])
    packed: dict[str, str] = field(default_factory=dict[str, str])
    sealed: dict[str, str] = field(default_factory=dict[str, str])

    def counts(self) -> dict[str, int]:
        """Return how many meters that are."""
        return {"concluded": len(self.concluded), "packed": len(self.packed), "sealed": len(self.sealed)}


@dataclass(frozen=True, slots=True)
class Difference:
    """A meter of which the two sides say different things; "" where one says nothing."""

    bar_code: str
    what: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Account:
    """A task compared with one receiver. `open` letters are still to come, `dead` ones never will without somebody."""

    task: str
    receiver: str
    ours: dict[str, int]
    theirs: dict[str, int]
    open: int
    dead: int
    differences: tuple[Difference, ...]


def account(session: Session, task: str, receiver: str, *, theirs: Side | None = None) -> Account:
    """Compare our books with what a receiver has taken, or with what it says itself; raises Refused."""
    row = session.connection().execute(sa.select(_task).where(_task.c.key == task)).first()
    if row is None:
        raise Refused("unknown_task", task=task)
    mine, other = books(session, row), theirs if theirs is not None else told(session, receiver, task)
    ours = sa.select(_letter.c.number).where(_letter.c.receiver == receiver, _letter.c.task == task)
    still = {name: _count(session, ours.where(sa.text(condition))) for name, condition in STILL.items()}
    found = tuple(differences(mine, other))
    return Account(task, receiver, mine.counts(), other.counts(), still["open"], still["dead"], found)


STILL = {"open": OPEN_LETTER, "dead": "state = 'dead'"}


def books(session: Session, task: Any) -> Side:
    """Return what our books hold of a task: its lot, from its beginning to its end."""
    ended_ms = task.ended_ms or FOR_EVER_MS
    final = sa.select(_test.c.bar_code, _test.c.verdict).join(_paper, _paper.c.test == _test.c.number)
    final = final.where(_test.c.lot == task.lot, sa.text("valid"))
    final = final.where(_test.c.ended_ms >= task.created_ms, _test.c.ended_ms <= ended_ms)
    void = sa.exists().where(_seal.c.seal == _asset.c.seal, _seal.c.state == "void")
    stock = sa.select(_asset.c.bar_code, _asset.c.box, _asset.c.seal, _asset.c.verdict, void.label("void"))
    stock = stock.join(_lot, _lot.c.number == _asset.c.lot).where(_lot.c.code == task.lot, _asset.c.verdict > 0)
    stock = stock.where(_asset.c.verified_ms >= task.created_ms, _asset.c.verified_ms <= ended_ms)
    side = Side(concluded={code: verdict for code, verdict in session.connection().execute(final)})
    for row in session.connection().execute(stock):
        side.concluded.setdefault(row.bar_code, "pass" if row.verdict == 1 else "fail")
        if row.box:
            side.packed[row.bar_code] = row.box
        if row.seal and not row.void:
            side.sealed[row.bar_code] = row.seal
    return side


def told(session: Session, receiver: str, task: str) -> Side:
    """Return what a receiver has taken of a task: the newest word on each meter, without what was told as void."""
    query = sa.select(_letter.c.kind, _letter.c.body).where(_letter.c.receiver == receiver, _letter.c.task == task)
    query = query.where(_letter.c.state == "done", _letter.c.kind.in_([*TOLD, *VOID])).order_by(_letter.c.turn)
    side = Side()
    for kind, text in session.connection().execute(query):
        body = json.loads(text)
        if body.get("of", "conclusion") != "conclusion":
            continue
        if kind in VOID:
            _take_back(side, (*body.get("seals", ()), *body.get("meters", ())))
            continue
        said: dict[str, str] = getattr(side, TOLD[kind])
        said |= {str(one["bar_code"]): str(one["verdict"]) for one in body.get("meters", ())}
        said |= {str(one["bar_code"]): str(one["seal"]) for one in body.get("seals", ()) if not one.get("void")}
        said |= dict.fromkeys(body.get("bars", ()), str(body.get("box", "")))
    return side


def _take_back(side: Side, void: Iterable[Mapping[str, Any]]) -> None:
    """Drop a seal that is void, and all that was said of a meter whose task was taken back."""
    for one in void:
        code = str(one["bar_code"])
        if one["reason"] == WHY:
            for said in (side.concluded, side.packed, side.sealed):
                said.pop(code, None)
        elif side.sealed.get(code) == one.get("seal"):
            side.sealed.pop(code, None)


def differences(ours: Side, theirs: Side) -> list[Difference]:
    """Return every meter of which the two sides say different things, by what and bar code.

    >>> differences(Side({"1": "pass"}), Side({"1": "fail", "2": "pass"}))[1]
    Difference(bar_code='2', what='concluded', ours='', theirs='pass')
    """
    found: list[Difference] = []
    pairs: Mapping[str, Mapping[str, str]] = asdict(ours)
    for what, mine in pairs.items():
        other: Mapping[str, str] = getattr(theirs, what)
        for code in sorted(mine.keys() | other.keys()):
            one, two = mine.get(code, ""), other.get(code, "")
            if one != two:
                found.append(Difference(code, what, one, two))
    return found


def nightly(desk: Desk) -> list[Account]:
    """Compare, once a day, every task that is worked on or has ended since; differences are asked of a person."""
    today = max(0, desk.at_ms) // DAY_MS
    last = journal.cursor_get(desk.session, DAYS)
    if today <= last:
        return []
    journal.cursor_set(desk.session, DAYS, today)
    keys = sa.select(_task.c.key).where(sa.or_(sa.text(LIVE_TASK), _task.c.ended_ms >= last * DAY_MS))
    tasks = list(desk.connection.execute(keys.order_by(_task.c.number)).scalars())
    accounts = [
        account(desk.session, task, name) for task in tasks for name in outbox.listeners(desk, "conclusion", task)
    ]
    for one in accounts:
        _note(desk, one)
    return accounts


def _note(desk: Desk, one: Account) -> None:
    count = {"ours": one.ours, "theirs": one.theirs, "open": one.open, "dead": one.dead}
    desk.book("TaskCompared", one.task, receiver=one.receiver, differences=len(one.differences), **count)
    if one.differences and not one.open:
        first = ", ".join(dict.fromkeys(d.bar_code for d in one.differences[:5]))
        why = {"task": one.task, "receiver": one.receiver, "meters": len(one.differences), "first": first}
        desk.clarify(f"task:{one.task}", Reason("sides_differ", why))


def _count(session: Session, query: Any) -> int:
    return int(session.connection().execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar() or 0)

"""Hold what marketing was told against what happened: each meter, box and seal of each task, each exactly once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from simulation.marketing.audit import Audit, Happened, audit, heard
from simulation.marketing.records import Records
from wcs import journal
from wcs.store import FactRow
from wms.marketing import receivers, stream
from wms.marketing.rules import LAST_WORDS
from wms.marketing.tables import LIVE_TASK, LetterRow, TaskRow
from wms.rows import table
from wms.stock.tables import AssetRow, LotRow

_task, _letter, _fact = table(TaskRow), table(LetterRow), table(FactRow)
_asset, _lot = table(AssetRow), table(LotRow)
_other = _letter.alias("other")
NAMED = 20
VERDICTS = {1: "pass", 2: "fail"}
REFUSED = "SELECT message, answer FROM errand WHERE state = 'refused' ORDER BY number"
REJECTED = "SELECT count(*) FROM errand WHERE message = 'confirmEquipProposal' AND body LIKE '%\"approveFlag\": \"0\"%'"
PILED = """
SELECT DISTINCT task, subject FROM word AS piled WHERE what = 'piled' AND NOT EXISTS (
    SELECT 1 FROM word AS boxed WHERE boxed.what = 'boxed' AND (boxed.task, boxed.subject) = (piled.task, piled.subject)
) ORDER BY task, subject
"""
"""Boxes in piles of a task that was not told of the boxes."""


class MarketingAccount(BaseModel):
    """What the stand-in holds at the end, and everything in which it differs from the site and from the plant."""

    tasks: int = 0
    meters: int = 0
    boxes: int = 0
    seals: int = 0
    calls: int = 0
    repeats: int = 0
    """Calls that came again and took no effect: what bad manners and kills have caused."""
    rejected: int = 0
    """Proposals that it has said no to."""
    restarts: int = 0
    disagreements: list[str] = []
    doubles: list[str] = []
    clashes: list[str] = []
    refused: list[str] = []
    """Messages of its own that the site has refused."""
    unfinished: list[str] = []
    dead_letters: int = 0
    waiting: int = 0

    def problems(self) -> list[str]:
        """Return what is not as it must be, a line each."""
        lists = {
            "marketing and the site disagree": self.disagreements, "marketing was told twice": self.doubles,
            "a key came with two contents": self.clashes, "refused by the site": self.refused,
            "tasks are not finished at marketing": self.unfinished,
        }  # fmt: skip
        found = [f"{what}: {', '.join(named)}" for what, named in lists.items() if named]
        found += [f"{self.dead_letters} letters are dead"] if self.dead_letters else []
        return found + ([f"{self.waiting} letters wait"] if self.waiting else [])


def account(session: Session, store: Path, in_plant: Mapping[str, Sequence[str]]) -> MarketingAccount:
    """Return the account of a run; `in_plant` says which meters lie in which box of the twin."""
    records = Records(store)
    try:
        found = audit(records, {task.key: _happened(session, task) for task in _tasks(session)})
        strange = [f"{task} piled {box}, not packed for it" for task, box in records.rows(PILED)]
        elsewhere = [*strange, *_elsewhere(records, in_plant)]
        refused = [f"{message}: {answer}" for message, answer in records.rows(REFUSED)]
        rejected = int(records.rows(REJECTED)[0][0])
        return _account(found, elsewhere).model_copy(update={
            "tasks": len(records.all_filed("task")), "refused": refused[:NAMED], "rejected": rejected,
            "dead_letters": _count(session, _letter.c.state == "dead"), "waiting": waiting(session),
        })  # fmt: skip
    finally:
        records.close()


def _account(found: Audit, elsewhere: Sequence[str]) -> MarketingAccount:
    differing = [
        f"{d.task} {d.what} {d.bar_code}: {d.happened or '-'}, heard {d.heard or '-'}" for d in found.disagreements
    ]
    return MarketingAccount(
        meters=found.meters, boxes=found.boxes, seals=found.seals, calls=found.calls, repeats=found.repeats,
        disagreements=[*differing, *elsewhere][:NAMED], doubles=[" ".join(one) for one in found.doubles[:NAMED]],
        clashes=list(found.clashes[:NAMED]), unfinished=list(found.unfinished),
    )  # fmt: skip


def unfinished(session: Session) -> bool:
    """Return whether marketing still wants something, or is still to be told something."""
    live = sa.select(sa.func.count()).select_from(_task).where(sa.text(LIVE_TASK))
    return bool(session.connection().execute(live).scalar_one() or waiting(session))


def waiting(session: Session) -> int:
    """Return how many letters are still to be taken and facts to be told.

    What waits for a dead letter does not count: nobody mends it in a demo.
    """
    dead = sa.exists().where(
        _other.c.receiver == _letter.c.receiver, _other.c.task == _letter.c.task, _other.c.state == "dead"
    )
    held = sa.and_(_letter.c.kind.in_(sorted(LAST_WORDS)), dead)
    unread = sa.select(sa.func.count()).where(
        _fact.c.id > journal.cursor_get(session, receivers.NAME), _fact.c.kind.in_(sorted(stream.HEARD))
    )  # fmt: skip
    open_ = _letter.c.state.in_(["waiting", "sent"])
    return _count(session, open_, ~held) + int(session.connection().execute(unread).scalar_one())


def _count(session: Session, *conditions: Any) -> int:
    return int(
        session.connection().execute(sa.select(sa.func.count()).select_from(_letter).where(*conditions)).scalar_one()
    )


def _tasks(session: Session) -> Sequence[Any]:
    return session.connection().execute(sa.select(_task).order_by(_task.c.number)).all()


def _happened(session: Session, task: Any) -> Happened:
    """Return what the books of stock say of the meters that were packed while a task was worked on."""
    query = sa.select(_asset.c.bar_code, _asset.c.box, _asset.c.seal, _asset.c.verdict)
    query = query.join(_lot, _lot.c.number == _asset.c.lot).where(_lot.c.code == task.lot)
    query = query.where(_asset.c.verified_ms > 0, _asset.c.verified_ms >= task.created_ms)
    if task.ended_ms:
        query = query.where(_asset.c.verified_ms <= task.ended_ms)
    rows = session.connection().execute(query).all()
    return Happened(
        concluded={row.bar_code: VERDICTS[row.verdict] for row in rows if row.verdict},
        packed={row.bar_code: row.box for row in rows if row.box},
        sealed={row.bar_code: row.seal for row in rows if row.seal},
    )


def _elsewhere(records: Records, in_plant: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the meters that lie in another box of the plant than marketing was told."""
    told: dict[str, str] = {}
    for task in records.all_filed("task"):
        told |= heard(records, task).packed
    return [
        f"{code} lies in {box}, heard {told[code]}"
        for box, inside in sorted(in_plant.items())
        for code in inside
        if told.get(code, box) != box
    ]

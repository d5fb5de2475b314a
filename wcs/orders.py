"""The door of the WCS: ask for a journey, answer a question, take an order back.

Every call writes into the caller's transaction and never commits; afterwards only the controller writes
the rows. Each call is idempotent: an order by its key, an answer by its question.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs import statements
from wcs.errors import UnknownOrder, WrongKey
from wcs.store import OrderRow, QuestionRow, RequestRow, table

_order = table(OrderRow)
_request = table(RequestRow)
_question = table(QuestionRow)
_by_key = sa.select(_order.c.number, _order.c.kind, _order.c.unit).where(_order.c.key == sa.bindparam("wanted"))
_same = sa.select(_request.c.id).where(_request.c.key == sa.bindparam("wanted"))
_insert_request = sa.insert(_request)
_asked = sa.select(_question.c.ask, _question.c.unit, _question.c.station).where(
    _question.c.id == sa.bindparam("wanted")
)
ASKED = "asked at the door of the WCS"


class OrderKind(StrEnum):
    """Why a unit travels, or a cell works."""

    STORE = "store"
    RETRIEVE = "retrieve"
    RELOCATE = "relocate"
    TRANSFER = "transfer"
    CLARIFY = "clarify"
    VERIFY = "verify"  # into a line
    PACK = "pack"  # a line packs what it holds of a lot: no unit
    BOX_MOVE = "box_move"  # a robot moves one box between two pallets
    EMPTY_PALLET = "empty_pallet"  # a magazine hands out a pallet: no unit yet
    DISPATCH = "dispatch"
    SUPPLY = "supply"  # empty boxes for a packing cell
    READMIT = "readmit"  # a box from the exception port is taken up again: no unit
    LOAD_SEALS = "load_seals"  # a roll of seals into a sealing cell: no unit


UNITLESS = frozenset({OrderKind.PACK, OrderKind.READMIT, OrderKind.LOAD_SEALS})
"""Orders that move no unit: a device does something with what it holds."""


def submit(
    session: Session,
    *,
    key: str,
    kind: OrderKind | str,
    unit: str | None,
    source: str,
    destination: str,
    priority: int = 0,
    due_ms: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> int:
    """Ask for a journey and return its order number; the same `key` gives the same number again.

    Raises WrongKey if `key` stands for another journey.
    """
    wanted = (OrderKind(kind).value, unit or "")
    row = {
        "key": key, "kind": wanted[0], "unit": wanted[1], "source": source, "destination": destination,
        "priority": priority, "due_ms": due_ms, "params": json.dumps(dict(params), sort_keys=True) if params else "{}",
        "state": "submitted", "device": "", "claim": "", "mission": 0, "confirmed": False,
        "reason": "new", "reason_args": "{}", "since_ms": 0, "created_ms": 0,
    }  # fmt: skip
    connection = session.connection()
    number = statements.insert_new(connection, _order, "key", row)
    if number is None:
        known = connection.execute(_by_key, {"wanted": key}).one()
        if (known.kind, known.unit) != wanted and unit:
            raise WrongKey("wrong_key", key=key, order=known.number)
        return int(known.number)
    session.info[ASKED] = True
    return number


def direct(
    session: Session,
    *,
    question: str,
    destination: str,
    kind: OrderKind | str,
    priority: int = 0,
    params: Mapping[str, Any] | None = None,
) -> None:
    """Answer `question`: the unit goes to `destination`. A second answer to the same question is ignored.

    A question "where" is answered by a new order for the unit that stands there, under the question as key; a
    question about a slot changes the order that asked.
    """
    asked = session.connection().execute(_asked, {"wanted": question}).first()
    if asked is not None and asked.ask == "where":
        submit(
            session, key=question, kind=kind, unit=asked.unit, source=asked.station, destination=destination,
            priority=priority, params=params,
        )  # fmt: skip
        return
    payload = {
        "destination": destination, "kind": OrderKind(kind).value, "priority": priority, "params": dict(params or {}),
    }  # fmt: skip
    ask(session, key=f"direct:{question}", kind="direct", subject=question, payload=payload)


def hold(session: Session, *, question: str, reason: str, params: Mapping[str, Any] | None = None) -> None:
    """Say why `question` has no answer yet; it stays open, and the unit's reason becomes this one."""
    ask(session, key=None, kind="hold", subject=question, payload={"reason": reason, "params": dict(params or {})})


def cancel(session: Session, *, order: int, reason: str) -> None:
    """Take an order back: what moves comes to its next halt first (state withdrawn), then it ends cancelled."""
    _known(session, order)
    ask(session, key=f"cancel:{order}", kind="cancel", subject=str(order), payload={"reason": reason})


def resume(session: Session, *, order: int) -> None:
    """Let a held order go on, after somebody has put right what held it."""
    _known(session, order)
    ask(session, key=None, kind="resume", subject=str(order), payload={})


def rank(session: Session, *, order: int, priority: int) -> None:
    """Give an order another priority; one that a device works on already goes on as it is."""
    _known(session, order)
    ask(session, key=None, kind="rank", subject=str(order), payload={"priority": priority})


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many boxes of a lot and verdict (0, 1, 2) may be packed in all, and how many of them are; -1: no limit.

    `account` is what they are counted for: with another one the line counts from `packed` anew. `why` is the code of
    the reason to show while packing is held. Without `begun` a box that is only begun does not count until it is full.
    """

    verdict: int
    boxes: int
    packed: int
    per_box: int
    account: str = ""
    why: str = "packing_held"
    begun: bool = True


def allow_packing(session: Session, *, line: str, lot: int, allowance: Allowance) -> None:
    """Have a line pack so many boxes and no more until it is said anew; it counts on from `packed` by itself.

    What would begin another box waits before the packing cell.
    """
    ask(session, key=None, kind="packing", subject=line, payload={"lot": lot, **asdict(allowance)})


def _known(session: Session, order: int) -> None:
    if session.connection().execute(sa.select(_order.c.number).where(_order.c.number == order)).first() is None:
        raise UnknownOrder("unknown_order", order=order)


def ask(session: Session, *, key: str | None, kind: str, subject: str, payload: Mapping[str, Any]) -> None:
    """Put a request before the controller; one with a key that is known already is the same request again."""
    connection = session.connection()
    if key is not None and connection.execute(_same, {"wanted": key}).first():
        return
    row = {"key": key, "kind": kind, "subject": subject, "payload": json.dumps(payload, sort_keys=True), "taken": False}
    connection.execute(_insert_request, row)
    session.info[ASKED] = True


def has_asked(session: Session) -> bool:
    """Return whether anything new came through this door in a session: then the controller should look."""
    return bool(session.info.get(ASKED))

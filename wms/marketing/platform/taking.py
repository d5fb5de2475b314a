"""What is done with a message of the platform: each kind goes to the business that it is a wish to.

What tells only what the platform does with its own stock is kept in the log of messages and changes nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import back_to_stock, cancelling, proposals, requests, tasks
from wms.marketing.tables import ProposalRow
from wms.marketing.tasks import Change, Wish
from wms.rows import table

Said = Mapping[str, Any]
_proposal = table(ProposalRow)
CHANGING = ("state", "priority", "quantity", "issued_ms", "asset_state", "beside")
"""What a platform may say differently of a task that it sends again."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A platform, and what it does with tasks: whether it answers proposals, and calls packed boxes back itself."""

    name: str
    approval: bool = False
    trigger: bool = False


Taker = Callable[[Desk, Sender, Said], Mapping[str, Any]]
"""Does what a message wishes, for a sender, and returns what is kept as the answer; it may raise Refused."""


def take(desk: Desk, sender: Sender, kind: str, said: Said) -> Mapping[str, Any]:
    """Do what a message wishes; raises Refused where the business refuses it."""
    if kind not in TAKERS:
        raise Refused("unknown_message", message=kind)
    return TAKERS[kind](desk, sender, said)


def _given(desk: Desk, sender: Sender, said: Said) -> Mapping[str, Any]:
    """Take a task in, or bring one that is known to the state that the platform says it has."""
    body = {name: value for name, value in said.items() if name not in CHANGING}
    number = tasks.take(desk, Wish(
        key=said["key"], lot=said["lot"], source=said["source"], sender=sender.name, category=said["category"],
        model=said["model"], quantity=said["quantity"], priority=said["priority"], issued_ms=said["issued_ms"],
        approval=sender.approval, trigger=sender.trigger, body=body,
    ))  # fmt: skip
    known = proposals.row_of(desk, said["key"])
    wish = Change(
        priority=said["priority"] if said["priority"] != known.priority else None,
        quantity=said["quantity"] if said["quantity"] != known.quantity else None,
    )
    if wish != Change():
        tasks.change(desk, said["key"], wish, by=sender.name)
    _bring_to(desk, sender, said["key"], said)
    return {"task": number}


def _controlled(desk: Desk, sender: Sender, said: Said) -> Mapping[str, Any]:
    """Change a task, or pause, resume or cancel it."""
    wish = Change(priority=said.get("priority"), quantity=said.get("quantity"))
    if wish != Change():
        tasks.change(desk, said["task"], wish, by=sender.name)
    _bring_to(desk, sender, said["task"], said)
    return {"task": said["task"]}


def _bring_to(desk: Desk, sender: Sender, key: str, said: Said) -> None:
    match said["state"]:
        case "paused":
            tasks.pause(desk, key, reason="platform", by=sender.name)
        case "running" if proposals.row_of(desk, key).state == "paused":
            tasks.resume(desk, key, by=sender.name)
        case "cancelled":
            cancelling.cancel(desk, key, reason="platform", ending=said.get("ending", "finish"), by=sender.name)
        case _:
            return


def _answered(desk: Desk, sender: Sender, said: Said) -> Mapping[str, Any]:
    if said["approved"]:
        return {"order": proposals.approve(desk, said["task"], round_=said["round"], answer=said["reason"])}
    return {"round": proposals.reject(desk, said["task"], round_=said["round"], answer=said["reason"])}


def _stock_given(desk: Desk, sender: Sender, said: Said) -> Mapping[str, Any]:
    """Take the detail of what is given out as the answer to the proposal that is open, if there is one.

    All of the boxes that were proposed: approved. Only some of them: rejected without the others. With the number of a
    request of ours, or when no proposal is open, it is the answer to that request.
    """
    if requests.is_named(desk, sender.name, "meters", said["order"]):
        return requests.answered(desk, sender.name, "meters", said)
    task = proposals.row_of(desk, said["task"])
    query = sa.select(_proposal.c.round, _proposal.c.boxes).where(_proposal.c.task == task.number)
    row = desk.connection.execute(query.where(_proposal.c.state == "proposed")).first()
    if row is None:
        return requests.answered(desk, sender.name, "meters", said) or {"kept": len(said["boxes"])}
    proposed = {str(one["box"]) for one in json.loads(row.boxes)}
    missing = proposed - {one["box"] for one in said["boxes"]}
    if missing:
        return {"round": proposals.reject(desk, said["task"], round_=row.round, without=missing)}
    return {"order": proposals.approve(desk, said["task"], round_=row.round)}


def _flag(desk: Desk, sender: Sender, said: Said) -> Mapping[str, Any]:
    """Take a count in as a task, which is answered at once; that something else is finished is kept."""
    if said["flag"] != "count":
        return {"kept": 1}
    return {"task": tasks.take(desk, Wish(key=said["task"], lot="", source="count", sender=sender.name))}


def _empties_given(desk: Desk, sender: Sender, said: Said) -> Mapping[str, Any]:
    """Book empty boxes to the request that they answer; what nobody has asked for is kept in the log."""
    return requests.answered(desk, sender.name, "empties", said) or {"kept": len(said["boxes"])}


def _back(desk: Desk, sender: Sender, said: Said) -> Mapping[str, Any]:
    return {"boxes": back_to_stock.trigger(desk, said["task"], said["boxes"], by=sender.name)}


TAKERS: dict[str, Taker] = {
    "task_given": _given, "task_control": _controlled, "proposal_answered": _answered, "stock_given": _stock_given,
    "empties_given": _empties_given, "task_flag": _flag, "back_to_stock": _back,
}  # fmt: skip

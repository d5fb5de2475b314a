"""What the door has taken in since the controller last looked, as happenings in the order of their coming."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs.happenings import (
    CancelAsked,
    Deferred,
    Directed,
    Happening,
    PackingAsked,
    PositionAsked,
    RankAsked,
    ResumeAsked,
    RunReported,
    SettleAsked,
    Submitted,
)
from wcs.ledger import order_from
from wcs.life import OrderState
from wcs.reasons import Reason
from wcs.store import OrderRow, RequestRow, table

_order = table(OrderRow)
_request = table(RequestRow)
_submitted = sa.select(_order).where(_order.c.state == OrderState.SUBMITTED.value).order_by(_order.c.number)
_submitted = _submitted.limit(sa.bindparam("most"))
_untaken = sa.select(_request).where(_request.c.taken == sa.false()).order_by(_request.c.id)
_untaken = _untaken.limit(sa.bindparam("most"))
_take = sa.update(_request).where(_request.c.id == sa.bindparam("_id")).values(taken=True)


def fetch(session: Session, limit: int) -> list[Happening]:
    """Return up to `limit` new orders and as many requests; requests are marked as taken in this transaction."""
    connection = session.connection()
    found: list[Happening] = [
        Submitted(order_from(dict(row))) for row in connection.execute(_submitted, {"most": limit}).mappings()
    ]
    requests = connection.execute(_untaken, {"most": limit}).mappings().all()
    if requests:
        connection.execute(_take, [{"_id": row["id"]} for row in requests])
    found += [happening for row in requests if (happening := _happening(dict(row))) is not None]
    return found


def _happening(row: dict[str, Any]) -> Happening | None:
    payload: dict[str, Any] = json.loads(row["payload"])
    subject: str = row["subject"]
    match row["kind"]:
        case "direct":
            return Directed(subject, payload["destination"], payload["kind"], payload["priority"], payload["params"])
        case "hold":
            return Deferred(subject, Reason(payload["reason"], tuple(payload["params"].items())))
        case "cancel":
            return CancelAsked(int(subject), payload["reason"])
        case "resume":
            return ResumeAsked(int(subject))
        case "rank":
            return RankAsked(int(subject), payload["priority"])
        case "bench":
            verdicts, notices = tuple(payload["verdicts"]), tuple(payload["notices"])
            return RunReported(subject, payload["part"], payload["state"], verdicts, notices)
        case "position":
            return PositionAsked(subject, payload["position"], payload["enabled"], payload["by"])
        case "packing":
            return PackingAsked(subject, **payload)
        case "again" | "done" | "out" as way:
            return SettleAsked(int(subject), way, payload["by"])
        case _:
            return None

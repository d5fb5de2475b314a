"""Why a pallet got its slot: noted in the journal when it was chosen, read again when somebody asks."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from optimizer.slotting.single import Choice
from wcs.store import FactRow
from wms.desk import Desk
from wms.rows import table

FACT = "SlotChosen"
_fact = table(FactRow)


class ChoiceView(BaseModel):
    """Why a pallet got a slot: the text `stock.why.<rule>` filled with `params`, and each factor in seconds."""

    at_ms: int
    slot: str
    rule: str
    params: dict[str, Any]
    factors: dict[str, float] = {}


def history(session: Session, pallet: str, *, limit: int = 10) -> list[ChoiceView]:
    """Return why a pallet got its slots, the newest first."""
    query = sa.select(_fact.c.at_ms, _fact.c.payload).where(_fact.c.subject == pallet, _fact.c.kind == FACT)
    rows = session.connection().execute(query.order_by(_fact.c.id.desc()).limit(limit))
    found: list[ChoiceView] = []
    for at_ms, text in rows:
        said = json.loads(text)
        factors = said.pop("factors", {})
        found.append(ChoiceView(at_ms=at_ms, slot=said["slot"], rule=said["rule"], params=said, factors=factors))
    return found


def note(desk: Desk, pallet: str, choice: Choice, *, rule: str, calls_day: float) -> None:
    """Book what was chosen, factor by factor in seconds, and what would have been the next best."""
    option, other = choice.option, choice.other
    desk.book(
        FACT, pallet, slot=option.slot, rule=rule, total_s=round(option.factors.total_s, 1), among=choice.among,
        factors={name: round(value, 1) for name, value in asdict(option.factors).items()},
        calls_day=round(calls_day, 4), other=other.slot if other else "",
        other_s=round(other.factors.total_s, 1) if other else 0.0,
    )  # fmt: skip


def note_near(desk: Desk, pallet: str, slot: str, *, retrieval: str, between_s: float, instead_of: str) -> None:
    """Book that a slot was replaced because it is near what the crane fetches next."""
    desk.book(
        FACT, pallet, slot=slot, rule="near", retrieval=retrieval, between_s=round(between_s, 1), instead_of=instead_of
    )


def note_plan(desk: Desk, pallet: str, slot: str) -> None:
    """Book that a pallet got the slot that the plan for its delivery had for it."""
    desk.book(FACT, pallet, slot=slot, rule="plan")

"""What may be promised: qualified stock, less what is locked, less the safety stock of the model."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.errors import Refused
from wms.marketing.demand_tables import SafetyRow
from wms.marketing.task_tables import ProposalBoxRow
from wms.outbound.tables import OrderLineRow
from wms.rows import table, upsert
from wms.stock.tables import BoxRow, ModelRow, PalletRow

_box, _pallet, _model, _line = table(BoxRow), table(PalletRow), table(ModelRow), table(OrderLineRow)
_safety, _held = table(SafetyRow), table(ProposalBoxRow)
MOST_METERS = 10_000_000
PASSED = 1


class Available(BaseModel):
    """Meters of a model: available = qualified - locked - safety, never below 0; `short` is what is missing to that.

    locked: promised to districts, or held by a task for a re-check. ordered: asked for by districts, not promised yet.
    to_verify: in the house and not verified; it can be promised only after that.
    """

    model: str
    qualified: int
    locked: int
    safety: int
    available: int
    short: int
    ordered: int
    to_verify: int


def available(session: Session) -> list[Available]:
    """Return every model that is in stock, wanted or has a safety stock, by name."""
    seen = {model: dict(states) for model, states in _stock(session).items()}
    held, safety, ordered = _held_meters(session), _safety_of(session), _ordered(session)
    found: list[Available] = []
    for model in sorted(set(seen) | set(safety) | set(ordered)):
        stock = seen.get(model, {})
        locked = stock.get("allocated", 0) + held.get(model, 0)
        qualified = stock.get("qualified", 0) + stock.get("allocated", 0)
        left = qualified - locked - safety.get(model, 0)
        found.append(Available(
            model=model, qualified=qualified, locked=locked, safety=safety.get(model, 0), available=max(0, left),
            short=max(0, -left), ordered=ordered.get(model, 0),
            to_verify=stock.get("received", 0) + stock.get("to_verify", 0),
        ))  # fmt: skip
    return found


def beyond_safety(session: Session, models: Iterable[str]) -> dict[str, int]:
    """Return how many meters may still be promised of those models that have a safety stock; below 0: none."""
    safety = _safety_of(session)
    if not safety.keys() & set(models):
        return {}
    stock, held = _stock(session), _held_meters(session)
    return {
        model: stock.get(model, {}).get("qualified", 0) - held.get(model, 0) - safety[model]
        for model in safety.keys() & set(models)
    }


def set_safety(desk: Desk, model: str, meters: int, *, by: str) -> None:
    """Set the safety stock of a model. Raises Refused for an unknown model or an absurd figure."""
    if desk.connection.execute(sa.select(_model.c.code).where(_model.c.code == model)).first() is None:
        raise Refused("unknown_model", model=model[:64])
    if not 0 <= meters <= MOST_METERS:
        raise Refused("quantity_out_of_range", quantity=meters, min=0, max=MOST_METERS)
    upsert(desk.session, SafetyRow, [{"model": model, "meters": meters, "by": by, "at_ms": desk.at_ms}])
    desk.book("SafetyStockSet", model, meters=meters, by=by)


def _stock(session: Session) -> dict[str, dict[str, int]]:
    query = (
        sa.select(_box.c.model, _box.c.state, sa.func.sum(_box.c.meters))
        .join(_pallet, _pallet.c.code == _box.c.pallet)
        .where(_box.c.state.in_(["qualified", "allocated", "received", "to_verify"]), _box.c.model.is_not(None))
        .where(_pallet.c.whereabouts.in_(["stored", "moving", "on_line"]))
        .group_by(_box.c.model, _box.c.state)
    )
    found: dict[str, dict[str, int]] = {}
    for model, state, meters in session.connection().execute(query):
        found.setdefault(str(model), {})[str(state)] = int(meters or 0)
    return found


def _held_meters(session: Session) -> dict[str, int]:
    query = sa.select(_box.c.model, sa.func.sum(_box.c.meters)).join(_held, _held.c.box == _box.c.code)
    query = query.where(sa.text("proposal_box.state = 'held'"), _box.c.state == "qualified", _box.c.verdict == PASSED)
    return {str(model): int(meters) for model, meters in session.connection().execute(query.group_by(_box.c.model))}


def _safety_of(session: Session) -> dict[str, int]:
    rows = session.connection().execute(sa.select(_safety.c.model, _safety.c.meters))
    return {str(model): int(meters) for model, meters in rows}


def _ordered(session: Session) -> dict[str, int]:
    query = sa.select(_line.c.model, sa.func.sum(_line.c.quantity - _line.c.promised))
    query = query.where(sa.text("NOT allocated AND NOT closed")).group_by(_line.c.model)
    return {str(model): int(meters) for model, meters in session.connection().execute(query)}

"""Hold the books against the plant: every box holds what the books say, every meter that passed has its own seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.outbound.unverified import UNTESTED, UNVERIFIED
from wms.rows import table
from wms.seals.tables import SealRow
from wms.stock.tables import AssetRow, BoxRow, ClarificationRow

_asset, _box, _seal, _asked = table(AssetRow), table(BoxRow), table(SealRow), table(ClarificationRow)
PASSED = 1


class BoxAccount(BaseModel):
    """Boxes with meters in the plant: how many there are, how many the books have, and those that differ."""

    in_plant: int = 0
    in_books: int = 0
    differing: list[str] = []


class SealAccount(BaseModel):
    """Seals on the meters that passed on lines led cell by cell: how many meters, how many seals, what is wrong."""

    meters_passed: int = 0
    seals_used: int = 0
    seals_damaged: int = 0
    without_seal: int = 0
    seals_twice: int = 0


def boxes(session: Session, in_plant: Mapping[str, Sequence[str]]) -> BoxAccount:
    """Return the account of boxes; `in_plant` says which meters lie in which box."""
    query = sa.select(_asset.c.box, _asset.c.bar_code).join(_box, _box.c.code == _asset.c.box)
    booked: dict[str, set[str]] = {}
    for box, meter in session.connection().execute(query.where(_box.c.state != "shipped")):
        booked.setdefault(box, set()).add(meter)
    full = {box: set(meters) for box, meters in in_plant.items() if meters}
    differing = sorted(box for box in booked.keys() | full.keys() if booked.get(box) != full.get(box))
    return BoxAccount(in_plant=len(full), in_books=len(booked), differing=differing[:20])


def unverified(session: Session) -> int:
    """Return how many meters wait in boxes of their own because nobody has judged them."""
    asked = sa.exists().where(
        _asked.c.subject == _box.c.code, _asked.c.closed_ms == 0, _asked.c.reason.in_((UNVERIFIED, UNTESTED))
    )
    query = sa.select(sa.func.coalesce(sa.func.sum(_box.c.meters), 0))
    query = query.where(_box.c.state == "quarantine", _box.c.verdict == 0, asked)
    return int(session.connection().execute(query).scalar_one())


def seals(session: Session, lots: Sequence[int]) -> SealAccount:
    """Return the account of seals on the meters of some lots."""
    connection = session.connection()
    passed = sa.select(_asset.c.bar_code, _asset.c.seal)
    passed = passed.where(_asset.c.verdict == PASSED, _asset.c.lot.in_(lots))
    rows = connection.execute(passed).all()
    states = {state: n for state, n in connection.execute(sa.select(_seal.c.state, sa.func.count()).group_by("state"))}
    on_meters = [row.seal for row in rows if row.seal]
    bound = dict[str, str]()
    for seal, meter in connection.execute(sa.select(_seal.c.seal, _seal.c.bar_code).where(_seal.c.state == "used")):
        bound[seal] = meter
    without = sum(1 for row in rows if bound.get(row.seal) != row.bar_code)
    return SealAccount(
        meters_passed=len(rows), seals_used=states.get("used", 0), seals_damaged=states.get("damaged", 0),
        without_seal=without, seals_twice=len(on_meters) - len(set(on_meters)),
    )  # fmt: skip

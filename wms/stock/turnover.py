"""How often pallets of a kind are called: counted as they come and go, forgotten slowly. What a slot should be, by it.

A kind is a model and a stage of its life (`STAGES`), so a pallet keeps its kind while it stands in its slot. Calls a
day decay with `MEMORY_DAYS`; with Little's law (1961) calls a day over pallets stored is what one pallet is called.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from optimizer.slotting.single import Band
from plc.plant.model import Plant
from plc.plant.travel import crane_travel_s
from wms.desk import Desk
from wms.outbound.tables import TripRow
from wms.rows import table
from wms.stock.tables import BoxRow, PalletRow, SlotRow, TurnoverRow

MEMORY_DAYS = 7.0
CALLED_A_DAY = 4.0  # of a pallet that an order waits for
ALIKE = 1.2  # kinds whose calls differ by less share a band
ROOM = 1.15  # of a band, so that it is not full as soon as it holds what belongs there
DAY_MS = 86_400_000
STAGES = {
    "expected": "new", "not_delivered": "new", "received": "new", "to_verify": "new", "qualified": "verified",
    "allocated": "verified", "rejected": "rejected", "empty": "empty",
}  # fmt: skip
_box, _slot, _trip, _pallet, _kinds = (table(row) for row in (BoxRow, SlotRow, TripRow, PalletRow, TurnoverRow))
_p = sa.bindparam
_of_box = sa.select(_box.c.model, _box.c.state).where(_box.c.pallet == _p("of_pallet")).limit(1)
_key = (_kinds.c.model == _p("of_model"), _kinds.c.stage == _p("of_stage"))
_more = sa.update(_kinds).where(*_key).values(stored=_kinds.c.stored + _p("by"))
_rate = sa.select(_kinds.c.calls_day, _kinds.c.at_ms).where(*_key)
_rated = sa.update(_kinds).where(*_key).values(calls_day=_p("now_calls"), at_ms=_p("now_ms"))
_all = sa.select(_kinds)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of pallet: how many are stored, and how often one of them is called a day."""

    stored: int
    calls_day: float


def kind_of(model: str | None, state: str | None) -> tuple[str, str]:
    """Return model and stage of what is on a pallet, from one of its boxes.

    >>> kind_of("DDZY2026", "allocated"), kind_of(None, None)
    (('DDZY2026', 'verified'), ('', 'empty'))
    """
    return (model or "", STAGES.get(state or "empty", "other"))


def counted(desk: Desk, pallet: str, by: int) -> None:
    """Count a pallet into its slot (1) or out of it (-1)."""
    key = _kind(desk, pallet)
    if desk.connection.execute(_more, {**_named(key), "by": by}).rowcount == 0:
        row = {"model": key[0], "stage": key[1], "stored": max(0, by), "calls_day": 0.0, "at_ms": desk.at_ms}
        desk.connection.execute(sa.insert(_kinds), row)


def called(desk: Desk, pallet: str) -> None:
    """Note that a pallet was fetched because somebody wants it."""
    key = _kind(desk, pallet)
    row = desk.connection.execute(_rate, _named(key)).first()
    if row is not None:
        calls = decayed(row.calls_day, desk.at_ms - row.at_ms) + 1 / MEMORY_DAYS
        desk.connection.execute(_rated, {**_named(key), "now_calls": calls, "now_ms": desk.at_ms})


def decayed(calls_day: float, after_ms: int) -> float:
    """Return calls a day after a while without any.

    >>> round(decayed(10.0, 7 * DAY_MS), 3)
    3.679
    """
    return calls_day * math.exp(-max(0, after_ms) / (MEMORY_DAYS * DAY_MS))


def kinds(desk: Desk) -> dict[tuple[str, str], Kind]:
    """Return every kind with what is stored of it and how often one pallet of it is called."""
    found: dict[tuple[str, str], Kind] = {}
    for row in desk.connection.execute(_all):
        calls = decayed(row.calls_day, desk.at_ms - row.at_ms)
        found[row.model, row.stage] = Kind(row.stored, calls / max(1, row.stored))
    return found


def band(plant: Plant, aisle: str, calls_day: float, stored: Sequence[Kind]) -> Band:
    """Return where in an aisle a pallet belongs: behind those that are called more often, as far as its like reach."""
    ahead = sum(kind.stored for kind in stored if kind.calls_day > calls_day * ALIKE)
    alike = sum(kind.stored for kind in stored if calls_day / ALIKE <= kind.calls_day <= calls_day * ALIKE)
    ways, slots = ways_s(plant, aisle), slot_count(plant)
    if ahead == 0 and alike == sum(kind.stored for kind in stored):
        return Band(0.0, ways[-1])
    first, last = ahead / slots, (ahead + alike + 1) * ROOM / slots
    return Band(_at(ways, first), _at(ways, last))


def rank(ways: Sequence[float], travel_s: float) -> float:
    """Return the share of an aisle's slots that are nearer."""
    return bisect_left(ways, travel_s) / max(1, len(ways))


@lru_cache(maxsize=256)
def ways_s(plant: Plant, aisle: str) -> tuple[float, ...]:
    """Return the seconds to the columns and levels of an aisle, the nearest first."""
    rack = plant.aisles[aisle]
    crane = plant.cranes[rack.crane]
    spots = [(c * rack.column_pitch_m, n * rack.level_pitch_m) for c in range(1, rack.columns + 1)
             for n in range(rack.levels)]  # fmt: skip
    return tuple(sorted(crane_travel_s(crane, (0.0, 0.0), spot) for spot in spots))


@lru_cache(maxsize=16)
def slot_count(plant: Plant) -> int:
    """Return how many slots a plant has."""
    return sum(a.sides * a.columns * a.levels * a.depth for a in plant.aisles.values())


def recount(session: Session) -> None:
    """Count anew what is stored of each kind, as the slots say; the calls stay."""
    first = sa.select(_slot.c.pallet, sa.func.min(_box.c.code).label("box"))
    first = first.outerjoin(_box, _box.c.pallet == _slot.c.pallet).where(_slot.c.pallet.is_not(None))
    each = first.group_by(_slot.c.pallet).subquery()
    query = sa.select(_box.c.model, _box.c.state, sa.func.count()).select_from(each)
    query = query.outerjoin(_box, _box.c.code == each.c.box).group_by(_box.c.model, _box.c.state)
    count: dict[tuple[str, str], int] = {}
    for model, state, pallets in session.connection().execute(query):
        key = kind_of(model, state)
        count[key] = count.get(key, 0) + pallets
    session.connection().execute(sa.update(_kinds).values(stored=0))
    for key, pallets in sorted(count.items()):
        if session.connection().execute(_more, {**_named(key), "by": pallets}).rowcount == 0:
            row = {"model": key[0], "stage": key[1], "stored": pallets, "calls_day": 0.0, "at_ms": 0}
            session.connection().execute(sa.insert(_kinds), row)


def _kind(desk: Desk, pallet: str) -> tuple[str, str]:
    row = desk.connection.execute(_of_box, {"of_pallet": pallet}).first()
    return kind_of(row.model, row.state) if row is not None else kind_of(None, None)


def _named(key: tuple[str, str]) -> dict[str, str]:
    return {"of_model": key[0], "of_stage": key[1]}


def _at(ways: Sequence[float], share: float) -> float:
    return ways[min(len(ways) - 1, int(share * len(ways)))]

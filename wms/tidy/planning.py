"""The best moves of stored pallets into free slots of their own aisle, each with what it gains and why.

A call saved is worth the seconds that the crane drives less, over the days that count; a pallet that an order has been
promised is fetched soon, by day, where a second is worth `BY_DAY` of the night's. Of each aisle a bounded number of
pallets and slots is looked at: those that most can be gained by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa

from optimizer.relocation.moves import Stored, Terms, best_moves
from plc.plant.model import Plant
from wms.desk import Desk
from wms.outbound.tables import LIVE_TRIP, PromiseRow, TripRow
from wms.rows import table
from wms.stock import candidates, turnover
from wms.stock.tables import AisleRow, BoxRow, PalletRow, SlotRow

MOST_PALLETS, MOST_SLOTS = 300, 100
BY_DAY = 2.0
_slot, _pallet, _box, _aisle = table(SlotRow), table(PalletRow), table(BoxRow), table(AisleRow)
_trip, _promise = table(TripRow), table(PromiseRow)
_p = sa.bindparam
_any_box = _box.alias("any_box")
_first_box = sa.select(sa.func.min(_any_box.c.code)).where(_any_box.c.pallet == _slot.c.pallet)
_first_box = _first_box.correlate(_slot).scalar_subquery()
_mate = _slot.alias("mate")
_stored = (
    sa.select(_slot.c.id, _slot.c.pallet, _slot.c.travel_ms, _slot.c.clear_height_mm, _pallet.c.height_mm)
    .add_columns(_box.c.model, _box.c.state)
    .join(_pallet, _pallet.c.code == _slot.c.pallet)
    .outerjoin(_box, _box.c.code == _first_box)
    .outerjoin(_mate, _mate.c.id == _slot.c.mate)
    .where(_slot.c.aisle == _p("in_aisle"), _pallet.c.whereabouts == "stored")
    .where(sa.or_(_slot.c.depth == 1, sa.and_(_mate.c.pallet.is_(None), _mate.c.reserved_for.is_(None))))
    .where(~sa.exists().where(_trip.c.pallet == _slot.c.pallet, sa.text(f"trip.{LIVE_TRIP}")))
)
_promised = (
    sa.select(_box.c.pallet)
    .join(_promise, _promise.c.box == _box.c.code)
    .join(_slot, _slot.c.pallet == _box.c.pallet)
    .where(_slot.c.aisle == _p("in_aisle"), sa.text("promise.state = 'promised' AND promise.job IS NULL"))
    .distinct()
)
_able = sa.select(_aisle.c.id).where(sa.not_(_aisle.c.machine_fault), sa.not_(_aisle.c.link_lost)).order_by(_aisle.c.id)


@dataclass(frozen=True, slots=True)
class TidyMove:
    """A pallet from slot to slot: what it takes and gains beyond that, in seconds of the crane.

    `why` is "turnover", or "called" of a pallet that is promised to an order.
    """

    aisle: str
    pallet: str
    source: str
    target: str
    takes_s: float
    gain_s: float
    why: str


@dataclass(frozen=True, slots=True)
class TidyPlan:
    """The moves, the one that gains most first; `stopped` is "limit", or "unpaying" if no other would pay.

    `travel_day_s` is what the calls of a day cost now in the aisles, `gain_share` how much less after the moves.
    """

    moves: tuple[TidyMove, ...]
    gain_s: float
    stopped: str
    travel_day_s: float
    gain_share: float


@dataclass(frozen=True, slots=True)
class _Pallet:
    code: str
    slot: str
    travel_s: float
    slot_mm: int
    height_mm: int
    calls_day: float
    why: str


def planned(desk: Desk, plant: Plant, most: int) -> TidyPlan:
    """Return up to `most` moves for all aisles whose cranes can work."""
    days, kinds, travel_day_s = plant.rules.relocation_days, turnover.kinds(desk), 0.0
    by_aisle: list[list[TidyMove]] = []
    for aisle in desk.connection.execute(_able).scalars().all():
        pallets = _pallets(desk, aisle, kinds, days)
        travel_day_s += sum(each.calls_day * each.travel_s for each in pallets)
        by_aisle.append(_of_aisle(desk, plant, pallets, (aisle, most)))
    chosen = _best_first(by_aisle, most)
    saved_day_s = sum(move.gain_s + move.takes_s for move in chosen) / days
    share = saved_day_s / travel_day_s if travel_day_s else 0.0
    stopped = "limit" if len(chosen) >= most else "unpaying"
    return TidyPlan(tuple(chosen), sum(move.gain_s for move in chosen), stopped, travel_day_s, share)


def _best_first(by_aisle: list[list[TidyMove]], most: int) -> list[TidyMove]:
    """Return the best moves of all aisles; in each aisle their order stays, for one may need the slot of another."""
    heads, chosen = [list(reversed(moves)) for moves in by_aisle if moves], list[TidyMove]()
    while heads and len(chosen) < most:
        best = max(heads, key=lambda moves: (moves[-1].gain_s, moves[-1].pallet))
        chosen.append(best.pop())
        heads = [moves for moves in heads if moves]
    return chosen


def _pallets(desk: Desk, aisle: str, kinds: Mapping[tuple[str, str], turnover.Kind], days: float) -> list[_Pallet]:
    """Return the pallets of an aisle that may be moved and are called at all, those with most travel a day first."""
    promised = set(desk.connection.execute(_promised, {"in_aisle": aisle}).scalars())
    found: list[_Pallet] = []
    for row in desk.connection.execute(_stored, {"in_aisle": aisle}):
        kind = kinds.get(turnover.kind_of(row.model, row.state))
        calls, soon = kind.calls_day if kind else 0.0, BY_DAY / days if row.pallet in promised else 0.0
        if max(calls, soon) > 0:
            why = "called" if soon > calls else "turnover"
            size = row.clear_height_mm, row.height_mm
            found.append(_Pallet(row.pallet, row.id, row.travel_ms / 1000, *size, max(calls, soon), why))
    found.sort(key=lambda each: (-each.calls_day * each.travel_s, each.code))
    return found[:MOST_PALLETS]


def _of_aisle(desk: Desk, plant: Plant, pallets: list[_Pallet], what: tuple[str, int]) -> list[TidyMove]:
    """Return the moves that pay in one aisle, in their order."""
    aisle, most = what
    rack = plant.aisles[aisle]
    seeks = [seek for seek in candidates.seeks(plant) if seek.aisle == aisle and seek.depth == rack.depth]
    free = [one for seek in seeks for one in candidates.nearest_free(desk, seek, from_s=0.0, most=MOST_SLOTS)]
    if not pallets or not free:
        return []
    slots = [each.slot for each in pallets] + [one.slot for one in free]
    stored = Stored(
        np.array([each.travel_s for each in pallets] + [one.travel_s for one in free]),
        np.array([each.slot_mm for each in pallets] + [one.height_mm for one in free], np.int64),
        np.arange(len(pallets)), np.array([each.calls_day for each in pallets]),
        np.array([each.height_mm for each in pallets], np.int64),
    )  # fmt: skip
    terms = Terms(days=plant.rules.relocation_days, fork_s=2 * plant.cranes[rack.crane].fork_s)
    return [
        TidyMove(
            aisle, pallets[m.unit].code, slots[m.source], slots[m.target], m.takes_s, m.gain_s, pallets[m.unit].why
        )
        for m in best_moves(stored, most, terms).moves
    ]

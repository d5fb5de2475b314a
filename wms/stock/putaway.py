"""Put-away: route, constraints, preference. One slot is reserved, and the journal keeps why it was that one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import sqlalchemy as sa

from optimizer.slotting.single import Band, Factors, Option, dig_chance
from plc.plant.graph import seconds
from plc.plant.model import Plant
from plc.plant.rules import Putaway
from wms.desk import Desk
from wms.outbound.tables import LIVE_TRIP, TripRow
from wms.reasons import Reason
from wms.rows import chunks, table
from wms.stock import candidates, choices, plans, slots, turnover
from wms.stock.candidates import Candidate
from wms.stock.rules import AisleState, Need, best, no_slot, usable
from wms.stock.tables import AisleRow, BoxRow, PalletRow, SlotRow

_slot, _aisle, _pallet, _box, _trip = (table(row) for row in (SlotRow, AisleRow, PalletRow, BoxRow, TripRow))
_p = sa.bindparam
_one_box = sa.select(_box.c.code).where(_box.c.pallet == _p("of_pallet")).limit(1).scalar_subquery()
_wish = (
    sa.select(_pallet.c.height_mm, _pallet.c.weight_g, _pallet.c.lot, _pallet.c.inbound, _box.c.model, _box.c.state)
    .add_columns(sa.exists().where(_trip.c.pallet == _p("of_pallet"), sa.text(f"trip.{LIVE_TRIP}")).label("called"))
    .select_from(_pallet.outerjoin(_box, _box.c.code == _one_box))
    .where(_pallet.c.code == _p("of_pallet"))
)
_awaited = sa.select(_slot.c.aisle, sa.func.count()).where(_slot.c.reserved_for.is_not(None)).group_by(_slot.c.aisle)
_of_lot = (
    sa.select(_slot.c.aisle, sa.func.count())
    .select_from(_pallet.join(_slot, _slot.c.pallet == _pallet.c.code))
    .where(_pallet.c.lot == _p("lot"))
    .group_by(_slot.c.aisle)
)
_aisles = sa.select(_aisle).order_by(_aisle.c.id)
MOST_AISLES = 16  # that are looked into at once
OUTSIDE = 2.0  # what a second outside the band counts: the pallet that belongs there drives it to and fro
WITH_TURNOVER = (Putaway.CLASSES, Putaway.JOINT)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a pallet needs, and how often one like it is called a day."""

    pallet: str
    height_mm: int
    weight_g: int
    lot: int | None
    inbound: int | None
    calls_day: float


def choose(desk: Desk, plant: Plant, pallet: str, *, at: str, aisle: str | None = None) -> str | Reason:
    """Reserve the best slot for a pallet that stands at `at` (a point; with `aisle`, in that aisle only).

    What the pallet had reserved before is free again, also if nothing is found: then the reason says why.
    """
    slots.forget(desk, pallet)
    kinds = turnover.kinds(desk) if plant.rules.putaway in WITH_TURNOVER else {}
    wish = wish_of(desk, pallet, kinds)
    left, why = usable(aisle_states(desk, plant, wish.lot, at, aisle))
    planned = plans.planned(desk, pallet, {state.id for state in left}) if plant.rules.putaway is Putaway.JOINT else ""
    if planned and slots.take(desk, pallet, planned):
        choices.note_plan(desk, pallet, planned)
        return planned
    for part in _groups(plant, left, pallet):
        choice = best(plant.rules.putaway, options_for(desk, plant, wish, part, list(kinds.values())), part)
        if choice is not None and slots.take(desk, pallet, choice.option.slot):
            choices.note(desk, pallet, choice, rule=plant.rules.putaway.value, calls_day=wish.calls_day)
            if plant.rules.putaway is Putaway.JOINT and wish.inbound is not None:
                plans.make(desk, plant, wish.inbound, {state.id for state in left})
            return choice.option.slot
    why += [Reason("aisle_full", {"aisle": state.id}) for state in left]
    return no_slot(Need(pallet, wish.height_mm, wish.weight_g), why)


def _groups(plant: Plant, aisles: Sequence[AisleState], pallet: str) -> list[list[AisleState]]:
    """Return the aisles in groups of neighbours, first the one with the aisle against which least speaks.

    A large store is looked into group by group; of groups alike each pallet begins with another. The groups are always
    the same, so that their statements are.
    """
    rules = plant.rules
    if rules.putaway is Putaway.NEAREST:
        return [list(aisles)]

    def cost(group: list[AisleState]) -> tuple[float, float, int]:
        if rules.putaway is Putaway.BALANCED:
            return *min((a.awaited, a.same_lot) for a in group), 0
        least = min(rules.balance_s * a.awaited + rules.spread_s * a.same_lot for a in group)
        return least, 0.0, crc32(f"{pallet}{group[0].id}".encode())

    return sorted(chunks(sorted(aisles, key=lambda a: a.id), MOST_AISLES), key=cost)


def wish_of(desk: Desk, pallet: str, kinds: Mapping[tuple[str, str], turnover.Kind]) -> Wish:
    """Return what a pallet needs; with `kinds` also how often it will be called."""
    row = desk.connection.execute(_wish, {"of_pallet": pallet}).one()
    kind = kinds.get(turnover.kind_of(row.model, row.state))
    calls = turnover.CALLED_A_DAY if row.called else kind.calls_day if kind is not None else 0.0
    return Wish(pallet, row.height_mm, row.weight_g, row.lot, row.inbound, calls)


def options_for(
    desk: Desk, plant: Plant, wish: Wish, aisles: Sequence[AisleState], stored: Sequence[turnover.Kind]
) -> list[Option]:
    """Return the slots that can be the best, each with what speaks against it."""
    bands = {state.id: band_for(plant, state.id, wish.calls_day, stored) for state in aisles}
    found = candidates.fitting(desk, plant, bands, height_mm=wish.height_mm, weight_g=wish.weight_g)
    if not found:
        return []
    rules, state_of = plant.rules, {state.id: state for state in aisles}
    lowest = min(candidate.height_mm for candidate in found)
    least_lot = min(state.same_lot for state in aisles)
    least_awaited = min(state.awaited for state in aisles)
    return [
        Option(one.slot, one.aisle, Factors(
            one.travel_s, OUTSIDE * bands[one.aisle].off_s(one.travel_s),
            rules.height_s * (one.height_mm - lowest) / 100,
            rules.spread_s * (state_of[one.aisle].same_lot - least_lot),
            rules.balance_s * (state_of[one.aisle].awaited - least_awaited), _digging_s(desk, plant, wish, one),
        ))
        for one in found
    ]  # fmt: skip


def aisle_states(desk: Desk, plant: Plant, lot: int | None, at: str, only: str | None) -> list[AisleState]:
    """Return every aisle (or one) as the rules see it from where a pallet stands."""
    awaited: dict[str, int] = {aisle: n for aisle, n in desk.connection.execute(_awaited)}
    of_lot: dict[str, int] = {aisle: n for aisle, n in desk.connection.execute(_of_lot, {"lot": lot})}
    found: list[AisleState] = []
    for row in desk.connection.execute(_aisles):
        if only not in (None, row.id):
            continue
        trouble = "crane_fault" if row.machine_fault else "crane_link_lost" if row.link_lost else ""
        reachable = only is not None or seconds(plant, _floor_point(plant, at), row.infeed) is not None
        counts = awaited.get(row.id, 0), of_lot.get(row.id, 0)
        found.append(AisleState(row.id, reachable, "" if only else trouble, *counts))
    return found


def band_for(plant: Plant, aisle: str, calls_day: float, stored: Sequence[turnover.Kind]) -> Band:
    """Return where in an aisle a pallet belongs by the plant's rule: anywhere, if that does not ask for turnover."""
    if plant.rules.putaway in WITH_TURNOVER:
        return turnover.band(plant, aisle, calls_day, stored)
    return Band(0.0, turnover.ways_s(plant, aisle)[-1])


def _digging_s(desk: Desk, plant: Plant, wish: Wish, one: Candidate) -> float:
    """Return the digging to be expected of a slot: in front of another pallet, if that one leaves first."""
    if not one.behind:
        return 0.0
    behind = wish_of(desk, one.behind, turnover.kinds(desk))
    return plant.rules.dig_s * dig_chance(behind.calls_day, wish.calls_day)


def _floor_point(plant: Plant, at: str) -> str:
    """Return the point from which a unit at `at` travels on; on a crane's fork that is its aisle's out-feed."""
    crane = plant.cranes.get(at)
    return plant.aisles[crane.aisle].outfeed if crane is not None else at

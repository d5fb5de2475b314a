"""Retrievals that a storage may go with: what the WMS is told when a pallet at the in-feed has its slot confirmed."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from optimizer.sequencing.patience import Patience
from optimizer.sequencing.turn import Call, Turn, in_turn
from plc.plant.model import Plant
from plc.plant.places import is_slot, slot_id
from plc.plant.rules import Sequencing
from wcs.floor import Floor
from wcs.rows import Order
from wcs.turn import away_s

MOST = 16  # retrievals that are looked at, the oldest first


def partners(floor: Floor, at: str, now_ms: int) -> list[str]:
    """Return the slots of the retrievals that may follow the storage of what stands at the in-feed `at`.

    None where the plant's rule is another. What the crane fetches before it comes for this storage is left out; of
    those left only the first, if it presses or will when the crane has put this pallet.
    """
    crane = next((a.crane for a in floor.plant.aisles.values() if a.infeed == at), "")
    if not crane or floor.plant.rules.sequencing is not Sequencing.NEAR:
        return []
    found = list(islice((o for n in floor.waiting.get(crane, ()) if _fetches(floor, o := floor.orders[n])), MOST))
    stands, fetches_first = _next_stand(floor, crane)
    if fetches_first and found:
        del found[_turns(floor, crane, found, (stands, now_ms))[0].number]
    turns = _turns(floor, crane, found, (stands, now_ms + cycle_ms(floor.plant, crane)))
    if turns and turns[0].why in ("starved", "due", "priority"):
        turns = turns[:1]
    return [_source(floor, found[turn.number]) for turn in turns]


@lru_cache(maxsize=1_024)
def cycle_ms(plant: Plant, crane: str) -> int:
    """Return the longest until a crane has put what was just asked for: it puts another and fetches one before."""
    aisle = plant.aisles[plant.cranes[crane].aisle]
    far = slot_id(aisle.id, 1, aisle.columns, aisle.levels)
    return round(1000 * (4 * away_s(plant, crane, aisle.infeed, far) + 6 * plant.cranes[crane].fork_s))


def _turns(floor: Floor, crane: str, orders: list[Order], when: tuple[str, int]) -> list[Turn]:
    stands, now_ms = when
    rules = floor.plant.rules
    calls = [
        Call(
            order.since_ms / 1000, away_s(floor.plant, crane, stands, _source(floor, order)), False,
            None if order.due_ms is None else order.due_ms / 1000, order.priority,
        )
        for order in orders
    ]  # fmt: skip
    return in_turn(calls, now_s=now_ms / 1000, patience=Patience(rules.starved_s, rules.slack_s))


def _next_stand(floor: Floor, crane: str) -> tuple[str, bool]:
    """Return where the crane will be free next, and whether it fetches something from there before it stores again."""
    running = [floor.missions[number] for number in floor.running.get(crane, ())]
    place = running[-1].target if running else floor.memo(crane).last
    return place, bool(place) and is_slot(floor.plant, place)


def _fetches(floor: Floor, order: Order) -> bool:
    return is_slot(floor.plant, _source(floor, order)) and not is_slot(floor.plant, order.destination)


def _source(floor: Floor, order: Order) -> str:
    unit = floor.units.get(order.unit)
    return unit.at if unit is not None else order.source

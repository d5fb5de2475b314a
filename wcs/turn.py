"""Whose turn it is at a device, and why: by age, or for a crane by what is near (the plant's rule says which)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from optimizer.sequencing.patience import Patience
from optimizer.sequencing.turn import Call, in_turn
from plc.plant.model import Plant
from plc.plant.places import is_slot, parse_slot
from plc.plant.rules import Sequencing
from plc.plant.travel import trapezoid
from wcs.floor import Floor
from wcs.reasons import Reason
from wcs.rows import Order

FOREVER_MS = 2**62
Ways = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Turn:
    """An order, why it goes now, among how many, and the seconds to it from where the crane stands.

    `why` is "aboard", "oldest", or one of `optimizer.sequencing.turn`.
    """

    order: Order
    why: str
    among: int
    away_s: float = 0.0

    def reason(self) -> Reason:
        """Return what to show of an order that is on its way for this.

        Codes: moving_aboard, moving_oldest, moving_starved, moving_due, moving_priority, moving_turn, moving_near,
        moving_only.
        """
        return Reason.of(f"moving_{self.why}", among=self.among, away_s=f"{self.away_s:.1f}")

    def said(self) -> dict[str, str | int | float]:
        """Return what the journal keeps of it."""
        return {"why": self.why, "among": self.among, "away_s": round(self.away_s, 1)}


def by_turn(floor: Floor, device: str, now_ms: int) -> list[Turn]:
    """Return who waits for `device`, in turn."""
    orders = [floor.orders[number] for number in floor.waiting[device]]
    if device in floor.plant.cranes and floor.plant.rules.sequencing is Sequencing.NEAR:
        return _near(floor, device, orders, now_ms)
    return _by_age(floor, device, orders)


def away_s(plant: Plant, crane: str, start: str, end: str) -> float:
    """Return the seconds that a crane takes from one place of its aisle to another; in-feed and out-feed are one."""
    along, up = _ways(plant, crane)
    (one_column, one_level), (column, level) = _cell(plant, start), _cell(plant, end)
    if (one_column, one_level) == (column, level):
        return 0.0
    return max(along[abs(one_column - column)], up[abs(one_level - level)]) + plant.cranes[crane].positioning_s


def _by_age(floor: Floor, device: str, orders: list[Order]) -> list[Turn]:
    """Return what is aboard, what stands in a loop, priority, due, then age.

    A crane that has just put takes a retrieval before the next storage of the same age, and the other way
    round, so that it seldom travels empty.
    """
    last = _last(floor, device) if len(orders) > 1 else None

    def turn(order: Order) -> tuple[bool, bool, int, int, bool, int, int]:
        in_zone = any(h in floor.plant.zone_by_segment for h in _holds(floor, order))
        due = FOREVER_MS if order.due_ms is None else order.due_ms
        repeats = last is not None and is_slot(floor.plant, order.destination) == last
        return (not _aboard(floor, order, device), not in_zone, -order.priority, due, repeats, order.since_ms,
                order.number)  # fmt: skip

    return [Turn(order, "oldest", len(orders)) for order in sorted(orders, key=turn)]


def _near(floor: Floor, crane: str, orders: list[Order], now_ms: int) -> list[Turn]:
    """Return what is aboard, then the calls for the crane as the optimizer ranks them."""
    aboard = [Turn(order, "aboard", len(orders)) for order in orders if _aboard(floor, order, crane)]
    rest = [order for order in orders if not _aboard(floor, order, crane)]
    last, stands = _last(floor, crane), floor.memo(crane).last
    calls = [
        Call(
            order.since_ms / 1000, away_s(floor.plant, crane, stands, _at(floor, order)),
            last is not None and is_slot(floor.plant, order.destination) == last,
            None if order.due_ms is None else order.due_ms / 1000, order.priority,
        )
        for order in rest
    ]  # fmt: skip
    rules = floor.plant.rules
    turns = in_turn(calls, now_s=now_ms / 1000, patience=Patience(rules.starved_s, rules.slack_s))
    return aboard + [Turn(rest[turn.number], turn.why, len(orders), calls[turn.number].away_s) for turn in turns]


def _last(floor: Floor, device: str) -> bool | None:
    """Return whether a crane has put its last load into a slot; None of what is no crane, or has done nothing yet."""
    last = floor.memo(device).last
    return is_slot(floor.plant, last) if last and device in floor.plant.cranes else None


def _aboard(floor: Floor, order: Order, device: str) -> bool:
    unit = floor.units.get(order.unit)
    return unit is not None and unit.at == device


def _holds(floor: Floor, order: Order) -> tuple[str, ...]:
    unit = floor.units.get(order.unit)
    return unit.holds if unit is not None else ()


def _at(floor: Floor, order: Order) -> str:
    unit = floor.units.get(order.unit)
    return unit.at if unit is not None else order.source


def _cell(plant: Plant, place: str) -> tuple[int, int]:
    """Return columns and levels that a place is from column 0, level 1, where the crane's points are."""
    slot = parse_slot(place)
    return (slot.column, slot.level - 1) if slot is not None and is_slot(plant, place) else (0, 0)


@lru_cache(maxsize=1_024)
def _ways(plant: Plant, crane: str) -> Ways:
    """Return the seconds over n columns and over n levels; the same physics as `plc.plant.travel`."""
    spec = plant.cranes[crane]
    aisle = plant.aisles[spec.aisle]
    along = (trapezoid(n * aisle.column_pitch_m, spec.speed_x_m_s, spec.accel_x_m_s2) for n in range(aisle.columns + 1))
    up = (trapezoid(n * aisle.level_pitch_m, spec.speed_y_m_s, spec.accel_y_m_s2) for n in range(aisle.levels + 1))
    return tuple(along), tuple(up)

"""Put-away in three steps, each with its name: route, constraints, preference. Pure.

Route: which aisles can be reached from where the pallet stands. Constraints: what must hold; each aisle or slot
that falls out says why. Preference: the plant's rule, over the slots that can be the best.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optimizer.slotting.single import Choice, Option, choose
from plc.plant.rules import Putaway
from wms.reasons import Reason


@dataclass(frozen=True, slots=True)
class Need:
    """What a pallet needs of a slot."""

    pallet: str
    height_mm: int
    weight_g: int


@dataclass(frozen=True, slots=True)
class SlotState:
    """What the rule knows of a slot."""

    id: str
    clear_height_mm: int
    max_weight_g: int
    pallet: str | None = None
    reserved_for: str | None = None
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class AisleState:
    """What the rule knows of an aisle; `trouble` says why its crane cannot work, "" if it can."""

    id: str
    reachable: bool
    trouble: str
    awaited: int
    same_lot: int


def usable(aisles: Iterable[AisleState]) -> tuple[list[AisleState], list[Reason]]:
    """Return the aisles that route and constraints leave, and why the others fell out."""
    left: list[AisleState] = []
    why: list[Reason] = []
    for aisle in aisles:
        if not aisle.reachable:
            why.append(Reason("aisle_out_of_reach", {"aisle": aisle.id}))
        elif aisle.trouble:
            why.append(Reason(aisle.trouble, {"aisle": aisle.id}))
        else:
            left.append(aisle)
    return left, why


def best(rule: Putaway, options: Sequence[Option], aisles: Iterable[AisleState]) -> Choice | None:
    """Return what the rule of the plant prefers, None of no options.

    >>> from optimizer.slotting.single import Factors
    >>> near, far = Option("A1-1-01-01", "A1", Factors(5.0, balance_s=60.0)), Option("A2-1-03-01", "A2", Factors(9.0))
    >>> rows = [AisleState("A1", True, "", 1, 0), AisleState("A2", True, "", 0, 9)]
    >>> [c.option.slot for rule in Putaway if (c := best(rule, [near, far], rows))]
    ['A1-1-01-01', 'A2-1-03-01', 'A2-1-03-01', 'A2-1-03-01']
    """
    if rule in (Putaway.CLASSES, Putaway.JOINT):
        return choose(options)
    count = {aisle.id: (aisle.awaited, aisle.same_lot) for aisle in aisles}
    aisle_first = rule is Putaway.BALANCED

    def turn(option: Option) -> tuple[tuple[int, int], str, float, str]:
        ahead, aisle = (count[option.aisle], option.aisle) if aisle_first else ((0, 0), "")
        return ahead, aisle, option.factors.travel_s + option.factors.digging_s, option.slot

    order = sorted(options, key=turn)
    return Choice(order[0], len(order), order[1] if len(order) > 1 else None) if order else None


def unfit(slot: SlotState, need: Need) -> Reason | None:
    """Return why the pallet may not be put into the slot, or None if it may."""
    if slot.blocked:
        return Reason("slot_blocked", {"slot": slot.id, "why": slot.blocked})
    if slot.pallet not in (None, need.pallet):
        return Reason("slot_taken", {"slot": slot.id, "pallet": slot.pallet or ""})
    if slot.reserved_for not in (None, need.pallet):
        return Reason("slot_reserved", {"slot": slot.id, "pallet": slot.reserved_for or ""})
    if slot.clear_height_mm < need.height_mm:
        return Reason("slot_too_low", {"slot": slot.id, "height_mm": need.height_mm, "max_mm": slot.clear_height_mm})
    if slot.max_weight_g < need.weight_g:
        return Reason("slot_too_weak", {"slot": slot.id, "weight_g": need.weight_g, "max_g": slot.max_weight_g})
    return None


def no_slot(need: Need, why: Sequence[Reason]) -> Reason:
    """Return the reason why no slot was found, from what each aisle said.

    >>> no_slot(Need("P1", 1250, 0), [Reason("crane_fault", {"aisle": "A1"}), Reason("aisle_full", {"aisle": "A2"})])
    Reason(code='no_slot_free', params={'pallet': 'P1', 'aisles': 'A1: crane_fault, A2: aisle_full'})
    """
    told = ", ".join(f"{reason.params['aisle']}: {reason.code}" for reason in why)
    return Reason("no_slot_free", {"pallet": need.pallet, "aisles": told or "-"})

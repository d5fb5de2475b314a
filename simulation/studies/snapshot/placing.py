"""A snapshot in the twin's world: its pallets in their slots, and those that are still to come."""

from __future__ import annotations

import re
from collections import defaultdict

from simulation.loads import Box, Load
from simulation.studies.snapshot.document import Snapshot, Standing
from simulation.world import World

COUNTED = ((re.compile(r"E(\d{7})"), "empty pallets"), (re.compile(r"X(\d{7})"), "strange pallets"))
SPARE = re.compile(r"(P[A-Za-z][A-Za-z0-9_]*?)(\d{5})")


def place(snapshot: Snapshot, world: World) -> None:
    """Set every pallet that is here into its slot, before the twin's machines are built.

    A snapshot of another twin has pallets with names that machines give; what they give next begins behind them.
    """
    for pallet in snapshot.pallets:
        _counted(world, pallet.code)
        if pallet.slot:
            world.add(_load(pallet), pallet.slot)


def arriving(snapshot: Snapshot) -> tuple[tuple[str, tuple[Load, ...]], ...]:
    """Return the loads that are expected, by delivery."""
    found: dict[str, list[Load]] = defaultdict(list)
    for pallet in snapshot.pallets:
        if pallet.delivery:
            found[pallet.delivery].append(_load(pallet))
    return tuple((delivery, tuple(loads)) for delivery, loads in sorted(found.items()))


def waiting(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """Return (model, lot) of the lots that wait to be verified and that no open order has called off, oldest first."""
    called = {order.lot for order in snapshot.orders}
    oldest: dict[tuple[str, str], int] = {}
    for pallet in snapshot.pallets:
        for box in pallet.boxes:
            if box.meters and box.state in ("received", "expected") and box.lot and box.model:
                at_ms = pallet.arrived_ms if pallet.arrived_ms is not None else 0
                key = (box.model, box.lot)
                oldest[key] = min(oldest.get(key, at_ms), at_ms)
    return tuple(sorted((key for key in oldest if key[1] not in called), key=lambda key: (oldest[key], key)))


def _load(pallet: Standing) -> Load:
    piles: dict[int, list[Box]] = defaultdict(list)
    for box in pallet.boxes:
        piles[box.pile].append(Box(box.code, list(box.meters)))
    return Load(pallet.code, [piles[pile] for pile in sorted(piles)])


def _counted(world: World, code: str) -> None:
    """Let a counter of names go on behind a name that it would give again."""
    for pattern, counter in COUNTED:
        if (match := pattern.fullmatch(code)) is not None:
            world.counters[counter] = max(world.counters.get(counter, 0), int(match[1]))
    if (match := SPARE.fullmatch(code)) is not None:
        counter = f"spare {match[1]}"
        world.counters[counter] = max(world.counters.get(counter, 0), int(match[2]))

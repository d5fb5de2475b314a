"""A rack with units in zones, and the twin's crane that fetches what is wanted and puts the next of its kind away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plc.codes import CmdCode
from simulation.loads import Load
from simulation.validate.driver import Legs, before
from simulation.validate.rack import Rack


@dataclass(frozen=True, slots=True)
class Zone:
    """Slots (numbers, the nearest slot first) and how many units are kept there; units by rank fill zone by zone."""

    slots: range
    units: int


class Store:
    """The rack of one run: every unit in a slot of its zone, by chance."""

    def __init__(self, rack: Rack, zones: Sequence[Zone], draws: np.random.Generator) -> None:
        """Put the units away."""
        self._driver, names = before(rack)
        self._draws, self._zone_of, self._free = draws, list[int](), list[list[str]]()
        order = np.argsort(rack.grid().out_s().ravel(), kind="stable").tolist()
        for number, zone in enumerate(zones):
            numbers = draws.permutation(zone.slots).tolist() if len(zone.slots) > 1 else zone.slots
            slots = [names[order[slot]] for slot in numbers]
            for slot in slots[: zone.units]:
                self._driver.world.add(Load(_unit(len(self._zone_of))), slot)
                self._zone_of.append(number)
            self._free.append(slots[zone.units :])

    def mean_way_s(self, ranks: Sequence[int]) -> float:
        """Return the mean time from the door to the unit of each rank, fetching one after the other."""
        ways_s: list[float] = []
        chances = self._draws.random(len(ranks)).tolist()
        self._driver.env.run(self._driver.env.process(self._working(ranks, chances, ways_s)))
        return sum(ways_s) / len(ways_s)

    def _working(self, ranks: Sequence[int], chances: Sequence[float], ways_s: list[float]) -> Legs:
        driver = self._driver
        for rank, chance in zip(ranks, chances, strict=True):
            unit, began_s = _unit(rank), driver.env.now
            slot = driver.world.loads[unit].place
            yield from driver.send(CmdCode.TRANSPORT, unit, slot, driver.outfeed)
            ways_s.append(driver.picked_s - began_s)
            driver.leave(unit)
            driver.come(unit)
            target = self._chosen(rank, slot, chance)
            yield from driver.send(CmdCode.TRANSPORT, unit, driver.infeed, target)
            yield from driver.send(CmdCode.HOME, "", target, driver.infeed)

    def _chosen(self, rank: int, left: str, chance: float) -> str:
        """Return a free slot of the zone of a rank, now that `left` is free too."""
        free = self._free[self._zone_of[rank]]
        free.append(left)
        at = int(chance * len(free))
        free[at], free[-1] = free[-1], free[at]
        return free.pop()


def _unit(rank: int) -> str:
    return f"U{rank}"

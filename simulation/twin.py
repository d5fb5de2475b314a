"""The twin: the whole plant as soft PLCs with machines, put together once for any wire."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from plc.clock import Clock
from plc.link import Port
from plc.plant.model import Plant
from plc.plant.stations import GoodsIn, Picking
from simulation.benches import furnish, natures_of
from simulation.clock import PlantStepper
from simulation.delivery import read_delivery
from simulation.devices.goods_in import Arrival
from simulation.devices.scanner import LabelReader
from simulation.hall import Hall
from simulation.loads import Load
from simulation.mishaps import StudyMishaps
from simulation.softplc import Cable, Rack, SoftPlc
from simulation.study import Delivery, Study, StudyError, check_study
from simulation.world import World


@dataclass(frozen=True, slots=True)
class Wires:
    """How the twin reaches the WCS: two clocks, a port for each PLC, a cable where a wire can be cut from outside.

    `beating` is for wires over which the life counters count; `watched` if anybody looks at moving cranes.
    """

    clock: Clock
    wire_clock: Clock
    ports: Mapping[str, Port]
    cables: Mapping[str, Cable] = field(default_factory=dict[str, Cable])
    beating: bool = True
    watched: bool = True


class Twin:
    """The plant that stands in for the plant.

    `readers` are the scanners by id (`LabelReader.read`), `plcs` the soft PLCs by id, `world` what is where,
    `benches` the verification benches by id, `nature_of` the truth about a meter.
    """

    def __init__(
        self, plant: Plant, study: Study, *, world: World, wires: Wires, only: Collection[str] | None = None
    ) -> None:
        """Build everything that belongs to the PLCs named in `only`, or to all; raises StudyError.

        A new world is furnished with the deliveries and empty pallets; one that was kept goes on as it stood.
        """
        if problems := check_study(study, plant):
            raise StudyError(problems)
        self.plant, self.study, self.world = plant, study, world
        self.stepper = PlantStepper(wires.clock)
        self.hall = Hall(self.stepper.env, plant, world, study.physics())
        self.hall.watched = wires.watched
        plan, loads = _deliveries(plant, study)
        if not world.counters.get("furnished"):
            _furnish(world, plant, loads)
        names = [name for name in plant.plcs if only is None or name in only]
        self.plcs = {name: self._plc(name, wires, plan) for name in names}
        self.readers = {spec.id: LabelReader(self.hall, spec) for spec in plant.scanners.values()}
        self.nature_of = natures_of(study)
        self.benches = furnish(self.hall, wires.clock, self.nature_of, only=names)
        self._mishaps = StudyMishaps(self.hall, study.faults)
        self.hall.mishaps = self._mishaps

    async def start(self) -> None:
        """Let the plant run."""
        self.stepper.start()
        for plc in self.plcs.values():
            await plc.start()
        self._mishaps.pull_cables(dict(self.plcs))
        self.stepper.inject(lambda: None)

    async def stop(self) -> None:
        """Stand still, with everything written down."""
        for plc in self.plcs.values():
            await plc.kill()
        self.stepper.stop()
        self.world.commit(self.stepper.env.now)

    def _plc(self, name: str, wires: Wires, plan: Mapping[str, list[Arrival]]) -> SoftPlc:
        cable = wires.cables.get(name)
        rack = Rack(self.hall, self.stepper, wires.wire_clock, wires.ports[name], cable, wires.beating)
        return SoftPlc(name, rack, self.plant.devices_by_plc[name], plan)


def _deliveries(plant: Plant, study: Study) -> tuple[dict[str, list[Arrival]], list[Load]]:
    """Return what comes to which goods-in station when, and all those pallets."""
    plan: dict[str, list[Arrival]] = {}
    loads: list[Load] = []
    default = next((s.id for s in plant.stations.values() if isinstance(s, GoodsIn)), "")
    for number, delivery in enumerate(sorted(study.deliveries, key=lambda d: d.at_s)):
        pallets = _ordered(delivery, random.Random(f"{study.seed}/{number}"))
        loads += pallets
        arrivals = plan.setdefault(delivery.station or default, [])
        arrivals += [Arrival(load.code, delivery.at_s, delivery.gap_s) for load in pallets]
    return plan, loads


def _ordered(delivery: Delivery, chance: random.Random) -> list[Load]:
    pallets = read_delivery(delivery.file)
    if delivery.order == "reversed":
        pallets.reverse()
    elif delivery.order == "shuffled":
        chance.shuffle(pallets)
    return pallets


def _furnish(world: World, plant: Plant, loads: list[Load]) -> None:
    """Put the deliveries into the yard and empty pallets into the magazines of a new world."""
    for load in loads:
        world.add(load, "yard")
    for station in plant.stations.values():
        if isinstance(station, Picking):
            for _ in range(station.magazine):
                world.add(Load(f"E{world.count('empty pallets'):07}"), station.id)
    world.count("furnished")
    world.commit(0.0)

"""Every row of the validation with the usual parameters, by subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plc.plant.model import Plant
from simulation.validate.belt import line
from simulation.validate.classes import storage, turnover
from simulation.validate.curve import Curve
from simulation.validate.cycles import constant_speed, crane
from simulation.validate.fem import any_slot, fem_cycles
from simulation.validate.pair import Pair
from simulation.validate.rack import Rack
from simulation.validate.rows import Experiment
from simulation.validate.waiting import queue

CYCLES = 20_000
ORDERS = 200_000
PARTS = 100_000
LOADS = (0.5, 0.8, 0.9)
BUFFERS = (0, 1, 2, 5)
CURVES = (Curve(0.2, 0.6), Curve(0.2, 0.8))
CLASSES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is held against theory, as on the command line, and its experiments."""

    name: str
    experiments: tuple[Experiment, ...]


def subjects(plant: Plant) -> tuple[Subject, ...]:
    """Return all subjects; of the plant, its first crane is taken. Raises OutOfBounds if it has none."""
    rack, first = Rack(), next(iter(plant.cranes), "")
    return (
        Subject("crane", (crane(rack, cycles=CYCLES), constant_speed(rack, cycles=CYCLES))),
        Subject("fem", (fem_cycles(plant, first), any_slot(plant, first, cycles=CYCLES))),
        Subject("queue", tuple(queue(rack, load=load, orders=ORDERS) for load in LOADS)),
        Subject("line", tuple(line(Pair(buffer=buffer), parts=PARTS) for buffer in BUFFERS)),
        Subject(
            "storage",
            tuple(experiment for curve in CURVES for experiment in by_curve(curve, cycles=CYCLES, classes=CLASSES)),
        ),
    )


def by_curve(curve: Curve, *, cycles: int, classes: tuple[int, ...]) -> Iterator[Experiment]:
    """Yield storage by so many classes each, and by full turnover. Raises OutOfBounds."""
    for count in classes:
        yield storage(curve, classes=count, cycles=cycles)
    yield turnover(curve, cycles=cycles)

"""The rows of a crane of a plant file: the test cycles of FEM 9.851, and cycles to any slot.

FEM 9.851 (06.2003) takes the means of a rack from two points: P1 at (L/5, 2H/3) and P2 at (2L/3, H/5), with the input
and the output at (0, 0); here the slots nearest to them. L and H are what the crane reaches. The points are an
approximation of the mean, so the test cycles are held against their own arithmetic, and the mean against all slots.
"""

from __future__ import annotations

from collections.abc import Iterator

from plc.plant.model import Plant
from plc.plant.places import slot_id
from plc.plant.storage import Aisle, Crane
from simulation.validate.axes import Axis, Grid
from simulation.validate.bounds import OutOfBounds, problems
from simulation.validate.cycles import BOUNDS, SAMPLES, drawn, timed
from simulation.validate.driver import Driver, Legs
from simulation.validate.interval import Estimate
from simulation.validate.rows import Experiment, Figure, Look
from simulation.validate.textbook import FEM


def fem_cycles(plant: Plant, crane: str) -> Experiment:
    """Return the single cycles to P1 and P2 and the dual cycle over both, against the arithmetic of FEM 9.851.

    Raises OutOfBounds.
    """
    spec, aisle = _found(plant, crane)
    p1, p2 = _nearest(aisle, 1 / 5, 2 / 3), _nearest(aisle, 2 / 3, 1 / 5)
    single_1, single_2, dual = grid(spec, aisle).test_cycles_s(p1, p2)
    figures = (
        Figure("single_p1", single_1, "s", f"{FEM}, P1 (L/5, 2H/3): {_slot(aisle, p1)}"),
        Figure("single_p2", single_2, "s", f"{FEM}, P2 (2L/3, H/5): {_slot(aisle, p2)}"),
        Figure("dual_p1_p2", dual, "s", f"{FEM}, P1 and P2"),
    )

    def run(look: Look) -> list[Estimate]:
        driver, (a, b) = Driver(plant, spec), (_slot(aisle, p1), _slot(aisle, p2))
        return [Estimate(_took_s(driver, legs)) for legs in (driver.single(a), driver.single(b), driver.dual(a, b))]

    return Experiment(crane, f"crane {crane} of {plant.name}, test cycles", figures, run, "one cycle, no chance")


def any_slot(plant: Plant, crane: str, *, cycles: int) -> Experiment:
    """Return cycles of the same crane to random slots of one side, against the mean over all. Raises OutOfBounds."""
    if found := problems({"cycles": cycles}, BOUNDS):
        raise OutOfBounds(found)
    spec, aisle = _found(plant, crane)
    rack = grid(spec, aisle)
    figures = (
        Figure("single", rack.single_s(), "s", "mean over all slots"),
        Figure("dual", rack.dual_s(), "s", "mean over all ordered pairs of two slots"),
    )

    def run(look: Look) -> list[Estimate]:
        size = cycles * look.factor
        return timed(Driver(plant, spec), _pairs(aisle, size, look), size, look)

    return Experiment(crane, f"crane {crane} of {plant.name}, any slot", figures, run, SAMPLES)


def grid(spec: Crane, aisle: Aisle) -> Grid:
    """Return an aisle as its crane meets it: column 1 is one pitch away, level 1 at the height of the in-feed."""
    pitch_x, pitch_y = aisle.column_pitch_m, aisle.level_pitch_m
    along = Axis(pitch_x, pitch_x, aisle.columns, spec.speed_x_m_s, spec.accel_x_m_s2)
    up = Axis(0.0, pitch_y, aisle.levels, spec.speed_y_m_s, spec.accel_y_m_s2)
    return Grid(along, up, spec.fork_s, spec.positioning_s)


def _found(plant: Plant, crane: str) -> tuple[Crane, Aisle]:
    if not plant.cranes:
        raise OutOfBounds(["--plant names a plant without a crane: name another one"])
    if crane not in plant.cranes:
        raise OutOfBounds([f"--crane is {crane!r}, not one of {', '.join(plant.cranes)}"])
    spec = plant.cranes[crane]
    aisle = plant.aisles[spec.aisle]
    if aisle.columns * aisle.levels == 1:
        raise OutOfBounds([f"--crane {crane} has one slot to a side: take another one, a dual cycle needs two"])
    return spec, aisle


def _nearest(aisle: Aisle, along: float, up: float) -> tuple[int, int]:
    """Return column and level, from 0, nearest to a share of the length and of the height that the crane reaches."""
    return max(0, round(along * aisle.columns) - 1), round(up * (aisle.levels - 1))


def _slot(aisle: Aisle, at: tuple[int, int]) -> str:
    return slot_id(aisle.id, 1, at[0] + 1, at[1] + 1)


def _pairs(aisle: Aisle, size: int, look: Look) -> Iterator[tuple[str, str]]:
    names = [_slot(aisle, divmod(number, aisle.levels)) for number in range(aisle.columns * aisle.levels)]
    return ((names[put], names[get]) for put, get in drawn(len(names), size, look))


def _took_s(driver: Driver, legs: Legs) -> float:
    began_s = driver.env.now
    driver.env.run(driver.env.process(legs))
    return driver.env.now - began_s

"""From slots and moves to a store: aisles with their racks and cranes, the fewest that hold and move everything."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulation.studies.capacity.cycles import Block, Cycles, by_chance, cycles
from simulation.studies.capacity.figures import EXACT, KINEMATICS, QUEUE, SIZED, Figure, Sheet
from simulation.studies.capacity.plan import FlowPlan, PlanError

COLUMNS_MOST = 99  # of a plant file
LEVELS_MOST = 99


@dataclass(frozen=True, slots=True)
class Rack:
    """The store that is built: `aisles` alike, each with its crane, `sides` racks of `columns` x `levels` slots."""

    aisles: int
    sides: int
    columns: int
    levels: int
    column_m: float
    level_m: float
    needed: int
    """Slots of the fullest year."""

    @property
    def slots(self) -> int:
        """Return the slots of all aisles."""
        return self.aisles * self.sides * self.columns * self.levels

    @property
    def block(self) -> Block:
        """Return what one crane sees."""
        return Block(self.columns, self.levels, self.column_m, self.level_m)


def build(plan: FlowPlan, slots: float, into: float, out_of: float) -> Rack:
    """Return the rack with the fewest aisles that has `slots` and whose cranes do the peak's moves an hour.

    Raises PlanError with the limit that stands in the way.
    """
    levels, columns = _levels(plan), _columns(plan)
    found: Rack | None = None
    for aisles in range(1, plan.store.aisles_most + 1):
        wide = max(1, math.ceil(slots / (plan.store.sides * levels * aisles) - 1e-9))
        if wide > columns:
            continue
        found = Rack(
            aisles, plan.store.sides, wide, levels, plan.unit.width_m + plan.unit.beside_m,
            plan.unit.height_m + plan.unit.above_m, math.ceil(slots),
        )  # fmt: skip
        if _load(plan, found, into, out_of) <= plan.store.utilisation:
            return found
    most = plan.store.aisles_most
    if found is None:
        room = most * plan.store.sides * levels * columns
        raise PlanError(
            [f"store: {slots:.0f} slots are needed, {most} aisles within its height and length hold {room}"]
        )
    load = _load(plan, found, into, out_of)
    raise PlanError(
        [f"store: {into + out_of:.0f} moves an hour load {most} cranes by {load:.0%}, the plan allows "
         f"{plan.store.utilisation:.0%}"]
    )  # fmt: skip


def mixed(plan: FlowPlan, rack: Rack, into: float, out_of: float) -> Cycles:
    """Return the cycles of one crane with the plan's share of dual cycles, or with chance's."""
    dual = plan.crane.dual if plan.crane.dual is not None else by_chance(into, out_of)
    return cycles(plan.crane, rack.block, dual)


def put_rack(plan: FlowPlan, rack: Rack, sheet: Sheet) -> None:
    """Take down the size of a slot, how many there are, and the size of the whole storage unit."""
    unit, store = plan.unit, plan.store
    sheet.put(_sum("slot.width", (("w", unit.width_m), ("a", unit.beside_m))))
    sheet.put(_sum("slot.height", (("u", unit.height_m), ("b", unit.above_m))))
    sheet.put(Figure("slot.depth", unit.depth_m, "m", "t", (("t", unit.depth_m, "m"),)))
    sheet.put(Figure("slot.load", unit.weight_kg, "kg", "G", (("G", unit.weight_kg, "kg"),)))
    room = (("H", store.height_m, "m"), ("b", store.base_m, "m"), ("t", store.top_m, "m"), ("h", rack.level_m, "m"))
    sheet.put(Figure("levels", rack.levels, "levels", "⌊(H - b - t) / h⌋", room, SIZED))
    shape = (("s", store.sides, "racks"), ("l", rack.levels, "levels"), ("A", rack.aisles, "aisles"))
    slots = (("S", rack.needed, "slots"), *shape)
    sheet.put(Figure("columns", rack.columns, "columns", "⌈S / (s l A)⌉", slots, SIZED))
    sheet.put(Figure("slots", rack.slots, "slots", "s l A c", (*shape, ("c", rack.columns, "columns")), SIZED))
    _dimensions(plan, rack, sheet)


def _dimensions(plan: FlowPlan, rack: Rack, sheet: Sheet) -> None:
    unit, store = plan.unit, plan.store
    long = (("c", rack.columns, "columns"), ("w", rack.column_m, "m"), ("e", store.ends_m, "m"))
    sheet.put(Figure("rack.length", rack.columns * rack.column_m + store.ends_m, "m", "c w + e", long, SIZED))
    both = (("s", store.sides, "racks"), ("t", unit.depth_m, "m"))
    wide = (("A", rack.aisles, "aisles"), ("g", store.aisle_m, "m"), *both)
    width = rack.aisles * (store.aisle_m + store.sides * unit.depth_m)
    sheet.put(Figure("rack.width", width, "m", "A (g + s t)", wide, SIZED))
    high = (("b", store.base_m, "m"), ("l", rack.levels, "levels"), ("h", rack.level_m, "m"), ("t", store.top_m, "m"))
    height = store.base_m + rack.levels * rack.level_m + store.top_m
    sheet.put(Figure("rack.height", height, "m", "b + l h + t", high, SIZED))


def put_cranes(plan: FlowPlan, rack: Rack, sheet: Sheet) -> None:
    """Take down the cycle times, the cranes that the year needs, and how busy those that are built are."""
    times = _cycles(plan, rack, sheet)
    flows = (("i", sheet.value("in.peak"), "pallets/h"), ("o", sheet.value("out.peak"), "pallets/h"))
    moves = flows[0][1] + flows[1][1]
    work = (*flows, ("E", times.move_s, "s"), ("k", plan.crane.availability, "1"))
    busy = (*work, ("r", plan.store.utilisation, "1"))
    hours = moves * times.move_s / 3600 / plan.crane.availability
    needed = max(1, math.ceil(hours / plan.store.utilisation - 1e-9))
    sheet.put(Figure("cranes.needed", needed, "cranes", "⌈(i + o) E / (3600 k r)⌉", busy, SIZED))
    room = rack.slots // rack.aisles
    least = max(needed, math.ceil(sheet.value("slots.needed") / room - 1e-9))
    both = (("n", needed, "cranes"), ("S", sheet.value("slots.needed"), "slots"), ("m", room, "slots/aisle"))
    sheet.put(Figure("cranes", least, "cranes", "max(n, ⌈S / m⌉)", both, SIZED))
    shared = (*work, ("A", rack.aisles, "cranes"))
    sheet.put(Figure("crane.load", hours / rack.aisles, "1", "(i + o) E / (3600 k A)", shared, KINEMATICS))
    each = moves / rack.aisles / plan.crane.availability
    waits = (("λ", each / 3600, "1/s"), ("E", times.move_s, "s"), ("E2", times.move_square_s2, "s²"))
    sheet.put(Figure("crane.wait", times.wait_s(each), "s", "λ E2 / (2 (1 - λ E))", waits, QUEUE))


def _cycles(plan: FlowPlan, rack: Rack, sheet: Sheet) -> Cycles:
    """Take down the cycles of a crane and the share of dual ones."""
    into, out_of, crane = sheet.value("in.peak"), sheet.value("out.peak"), plan.crane
    times = mixed(plan, rack, into, out_of)
    kinds = (
        ("c", rack.columns, "columns"), ("l", rack.levels, "levels"), ("w", rack.column_m, "m"),
        ("h", rack.level_m, "m"), ("vx", crane.speed_x_m_s, "m/s"), ("ax", crane.accel_x_m_s2, "m/s²"),
        ("vy", crane.speed_y_m_s, "m/s"), ("ay", crane.accel_y_m_s2, "m/s²"), ("f", crane.fork_s, "s"),
        ("p", crane.positioning_s, "s"),
    )  # fmt: skip
    sheet.put(Figure("cycle.single", times.single_s, "s", "2 f + 2 E[t(slot)]", kinds, EXACT))
    sheet.put(Figure("cycle.dual", times.dual_s, "s", "4 f + 2 E[t(slot)] + E[t(slot, slot)]", kinds, EXACT))
    flows = (("i", into, "pallets/h"), ("o", out_of, "pallets/h"))
    chosen = "2 i o / (i + o)²" if crane.dual is None else "d"
    sheet.put(Figure("dual.share", times.dual, "1", chosen, flows if crane.dual is None else (("d", crane.dual, "1"),)))
    mix = (("D", times.dual, "1"), ("Es", times.single_s, "s"), ("Ed", times.dual_s, "s"))
    sheet.put(Figure("move", times.move_s, "s", "(1 - D) Es + D Ed / 2", mix, EXACT))
    return times


def _load(plan: FlowPlan, rack: Rack, into: float, out_of: float) -> float:
    """Return the busy share of each crane in the peak hour, the time that it is down counted as busy."""
    moves = (into + out_of) / rack.aisles
    return moves * mixed(plan, rack, into, out_of).move_s / 3600 / plan.crane.availability


def _levels(plan: FlowPlan) -> int:
    pitch = plan.unit.height_m + plan.unit.above_m
    return min(LEVELS_MOST, math.floor((plan.store.height_m - plan.store.base_m - plan.store.top_m) / pitch + 1e-9))


def _columns(plan: FlowPlan) -> int:
    pitch = plan.unit.width_m + plan.unit.beside_m
    return min(COLUMNS_MOST, math.floor((plan.store.longest_m - plan.store.ends_m) / pitch + 1e-9))


def _sum(key: str, parts: tuple[tuple[str, float], ...]) -> Figure:
    inputs = tuple((symbol, value, "m") for symbol, value in parts)
    return Figure(key, sum(value for _, value in parts), "m", " + ".join(symbol for symbol, _ in parts), inputs)

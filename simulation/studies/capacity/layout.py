"""From a sizing to a plant file: one loop, the aisles along its one side, lines and docks along the other.

A drawing to begin with: every machine that the calculation asks for is there and can be reached, so that the twin can
run it; a planner moves things afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from simulation.studies.capacity.drawing import Drawing, Entry, text
from simulation.studies.capacity.lines import draw_line
from simulation.studies.capacity.plan import Phase, PlanError
from simulation.studies.capacity.sizing import Sizing

PITCH_M = 6.0  # from one point of the loop to the next
DEPTH_M = 24.0  # of the loop
SPUR_M = 5.0
REACTIONS = {
    "no_read": "clarify", "weight": "clarify", "profile": "clarify", "slot_occupied": "other_slot",
    "slot_empty": "substitute", "machine_fault": "hold", "link_lost": "resync",
}  # fmt: skip


def plant_text(sizing: Sizing, *, name: str = "") -> str:
    """Return the text of a plant file with the machines of the design year.

    Raises PlanError if one loop cannot carry the flow, or the plant would have more machines than a file can say.
    """
    design = sizing.design
    if (loops := design.value("loops")) > 1:
        flow, room = design.value("loop.flow"), design.value("loop.room")
        raise PlanError(
            [f"conveyor: {flow:.0f} pallets an hour want {loops:.0f} loops of {room:.0f}; one can be drawn"]
        )
    belt = sizing.plan.conveyor
    drawing = Drawing(belt.speed_m_s, sizing.plan.unit.depth_m + belt.gap_m)
    sections = _sections(sizing, drawing)
    head = {
        "name": name or sizing.plan.name,
        "epoch": "2026-01-01T00:00:00Z",
        "pallet_length_m": sizing.plan.unit.depth_m,
        "plcs": drawing.plcs,
        "points": drawing.points,
        "segments": drawing.segments,
    }
    says = f"{sizing.plan.name}, year {design.number}: drawn by the capacity calculator from a flow plan."
    return text({**head, **sections, "scanners": drawing.scanners, "reactions": REACTIONS}, says)


def _sections(sizing: Sizing, drawing: Drawing) -> dict[str, Any]:
    spots = _spots(sizing)
    nodes = _loop(drawing, len(spots))
    stations: dict[str, Entry] = {}
    aisles: dict[str, Entry] = {}
    cranes: dict[str, Entry] = {}
    lines: dict[str, Entry] = {}
    docks: dict[str, Entry] = {}
    for (kind, number), node, after in zip(spots, nodes, [*nodes[1:], nodes[0]], strict=True):
        match kind:
            case "goods_in":
                stations |= _goods_in(sizing, drawing, number, node)
            case "clarification":
                stations |= _clarification(drawing, node, after)
            case "aisle":
                aisles[f"A{number}"], cranes[f"SC{number}"] = _aisle(sizing, drawing, number, (node, after))
            case "picking":
                stations |= _picking(drawing, node, after)
            case "dock":
                docks[f"DK{number}"] = _dock(sizing, drawing, number, node)
            case _:
                phase: Phase = "1ph" if kind == "1ph" else "3ph"
                lines[f"VL{number}"] = draw_line(sizing, drawing, phase, number, (node, after))
    ring = [drawing.way(a, b, room=2, filled=True) for a, b in pairwise([*nodes, nodes[0]])]
    room = sum(drawing.segments[segment]["capacity"] for segment in ring)
    zone = {"LOOP": {"segments": ring, "capacity": room * 3 // 4}}
    return {
        "zones": zone, "aisles": aisles, "cranes": cranes, "stations": stations, "lines": lines, "docks": docks,
    }  # fmt: skip


def _spots(sizing: Sizing) -> list[tuple[str, int]]:
    """Return what stands along the loop in its direction: goods-in first, docks last."""
    design = sizing.design
    found = [("goods_in", n) for n in range(1, round(design.value("goods_in")) + 1)]
    found.append(("clarification", 1))
    found += [("aisle", n) for n in range(1, sizing.rack.aisles + 1)]
    found.append(("picking", 1))
    phases = [phase for phase in sizing.plan.phases for _ in range(round(design.value(f"lines.{phase}")))]
    found += [(phase, n) for n, phase in enumerate(phases, 1)]
    found += [("dock", n) for n in range(1, round(design.value("docks")) + 1)]
    return found


def _loop(drawing: Drawing, count: int) -> list[str]:
    """Put the points of the loop down, half of them along the upper side, half back along the lower one."""
    upper = (count + 1) // 2
    for n in range(count):
        back = n >= upper
        x_m = PITCH_M * (2 * upper - 1 - n if back else n)
        drawing.point(f"L{n + 1}", x_m, DEPTH_M if back else 0.0)
    return [f"L{n + 1}" for n in range(count)]


def _beside(drawing: Drawing, node: str, out_m: float = SPUR_M, along_m: float = 0.0) -> tuple[float, float]:
    """Return a place outside the loop, next to one of its points; `along_m` in the direction of the loop."""
    point = drawing.points[node]
    upper = point["y_m"] < DEPTH_M / 2
    return point["x_m"] + (along_m if upper else -along_m), point["y_m"] + (-out_m if upper else out_m)


def _goods_in(sizing: Sizing, drawing: Drawing, number: int, node: str) -> dict[str, Entry]:
    point = drawing.point(f"GI{number}P", *_beside(drawing, node))
    drawing.way(point, node, room=2)
    return {
        f"GI{number}": {
            "kind": "goods_in", "point": point, "scanner": drawing.scanner(point),
            "max_weight_kg": sizing.plan.unit.weight_kg, **drawing.at("TR"),
        }
    }  # fmt: skip


def _clarification(drawing: Drawing, node: str, after: str) -> dict[str, Entry]:
    point = drawing.point("CLP", *_beside(drawing, node, along_m=PITCH_M / 2))
    drawing.way(node, point, room=4)
    drawing.way(point, after, room=2)
    return {
        "CL1": {
            "kind": "clarification", "point": point, "scanner": drawing.scanner(point), "capacity": 4,
            **drawing.at("TR"),
        }
    }  # fmt: skip


def _aisle(sizing: Sizing, drawing: Drawing, number: int, nodes: tuple[str, str]) -> tuple[Entry, Entry]:
    """Put an aisle down: its in-feed leaves the loop at one point, its out-feed joins it at the next."""
    rack, unit, crane = sizing.rack, sizing.plan.unit, sizing.plan.crane
    infeed = drawing.point(f"A{number}I", *_beside(drawing, nodes[0], along_m=1.0))
    outfeed = drawing.point(f"A{number}O", *_beside(drawing, nodes[1], along_m=-1.0))
    drawing.way(nodes[0], infeed, room=3)
    drawing.way(outfeed, nodes[1], room=2)
    clear = {"name": "normal", "from_level": 1, "to_level": rack.levels, "height_m": round(unit.height_m + 0.1, 3)}
    aisle = {
        "number": number, "crane": f"SC{number}", "infeed": infeed, "outfeed": outfeed, "sides": rack.sides,
        "columns": rack.columns, "levels": rack.levels, "depth": 1, "column_pitch_m": round(rack.column_m, 3),
        "level_pitch_m": round(rack.level_m, 3), "max_weight_kg": unit.weight_kg, "height_classes": [clear],
    }  # fmt: skip
    speeds = crane.model_dump(exclude={"dual", "availability"})
    return aisle, {"aisle": f"A{number}", **drawing.at("ST"), **speeds}


def _picking(drawing: Drawing, node: str, after: str) -> dict[str, Entry]:
    source = drawing.point("PKS", *_beside(drawing, node, along_m=1.0))
    target = drawing.point("PKT", *_beside(drawing, node, along_m=4.0))
    drawing.way(node, source, room=2)
    drawing.way(source, after, room=2)
    drawing.way(target, after, room=2)
    station = {"kind": "picking", "source": source, "target": target, "magazine": 50, "pallet_s": 12, "box_s": 8}
    return {"PK1": {**station, **drawing.at("TR")}}


def _dock(sizing: Sizing, drawing: Drawing, number: int, node: str) -> Entry:
    point = drawing.point(f"D{number}P", *_beside(drawing, node))
    drawing.way(node, point, room=4)
    return {"point": point, "handover_s": sizing.plan.dock.handover_s, **drawing.at("TR")}


def devices(sizing: Sizing) -> Iterator[tuple[str, int]]:
    """Yield how many machines of each kind the drawing has: what the check compares with the figures."""
    design = sizing.design
    yield "cranes", sizing.rack.aisles
    for phase in sizing.plan.phases:
        yield f"benches.{phase}", round(design.value(f"benches.{phase}"))
        yield f"lines.{phase}", round(design.value(f"lines.{phase}"))
    yield "docks", round(design.value("docks"))

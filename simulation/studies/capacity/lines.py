"""The lines of a drawn plant: cells in their chain, benches spread evenly."""

from __future__ import annotations

from simulation.studies.capacity.drawing import Drawing, Entry
from simulation.studies.capacity.plan import FlowPlan, Phase
from simulation.studies.capacity.sizing import Sizing

FIRST_EQUIPMENT_PORT = 26_000
SPARE_CARRIERS = 12  # in the cells before and behind the benches


def draw_line(sizing: Sizing, drawing: Drawing, phase: Phase, number: int, nodes: tuple[str, str]) -> Entry:
    """Put a line down: in-feed and empties leave the loop at its first point, the out-feed joins it at the second."""
    node, after = nodes
    x_m, y_m = drawing.points[node]["x_m"], drawing.points[node]["y_m"]
    upper = y_m <= 0
    side, along = (-1, 1) if upper else (1, -1)
    infeed = drawing.point(f"LI{number}", x_m, y_m + side * 6)
    supply = drawing.point(f"LE{number}", x_m + along * 2, y_m + side * 6)
    outfeed = drawing.point(f"LO{number}", x_m + along * 4, y_m + side * 6)
    drawing.way(node, infeed, room=4)
    drawing.way(node, supply, room=2)
    drawing.way(outfeed, after, room=2)
    line = sizing.plan.line(phase)
    benches = _benches_of(sizing, phase, number)
    bays = line.positions // line.places
    return {
        "infeed": infeed, "outfeed": outfeed, "scanner": drawing.scanner(outfeed), "queue": 4, "phase": phase,
        "places": line.places, "carriers": benches * bays + bays + SPARE_CARRIERS,
        "cells": _cells(sizing.plan, drawing, phase, number, benches),
    }  # fmt: skip


def _benches_of(sizing: Sizing, phase: Phase, number: int) -> int:
    """Return the benches of the line with a number: the phase's, dealt out evenly."""
    lines = round(sizing.design.value(f"lines.{phase}"))
    before = sum(
        round(sizing.design.value(f"lines.{p}")) for p in sizing.plan.phases[: sizing.plan.phases.index(phase)]
    )
    benches = round(sizing.design.value(f"benches.{phase}"))
    place = number - before - 1
    return max(1, benches // lines + (place < benches % lines))


def _cells(plan: FlowPlan, drawing: Drawing, phase: Phase, number: int, benches: int) -> dict[str, Entry]:
    line, trade = plan.line(phase), f"VC{number}_"
    bays = line.positions // line.places
    meter_s = line.meter_s
    found: dict[str, Entry] = {
        f"UL{number}": {"kind": "unloading", "box_s": line.box_s, "meter_s": line.meter_s, **drawing.at(trade)},
        f"WV{number}": {
            "kind": "withstand",
            "capacity": min(12, bays + 2),
            "at_once": min(12, bays),
            **drawing.at(trade),
        },
        f"IM{number}": {"kind": "imaging", "meter_s": meter_s, **drawing.at(trade)},
    }
    for bench in range(1, benches + 1):
        name = f"BN{number}_{bench:02}"
        port = FIRST_EQUIPMENT_PORT + 100 * number + bench
        found[name] = {
            "kind": "bench", "positions": line.positions, "equipment": f"tcp://127.0.0.1:{port}",
            "channel": f"ptys/{name}-{{position:03}}", "baud": 9600, "parity": "N", **drawing.at(trade),
        }  # fmt: skip
    found[f"SO{number}"] = {"kind": "sorting", "capacity": 6, "meter_s": 2, **drawing.at(trade)}
    found[f"SE{number}"] = {"kind": "sealing", "capacity": 4, "meter_s": meter_s, **drawing.at(trade)}
    found[f"LB{number}"] = {"kind": "labelling", "capacity": 4, "meter_s": meter_s, **drawing.at(trade)}
    found[f"PC{number}"] = _packing(plan, drawing, phase, number)
    return found


def _packing(plan: FlowPlan, drawing: Drawing, phase: Phase, number: int) -> Entry:
    """Return the packing cell: pallets of as many boxes as the phase's first family has on its own."""
    family = next(family for family in plan.families if family.phase == phase)
    boxes, piles = family.boxes_per_pallet, family.piles
    return {
        "kind": "packing", "supply": f"LE{number}", "meter_s": plan.line(phase).meter_s,
        "boxes_per_pile": boxes // piles, "piles_per_pallet": piles, "magazine": 4 * boxes, "call_at": 2 * boxes,
        **drawing.at(f"VC{number}_"),
    }  # fmt: skip

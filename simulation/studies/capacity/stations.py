"""From meters and pallets an hour to benches, lines, docks, goods-in stations and the load of the loop."""

from __future__ import annotations

import math

from simulation.studies.capacity.figures import KINEMATICS, Figure, Sheet
from simulation.studies.capacity.plan import FlowPlan, Phase


def put_stations(plan: FlowPlan, sheet: Sheet) -> None:
    """Take down benches and lines of each phase, docks, goods-in stations, and how full the loop is."""
    for phase in plan.phases:
        _benches(plan, phase, sheet)
    _docks(plan, sheet)
    _loop(plan, sheet)


def _benches(plan: FlowPlan, phase: Phase, sheet: Sheet) -> None:
    line, when = plan.line(phase), plan.flows.verification
    families = [family for family in plan.families if family.phase == phase]
    meters = {family.model: sheet.value(f"verified.{family.model}") for family in families}
    total = sum(meters.values())
    inputs = (("V", total, "meters/a"), ("d", when.days, "d/a"), ("h", when.hours, "h/d"), ("s", when.peak, "1"))
    hourly = total / when.days / when.hours * when.peak
    peak = sheet.put(Figure("tests.peak", hourly, "meters/h", "V s / (d h)", inputs, of=phase))
    minutes, parts, terms = 0.0, [("k", line.availability, "1")], list[str]()
    for number, family in enumerate(families, 1):
        share, runs = meters[family.model] / total, family.runs(line.positions)
        minutes += share * runs * (family.run_min + line.change_min) / family.lot
        terms.append(f"w{number} n{number} b{number}/L{number}")
        parts += [
            (f"w{number}", share, "1"), (f"n{number}", runs, "runs/lot"),
            (f"b{number}", family.run_min + line.change_min, "min/run"), (f"L{number}", family.lot, "meters/lot"),
        ]  # fmt: skip
    formula = f"60 k / ({' + '.join(terms)})"
    rate = sheet.put(
        Figure("bench.rate", 60 * line.availability / minutes, "meters/h", formula, tuple(parts), KINEMATICS, phase)
    )
    needed = (("Q", peak, "meters/h"), ("R", rate, "meters/h"), ("r", line.utilisation, "1"))
    benches = max(1, math.ceil(peak / rate / line.utilisation - 1e-9))
    sheet.put(Figure("benches", benches, "benches", "⌈Q / (R r)⌉", needed, of=phase))
    _lines(plan, phase, sheet)


def _lines(plan: FlowPlan, phase: Phase, sheet: Sheet) -> None:
    """Take down the lines: as many as their benches need, or the robots at their entries."""
    line = plan.line(phase)
    families = [family for family in plan.families if family.phase == phase]
    meters = sum(sheet.value(f"verified.{family.model}") for family in families)
    boxes = sum(sheet.value(f"verified.{family.model}") / family.per_box for family in families)
    takt = 3600 * line.availability / (line.meter_s + line.box_s * boxes / meters)
    robot = (
        ("k", line.availability, "1"), ("m", line.meter_s, "s"), ("x", line.box_s, "s"),
        ("n", meters / boxes, "meters/box"),
    )  # fmt: skip
    sheet.put(Figure("line.rate", takt, "meters/h", "3600 k / (m + x / n)", robot, KINEMATICS, phase))
    benches, peak = sheet.value(f"benches.{phase}"), sheet.value(f"tests.peak.{phase}")
    lines = max(math.ceil(benches / line.benches_most), math.ceil(peak / takt / line.utilisation - 1e-9))
    inputs = (
        ("B", benches, "benches"), ("n", line.benches_most, "benches/line"), ("Q", peak, "meters/h"),
        ("R", takt, "meters/h"), ("r", line.utilisation, "1"),
    )  # fmt: skip
    sheet.put(Figure("lines", lines, "lines", "max(⌈B / n⌉, ⌈Q / (R r)⌉)", inputs, of=phase))


def _docks(plan: FlowPlan, sheet: Sheet) -> None:
    dock = plan.dock
    for key, move, seconds in (
        ("docks", "delivery", dock.handover_s),
        ("goods_in", "arrival", dock.receive_s),
    ):
        peak = sheet.value(f"flow.peak.{move}")
        inputs = (("q", peak, "pallets/h"), ("t", seconds, "s"), ("r", dock.utilisation, "1"))
        stations = max(1, math.ceil(peak * seconds / 3600 / dock.utilisation - 1e-9))
        sheet.put(Figure(key, stations, "stations", "⌈q t / (3600 r)⌉", inputs))


def _loop(plan: FlowPlan, sheet: Sheet) -> None:
    """Take down what the loop carries if everything passes one place of it, and what it could."""
    belt = plan.conveyor
    flow = sheet.value("in.peak") + sheet.value("out.peak")
    parts = (("i", sheet.value("in.peak"), "pallets/h"), ("o", sheet.value("out.peak"), "pallets/h"))
    sheet.put(Figure("loop.flow", flow, "pallets/h", "i + o", parts))
    room = 3600 * belt.speed_m_s / (plan.unit.depth_m + belt.gap_m)
    inputs = (("v", belt.speed_m_s, "m/s"), ("l", plan.unit.depth_m, "m"), ("g", belt.gap_m, "m"))
    sheet.put(Figure("loop.room", room, "pallets/h", "3600 v / (l + g)", inputs, KINEMATICS))
    lanes = max(1, math.ceil(flow / room / belt.utilisation - 1e-9))
    needed = (("F", flow, "pallets/h"), ("C", room, "pallets/h"), ("r", belt.utilisation, "1"))
    sheet.put(Figure("loops", lanes, "loops", "⌈F / (C r)⌉", needed))

"""From meters a year to pallets an hour: how much of each family is to come, and what it moves in the store."""

from __future__ import annotations

from itertools import accumulate
from operator import mul

from simulation.studies.capacity.figures import Figure, Sheet
from simulation.studies.capacity.plan import Family, FlowPlan, Rhythm

INTO = ("arrival", "from_line", "empties_in")
OUT_OF = ("to_line", "empties_out", "delivery")
MOVES = (*INTO, *OUT_OF)
"""What a pallet does at the store: each of these is one move of a crane."""


def demand(plan: FlowPlan, family: Family) -> tuple[float, ...]:
    """Return the meters of each year, today's (year 0) first.

    >>> from simulation.studies.capacity.plan import Family, FlowPlan
    >>> f = Family(model="A", phase="1ph", meters_a_year=1000, per_box=15, boxes_per_pallet=20, run_min=100)
    >>> [round(meters) for meters in demand(FlowPlan(years=2, growth=0.1, families=(f,)), f)]
    [1000, 1100, 1210]
    """
    rate = plan.growth if family.growth is None else family.growth
    rates = rate if isinstance(rate, tuple) else (rate,) * plan.years
    return tuple(accumulate((1 + r for r in rates), mul, initial=family.meters_a_year))


def rhythm(plan: FlowPlan, move: str) -> Rhythm:
    """Return when pallets make a move."""
    match move:
        case "arrival":
            return plan.flows.arrival
        case "delivery":
            return plan.flows.delivery
        case _:
            return plan.flows.verification


def put_flows(plan: FlowPlan, year: int, sheet: Sheet) -> None:
    """Take down meters, pallets a year, and pallets an hour of each move, in the mean and at the peak."""
    for family in plan.families:
        _family(plan, family, year, sheet)
    for move in MOVES:
        _move(plan, move, sheet)
    for side, moves in (("in", INTO), ("out", OUT_OF)):
        for key in ("pallets", "mean", "peak"):
            parts = tuple((f"{key}_{move}", sheet.value(f"flow.{key}.{move}"), _unit(key)) for move in moves)
            formula = " + ".join(symbol for symbol, _, _ in parts)
            sheet.put(Figure(f"{side}.{key}", sum(value for _, value, _ in parts), _unit(key), formula, parts))


def _unit(key: str) -> str:
    return "pallets/a" if key == "pallets" else "pallets/h"


def _family(plan: FlowPlan, family: Family, year: int, sheet: Sheet) -> None:
    meters = demand(plan, family)[year]
    today = ("M0", family.meters_a_year, "meters/a")
    growth = (meters / family.meters_a_year) ** (1 / year) - 1 if year else 0.0
    inputs = (today, ("g", growth, "1/a"), ("n", year, "a"))
    sheet.put(Figure("meters", meters, "meters/a", "M0 (1 + g)^n", inputs, of=family.model))
    verified = meters * (1 + family.recheck_share)
    parts = (("M", meters, "meters/a"), ("c", family.recheck_share, "1"))
    sheet.put(Figure("verified", verified, "meters/a", "M (1 + c)", parts, of=family.model))
    rejected = (("M", meters, "meters/a"), ("r", family.reject_share, "1"))
    sheet.put(Figure("rejected", meters * family.reject_share, "meters/a", "M r", rejected, of=family.model))


def _move(plan: FlowPlan, move: str, sheet: Sheet) -> None:
    """Take down one move of all families: pallets a year, an hour in the mean, an hour at the peak."""
    key = "meters" if move in ("arrival", "delivery") else "verified"
    sizes = {family.model: family.per_pallet for family in plan.families}
    counts = {model: sheet.value(f"{key}.{model}") / size for model, size in sizes.items()}
    parts = tuple(
        part
        for number, (model, size) in enumerate(sizes.items(), 1)
        for part in ((f"M{number}", sheet.value(f"{key}.{model}"), "meters/a"), (f"p{number}", size, "meters/pallet"))
    )
    formula = " + ".join(f"M{number}/p{number}" for number in range(1, len(sizes) + 1))
    year = sheet.put(Figure("flow.pallets", sum(counts.values()), "pallets/a", formula, parts, of=move))
    when = rhythm(plan, move)
    spread = (("P", year, "pallets/a"), ("d", when.days, "d/a"), ("h", when.hours, "h/d"))
    mean = sheet.put(Figure("flow.mean", year / when.days / when.hours, "pallets/h", "P / (d h)", spread, of=move))
    peaks = (("q", mean, "pallets/h"), ("m", when.month, "1"), ("t", when.day, "1"), ("s", when.hour, "1"))
    sheet.put(Figure("flow.peak", mean * when.peak, "pallets/h", "q m t s", peaks, of=move))

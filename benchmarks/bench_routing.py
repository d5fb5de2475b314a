"""How short the tours of a day are: against what is proven, in the same run, and how long they take.

    .venv/bin/python benchmarks/bench_routing.py [--seconds 3] [--json]

Three references share no code with the planner: a formula (stops on a circle around the depot), the exact optimum of
small days (every subset of stops, by dynamic programming), and an instance of the literature whose optimum is published
(P-n16-k8 of Augerat et al., CVRPLIB). Days of 50 to 300 districts have only the bound; in the last row hours are tight,
and the bound knows nothing of them.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from math import cos, dist, pi, sin
from typing import Any

from optimizer.effort import Effort
from optimizer.routing.fleet import LEFT_M, Round, Stop, Vehicle
from optimizer.routing.planning import greedy, plan

RADIUS_M, PER_TRIP, TRIPS = 50_000, 6, 7
P_N16 = ((30, 40), (37, 52), (49, 49), (52, 64), (31, 62), (52, 33), (42, 41), (52, 41), (57, 58), (62, 42), (42, 57),
         (27, 68), (43, 67), (58, 48), (58, 27), (37, 69))  # fmt: skip
P_N16_BOXES, P_N16_BEST = (19, 30, 16, 23, 11, 31, 15, 28, 8, 8, 7, 14, 6, 19, 11), 450
Point = tuple[float, float]


def day_of(points: Sequence[Point], boxes: Sequence[int], fleet: Sequence[Vehicle], **more: Any) -> Round:
    """Return a day by straight ways; the first point is the depot, and a vehicle drives 10 m/s."""
    ways = tuple(tuple(round(dist(a, b)) for b in points) for a in points)
    stops = more.pop("stops", None) or tuple(Stop(count, 1) for count in boxes)
    return Round(stops, tuple(fleet), ways, tuple(tuple(way // 10 for way in row) for row in ways), **more)


def circle() -> tuple[Round, float]:
    """Return stops on a circle and their optimum: each trip goes out and back, and along the circle in between.

    A way between two stops is a chord at least, and a trip has one way out, one back and one chord less than stops.
    """
    count = PER_TRIP * TRIPS
    ring = [(RADIUS_M * cos(2 * pi * n / count), RADIUS_M * sin(2 * pi * n / count)) for n in range(count)]
    chord = 2 * RADIUS_M * sin(pi / count)
    day = day_of([(0.0, 0.0), *ring], [1] * count, [Vehicle(PER_TRIP, 100)] * TRIPS)
    return day, TRIPS * 2 * RADIUS_M + (count - TRIPS) * chord


def small(seed: int, stops: int = 10) -> Round:
    """Return a day that is small enough to be solved exactly."""
    chance = random.Random(seed)
    points = [(chance.uniform(0, 80_000), chance.uniform(0, 80_000)) for _ in range(stops + 1)]
    boxes = [chance.randint(20, 120) for _ in range(stops)]
    return day_of(points, boxes, [Vehicle(250, 10_000)] * stops)


def exact(day: Round) -> int:
    """Return the metres of the best plan: the shortest tour of every subset, and the best way to part all stops."""
    count, ways, most = len(day.stops), day.ways_m, day.vehicles[0].boxes
    far = 1 << 60
    ends = [[far] * count for _ in range(1 << count)]
    best = [0] + [far] * ((1 << count) - 1)
    for group in range(1, 1 << count):
        inside = [n for n in range(count) if group >> n & 1]
        for last in inside:
            rest = group ^ 1 << last
            before = [ends[rest][n] + ways[n + 1][last + 1] for n in inside if n != last]
            ends[group][last] = min(before) if rest else ways[0][last + 1]
        fits = sum(day.stops[n].boxes for n in inside) <= most
        best[group] = min(ends[group][n] + ways[n + 1][0] for n in inside) if fits else far
        part = (group - 1) & group
        while part > group ^ part:  # each way to part it once
            best[group] = min(best[group], best[part] + best[group ^ part])
            part = (part - 1) & group
    return best[-1]


def districts(count: int, *, hours: bool) -> Round:
    """Return a day of a utility: districts around the depot, half of the vehicles of 5 t and half of 3 t."""
    chance = random.Random(count)
    points = [(0.0, 0.0), *((chance.gauss(0, 40_000), chance.gauss(0, 40_000)) for _ in range(count))]
    stops = []
    for _ in range(count):
        opens = chance.randrange(8, 15) * 3600 if hours else 0
        stops.append(
            Stop(chance.randint(5, 60), chance.randint(100, 1200), 1200, opens, opens + (7200 if hours else 79_200))
        )
    fleet = [Vehicle(250, 5000, 25_200, 72_000) if n % 2 else Vehicle(150, 3000, 25_200, 72_000)
             for n in range(max(4, count // 5))]  # fmt: skip
    return day_of(points, [], fleet, stops=tuple(stops), trips=2, reload_s=2700)


def against(day: Round, best: float, seconds: float) -> dict[str, float]:
    """Return how far from the best the plan is, and how far the savings alone."""
    begun = time.perf_counter()
    at_once = greedy(day)
    savings_s = time.perf_counter() - begun
    found = plan(day, Effort(seconds=seconds))
    return {
        "plan / best": round(found.metres / best, 4), "savings / best": round(at_once.metres / best, 4),
        "bound / best": round(found.proof.bound / best, 4) if not found.left else 0.0,
        "left out": len(found.left), "savings, ms": round(savings_s * 1000, 1),
    }  # fmt: skip


def bounded(day: Round, seconds: float) -> dict[str, float]:
    """Return how far from its own bound a plan is that nobody can solve exactly."""
    begun = time.perf_counter()
    found = plan(day, Effort(seconds=seconds))
    spent_s = time.perf_counter() - begun
    bound = found.proof.bound - LEFT_M * len(found.left)
    return {
        "plan / bound": round(found.metres / bound, 3), "savings / plan": round(greedy(day).metres / found.metres, 3),
        "left out": len(found.left), "s": round(spent_s, 1),
    }  # fmt: skip


def main() -> None:
    """Print every row."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=3.0)
    asked.add_argument("--json", action="store_true")
    options = asked.parse_args()
    seconds = options.seconds
    found: dict[str, Any] = {"circle, by formula": against(*circle(), seconds)}
    known = day_of(P_N16, P_N16_BOXES, [Vehicle(35, 100)] * 9)
    found["P-n16-k8, published"] = against(known, P_N16_BEST, seconds)
    for seed in range(3):
        day = small(seed)
        found[f"10 stops, exact, {seed}"] = against(day, exact(day), min(seconds, 1.0))
    for count in (50, 100, 200, 300):
        found[f"{count} districts"] = bounded(districts(count, hours=False), seconds)
    found["100 districts, hours of 2 h"] = bounded(districts(100, hours=True), seconds)
    print(json.dumps(found, indent=None if options.json else 1))


if __name__ == "__main__":
    main()

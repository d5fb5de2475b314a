"""One run of the OR-Tools routing solver on a day: every vehicle once for each trip that it may make."""

from __future__ import annotations

# pyright: reportMissingTypeStubs=false
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from ortools.constraint_solver import pywrapcp as _pywrapcp
from ortools.constraint_solver import routing_enums_pb2

from optimizer.effort import Effort, Told
from optimizer.routing.fleet import LEFT_M, Round, Tour
from optimizer.routing.timing import chain

pywrapcp: Any = cast(Any, _pywrapcp)  # it has no types
GUIDED = cast(Any, routing_enums_pb2).LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
_LEAST_S = 0.05
_MOST_SOLUTIONS = 2**62


def search(day: Round, start: Sequence[Tour], effort: Effort, told: Told | None = None) -> tuple[list[Tour], float]:
    """Return tours found from `start` and the seconds it took; the `work` of `effort` is how many solutions are seen.

    A stop that is in none of the tours is left out. No tours at all where nothing was found.
    """
    used = Counter(tour.vehicle for tour in start)
    day = replace(day, trips=min(day.trips, max(used.values(), default=0) + 1))  # a trip more than the start needs
    manager = pywrapcp.RoutingIndexManager(len(day.stops) + 1, len(day.vehicles) * day.trips, 0)
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix([list(row) for row in day.ways_m]))
    _loads(model, day)
    _hours(model, manager, day)
    _stops(model, manager, day)
    if told is not None:
        model.AddAtSolutionCallback(lambda: told(float(model.CostVar().Max()), 0.0))
    model.CloseModelWithParameters(parameters := _budget(effort))
    routes = [[stop + 1 for stop in stops] for stops in _by_copy(day, start)]
    first = model.ReadAssignmentFromRoutes(routes, True)
    rest_s = effort.seconds - model.solver().WallTime() / 1000  # a big day takes a while to be built
    parameters.time_limit.FromTimedelta(timedelta(seconds=max(_LEAST_S, rest_s)))
    found = model.SolveFromAssignmentWithParameters(first, parameters) if first else None
    return [] if found is None else _read(model, manager, found, day), model.solver().WallTime() / 1000


def _budget(effort: Effort) -> Any:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = GUIDED
    parameters.time_limit.FromTimedelta(timedelta(seconds=effort.seconds))
    parameters.solution_limit = _MOST_SOLUTIONS if math.isinf(effort.work) else int(effort.work) + 1
    return parameters


def _loads(model: Any, day: Round) -> None:
    for name, loads, holds in (
        ("boxes", [stop.boxes for stop in day.stops], [vehicle.boxes for vehicle in day.vehicles]),
        ("weight", [stop.weight_kg for stop in day.stops], [vehicle.weight_kg for vehicle in day.vehicles]),
    ):
        at = model.RegisterUnaryTransitVector([0, *loads])
        most = [hold for hold in holds for _ in range(day.trips)]
        model.AddDimensionWithVehicleCapacity(at, 0, most, True, name)


def _hours(model: Any, manager: Any, day: Round) -> None:
    """Let every stop begin within its hours, every trip lie within its vehicle's, and no trip begin before the last."""
    service = [0, *(stop.service_s for stop in day.stops)]
    takes = [[way + service[here] for way in row] for here, row in enumerate(day.ways_s)]
    most = max(vehicle.until_s for vehicle in day.vehicles)
    model.AddDimension(model.RegisterTransitMatrix(takes), most, most, False, "time")
    time, solver = model.GetDimensionOrDie("time"), model.solver()
    for number, stop in enumerate(day.stops):
        time.CumulVar(manager.NodeToIndex(number + 1)).SetRange(stop.opens_s, min(stop.closes_s, most))
    for number, vehicle in enumerate(day.vehicles):
        for copy in range(number * day.trips, (number + 1) * day.trips):
            for end in (model.Start(copy), model.End(copy)):
                time.CumulVar(end).SetRange(vehicle.ready_s, vehicle.until_s)
            model.AddVariableMinimizedByFinalizer(time.CumulVar(model.End(copy)))
            if copy - number * day.trips >= vehicle.trips:
                solver.Add(model.ActiveVehicleVar(copy) == 0)
            if copy > number * day.trips:
                used = model.ActiveVehicleVar(copy)
                before = time.CumulVar(model.End(copy - 1)) + day.reload_s * used
                solver.Add(time.CumulVar(model.Start(copy)) >= before)


def _stops(model: Any, manager: Any, day: Round) -> None:
    for number in range(len(day.stops)):
        able = [v * day.trips + n for v in range(len(day.vehicles)) if day.may(v, number) for n in range(day.trips)]
        model.AddDisjunction([manager.NodeToIndex(number + 1)], LEFT_M)
        model.VehicleVar(manager.NodeToIndex(number + 1)).SetValues([-1, *able])  # -1: left out


def _by_copy(day: Round, tours: Sequence[Tour]) -> list[list[int]]:
    routes: list[list[int]] = [[] for _ in range(len(day.vehicles) * day.trips)]
    for vehicle in range(len(day.vehicles)):
        mine = [tour for tour in tours if tour.vehicle == vehicle]
        for number, tour in enumerate(mine):
            routes[vehicle * day.trips + number] = list(tour.stops)
    return routes


def _read(model: Any, manager: Any, found: Any, day: Round) -> list[Tour]:
    tours: list[Tour] = []
    for vehicle in range(len(day.vehicles)):
        trips: list[list[int]] = []
        for copy in range(vehicle * day.trips, (vehicle + 1) * day.trips):
            stops, at = list[int](), found.Value(model.NextVar(model.Start(copy)))
            while not model.IsEnd(at):
                stops.append(manager.IndexToNode(at) - 1)
                at = found.Value(model.NextVar(at))
            if stops:
                trips.append(stops)
        timed = chain(day, vehicle, trips)
        if timed is None:
            return []
        tours += timed
    return tours

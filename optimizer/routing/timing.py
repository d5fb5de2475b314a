"""When the trips of a vehicle begin, as early as can be, one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.routing.fleet import Round, Tour, length


def trip(day: Round, vehicle: int, stops: Sequence[int], ready_s: int) -> Tour | None:
    """Return a trip that leaves at `ready_s` or later, None if it does not fit its vehicle or its hours.

    It leaves so late that it need not wait at its first stop.
    """
    at = day.vehicles[vehicle]
    loads = [day.stops[stop] for stop in stops]
    if sum(one.boxes for one in loads) > at.boxes or sum(one.weight_kg for one in loads) > at.weight_kg:
        return None
    if any(one.vehicles is not None and vehicle not in one.vehicles for one in loads):
        return None
    now_s, node, begins = ready_s, 0, list[int]()
    for stop, load in zip(stops, loads, strict=True):
        now_s = max(now_s + day.ways_s[node][stop + 1], load.opens_s)
        if now_s > load.closes_s:
            return None
        begins.append(now_s)
        now_s, node = now_s + load.service_s, stop + 1
    back_s = now_s + day.ways_s[node][0]
    if back_s > at.until_s:
        return None
    leaves_s = begins[0] - day.ways_s[0][stops[0] + 1] if begins else ready_s
    return Tour(vehicle, tuple(stops), leaves_s, tuple(begins), back_s, length(day, stops))


def chain(day: Round, vehicle: int, trips: Sequence[Sequence[int]]) -> list[Tour] | None:
    """Return the trips of one vehicle in that order, None if they do not fit into its day."""
    ready_s, tours = day.vehicles[vehicle].ready_s, list[Tour]()
    if len(trips) > min(day.trips, day.vehicles[vehicle].trips):
        return None
    for stops in trips:
        tour = trip(day, vehicle, stops, ready_s)
        if tour is None:
            return None
        tours.append(tour)
        ready_s = tour.back_s + day.reload_s
    return tours

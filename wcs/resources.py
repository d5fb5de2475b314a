"""Claim, allocate, free: who may use a segment, a station's place or a zone, and why not.

A unit bound for a station claims the last segment before it sets out, so nothing enters a loop that cannot
leave it again. It allocates each segment as it goes, and frees what lies behind only when the device says
that the unit is wholly aboard. A zone keeps a gap, so that a loop can always turn.
"""

from __future__ import annotations

from functools import lru_cache

from plc.plant.graph import Claim, Edge, station_claim
from plc.plant.model import Plant
from wcs.floor import Floor
from wcs.happenings import Dispatch
from wcs.orders import OrderKind
from wcs.reasons import Reason
from wcs.rows import Order, Unit

UNCLAIMED = frozenset({OrderKind.BOX_MOVE, OrderKind.EMPTY_PALLET, OrderKind.PACK})


def target_resource(plant: Plant, edge: Edge) -> str:
    """Return what a unit holds at the end of `edge`: the segment itself, a point, or "" (slot, inside a device)."""
    if edge.device in plant.segments:
        return edge.device
    return edge.target if edge.target in plant.points else ""


def room(plant: Plant, resource: str) -> int:
    """Return how many units `resource` holds: a segment its capacity, a point one."""
    segment = plant.segments.get(resource)
    return segment.capacity if segment is not None else 1


def needed_claim(floor: Floor, order: Order, unit: Unit | None) -> Claim | None:
    """Return what the order must still be promised before its unit sets out, or None."""
    if unit is None or order.kind in UNCLAIMED or order.claim:
        return None
    claim = _claim(floor.plant, order.destination)
    if claim is None or claim.resource in unit.holds or _past(floor.plant, unit.at, order.destination):
        return None
    return claim


def no_room(floor: Floor, order: Order, unit: Unit | None, edge: Edge) -> Reason | None:
    """Return why the unit cannot take `edge` now for want of room, or None if it can."""
    if order.kind is OrderKind.BOX_MOVE:
        return None
    resource = target_resource(floor.plant, edge)
    if resource and floor.held(resource) >= room(floor.plant, resource):
        return Reason.of("place_full", place=resource)
    claim = needed_claim(floor, order, unit)
    if claim is not None and floor.promised(claim.resource) + floor.held(claim.resource) >= claim.capacity:
        return Reason.of("claim_full", place=claim.resource)
    return _zone_full(floor, unit, resource)


def freed(floor: Floor, resources: tuple[str, ...]) -> list[Dispatch]:
    """Return which devices should look again after `resources` were freed: those whose orders wait for them."""
    plant = floor.plant
    names = [*resources, *(zone for r in resources if (zone := plant.zone_by_segment.get(r)))]
    devices: dict[str, None] = {r: None for r in resources if r in plant.segments and floor.waiting.get(r)}
    for name in names:
        for number in floor.blocked.get(name, ()):
            devices[floor.orders[number].device] = None
    return [Dispatch(device) for device in devices if device]


def _zone_full(floor: Floor, unit: Unit | None, resource: str) -> Reason | None:
    zone = floor.plant.zone_by_segment.get(resource)
    if zone is None or unit is None:
        return None
    inside = floor.in_zone.get(zone, {})
    if unit.id in inside or len(inside) < floor.plant.zones[zone].capacity:
        return None
    return Reason.of("zone_full", place=zone)


@lru_cache(maxsize=65_536)
def _claim(plant: Plant, destination: str) -> Claim | None:
    return station_claim(plant, destination)


@lru_cache(maxsize=65_536)
def _past(plant: Plant, at: str, destination: str) -> bool:
    """Return whether a unit at `at` needs no conveyor any more: the crane moves it within its own aisle."""
    if at in plant.points:
        return plant.station_at.get(at) == destination  # already before the device that takes it in
    aisle, _, rest = at.partition("-")
    if rest and aisle in plant.aisles:
        return destination.startswith(f"{aisle}-")
    crane = plant.cranes.get(at)
    return crane is not None and destination.startswith(f"{crane.aisle}-")

"""The in-memory picture of what stands and moves where, with the indexes that decisions ask for.

Only `apply` changes it, and only with changes that a decision returned. It is rebuilt from the tables at
start; what is rebuilt equals what lived (`rows`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar, assert_never

from plc.plant.model import Plant
from wcs.life import MISSION_FINAL, ORDER_FINAL, MissionState, OrderState
from wcs.line.rows import BenchMemo, BenchRun, Carrier, DropCarrier, LineLot
from wcs.rows import (
    Alarm,
    BootMemo,
    Change,
    DeviceMemo,
    DropUnit,
    KnownMission,
    LinkMemo,
    Mission,
    ModeMemo,
    Order,
    Question,
    Serial,
    Unit,
)

K = TypeVar("K")
V = TypeVar("V")
Keys = dict[str, dict[str, None]]
Numbers = dict[str, dict[int, None]]
ROOM_REASONS = frozenset({"claim_full", "place_full", "zone_full"})
ASKED = frozenset({"open", "told", "aside", "back"})
UNANSWERED = frozenset({MissionState.SENT, MissionState.UNKNOWN, MissionState.CLARIFY})


@dataclass(slots=True)
class Floor:
    """What lives on the floor, by id, and the indexes over it. Sets are dicts, so that order is the same each run."""

    plant: Plant
    orders: dict[int, Order] = field(default_factory=dict[int, Order])
    missions: dict[int, Mission] = field(default_factory=dict[int, Mission])
    units: dict[str, Unit] = field(default_factory=dict[str, Unit])
    questions: dict[str, Question] = field(default_factory=dict[str, Question])
    alarms: dict[int, Alarm] = field(default_factory=dict[int, Alarm])
    devices: dict[str, DeviceMemo] = field(default_factory=dict[str, DeviceMemo])
    boots: dict[str, int] = field(default_factory=dict[str, int])  # by PLC: the start that was settled last
    links: dict[str, LinkMemo] = field(default_factory=dict[str, LinkMemo])
    modes: dict[str, int] = field(default_factory=dict[str, int])
    carriers: dict[str, Carrier] = field(default_factory=dict[str, Carrier])
    runs: dict[str, BenchRun] = field(default_factory=dict[str, BenchRun])
    lots: dict[str, LineLot] = field(default_factory=dict[str, LineLot])
    benches: dict[str, BenchMemo] = field(default_factory=dict[str, BenchMemo])
    serial: int = 0
    last_mission: int = 0
    load: Keys = field(default_factory=dict[str, dict[str, None]])  # units that hold a resource
    standing: Keys = field(default_factory=dict[str, dict[str, None]])  # units at a place
    in_zone: Keys = field(default_factory=dict[str, dict[str, None]])
    claims: Numbers = field(default_factory=dict[str, dict[int, None]])  # orders that are promised a resource
    by_line: Keys = field(default_factory=dict[str, dict[str, None]])  # carriers
    waiting: Numbers = field(default_factory=dict[str, dict[int, None]])  # orders by the device of their next leg
    running: Numbers = field(default_factory=dict[str, dict[int, None]])  # live missions by device
    unanswered: Numbers = field(default_factory=dict[str, dict[int, None]])
    blocked: Numbers = field(default_factory=dict[str, dict[int, None]])  # orders by the resource they wait for

    def apply(self, changes: Iterable[Change]) -> None:
        """Take over what a decision changed."""
        for change in changes:
            match change:
                case Unit():
                    self._put_unit(change)
                case Mission():
                    self._put_mission(change)
                case Order():
                    self._put_order(change)
                case DropUnit():
                    self._drop_unit(change.id)
                case DeviceMemo():
                    self.devices[change.id] = change
                case Question():
                    _keep(self.questions, change.id, change, change.state in ASKED)
                case Alarm():
                    _keep(self.alarms, change.id, change, change.cleared_ms == 0)
                    self.serial = max(self.serial, change.id)
                case Carrier():
                    self.carriers[change.id] = change
                    self.by_line.setdefault(change.line, {})[change.id] = None
                case DropCarrier():
                    self._drop_carrier(change.id)
                case BenchRun():
                    _keep(self.runs, change.id, change, change.state != "cleared")
                case LineLot():
                    _keep(self.lots, change.id, change, change.flush != "over")
                case BenchMemo():
                    self.benches[change.id] = change
                case Serial():
                    self.serial = max(self.serial, change.value)
                case BootMemo():
                    self.boots[change.plc] = change.boot_id
                case LinkMemo():
                    self.links[change.plc] = change
                case ModeMemo():
                    self.modes[change.device] = change.mode
                case KnownMission():
                    self.last_mission = max(self.last_mission, change.number)
                case _:
                    assert_never(change)

    def rows(self) -> dict[str, object]:
        """Return everything that a rebuild must bring back, for comparison."""
        return {
            "orders": self.orders, "missions": self.missions, "units": self.units, "questions": self.questions,
            "alarms": self.alarms, "devices": self.devices, "boots": self.boots, "load": _filled(self.load),
            "standing": _filled(self.standing), "in_zone": _filled(self.in_zone), "claims": _filled(self.claims),
            "waiting": _filled(self.waiting), "running": _filled(self.running),
            "unanswered": _filled(self.unanswered), "blocked": _filled(self.blocked), "carriers": self.carriers,
            "runs": self.runs, "lots": self.lots, "benches": self.benches, "by_line": _filled(self.by_line),
        }  # fmt: skip

    def held(self, resource: str) -> int:
        """Return how many units hold `resource`."""
        return len(self.load.get(resource, ()))

    def promised(self, resource: str) -> int:
        """Return how many orders are promised `resource` and do not hold it yet."""
        return len(self.claims.get(resource, ()))

    def memo(self, device: str) -> DeviceMemo:
        """Return what is remembered of `device`."""
        return self.devices.get(device) or DeviceMemo(device)

    def _put_order(self, new: Order) -> None:
        old = self.orders.get(new.number)
        if old is not None and old.claim and old.claim != new.claim:
            self.claims[old.claim].pop(new.number, None)
        if old is not None and old.device and (old.device != new.device or new.state is not OrderState.WAITING):
            self.waiting[old.device].pop(new.number, None)
        if old is not None and old.reason != new.reason and (was := blocker(old)):
            self.blocked[was].pop(new.number, None)
        if new.state in ORDER_FINAL:
            if was := blocker(new):
                self.blocked.get(was, {}).pop(new.number, None)
            self.orders.pop(new.number, None)
            if new.claim:
                self.claims.get(new.claim, {}).pop(new.number, None)
            return
        self.orders[new.number] = new
        if new.claim:
            self.claims.setdefault(new.claim, {})[new.number] = None
        if new.device and new.state is OrderState.WAITING:
            self.waiting.setdefault(new.device, {})[new.number] = None
        if now := blocker(new):
            self.blocked.setdefault(now, {})[new.number] = None

    def _put_mission(self, new: Mission) -> None:
        self.last_mission = max(self.last_mission, new.number)
        running = self.running.setdefault(new.device, {})
        unanswered = self.unanswered.setdefault(new.device, {})
        if new.state in MISSION_FINAL:
            self.missions.pop(new.number, None)
            running.pop(new.number, None)
            unanswered.pop(new.number, None)
            return
        self.missions[new.number] = new
        running[new.number] = None
        if new.state in UNANSWERED:
            unanswered[new.number] = None
        else:
            unanswered.pop(new.number, None)

    def _put_unit(self, new: Unit) -> None:
        old = self.units.get(new.id)
        if old is not None:
            if old.at != new.at:
                self.standing[old.at].pop(new.id, None)
            if old.holds != new.holds:
                self._release(old, keep=new.holds)
        self.units[new.id] = new
        self.standing.setdefault(new.at, {})[new.id] = None
        for resource in new.holds:
            self.load.setdefault(resource, {})[new.id] = None
            zone = self.plant.zone_by_segment.get(resource)
            if zone is not None:
                self.in_zone.setdefault(zone, {})[new.id] = None

    def _drop_unit(self, unit: str) -> None:
        old = self.units.pop(unit, None)
        if old is not None:
            self.standing[old.at].pop(unit, None)
            self._release(old, keep=())

    def _drop_carrier(self, carrier: str) -> None:
        old = self.carriers.pop(carrier, None)
        if old is not None:
            self.by_line[old.line].pop(carrier, None)

    def _release(self, old: Unit, *, keep: tuple[str, ...]) -> None:
        zones = {self.plant.zone_by_segment.get(resource) for resource in keep}
        for resource in old.holds:
            if resource not in keep:
                self.load[resource].pop(old.id, None)
            zone = self.plant.zone_by_segment.get(resource)
            if zone is not None and zone not in zones:
                self.in_zone[zone].pop(old.id, None)


def blocker(order: Order) -> str:
    """Return the resource or zone that an order waits for, "" if it waits for something else."""
    return str(order.reason.args[0][1]) if order.reason.code in ROOM_REASONS else ""


def _keep(rows: dict[K, V], key: K, row: V, alive: bool) -> None:
    if alive:
        rows[key] = row
    else:
        rows.pop(key, None)


def _filled(index: dict[str, dict[V, None]]) -> dict[str, set[V]]:
    return {key: set(found) for key, found in index.items() if found}

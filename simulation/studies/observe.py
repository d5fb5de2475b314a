"""Who looks on while a plant runs: what each machine does in each moment, and how many orders wait for what.

It changes nothing: the twin tells it what was touched, the controller what it has decided.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from plc.plant.cells import CellLine
from plc.plant.kinds import DeviceKind
from plc.plant.model import Plant
from plc.plant.places import is_slot
from simulation.hall import Hall
from simulation.studies.replica import STATES, Sample, Track
from simulation.studies.states import state_of
from simulation.studies.timeline import Levels, bins_of, merged, spread, widths_ms
from wcs.life import ORDER_FINAL, OrderState
from wcs.line.rows import BenchRun
from wcs.orders import UNITLESS
from wcs.rows import Change, Order

ROOM = frozenset({"claim_full", "place_full", "zone_full", "fork_taken"})
LEVEL_UNITS = {"queue": "pallets", "waiting": "orders", "level": "orders", "stock": "pallets"}
ACTIVE = frozenset({"busy", "down"})
RUN_STATES = {"ordered": "busy", "running": "busy", "done": "blocked"}


@dataclass(slots=True)
class Doing:
    """One machine: what it does, since when, and its milliseconds in each state by bin."""

    state: str
    since_ms: int
    bins: dict[str, list[int]]


@dataclass(slots=True)
class Wanted:
    """What is wanted of a machine that does nothing: orders that wait for room, and orders on their way to it."""

    jammed: Counter[str] = field(default_factory=Counter[str])
    coming: Counter[str] = field(default_factory=Counter[str])

    def of(self, name: str) -> str:
        """Return the state of a machine that could work."""
        return "blocked" if self.jammed[name] else "starved" if self.coming[name] else "idle"


class Observer:
    """Keeps account of machines and orders from plant time 0 to the horizon."""

    def __init__(self, hall: Hall, horizon_s: float) -> None:
        """Look on; `asked` has the orders to verify that each line still works on."""
        self._hall, self._plant, self._horizon_s = hall, hall.plant, horizon_s
        self.levels, self.moves = Levels(horizon_s), list[tuple[int, str, str]]()
        self._wanted, self._orders = Wanted(), dict[int, tuple[str, ...]]()
        self._runs: dict[str, str] = {}
        self._touched: dict[str, None] = {}
        self._cells = {cell: list(line.cells) for cell, line in hall.plant.line_of.items()}
        count = bins_of(horizon_s)
        self._doing = {name: Doing("idle", 0, {state: [0] * count for state in STATES}) for name in hall.plant.devices}
        self._down: set[str] = set()
        hall.watch = self

    def touched(self, device: str) -> None:
        """Remember a device until the instant is over; the cells of a line see each other's carriers."""
        for name in self._cells.get(device, (device,)):
            self._touched[name] = None

    def settled(self, now_s: float) -> None:
        """Look at what was touched."""
        touched, self._touched = self._touched, {}
        for name in touched:
            self._note(name, self._state(name), now_s)

    def decided(self, changes: list[Change], now_s: float) -> None:
        """Take note of what the controller has decided about orders and benches."""
        for change in changes:
            match change:
                case Order():
                    self._order(change, now_s)
                case BenchRun():
                    self._runs[change.bench] = change.state
                    self._note(change.bench, self._state(change.bench), now_s)
                case _:
                    pass
        self.settled(now_s)

    def line_asked(self, line: str, by: int) -> None:
        """Take note that a line has one order more, or less, to work on."""
        self._wanted.coming[line] += by
        spec = self._plant.lines[line]
        for name in spec.cells if isinstance(spec, CellLine) else (line,):
            self._touched[name] = None

    def broken(self, device: str, now_s: float, *, down: bool) -> None:
        """Take note that a bench has failed, or works again."""
        (self._down.add if down else self._down.discard)(device)
        self._note(device, self._state(device), now_s)

    def tracks(self) -> list[Track]:
        """Return levels and shares up to the horizon; the states of a machine sum to the width of each bin."""
        widths = tuple(map(float, widths_ms(self._horizon_s)))
        shares: list[Track] = []
        for name, doing in self._doing.items():
            self._note(name, doing.state, self._horizon_s)
            for state in STATES:
                shares.append(Track(f"share.{name}.{state}", "share", tuple(map(float, doing.bins[state])), widths))
        return self.levels.tracks(LEVEL_UNITS) + shares + _of_kinds(self._plant, shares)

    def active(self) -> list[Sample]:
        """Return the active periods of each machine, busy or down without a gap: (end, seconds), the last one cut.

        The machine whose period is the longest at a time is the momentary bottleneck (Roser, Nakano & Tanaka 2001).
        """
        begun: dict[str, int] = {}
        found: dict[str, list[tuple[float, float]]] = {}
        horizon_ms = round(self._horizon_s * 1000)
        for at_ms, name, state in [*self.moves, *((horizon_ms, name, "idle") for name in self._doing)]:
            if state in ACTIVE:
                begun.setdefault(name, at_ms)
            elif (since_ms := begun.pop(name, at_ms)) < at_ms:
                found.setdefault(name, []).append((at_ms / 1000, (at_ms - since_ms) / 1000))
        return [
            Sample(f"active.{name}", "s", tuple(at for at, _ in periods), tuple(length for _, length in periods))
            for name, periods in sorted(found.items())
        ]

    def _state(self, name: str) -> str:
        if name in self._plant.benches:
            run = RUN_STATES.get(self._runs.get(name, ""))
            return "down" if name in self._down else run or self._asked(name)
        machine = self._hall.machines.get(name)
        return "idle" if machine is None else state_of(machine, self._asked(name))

    def _asked(self, name: str) -> str:
        line = self._plant.line_of.get(name)
        return self._wanted.of(name if line is None else line.id)

    def _note(self, name: str, state: str, now_s: float) -> None:
        doing, now_ms = self._doing[name], min(round(now_s * 1000), round(self._horizon_s * 1000))
        if state == doing.state and now_s < self._horizon_s:
            return
        spread(doing.bins[doing.state], doing.since_ms, now_ms)
        if state != doing.state:
            self.moves.append((now_ms, name, state))
        doing.state, doing.since_ms = state, max(doing.since_ms, now_ms)

    def _order(self, order: Order, now_s: float) -> None:
        """Move an order from the levels it was counted in to those it is counted in now."""
        old, new = self._orders.get(order.number, ()), self._counted(order)
        if old == new:
            return
        for name in old:
            self._count(name, -1, now_s)
        for name in new:
            self._count(name, 1, now_s)
        if new:
            self._orders[order.number] = new
        else:
            self._orders.pop(order.number, None)

    def _count(self, name: str, by: int, now_s: float) -> None:
        kind, _, subject = name.partition(" ")
        match kind:
            case "jammed":
                self._wanted.jammed[subject] += by
                self.touched(subject)
            case "coming":
                self._wanted.coming[subject] += by
                self.touched(subject)
            case _:
                self.levels.add(name, by, now_s)

    def _counted(self, order: Order) -> tuple[str, ...]:
        """Return where a live order counts: its queue, and the machine that it jams or that it is coming to."""
        if order.state in ORDER_FINAL or order.kind in UNITLESS:
            return ()
        plant, found = self._plant, ["level.orders"]
        aisle = order.destination.partition("-")[0] if is_slot(plant, order.destination) else ""
        target = plant.aisles[aisle].crane if aisle else order.destination
        if order.state is OrderState.WAITING:
            found.append("waiting.orders")
            at_line = order.reason.code == "claim_full"
            queue = target if at_line else order.device
            found += [f"queue.{queue}"] if queue and queue not in plant.segments else []
            if order.reason.code in ROOM and order.device in plant.cranes:
                found.append(f"jammed {order.device}")
        if target in plant.devices and target not in plant.lines and order.device != target:
            found.append(f"coming {target}")
        return tuple(found)


def _of_kinds(plant: Plant, shares: list[Track]) -> list[Track]:
    """Return the mean busy share of all cranes and of all benches."""
    found: list[Track | None] = []
    by_name = {track.name: track for track in shares}
    for name, kind in (("cranes", DeviceKind.CRANE), ("benches", DeviceKind.BENCH)):
        devices = [device.id for device in plant.devices.values() if device.kind is kind]
        found.append(merged(f"{name}.busy", [by_name[f"share.{device}.busy"] for device in devices]))
    return [track for track in found if track is not None]

"""Following missions through the facts of a journal, to the times that tell of a machine and of nothing else.

A crane that waits for a free out-feed, a conveyor behind a full one: such times tell of the plant. So a put counts
only into a slot, and a transit only if the unit was alone on its way to a free end.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from plc.codes import CmdCode
from plc.plant.kinds import DeviceKind, FaultKind
from plc.plant.model import Plant
from plc.plant.places import UnknownPlace, is_slot
from plc.plant.travel import conveyor_s, crane_travel_s, crane_xy_m, entry_s
from simulation.studies.calibrate.records import Leg, Recorded, Span, Stop
from wcs.journal import Booked

MACHINE_FAULT, LINK_LOST = FaultKind.MACHINE_FAULT.value, FaultKind.LINK_LOST.value
FINISHED = "finished"


@dataclass(slots=True)
class Going:
    """A mission under way."""

    device: str
    unit: str
    code: int
    source: str
    target: str
    sent_ms: int
    stood: str
    """Where a crane stood before, if anybody knows."""
    alone: bool = True
    told: bool = True
    """The times of its events are those of the machine: no link was lost, nothing was sent twice."""
    picked_ms: int | None = None


@dataclass(slots=True)
class Follower:
    """Reads facts one by one, in their order, and keeps what they tell of machines."""

    plant: Plant
    found: Recorded = field(default_factory=Recorded)
    going: dict[int, Going] = field(default_factory=dict[int, Going])
    busy: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set[int]))
    stands: dict[str, str] = field(default_factory=dict[str, str])
    """Where each crane stands."""
    held: dict[str, str] = field(default_factory=dict[str, str])
    """The unit at each point."""
    stopped: dict[str, int] = field(default_factory=dict[str, int])
    """Since when a device stands still."""
    dark: set[str] = field(default_factory=set[str])
    """PLCs out of reach: what they did is booked when they are back."""
    ordered: dict[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])

    def hear(self, fact: Booked) -> None:
        """Take the next fact."""
        found = self.found
        found.begun_ms = fact.at_ms if found.facts == 0 else found.begun_ms
        found.ended_ms, found.facts = fact.at_ms, found.facts + 1
        match fact.kind:
            case "MissionSent":
                self._sent(fact)
            case "UnitPicked":
                self._picked(fact)
            case "MissionDone":
                self._done(fact)
            case "MissionFailed":
                self._failed(fact)
            case "FaultRaised" if fact.payload.get("fault") == MACHINE_FAULT:
                self.stopped.setdefault(str(fact.payload["device"]), fact.at_ms)
            case "FaultCleared" if fact.payload.get("fault") == MACHINE_FAULT:
                self._cleared(str(fact.payload["device"]), fact)
            case "FaultRaised" if fact.payload.get("fault") == LINK_LOST:
                self._lost(fact.subject)
            case "FaultCleared" if fact.payload.get("fault") == LINK_LOST:
                self.dark.discard(fact.subject)
            case "MissionSentAgain" if (again := self.going.get(int(fact.payload["mission"]))) is not None:
                again.told = False
            case "RunOrdered":
                self.ordered[fact.subject] = (str(fact.payload["bench"]), fact.at_ms)
            case "RunFinished":
                self._finished(fact)
            case _:
                pass

    def close(self) -> Recorded:
        """Return what was heard; what stands still at the end is a stop without an end."""
        for device, raised_ms in self.stopped.items():
            if (kind := self._kind(device)) is not None:
                self.found.stops.append(Stop(device, kind, raised_ms, None))
        return self.found

    def _sent(self, fact: Booked) -> None:
        said, device = fact.payload, fact.subject
        mission = Going(
            device, str(said["unit"]), int(said["code"]), str(said["source"]), str(said["target"]), fact.at_ms,
            self.stands.get(device, ""), alone=not self.busy[device] and device not in self.stopped,
        )  # fmt: skip
        mission.told = self._plc(device) not in self.dark
        for number in self.busy[device]:
            self.going[number].alone = False
        if self.held.get(mission.target, mission.unit) != mission.unit:
            mission.alone = False
        self.going[int(said["mission"])] = mission
        self.busy[device].add(int(said["mission"]))

    def _picked(self, fact: Booked) -> None:
        """A unit is aboard: where it stood is free."""
        device, unit = str(fact.payload["device"]), fact.subject
        source = str(fact.payload["source"])
        if self.held.get(source) == unit:
            del self.held[source]
        mine = [self.going[n] for n in sorted(self.busy[device]) if self.going[n].unit == unit]
        if not mine:
            return
        mission = mine[0]
        mission.picked_ms = fact.at_ms
        if mission.code != CmdCode.TRANSPORT or self._was_disturbed(mission):
            return
        if (crane := self.plant.cranes.get(device)) is not None and mission.stood:
            travel_s = self._crane_s(device, mission.stood, mission.source)
            self._leg(mission, "get", (fact.at_ms - mission.sent_ms) / 1000, crane.fork_s, travel_s)
        elif (segment := self.plant.segments.get(device)) is not None:
            seconds = (fact.at_ms - mission.sent_ms) / 1000
            self._leg(mission, "entry", seconds, 0.0, entry_s(self.plant, segment))

    def _done(self, fact: Booked) -> None:
        mission = self._end(fact)
        if mission is None:
            return
        self._arrived(mission)
        if mission.device in self.plant.cells:
            what = CmdCode(mission.code).name.lower()
            span = Span(mission.device, what, mission.sent_ms, (fact.at_ms - mission.sent_ms) / 1000)
            self.found.works += [] if self._was_disturbed(mission) else [span]
            return
        if mission.picked_ms is None or self._was_disturbed(mission) or mission.code != CmdCode.TRANSPORT:
            self.found.left_out += 1
            return
        seconds = (fact.at_ms - mission.picked_ms) / 1000
        if (crane := self.plant.cranes.get(mission.device)) is not None and is_slot(self.plant, mission.target):
            travel_s = self._crane_s(mission.device, mission.source, mission.target)
            self._leg(mission, "put", seconds, crane.fork_s, travel_s)
        elif (segment := self.plant.segments.get(mission.device)) is not None and mission.alone:
            travel_s = conveyor_s(segment) - entry_s(self.plant, segment)
            self._leg(mission, "transit", seconds, 0.0, travel_s)
        else:
            self.found.left_out += 1

    def _arrived(self, mission: Going) -> None:
        """The unit stands at the end of its way: whoever comes there now must wait."""
        if mission.device in self.plant.cranes:
            self.stands[mission.device] = mission.target
        if mission.target in self.plant.points and mission.unit:
            self.held[mission.target] = mission.unit
            for other in self.going.values():
                if other.target == mission.target:
                    other.alone = False

    def _failed(self, fact: Booked) -> None:
        """Nobody knows where a crane stands that gave up."""
        if self._end(fact) is not None:
            self.found.left_out += 1
            self.stands.pop(fact.subject, None)

    def _end(self, fact: Booked) -> Going | None:
        number = int(fact.payload["mission"])
        self.busy[fact.subject].discard(number)
        return self.going.pop(number, None)

    def _leg(self, mission: Going, name: str, seconds: float, fixed_s: float, travel_s: float) -> None:
        """Keep a leg that has some way to go."""
        kind = self._kind(mission.device)
        if kind is not None and travel_s > 0:
            self.found.legs.append(Leg(mission.device, kind, name, mission.sent_ms, seconds, fixed_s, travel_s))

    def _crane_s(self, crane: str, start: str, end: str) -> float:
        """Return the seconds of a crane's travel; 0 to or from a place that only the crane itself knows."""
        try:
            xy = crane_xy_m(self.plant, start), crane_xy_m(self.plant, end)
        except UnknownPlace:
            return 0.0
        return crane_travel_s(self.plant.cranes[crane], *xy)

    def _cleared(self, device: str, fact: Booked) -> None:
        raised_ms, kind = self.stopped.pop(device, None), self._kind(device)
        if raised_ms is not None and kind is not None:
            self.found.stops.append(Stop(device, kind, raised_ms, (fact.at_ms - raised_ms) / 1000))

    def _lost(self, plc: str) -> None:
        """Nobody knows when what is under way on a PLC really happens."""
        self.dark.add(plc)
        for mission in self.going.values():
            mission.told = mission.told and self._plc(mission.device) != plc

    def _plc(self, device: str) -> str:
        spec = self.plant.devices.get(device)
        return "" if spec is None else spec.plc

    def _was_disturbed(self, mission: Going) -> bool:
        """Return whether the device has stood still since a mission was sent, or its times are not the machine's."""
        if not mission.told:
            return True
        last = next((stop for stop in reversed(self.found.stops) if stop.device == mission.device), None)
        if mission.device in self.stopped:
            return True
        return last is not None and last.raised_ms + round((last.seconds or 0) * 1000) >= mission.sent_ms

    def _finished(self, fact: Booked) -> None:
        bench, ordered_ms = self.ordered.pop(fact.subject, ("", 0))
        if bench and fact.payload.get("state") == FINISHED and (line := self.plant.line_of.get(bench)) is not None:
            span = Span(bench, line.phase, ordered_ms, (fact.at_ms - ordered_ms) / 1000)
            self.found.batches.append(span)

    def _kind(self, device: str) -> DeviceKind | None:
        spec = self.plant.devices.get(device)
        return None if spec is None else spec.kind

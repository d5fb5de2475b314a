"""What each kind of cell does with the meters of a carrier."""

from __future__ import annotations

from dataclasses import dataclass

from plc.codes import AckCode, CmdCode, EvtCode, FaultCode
from plc.plant.cells import Bench, Imaging, Labelling, Sealing, Sorting, Withstand
from plc.telegram import BoxResult, Command, Event, MeterResult
from simulation.devices.cells.station import Station, StationRecord, Stay
from simulation.devices.cells.yard import REJECT, RETEST, UNVERIFIED, Carrier
from simulation.hall import Hall

PASS, FAIL = 1, 2
SEAL_ROOM = 20  # rolls


@dataclass(slots=True)
class Plain:
    """A cell that takes no command of its own and has nothing to say of the meters."""

    capacity: int
    fixed_s: float = 0.0
    meter_s: float = 0.0
    at_once: int = 1

    def judge(self, command: Command) -> AckCode | None:
        """Return None: only carriers."""
        return None

    def begin(self, command: Command, record: StationRecord, now_s: float) -> bool:
        """Never called."""
        return False

    def work_s(self, stay: Stay, carrier: Carrier | None) -> float | None:
        """Return a fixed time, and some for each meter."""
        return self.fixed_s + self.meter_s * (len(carrier.meters) if carrier else 0)

    def finish(self, stay: Stay, carrier: Carrier | None) -> BoxResult | None:
        """Say nothing."""
        return None


def bench(spec: Bench, places: int) -> Plain:
    """Return a bench: its carriers stand in their bays until they are fetched."""
    return Plain(spec.positions // places, fixed_s=spec.enter_s, at_once=spec.positions // places)


def labelling(spec: Labelling) -> Plain:
    """Return a cell that puts labels on."""
    return Plain(spec.capacity, meter_s=spec.meter_s)


class Finding:
    """A cell that finds meters good or bad: withstand voltage and image check."""

    def __init__(self, hall: Hall, spec: Withstand | Imaging) -> None:
        """Look for one kind of fault."""
        self._hall, self.capacity = hall, spec.capacity
        self.at_once = spec.at_once if isinstance(spec, Withstand) else 1
        self._fault = "withstand" if isinstance(spec, Withstand) else "appearance"
        seconds = (spec.seconds, 0.0) if isinstance(spec, Withstand) else (2.0, spec.meter_s)
        self._plain = Plain(spec.capacity, *seconds)
        self.judge, self.begin, self.work_s = self._plain.judge, self._plain.begin, self._plain.work_s

    def finish(self, stay: Stay, carrier: Carrier | None) -> BoxResult | None:
        """Return a verdict for each meter."""
        meters = carrier.meters if carrier else []
        return _result(stay, [self._found(code) for code in meters])

    def _found(self, code: str) -> MeterResult:
        return MeterResult(code, FAIL if self._fault in self._hall.faults_of(code) else PASS)


class Sorter:
    """Takes failed meters off carriers, and puts those of a lane on carriers again."""

    at_once = 1

    def __init__(self, spec: Sorting, station: Station) -> None:
        """Work with the lanes of the line's yard."""
        self.capacity, self._spec, self._station = spec.capacity, spec, station

    def judge(self, command: Command) -> AckCode | None:
        """Accept to load the meters of a lane."""
        if command.code is not CmdCode.PICK:
            return None
        lane = self._station.yard.lane(command.par1, command.par2)
        return (
            AckCode.ACCEPTED if command.par1 in (RETEST, REJECT, UNVERIFIED) and lane.meters else AckCode.LOAD_MISMATCH
        )

    def begin(self, command: Command, record: StationRecord, now_s: float) -> bool:
        """Queue behind the carriers that are sorted."""
        record.stays.append(Stay(command.mission, "", command.par1, command.par2, stage="queued"))
        return True

    def work_s(self, stay: Stay, carrier: Carrier | None) -> float | None:
        """Return the time of the moves; loading a lane must wait for an empty carrier."""
        if carrier is not None:
            moves = sum(1 for place in range(len(carrier.meters)) if (stay.par1 | stay.par2) >> place & 1)
            return 1.0 + self._spec.meter_s * moves
        yard = self._station.yard
        if yard.free() < 1:
            return None
        return self._spec.meter_s * min(yard.line.places, len(yard.lane(stay.par1, stay.par2).meters))

    def finish(self, stay: Stay, carrier: Carrier | None) -> BoxResult | None:
        """Move the meters, and return what is on the carrier now."""
        yard = self._station.yard
        if carrier is None:
            lane = yard.lane(stay.par1, stay.par2)
            meters, lane.meters = lane.meters[: yard.line.places], lane.meters[yard.line.places :]
            if not lane.meters:
                yard.record.lanes.remove(lane)
            carrier = yard.fill(stay.par2, meters, self._station.id)
            stay.carrier = carrier.code
        else:
            both = stay.par1 & stay.par2
            for mask, kind in ((stay.par1 & ~both, REJECT), (stay.par2 & ~both, RETEST), (both, UNVERIFIED)):
                taken = [code for place, code in enumerate(carrier.meters) if mask >> place & 1]
                if taken:
                    yard.lane(kind, carrier.lot).meters += taken
            keep = ~(stay.par1 | stay.par2)
            carrier.meters = [code for place, code in enumerate(carrier.meters) if keep >> place & 1]
            yard.touch()
        return _result(stay, [MeterResult(code, PASS) for code in carrier.meters])


class Sealer:
    """Seals meters with what is in its magazine; holds when that is empty, and tells every seal that broke."""

    at_once = 1

    def __init__(self, hall: Hall, spec: Sealing, station: Station) -> None:
        """Work with the magazine in the record of the cell."""
        self.capacity, self._hall, self._spec, self._station = spec.capacity, hall, spec, station
        self._empty = False

    def judge(self, command: Command) -> AckCode | None:
        """Accept a roll of seals: LoadId is its first number, Par1 how many."""
        if command.code is not CmdCode.SEAL:
            return None
        if not command.load_id or not command.load_id[-1:].isdigit() or command.par1 < 1:
            return AckCode.BAD_PLACE
        return AckCode.ACCEPTED if len(self._station.record.seals) < SEAL_ROOM else AckCode.BUSY

    def begin(self, command: Command, record: StationRecord, now_s: float) -> bool:
        """Put the roll into the magazine."""
        digits = len(command.load_id) - len(command.load_id.rstrip("0123456789"))
        prefix, first = command.load_id[:-digits], int(command.load_id[-digits:])
        record.seals.append((f"{prefix}|{digits}", first, command.par1))
        self._hall.say(self._station.id, Event(EvtCode.ENDED, command.mission, load_id=command.load_id))
        if self._empty:
            self._empty = False
            self._hall.say(self._station.id, Event(EvtCode.FAULT_GONE, data1=FaultCode.SEALS_EMPTY))
        return False

    def work_s(self, stay: Stay, carrier: Carrier | None) -> float | None:
        """Return the time of sealing; None while there are too few seals."""
        meters = len(carrier.meters) if carrier else 0
        if sum(left for _, _, left in self._station.record.seals) < 2 * meters:
            if not self._empty:
                self._empty = True
                self._hall.say(self._station.id, Event(EvtCode.FAULT_RAISED, data1=FaultCode.SEALS_EMPTY))
            return None
        return self._spec.meter_s * meters

    def finish(self, stay: Stay, carrier: Carrier | None) -> BoxResult | None:
        """Seal every meter; a seal that breaks is reported and the next one taken."""
        sealed: list[MeterResult] = []
        for code in carrier.meters if carrier else []:
            seal = self._next()
            while seal and self._hall.physics.chance("seal", seal) < self._hall.physics.seal_breaks:
                self._station.record.spoilt.append(seal)
                seal = self._next()
            if seal:
                self._station.yard.record.seals[code] = seal
            sealed.append(MeterResult(code, PASS if seal else FAIL, seal))
        self._station.yard.touch()
        return _result(stay, sealed)

    def _next(self) -> str:
        rolls = self._station.record.seals
        if not rolls:
            return ""
        form, number, left = rolls[0]
        prefix, _, digits = form.rpartition("|")
        rolls[0] = (form, number + 1, left - 1)
        if left <= 1:
            rolls.pop(0)
        return f"{prefix}{number:0{digits}}"


def _result(stay: Stay, meters: list[MeterResult]) -> BoxResult:
    return BoxResult(stay.carrier, "", 0, 0, tuple(meters))

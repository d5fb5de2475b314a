"""Toy cells: they answer telegrams as a real cell might, well or badly, and hold real carriers while they do.

What is in their hands (`Yard`) outlives a PLC that loses its memory; its journal, its work and its words do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from plc.codes import AckCode, ActState, CmdCode, EvtCode, FaultCode
from plc.link import DeviceImage
from plc.plant.cells import CellLine
from plc.plant.model import Plant
from plc.telegram import BoxResult, Command, Event, JournalEntry, MeterResult, Status
from tests.system.cells import cells_data
from wcs.floor import Floor
from wcs.line import ways
from wcs.line.rows import HOLDERS, PACKING
from wcs.line.sorting import LANES

PLACES = 3
LANE_OF_BITS = {(0, 1): 1, (1, 0): 2, (1, 1): 3}
"""Which lane takes a meter off, by its bits in Par1 and Par2."""
REPORTING = frozenset({"withstand", "imaging", "sorting", "sealing"})
Held = tuple[int, Event, BoxResult | None]


def small_line() -> Plant:
    """Return a plant with a line of little carriers and benches."""
    data = cells_data(places=PLACES, carriers=12, batch_wait_s=60)
    cells = data["lines"]["VL1"]["cells"]
    for name in ("BN1", "BN2"):
        cells[name] = cells[name] | {"positions": 2 * PLACES}
    return Plant.model_validate(data)


class Mood(StrEnum):
    """What a cell does next with a mission, if it does not do it well."""

    WELL = "well"
    ABORT = "abort"
    STRANGE = "strange"  # it names a meter that is not there
    PARTLY = "partly"  # it leaves one out
    SILENT = "silent"  # it ends without a finding
    TWICE = "twice"  # it says its finding twice


@dataclass
class Tray:
    """A carrier as it truly stands."""

    lot: int
    meters: list[str]
    at: str
    ready: bool = True


@dataclass
class Yard:
    """What is truly where: carriers, lanes by (kind, lot), what the packer holds by (lot, verdict)."""

    trays: dict[str, Tray] = field(default_factory=dict[str, Tray])
    lanes: dict[tuple[int, int], list[str]] = field(default_factory=dict[tuple[int, int], list[str]])
    hands: dict[tuple[int, int], list[str]] = field(default_factory=dict[tuple[int, int], list[str]])
    seals: dict[str, str] = field(default_factory=dict[str, str])
    bad: set[str] = field(default_factory=set[str])
    count: int = 0

    def named(self, lot: int, meters: list[str], at: str, *, ready: bool) -> str:
        """Put meters on an empty carrier and return its name."""
        self.count += 1
        name = f"C{self.count:05}"
        self.trays[name] = Tray(lot, meters, at, ready)
        return name

    def take_out(self, codes: list[str]) -> None:
        """Take meters from wherever they are."""
        for held in (*(tray.meters for tray in self.trays.values()), *self.lanes.values(), *self.hands.values()):
            held[:] = [code for code in held if code not in codes]


@dataclass
class Work:
    """A mission in the memory of a cell."""

    command: Command
    load: str = ""
    stage: str = "accepted"  # aboard, told


@dataclass
class Toy:
    """One cell with its PLC's memory."""

    id: str
    line: CellLine
    yard: Yard
    journal: dict[int, ActState] = field(default_factory=dict[int, ActState])
    works: dict[int, Work] = field(default_factory=dict[int, Work])
    words: list[Held] = field(default_factory=list[Held])
    mail: dict[int, Command] = field(default_factory=dict[int, Command])
    seq: int = 0
    fault: int = 0
    begun: int = 0

    @property
    def kind(self) -> str:
        """Which kind of cell it is."""
        return self.line.cells[self.id].kind

    def image(self) -> DeviceImage:
        """Return what a read-back shows."""
        entries = tuple(JournalEntry(number, state) for number, state in self.journal.items())
        return DeviceImage(Status(fault=self.fault), entries)

    def forget(self) -> None:
        """Lose the memory; boxes and carriers that are full stay where they are, and are told of again."""
        kept = [(event, box) for _, event, box in self.words if event.code in (EvtCode.FILLED, EvtCode.BOXED)]
        self.journal, self.works, self.words, self.mail, self.seq = {}, {}, [], {}, 0
        for event, box in kept:
            self.say(event, box)

    def say(self, event: Event, box: BoxResult | None = None) -> None:
        """Put an event behind those that wait to be booked."""
        self.seq += 1
        self.words.append((self.seq, event, box))

    def answer(self, command: Command, *, grumpy: bool) -> AckCode:
        """Answer a telegram, and take the mission up if it is accepted."""
        if command.mission in self.journal:
            return AckCode.KNOWN
        code = AckCode.BUSY if grumpy else self._judge(command)
        if code is AckCode.ACCEPTED:
            self.journal[command.mission] = ActState.RUNNING
            self.works[command.mission] = Work(command, command.load_id)
            self.begun += 1
        return code

    def _judge(self, command: Command) -> AckCode:
        if self.fault:
            return AckCode.FAULT_ACTIVE
        if command.code is CmdCode.TRANSPORT:
            tray = self.yard.trays.get(command.load_id)
            if tray is None or any(work.load == command.load_id for work in self.works.values()):
                return AckCode.LOAD_MISMATCH
            if tray.at == self.id:
                return AckCode.ACCEPTED  # it stands inside already, and is worked on as it stands
            if not tray.ready:
                return AckCode.LOAD_MISMATCH
            full = self._standing() >= ways.room(self.line, self.line.cells[self.id])
            return AckCode.BUSY if full else AckCode.ACCEPTED
        if command.code is CmdCode.PICK and self.kind == "sorting":
            return AckCode.ACCEPTED if self.yard.lanes.get((command.par1, command.par2)) else AckCode.LOAD_MISMATCH
        return AckCode.ACCEPTED if command.code is CmdCode.BOX else AckCode.BAD_CODE

    def _standing(self) -> int:
        coming = sum(1 for work in self.works.values() if work.stage == "accepted")
        return coming + sum(1 for tray in self.yard.trays.values() if tray.at == self.id)

    def go_on(self, number: int, mood: Mood) -> None:
        """Bring a mission one stage further."""
        work = self.works[number]
        if self.fault or (work.stage == "told" and any(event.mission == number for _, event, _ in self.words)):
            return  # its finding is not booked yet
        if mood is Mood.ABORT:
            self._over(number, ActState.ABORTED)
            self.say(Event(EvtCode.ABORTED, number, result=FaultCode.JAM, load_id=work.load))
        elif work.stage == "accepted" and work.command.code is CmdCode.TRANSPORT:
            work.stage, tray = "aboard", self.yard.trays[work.load]
            tray.at, tray.ready = self.id, False
            self.say(Event(EvtCode.PICKED, number, load_id=work.load))
        elif work.stage in ("accepted", "aboard") and self.kind in REPORTING and mood is not Mood.SILENT:
            self._tell(number, work, mood)
        else:
            self._end(number, work)

    def _tell(self, number: int, work: Work, mood: Mood) -> None:
        meters = list(self._worked(work))
        if mood is Mood.STRANGE:
            meters.append(MeterResult("stranger", 1, "SX"))
        if mood is Mood.PARTLY:
            meters = meters[1:]
        work.stage, found = "told", BoxResult(work.load, "", 0, 0, tuple(meters))
        for _ in range(2 if mood is Mood.TWICE else 1):
            self.say(Event(EvtCode.RESULT_READY, number, load_id=work.load), found)

    def _worked(self, work: Work) -> Iterator[MeterResult]:
        yard, command = self.yard, work.command
        if self.kind == "sorting" and command.code is CmdCode.PICK:
            lane = yard.lanes.get((command.par1, command.par2), [])
            taken, lane[:] = lane[: self.line.places], lane[self.line.places :]
            work.load = yard.named(command.par2, taken, self.id, ready=False)
        tray = yard.trays[work.load]
        if self.kind == "sorting" and command.code is CmdCode.TRANSPORT:
            self._take_off(tray, command)
        for code in tray.meters:
            if self.kind == "sealing":
                yield MeterResult(code, 1, yard.seals.setdefault(code, f"S{len(yard.seals):06}"))
            else:
                yield MeterResult(code, 2 if self.kind == "withstand" and code in yard.bad else 1)

    def _take_off(self, tray: Tray, command: Command) -> None:
        stays: list[str] = []
        for place, code in enumerate(tray.meters):
            lane = LANE_OF_BITS.get((command.par1 >> place & 1, command.par2 >> place & 1))
            (self.yard.lanes.setdefault((lane, tray.lot), []) if lane else stays).append(code)
        tray.meters = stays

    def _end(self, number: int, work: Work) -> None:
        self._over(number, ActState.ENDED)
        tray = self.yard.trays.get(work.load)
        if tray is not None:
            self._done_with(work.load, tray, work.command)
        self.say(Event(EvtCode.ENDED, number, load_id=work.load))

    def _done_with(self, name: str, tray: Tray, command: Command) -> None:
        tray.ready = True
        if self.kind == "packing":
            self.yard.hands.setdefault((command.par1, command.par2), []).extend(tray.meters)
            tray.meters = []
        if not tray.meters:
            del self.yard.trays[name]

    def _over(self, number: int, state: ActState) -> None:
        del self.works[number]
        self.journal[number] = state


def put_right(toys: dict[str, Toy], floor: Floor, codes: list[str]) -> None:
    """Put meters by hand where the pages show them: what stands ready there is ready."""
    yard = next(iter(toys.values())).yard
    yard.take_out(codes)
    for carrier in floor.carriers.values():
        mine = [m.code for m in carrier.meters if m.code in codes]
        if mine and carrier.stage == PACKING:
            key = (carrier.lot, int(carrier.id.rpartition(":")[2]))
            yard.hands.setdefault(key, []).extend(mine)
        elif mine and carrier.stage in HOLDERS:
            yard.lanes.setdefault((LANES[carrier.stage][0], carrier.lot), []).extend(mine)
        elif mine:
            working = any(m.unit == carrier.id and m.device == carrier.at for m in floor.missions.values())
            yard.trays[carrier.id] = Tray(carrier.lot, mine, carrier.at, ready=not working)
    known = {work.load for toy in toys.values() for work in toy.works.values()}
    for name in [name for name, tray in yard.trays.items() if not tray.meters and name not in known]:
        del yard.trays[name]

"""The unloading cell: takes boxes off pallets, opens and scans them, and puts their meters on carriers.

It opens a box and tells what it has scanned; the WCS says whether the meters may go on (PICK) or the box is set
down at the exception port (PLACE). From there it is taken up again by the next PICK. Emptied boxes go back onto
their pallet, and so does one that shall not be opened after all (PLACE with Par2 1); then the pallet leaves the line.
"""

from __future__ import annotations

from typing import Literal

from plc.codes import AckCode, CmdCode, EvtCode
from plc.plant.cells import CellLine, Unloading
from plc.telegram import BoxResult, Command, Event, MeterResult, Status
from simulation.devices.cells import boxes
from simulation.devices.cells.boxes import Hand, Intake, UnloaderRecord
from simulation.devices.cells.yard import KEPT_FOR_SORTING, yard_of
from simulation.devices.drive import NEVER, Drive
from simulation.devices.words import status
from simulation.hall import Hall

READY_MOST = 3  # carriers that find room before the next cell
ENTER_S = 4.0
ONTO_PALLET = 1  # Par2 of PLACE: the box is closed and goes back onto its pallet


class Unloader:
    """One unloading cell as a machine."""

    def __init__(self, hall: Hall, spec: Unloading, line: CellLine) -> None:
        """Take up the record of the cell."""
        self.id, self._hall, self._spec, self._line = spec.id, hall, spec, line
        self.yard = yard_of(hall, line)
        self.record = hall.recall(self.id, UnloaderRecord, UnloaderRecord())
        self._number = hall.plant.points[line.outfeed].number
        self._drive = Drive(hall, self)
        self.halt, self.resume = self._drive.halt, self._drive.resume
        self.yard.told.append(self.look)

    def judge(self, command: Command) -> AckCode:
        """Accept a pallet at the in-feed, what is to be done with the open box, and the end of a lot."""
        record = self.record
        match command.code:
            case CmdCode.BOX:
                return AckCode.ACCEPTED
            case CmdCode.VERIFY:
                load = self._hall.world.at(self._line.infeed)
                if load is None or not load.named(command.load_id):
                    return AckCode.LOAD_MISMATCH
                return AckCode.BUSY if load.mover else AckCode.ACCEPTED
            case CmdCode.PICK | CmdCode.PLACE:
                if record.hand is not None and record.hand.box == command.load_id and record.hand.stage == "open":
                    return self._may_leave_hand(command, record.hand)
                at_port = any(box.code == command.load_id for box in record.port)
                return AckCode.ACCEPTED if at_port and command.code is CmdCode.PICK else AckCode.LOAD_MISMATCH
            case _:
                return AckCode.BAD_CODE

    def _may_leave_hand(self, command: Command, hand: Hand) -> AckCode:
        if command.code is not CmdCode.PLACE:
            return AckCode.ACCEPTED
        if command.par2 == ONTO_PALLET:
            return AckCode.ACCEPTED if hand.pallet else AckCode.BAD_PLACE
        return AckCode.BUSY if len(self.record.port) >= self._spec.exceptions else AckCode.ACCEPTED

    def accept(self, command: Command) -> None:
        """Take note of it."""
        record, now_s = self.record, self._hall.env.now
        match command.code:
            case CmdCode.BOX:
                record.flushes.append((command.mission, command.par1))
            case CmdCode.VERIFY:
                load = self._hall.world.stands[self._line.infeed]
                load.mover = self.id
                self._hall.world.touch("load", load.code, load)
                record.intakes.append(Intake(command.mission, load.code, command.load_id))
            case _ if record.hand is not None and record.hand.box == command.load_id:
                hand = record.hand
                hand.mission, hand.lot = command.mission, command.par1
                aside: Literal["setting", "returning"] = "returning" if command.par2 == ONTO_PALLET else "setting"
                hand.stage = "filling" if command.code is CmdCode.PICK else aside
                meters = len(boxes.in_hand(self._hall, self.record, hand).meters)
                hand.due_s = now_s + (meters * self._spec.meter_s if hand.stage == "filling" else self._spec.box_s)
            case _:
                record.taken_up.append((command.mission, command.load_id))
        self._drive.interrupt(command.mission, self._spec.box_s / 2)
        self._go_on()

    def next_due_s(self) -> float:
        """Return when a pallet is in, or the robot is done with a box."""
        due = [intake.due_s for intake in self.record.intakes[:1] if intake.stage == "entering"]
        hand = self.record.hand
        if hand is not None and hand.stage in ("opening", "setting", "returning", "filling"):
            waits = hand.stage == "opening" and self.record.unbooked
            blocked = waits or (hand.stage == "filling" and not self.has_room())
            due += [] if blocked else [hand.due_s]
        return min(due, default=NEVER)

    def act(self, now_s: float) -> None:
        """Finish what is due, and begin what can begin."""
        record = self.record
        first = record.intakes[0] if record.intakes else None
        if first is not None and first.stage == "entering" and first.due_s <= now_s:
            self._take_in(first)
        if record.hand is not None and record.hand.due_s <= now_s:
            self._handle(record.hand)
        self._begin()

    def shift(self, seconds: float) -> None:
        """Put everything off."""
        for intake in self.record.intakes:
            intake.due_s += seconds
        if self.record.hand is not None:
            self.record.hand.due_s += seconds
        self.record.waiting = False
        self._begin()

    def granted(self, point: str) -> None:
        """Let an emptied pallet out: the out-feed has become free."""
        self.record.waiting = False
        self._go_on()

    def arrived(self, point: str) -> None:
        """Nothing: the cell waits for its telegram."""

    def look(self) -> None:
        """Go on if a carrier was fetched or has become free."""
        if self._drive.held:
            return
        self._begin()
        self._drive.arm()

    def booked(self, event: Event) -> None:
        """Go on: what was told is booked."""
        record = self.record
        if event.code is EvtCode.OPENED and record.hand is not None and record.hand.stage == "telling":
            record.hand.stage = "open"
            record.unbooked = False
        elif event.code is EvtCode.FILLED and record.closed:
            self.yard.record.carriers[record.closed.pop(0)].ready = True
            record.unbooked = False
            self.yard.changed()
        self._go_on()

    def status(self) -> Status:
        """Return the first mission."""
        record = self.record
        hand = record.hand.mission if record.hand is not None else 0
        mission = hand or next((intake.mission for intake in record.intakes), 0)
        fault = record.stoppage.code if record.stoppage is not None and record.stoppage.holding else 0
        return status(mission=mission, loaded=record.hand is not None, fault=fault)

    def result(self) -> BoxResult | None:
        """Return the box that was opened or the carrier that was filled last."""
        return self.record.result

    def _go_on(self) -> None:
        if not self._drive.held:
            self._begin()
        self._hall.changed(self.id, self.record)
        self._drive.arm()

    def _begin(self) -> None:
        """Begin whatever can begin now."""
        record, now_s = self.record, self._hall.env.now
        self._let_out()
        self._tell_closed()
        first = record.intakes[0] if record.intakes else None
        if first is not None and first.stage == "standing":
            first.stage, first.due_s = "entering", now_s + ENTER_S
        if record.hand is None and record.taken_up:
            mission, box = record.taken_up.pop(0)
            self._hall.say(self.id, Event(EvtCode.ENDED, mission, load_id=box))
            record.hand = Hand(box, "", due_s=now_s + self._spec.box_s)
        elif record.hand is None and first is not None and first.stage == "working":
            if first.boxes:
                record.hand = Hand(first.boxes[0], first.load, due_s=now_s + self._spec.box_s)
            else:
                self._emptied(first)
        for mission, lot in list(record.flushes):
            self._flush(mission, lot)

    def _take_in(self, intake: Intake) -> None:
        load = self._hall.world.loads[intake.load]
        intake.stage, intake.boxes = "working", [box.code for box in load.boxes()]
        self._hall.take(load, self.id)
        self._hall.say(self.id, Event(EvtCode.PICKED, intake.mission, load_id=intake.load_id))

    def _handle(self, hand: Hand) -> None:
        match hand.stage:
            case "opening" if not self.record.unbooked:
                self._tell_box(hand)
            case "setting":
                self._set_aside(hand)
            case "returning":
                boxes.strike_off(self._hall, self.record, hand, keep=True)
                self._end_hand(hand)
            case "filling" if self.has_room():
                self._fill(hand)
            case _:
                return

    def _tell_box(self, hand: Hand) -> None:
        box = boxes.in_hand(self._hall, self.record, hand)
        meters = tuple(MeterResult(code, 0) for code in box.meters)
        hand.stage, self.record.unbooked = "telling", True
        self.record.result = BoxResult(box.code, hand.pallet, 0, 0, meters)
        self._hall.say(self.id, Event(EvtCode.OPENED, data1=len(meters), load_id=box.code))

    def _set_aside(self, hand: Hand) -> None:
        box = boxes.in_hand(self._hall, self.record, hand)
        self.record.port.append(box)
        boxes.strike_off(self._hall, self.record, hand)
        self._end_hand(hand)

    def _fill(self, hand: Hand) -> None:
        """Put the meters on the carrier, and on the next one when that is full; the box goes back to its pallet."""
        box = boxes.in_hand(self._hall, self.record, hand)
        while box.meters:
            carrier = self.yard.record.carriers.get(self.record.filling)
            if carrier is not None and carrier.lot != hand.lot:
                self._close(carrier.code)
                carrier = None
            if carrier is None:
                if self.yard.free() <= KEPT_FOR_SORTING:
                    return
                carrier = self.yard.fill(hand.lot, [], self.id)
                self.record.filling = carrier.code
            room = self._line.places - len(carrier.meters)
            carrier.meters += box.meters[:room]
            self._count(hand, min(room, len(box.meters)))
            box.meters = box.meters[room:]
            if len(carrier.meters) == self._line.places:
                self._close(carrier.code)
        self.yard.touch()
        if not hand.pallet:
            self.record.port = [other for other in self.record.port if other.code != box.code]
            boxes.keep_empty(self._hall, self.id, self.record, box)
        else:
            boxes.strike_off(self._hall, self.record, hand, keep=True)
        self._end_hand(hand)

    def _count(self, hand: Hand, meters: int) -> None:
        for intake in self.record.intakes:
            if intake.load == hand.pallet:
                intake.meters += meters

    def _end_hand(self, hand: Hand) -> None:
        self._hall.say(self.id, Event(EvtCode.ENDED, hand.mission, load_id=hand.box))
        self.record.hand = None

    def _emptied(self, intake: Intake) -> None:
        self.record.intakes.remove(intake)
        self.record.leaving.append(intake.load)
        self._hall.say(self.id, Event(EvtCode.ENDED, intake.mission, result=intake.meters, load_id=intake.load_id))
        self._let_out()

    def has_room(self) -> bool:
        """Return whether the robot may go on filling carriers."""
        ready = sum(1 for c in self.yard.record.carriers.values() if c.at == self.id and c.code != self.record.filling)
        open_one = self.record.filling in self.yard.record.carriers
        return ready < READY_MOST and (open_one or self.yard.free() > KEPT_FOR_SORTING)

    def _close(self, carrier: str) -> None:
        self.record.filling = ""
        self.record.closed.append(carrier)
        self._tell_closed()

    def _tell_closed(self) -> None:
        record = self.record
        if not record.closed or record.unbooked:
            return
        carrier = self.yard.record.carriers[record.closed[0]]
        record.unbooked = True
        meters = tuple(MeterResult(code, 0) for code in carrier.meters)
        record.result = BoxResult(carrier.code, "", 0, 0, meters)
        self._hall.say(self.id, Event(EvtCode.FILLED, data1=carrier.lot, load_id=carrier.code))

    def _flush(self, mission: int, lot: int) -> None:
        """End a lot: its last carrier goes on as it is."""
        carrier = self.yard.record.carriers.get(self.record.filling)
        if carrier is not None and carrier.lot == lot:
            self._close(carrier.code)
        self.record.flushes.remove((mission, lot))
        self._hall.say(self.id, Event(EvtCode.ENDED, mission))

    def _let_out(self) -> None:
        """Set emptied pallets down at the out-feed, as far as it is free."""
        record, outfeed = self.record, self._line.outfeed
        while record.leaving and not record.waiting:
            if not self._hall.request(outfeed, self.id):
                record.waiting = True
                return
            load = record.leaving.pop(0)
            self._hall.say(self.id, Event(EvtCode.ARRIVED, point=self._number, load_id=load))
            self._hall.bring(self._hall.world.loads[load], outfeed)

"""The packing cell: fills boxes by lot and verdict, and pallets with them; empty boxes come in on pallets.

It fills the next box only when the last one is booked. One box and one pallet hold one lot and one verdict.
"""

from __future__ import annotations

from plc.codes import AckCode, CmdCode, EvtCode, FaultCode
from plc.plant.cells import CellLine, Packing
from plc.telegram import BoxResult, Command, Event, MeterResult, Status
from simulation.devices.cells.groups import Group, PackerRecord, Stay
from simulation.devices.cells.station import COME_S
from simulation.devices.cells.yard import yard_of
from simulation.devices.drive import NEVER, Drive
from simulation.devices.words import status
from simulation.hall import Hall
from simulation.loads import Box, Load

EXITS = 2  # finished pallets that find room before the out-feed


class Packer:
    """One packing cell as a machine."""

    def __init__(self, hall: Hall, spec: Packing, line: CellLine) -> None:
        """Take up the record of the cell, with a full magazine at the very start."""
        self.id, self._hall, self._spec, self._line = spec.id, hall, spec, line
        self.yard = yard_of(hall, line)
        self.record = hall.recall(self.id, PackerRecord, PackerRecord())
        if self.record.boxes is None:
            self.record.boxes = [f"B{self.id}{number:05}" for number in range(1, spec.magazine + 1)]
        self._number = hall.plant.points[line.outfeed].number
        self._drive = Drive(hall, self)
        self.halt, self.resume = self._drive.halt, self._drive.resume

    @property
    def boxes(self) -> list[str]:
        """The empty boxes in the magazine."""
        return self.record.boxes or []

    def judge(self, command: Command) -> AckCode:
        """Accept carriers, pallets of empty boxes, and the end of a lot."""
        if command.code is CmdCode.BOX:
            return AckCode.ACCEPTED
        if command.code is not CmdCode.TRANSPORT:
            return AckCode.BAD_CODE
        if self._hall.place(command.source) == self._spec.supply:
            load = self._hall.world.at(self._spec.supply)
            if load is None or not load.named(command.load_id) or any(load.meters()):
                return AckCode.LOAD_MISMATCH
            return AckCode.BUSY if load.mover else AckCode.ACCEPTED
        carrier = self.yard.record.carriers.get(command.load_id)
        if carrier is None or not carrier.ready:
            return AckCode.LOAD_MISMATCH
        inside = sum(1 for stay in self.record.stays if not stay.pallet)
        return AckCode.BUSY if inside >= self._spec.capacity else AckCode.ACCEPTED

    def accept(self, command: Command) -> None:
        """Let it come in, or take note that a lot is complete."""
        record, now_s = self.record, self._hall.env.now
        if command.code is CmdCode.BOX:
            record.flushes.append((command.mission, command.par1))
        else:
            pallet = self._hall.place(command.source) == self._spec.supply
            load = self._hall.world.stands[self._spec.supply].code if pallet else command.load_id
            if pallet:
                self._hall.world.loads[load].mover = self.id
            due_s = now_s + COME_S
            record.stays.append(Stay(command.mission, load, command.par1, command.par2, pallet, due_s=due_s))
        self._drive.interrupt(command.mission, COME_S / 2)
        self._go_on()

    def next_due_s(self) -> float:
        """Return when something is in or emptied, or a box is full."""
        due = [stay.due_s for stay in self.record.stays if stay.stage != "queued"]
        due += [self.record.packing[2]] if self.record.packing is not None else []
        return min(due, default=NEVER)

    def act(self, now_s: float) -> None:
        """Finish what is due, and begin what can begin."""
        for stay in list(self.record.stays):
            if stay.due_s <= now_s and stay.stage == "coming":
                self._come_in(stay)
            elif stay.due_s <= now_s and stay.stage == "working":
                self._empty(stay)
        if self.record.packing is not None and self.record.packing[2] <= now_s:
            self._pack(self.record.packing[0], self.record.packing[1])
        self._begin()

    def shift(self, seconds: float) -> None:
        """Put everything off."""
        for stay in self.record.stays:
            stay.due_s += seconds
        if self.record.packing is not None:
            lot, verdict, due_s = self.record.packing
            self.record.packing = (lot, verdict, due_s + seconds)
        self.record.waiting = False
        self._begin()

    def granted(self, point: str) -> None:
        """Let a finished pallet out: the out-feed has become free."""
        self.record.waiting = False
        self._go_on()

    def arrived(self, point: str) -> None:
        """Nothing: the cell waits for its telegram."""

    def booked(self, event: Event) -> None:
        """Fill the next box: the result of the last one is booked."""
        if event.code is EvtCode.BOXED:
            self.record.unbooked = False
            self._go_on()

    def status(self) -> Status:
        """Return the first mission that runs."""
        record = self.record
        mission = next((stay.mission for stay in record.stays), 0)
        fault = record.stoppage.code if record.stoppage is not None and record.stoppage.holding else 0
        return status(mission=mission, loaded=any(group.meters for group in record.groups), fault=fault)

    def result(self) -> BoxResult | None:
        """Return the box that was packed last."""
        return self.record.result

    def held_meters(self) -> list[str]:
        """Return the meters that wait for a box."""
        return [code for group in self.record.groups for code in group.meters]

    def _go_on(self) -> None:
        if not self._drive.held:
            self._begin()
        self._hall.changed(self.id, self.record)
        self._drive.arm()

    def _begin(self) -> None:
        record, now_s = self.record, self._hall.env.now
        self._let_out()
        working = any(stay.stage == "working" and not stay.pallet for stay in record.stays)
        queued = next((stay for stay in record.stays if stay.stage == "queued"), None)
        if not working and queued is not None:
            meters = len(self.yard.record.carriers[queued.load].meters)
            queued.stage, queued.due_s = "working", now_s + meters * self._spec.meter_s
        if record.packing is None and not record.unbooked and len(record.leaving) < EXITS:
            group = self._packable()
            if group is not None and not self.boxes:
                self._starve(True)
            elif group is not None:
                self._starve(False)
                record.packing = (group.lot, group.verdict, now_s + self._spec.box_s)
        self._finish_lots()

    def _starve(self, starved: bool) -> None:
        """Say once that the magazine is empty, and once that it is not any more."""
        if starved != self.record.starved:
            self.record.starved = starved
            code = EvtCode.FAULT_RAISED if starved else EvtCode.FAULT_GONE
            self._hall.say(self.id, Event(code, data1=FaultCode.BOXES_EMPTY))

    def _come_in(self, stay: Stay) -> None:
        self._hall.say(self.id, Event(EvtCode.PICKED, stay.mission, load_id=stay.load))
        if stay.pallet:
            load = self._hall.world.loads[stay.load]
            stay.stage, stay.due_s = "working", self._hall.env.now + self._spec.box_s
            self._hall.take(load, self.id)
            return
        stay.stage = "queued"
        self.yard.move(self.yard.record.carriers[stay.load], self.id)

    def _empty(self, stay: Stay) -> None:
        """Take the meters off a carrier, or the boxes off a pallet."""
        record = self.record
        record.stays.remove(stay)
        if stay.pallet:
            load = self._hall.world.loads[stay.load]
            record.boxes = [*self.boxes, *(box.code for box in load.boxes())]
            record.pallets.append(load.code)
            load.piles = []
            self._hall.world.touch("load", load.code, load)
        else:
            carrier = self.yard.record.carriers[stay.load]
            self._group(stay.lot, stay.verdict).meters += carrier.meters
            self.yard.release(carrier)
        self._hall.say(self.id, Event(EvtCode.ENDED, stay.mission, load_id=stay.load))

    def _group(self, lot: int, verdict: int) -> Group:
        for group in self.record.groups:
            if (group.lot, group.verdict) == (lot, verdict):
                return group
        self.record.groups.append(Group(lot, verdict))
        return self.record.groups[-1]

    def _ahead(self, lot: int) -> bool:
        return any(stay.lot == lot for stay in self.record.stays)

    def _packable(self) -> Group | None:
        for group in self.record.groups:
            if len(group.meters) >= self._line.places:
                return group
            flushed = any(lot == group.lot for _, lot in self.record.flushes)
            if group.meters and flushed and not self._ahead(group.lot):
                return group
        return None

    def _pack(self, lot: int, verdict: int) -> None:
        """Close a box, put it on the pallet of its group, and report it."""
        record, world = self.record, self._hall.world
        group = self._group(lot, verdict)
        meters, group.meters = group.meters[: self._line.places], group.meters[self._line.places :]
        code, pallet = self.boxes.pop(0), self._open_pallet(group)
        if not pallet.piles or len(pallet.piles[-1]) >= self._spec.boxes_per_pile:
            pallet.piles.append([])
        pallet.piles[-1].append(Box(code, meters))
        world.touch("load", pallet.code, pallet)
        record.packing, record.unbooked = None, True
        found = tuple(MeterResult(meter, verdict, self.yard.record.seals.pop(meter, "")) for meter in meters)
        record.result = BoxResult(code, pallet.code, len(pallet.piles), verdict, found)
        event = Event(EvtCode.BOXED, data1=len(meters), data2=len(self.boxes), result=verdict, load_id=code)
        self._hall.say(self.id, event)
        if [len(pile) for pile in pallet.piles] == [self._spec.boxes_per_pile] * self._spec.piles_per_pallet:
            self._close(group)

    def _open_pallet(self, group: Group) -> Load:
        world = self._hall.world
        if not group.pallet:
            spare = f"P{self.id}{world.count(f'spare P{self.id}'):05}" if not self.record.pallets else ""
            group.pallet = spare or self.record.pallets.pop(0)
        if group.pallet not in world.loads:
            world.add(Load(group.pallet), self.id)
        return world.loads[group.pallet]

    def _close(self, group: Group) -> None:
        self.record.leaving.append((group.pallet, group.lot))
        group.pallet = ""

    def _let_out(self) -> None:
        """Set finished pallets down at the out-feed, as far as it is free."""
        record, outfeed = self.record, self._line.outfeed
        while record.leaving and not record.waiting:
            if not self._hall.request(outfeed, self.id):
                record.waiting = True
                return
            load, _ = record.leaving.pop(0)
            self._hall.say(self.id, Event(EvtCode.ARRIVED, point=self._number, load_id=load))
            self._hall.bring(self._hall.world.loads[load], outfeed)

    def _finish_lots(self) -> None:
        """Close the last pallets of lots that are packed up, and end their missions once they have left."""
        record = self.record
        for mission, lot in list(record.flushes):
            groups = [group for group in record.groups if group.lot == lot]
            busy = record.packing is not None and record.packing[0] == lot
            if busy or self._ahead(lot) or any(group.meters for group in groups):
                continue
            for group in groups:
                if group.pallet:
                    self._close(group)
                record.groups.remove(group)
            self._let_out()
            if not any(of == lot for _, of in record.leaving):
                record.flushes.remove((mission, lot))
                self._hall.say(self.id, Event(EvtCode.ENDED, mission))

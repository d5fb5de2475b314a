"""A stand-in for a verification line: unloads pallets, verifies meters in batches, seals, and packs by verdict.

It knows meters only by the codes that it scans. One box and one pallet hold one lot and one verdict; what came
in as boxes and pallets is used again, and a small stock of its own helps out when verdicts split a lot. It
fills the next box only when the result of the one before is booked.
"""

from __future__ import annotations

from plc.codes import AckCode, CmdCode, EvtCode
from plc.plant.stations import TurnkeyLine as LineSpec
from plc.telegram import BoxResult, Command, Event, MeterResult, Status
from simulation.devices.drive import NEVER, Drive
from simulation.devices.line_stock import FAIL, PASS, Flush, Group, Intake, Leaving, LineRecord, Packing, Scanned, Shape
from simulation.devices.words import status
from simulation.hall import Hall
from simulation.loads import Box, Load

EXITS = 2  # finished pallets that find room before the out-feed


class Line:
    """One line as a machine; what is inside has the place with its name."""

    def __init__(self, hall: Hall, spec: LineSpec) -> None:
        """Take up the record of the line."""
        self.id, self._hall, self._spec = spec.id, hall, spec
        self.record = hall.recall(self.id, LineRecord, LineRecord())
        self._number = hall.plant.points[spec.outfeed].number
        self._drive = Drive(hall, self)
        self.halt, self.resume = self._drive.halt, self._drive.resume

    def judge(self, command: Command) -> AckCode:
        """Accept a pallet that stands at the in-feed, and the packing of a lot."""
        if command.code is CmdCode.BOX:
            return AckCode.ACCEPTED
        if command.code is not CmdCode.VERIFY:
            return AckCode.BAD_CODE
        load = self._hall.world.at(self._spec.infeed)
        if load is None or not load.named(command.load_id):
            return AckCode.LOAD_MISMATCH
        return AckCode.BUSY if load.mover else AckCode.ACCEPTED

    def accept(self, command: Command) -> None:
        """Take note of a pallet or of a lot that is complete."""
        if command.code is CmdCode.BOX:
            self.record.flushes.append(Flush(command.mission, command.par1))
        else:
            load = self._hall.world.stands[self._spec.infeed]
            load.mover = self.id
            self._hall.world.touch("load", load.code, load)
            self.record.intakes.append(Intake(command.mission, load.code, command.load_id, command.par1))
        self._drive.interrupt(command.mission, self._spec.unload_s / 2)
        self._go_on()

    def next_due_s(self) -> float:
        """Return when a pallet is in or unloaded, the benches are done, or a box is full."""
        record = self.record
        intake = record.intakes[0] if record.intakes else None
        return min(
            intake.due_s if intake is not None and intake.stage != "standing" else NEVER,
            record.bench_s if record.bench else NEVER,
            record.packing.due_s if record.packing is not None else NEVER,
        )

    def act(self, now_s: float) -> None:
        """Finish what is due, and begin what can begin."""
        record = self.record
        if record.intakes and record.intakes[0].stage != "standing" and record.intakes[0].due_s <= now_s:
            self._take_in(record.intakes[0])
        if record.bench and record.bench_s <= now_s:
            self._judge_meters()
        if record.packing is not None and record.packing.due_s <= now_s:
            self._pack(record.packing)
        self._begin()

    def shift(self, seconds: float) -> None:
        """Put everything off."""
        for intake in self.record.intakes:
            intake.due_s += seconds
        self.record.bench_s += seconds
        if self.record.packing is not None:
            self.record.packing.due_s += seconds
        self.record.waiting = False
        self._begin()

    def granted(self, point: str) -> None:
        """Let a finished pallet out: the out-feed has become free."""
        self.record.waiting = False
        self._go_on()

    def arrived(self, point: str) -> None:
        """Nothing: the line waits for its telegram."""

    def booked(self, event: Event) -> None:
        """Fill the next box: the result of the last one is booked."""
        if event.code is EvtCode.BOXED:
            self.record.unbooked = False
            self._go_on()

    def status(self) -> Status:
        """Return the first mission that runs."""
        record = self.record
        mission = next((item.mission for item in (*record.intakes, *record.flushes)), 0)
        fault = record.stoppage.code if record.stoppage is not None and record.stoppage.holding else 0
        return status(mission=mission, loaded=bool(record.buffer or record.bench), fault=fault)

    def result(self) -> BoxResult | None:
        """Return the box that was packed last."""
        return self.record.result

    def _go_on(self) -> None:
        if not self._drive.held:
            self._begin()
        self._hall.changed(self.id, self.record)
        self._drive.arm()

    def _begin(self) -> None:
        """Begin whatever can begin now: take a pallet in, start the benches, fill a box, let pallets out."""
        record, spec, now_s = self.record, self._spec, self._hall.env.now
        self._let_out()
        if not record.bench and self._batch_ready():
            record.bench, record.buffer = record.buffer[: spec.positions], record.buffer[spec.positions :]
            record.bench_s = now_s + spec.batch_s
        first = record.intakes[0] if record.intakes else None
        if first is not None and first.stage == "standing" and len(record.buffer) <= 2 * spec.positions:
            first.stage, first.due_s = "entering", now_s + spec.unload_s
        if record.packing is None and not record.unbooked and len(record.leaving) < EXITS:
            group = record.packable()
            if group is not None:
                record.packing = Packing(group.lot, group.verdict, now_s + spec.pack_s)
        self._finish_lots()

    def _batch_ready(self) -> bool:
        """Return whether the benches are worth starting: full, or no more of a lot is to come."""
        record = self.record
        if len(record.buffer) >= self._spec.positions:
            return True
        lots = {flush.lot for flush in record.flushes} - {intake.lot for intake in record.intakes}
        return any(scanned.lot in lots for scanned in record.buffer)

    def _take_in(self, intake: Intake) -> None:
        load = self._hall.world.loads[intake.load]
        if intake.stage == "entering":
            boxes = sum(1 for _ in load.boxes())
            intake.stage, intake.due_s = "unloading", intake.due_s + boxes * self._spec.unload_s
            self._hall.take(load, self.id)
            self._hall.say(self.id, Event(EvtCode.PICKED, intake.mission, load_id=intake.load_id))
            return
        self.record.intakes.remove(intake)
        meters = list(load.meters())
        self.record.shapes.setdefault(intake.lot, Shape()).learn(load)
        self.record.buffer += [Scanned(code, intake.lot) for code in meters]
        self.record.boxes += [box.code for box in load.boxes()]
        self.record.pallets.append(load.code)
        load.piles = []
        self._hall.world.touch("load", load.code, load)
        self._hall.say(self.id, Event(EvtCode.ENDED, intake.mission, result=len(meters), load_id=intake.load_id))

    def _judge_meters(self) -> None:
        """Take the meters off the benches: seal what has passed, and put some back for a second run."""
        physics, record = self._hall.physics, self.record
        tested, record.bench = record.bench, []
        for meter in tested:
            if not meter.again and physics.chance("retest", meter.code) < physics.retest_share:
                record.buffer.append(Scanned(meter.code, meter.lot, again=True))
            elif physics.chance("reject", meter.code) < physics.reject_rate:
                record.group(meter.lot, FAIL).meters.append(MeterResult(meter.code, FAIL))
            else:
                seal = f"{self.id}{self._hall.world.count(f'seal {self.id}'):08}"
                record.group(meter.lot, PASS).meters.append(MeterResult(meter.code, PASS, seal))

    def _pack(self, packing: Packing) -> None:
        """Close a box, put it on the pallet of its group, and report it."""
        record, world = self.record, self._hall.world
        group, shape = record.group(packing.lot, packing.verdict), record.shapes[packing.lot]
        meters, group.meters = group.meters[: shape.box], group.meters[shape.box :]
        code = record.boxes.pop(0) if record.boxes else self._spare("B")
        pallet = self._open_pallet(group)
        if not pallet.piles or len(pallet.piles[-1]) >= shape.pile:
            pallet.piles.append([])
        pallet.piles[-1].append(Box(code, [meter.code for meter in meters]))
        world.touch("load", pallet.code, pallet)
        record.packing, record.unbooked = None, True
        record.result = BoxResult(code, pallet.code, len(pallet.piles), group.verdict, tuple(meters))
        self._hall.say(self.id, Event(EvtCode.BOXED, data1=len(meters), result=group.verdict, load_id=code))
        if len(pallet.piles) == shape.piles and len(pallet.piles[-1]) == shape.pile:
            self._close(group)

    def _open_pallet(self, group: Group) -> Load:
        world = self._hall.world
        if not group.pallet:
            group.pallet = self.record.pallets.pop(0) if self.record.pallets else self._spare("P")
        if group.pallet not in world.loads:
            world.add(Load(group.pallet), self.id)
        return world.loads[group.pallet]

    def _spare(self, what: str) -> str:
        """Return the code of a box or pallet from the line's own stock."""
        return f"{what}{self.id}{self._hall.world.count(f'spare {what}{self.id}'):05}"

    def _close(self, group: Group) -> None:
        self.record.leaving.append(Leaving(group.pallet, group.lot))
        group.pallet = ""

    def _let_out(self) -> None:
        """Set finished pallets down at the out-feed, as far as it is free."""
        record, outfeed = self.record, self._spec.outfeed
        while record.leaving and not record.waiting:
            if not self._hall.request(outfeed, self.id):
                record.waiting = True
                return
            load = record.leaving.pop(0).load
            self._hall.say(self.id, Event(EvtCode.ARRIVED, point=self._number, load_id=load))
            self._hall.bring(self._hall.world.loads[load], outfeed)

    def _finish_lots(self) -> None:
        """Close the last pallets of lots that are packed up, and end their missions once they have left."""
        record = self.record
        for flush in list(record.flushes):
            if not record.empty_of(flush.lot):
                continue
            for group in [g for g in record.groups if g.lot == flush.lot]:
                if group.pallet:
                    self._close(group)
                record.groups.remove(group)
            self._let_out()
            if not any(leaving.lot == flush.lot for leaving in record.leaving):
                record.flushes.remove(flush)
                self._hall.say(self.id, Event(EvtCode.ENDED, flush.mission))

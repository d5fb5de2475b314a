"""A small line at work: the real decisions, door and database, with toy cells, benches and people around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from plc.codes import AckCode, EvtCode, FaultCode
from plc.link import Acked, EventRaised, LinkDown, LinkUp
from plc.plant.cells import CellLine
from plc.telegram import BoxResult, Event, MeterResult
from plc.values import replace
from tests.properties.toys import PLACES, Mood, Toy, Yard, put_right, small_line
from wcs import benches, inbox, journal, ledger
from wcs.decision import Book, GoOnline, Send, Wake
from wcs.decisions import decide
from wcs.faults import CellFault
from wcs.floor import Floor
from wcs.happenings import Dispatch, Happening, PositionAsked, RunReported, Started, Tick
from wcs.line.held import HeldView, held
from wcs.line.rows import PACKING, BenchRun, Carrier, LineLot
from wcs.line.settling import Way
from wcs.line.sorting import LANES
from wcs.rows import Change
from wcs.store import create_tables, make_engine

PLC, LOTS, TRAYS = "PLC1", (1, 2), 8
FINDINGS = frozenset({"CarrierChecked", "CarrierSorted", "CarrierSealed"})
VERDICT = {
    Mood.WELL: "pass",
    Mood.TWICE: "pass",
    Mood.STRANGE: "fail",
    Mood.PARTLY: "fail",
    Mood.ABORT: "aborted",
    Mood.SILENT: "",
}
"""What a bench says of a meter, by its mood."""


class LineAtWork:
    """Everything that happens around a line, one thing at a time."""

    def __init__(self) -> None:
        """Start with an empty line and every link up."""
        self.plant = small_line()
        line = self.plant.lines["VL1"]
        assert isinstance(line, CellLine)
        self.line, self.yard = line, Yard()
        self.engine = make_engine("sqlite://")
        create_tables(self.engine)
        self.toys = {cell: Toy(cell, line, self.yard) for cell in line.cells}
        self.now_ms, self.boot, self.meters = 1, 1, 0
        self.online, self.compared = False, False
        self.wakes: list[tuple[int, tuple[str, ...]]] = []
        self.told: set[str] = set()  # meters that the WCS was told of
        self.boxed: Counter[str] = Counter()
        self.passed: set[str] = set()
        self.parts: Counter[str] = Counter()
        self.booked: Counter[tuple[int, int]] = Counter()  # findings, by mission and how often it was sent
        self.sent: Counter[int] = Counter()
        self.floor = self._rebuilt()
        self.step(Started(), changes=[LineLot(f"VL1:{lot}", "VL1", lot, {"sheet": 1}) for lot in LOTS])
        self._link_up(retained=True)

    def _rebuilt(self) -> Floor:
        with Session(self.engine) as session:
            return ledger.load(session, self.plant)

    def step(self, *happenings: Happening, changes: list[Change] | None = None) -> list[journal.Fact]:
        """One transaction, as the controller does it, and then the effects."""
        self.now_ms += 100
        effects: list[Any] = []
        written = list(changes or ())
        self.floor.apply(written)
        facts: list[journal.Fact] = []
        with Session(self.engine) as session:
            queue = [*happenings, *inbox.fetch(session, 64)]
            while queue:
                queue.sort(key=lambda one: isinstance(one, Dispatch))  # devices last
                decision = decide(self.floor, queue.pop(0), self.now_ms)
                self.floor.apply(decision.changes)
                written += decision.changes
                facts += decision.facts
                effects += decision.effects
                queue += decision.follow
            ledger.write(session, written)
            session.commit()
        self.compared = self.compared and not written
        self._hear(facts)
        for effect in effects:
            self._carry_out(effect)
        return facts

    def _hear(self, facts: list[journal.Fact]) -> None:
        for fact in facts:
            if fact.kind == "CarrierFilled":
                self.told.update(fact.payload["meters"])
            if fact.kind == "BoxPacked":
                self.boxed.update(code for code, *_ in fact.payload["meters"])
                assert not fact.payload["wrong"]
                passed = {code for code, verdict, _ in fact.payload["meters"] if verdict == 1}
                assert passed <= self.passed, "a meter left as qualified that no bench has passed"
                assert all(seal for code, _, seal in fact.payload["meters"] if code in passed)

    def _carry_out(self, effect: Any) -> None:
        match effect:
            case Send(device, command) if device in self.toys:
                self.sent[command.mission] += 1
                if self.online:
                    self.toys[device].mail[command.mission] = command
            case Book(device, seq) if device in self.toys:
                self.toys[device].words = [word for word in self.toys[device].words if word[0] != seq]
            case Wake(at_ms, devices):
                self.wakes.append((at_ms, devices))
            case GoOnline():
                self.online = True
            case _:
                pass

    def _link_up(self, *, retained: bool) -> None:
        self.boot += not retained
        images = {cell: toy.image() for cell, toy in self.toys.items()}
        self.online = True
        self.step(LinkUp(PLC, self.boot, retained, False, images))

    def link_down(self) -> None:
        """Pull the cable; what was not answered is lost."""
        if self.online:
            self.online = False
            for toy in self.toys.values():
                toy.mail.clear()
            self.step(LinkDown(PLC, "connection_lost"))

    def reconnect(self) -> None:
        """Put the cable back."""
        if not self.online:
            self._link_up(retained=True)

    def compare(self) -> None:
        """Check that the tables hold what the floor holds."""
        if not self.compared:
            self.compared = self._rebuilt().rows() == self.floor.rows()
            assert self.compared, "the tables do not hold what the floor holds"

    def waiting(self) -> list[HeldView]:
        """Return the work that waits for somebody."""
        with Session(self.engine) as session:
            return held(session, self.line)

    def on_run(self, run: BenchRun) -> list[str]:
        """Return the meters that hang on a bench."""
        return [meter.code for name in run.carriers if name for meter in self.floor.carriers[name].meters]

    def show(self, toy: Toy) -> None:
        """Show the WCS the word of a cell that stands there, until it is booked."""
        if not self.online or not toy.words:
            return
        seq, event, box = toy.words[0]
        facts = self.step(EventRaised(toy.id, seq, event, box))
        if any(fact.kind in FINDINGS for fact in facts):
            key = (event.mission, self.sent[event.mission])
            self.booked[key] += 1
            assert self.booked[key] == 1, "a finding was booked twice"

    def box_is_emptied(self, lot: int, count: int, bad: bool) -> None:
        """The robot has filled a carrier."""
        if self.floor.lots[f"VL1:{lot}"].flush in ("wanted", "done") or len(self.yard.trays) >= TRAYS:
            return
        codes = [f"m{self.meters + n:04}" for n in range(count)]
        self.meters += count
        if bad:
            self.yard.bad.add(codes[0])
        name = self.yard.named(lot, codes, "UL1", ready=True)
        meters = tuple(MeterResult(code, 0) for code in codes)
        self.toys["UL1"].say(Event(EvtCode.FILLED, data1=lot, load_id=name), BoxResult(name, "", 0, 0, meters))
        self.show(self.toys["UL1"])

    def lot_ends(self, lot: int) -> None:
        """No more boxes of a lot come."""
        row = self.floor.lots[f"VL1:{lot}"]
        if row.flush not in ("wanted", "done") and not self.toys["UL1"].words:
            self.step(Dispatch("UL1"), changes=[replace(row, flush="wanted")])

    def answer(self, cell: str, number: int, *, grumpy: bool = False) -> None:
        """Let a cell answer a telegram."""
        command = self.toys[cell].mail.pop(number)
        code = self.toys[cell].answer(command, grumpy=grumpy)
        self.step(Acked(cell, number, AckCode(code)))

    def plc_forgets(self, mended: bool) -> None:
        """The PLC begins anew and remembers nothing; a fault may be gone with it."""
        self.link_down()
        for toy in self.toys.values():
            toy.forget()
            toy.fault = 0 if mended else toy.fault
        self._link_up(retained=False)

    def wcs_is_killed(self) -> None:
        """The process dies and starts anew from its tables; what it wanted to be woken for is forgotten."""
        self.online = False
        for toy in self.toys.values():
            toy.mail.clear()
        self.wakes.clear()
        self.floor = self._rebuilt()
        self.step(Started())
        self._link_up(retained=True)

    def time_passes(self, seconds: int) -> None:
        """Somebody waits; who asked to be woken is."""
        self.now_ms += seconds * 1000
        due = [devices for at_ms, devices in self.wakes if at_ms <= self.now_ms]
        self.wakes = [wake for wake in self.wakes if wake[0] > self.now_ms]
        for devices in due:
            self.step(Tick(devices))

    def report(self, run: str, said: dict[str, str], state: str) -> None:
        """Let a bench say what came out of its run, twice."""
        self.parts[run] += 1
        self.passed |= {code for code, verdict in said.items() if verdict == "pass"}
        verdicts = tuple({"bar_code": code, "verdict": v, "failed": []} for code, v in said.items() if v)
        report = RunReported(run, self.parts[run], state, verdicts)
        self.step(report)
        self.step(report)

    def pack(self, holder: Carrier) -> None:
        """Let the packer close a box; one that has forgotten packs only what it was told of since."""
        toy, verdict = self.toys["PC1"], int(holder.id.rpartition(":")[2])
        if toy.words:
            return
        codes = [m.code for m in holder.meters][:PLACES]
        self.yard.take_out(codes)
        box = BoxResult(f"B{self.now_ms}", "P1", 1, verdict, tuple(MeterResult(code, verdict) for code in codes))
        toy.say(Event(EvtCode.BOXED, data1=len(codes), data2=9, load_id=box.box), box)
        self.show(toy)

    def settle(self, number: int, way: Way) -> None:
        """Decide about a mission that waits, as somebody does who has put right what the pages show."""
        mission = self.floor.missions[number]
        carrier = self.floor.carriers.get(mission.unit)
        codes = [m.code for m in carrier.meters] if carrier is not None else self._of_lane(mission.par1, mission.par2)
        if way == "again":
            put_right(self.toys, self.floor, codes)
        with Session(self.engine) as session:
            benches.settle(session, mission=number, way=way, by="somebody")
            benches.settle(session, mission=number, way=way, by="somebody")  # a button pressed twice
            session.commit()
        self.step()
        if way != "again":
            put_right(self.toys, self.floor, codes)

    def operator_looks(self) -> None:
        """What a cell keeps refusing is not where the pages show it: somebody puts it there."""
        for alarm in list(self.floor.alarms.values()):
            carrier = self.floor.carriers.get(alarm.subject)
            if alarm.fault == CellFault.REFUSED and carrier is not None:
                put_right(self.toys, self.floor, [m.code for m in carrier.meters])
            elif alarm.fault == CellFault.REFUSED and alarm.subject.count(":") == 2:
                put_right(self.toys, self.floor, self._of_lane(*map(int, alarm.subject.split(":")[1:])))

    def engineer_releases(self) -> None:
        """A stopped bench may work again."""
        for memo in list(self.floor.benches.values()):
            if memo.state == "stopped":
                self.step(PositionAsked(memo.id, 0, True, "somebody"))

    def round(self, mood: Callable[[], Mood] = lambda: Mood.WELL) -> None:
        """Let every cell, bench and the packer do what they do, once; well, if `mood` says nothing else."""
        self.reconnect()
        for cell, toy in self.toys.items():
            for number in list(toy.mail):
                self.answer(cell, number)
            for number in list(toy.works):
                if number in toy.works:  # the WCS may be killed in between
                    toy.go_on(number, mood())
            for _ in range(len(toy.words)):
                self.show(toy)
        for run in list(self.floor.runs.values()):
            if run.state in ("ordered", "running"):
                said = {code: VERDICT[mood()] for code in self.on_run(run)}
                self.report(run.id, said, "finished")
        for holder in [c for c in self.floor.carriers.values() if c.stage == PACKING]:
            self.pack(holder)
        self.time_passes(2)

    def all_is_well(self) -> None:
        """Put the cable back, mend every fault, and end every lot."""
        self.reconnect()
        for toy in self.toys.values():
            for code in (toy.fault, FaultCode.SEALS_EMPTY if toy.id == "SE1" else 0):
                if code:
                    toy.fault = 0
                    toy.say(Event(EvtCode.FAULT_GONE, data1=code))
        for lot in LOTS:
            while self.toys["UL1"].words:
                self.show(self.toys["UL1"])
            self.lot_ends(lot)

    def _of_lane(self, kind: int, lot: int) -> list[str]:
        stages = [stage for stage, (wire, _) in LANES.items() if wire == kind]
        lanes = [c for c in self.floor.carriers.values() if c.stage in stages and c.lot == lot]
        return [m.code for lane in lanes for m in lane.meters]

"""Cells that answer well and badly, forget and fail: what must hold of a line after every single step.

Everything passes through the real decisions, the real door and a real database; the cells are toys (toys.py), and so
are the benches, which say what they please, and the operator, who puts right by hand what the pages show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy.orm import Session

from plc.codes import AckCode, EvtCode, FaultCode
from plc.link import Acked, EventRaised, LinkDown, LinkUp
from plc.plant.cells import CellLine
from plc.plant.model import Plant
from plc.telegram import BoxResult, Event, MeterResult
from plc.values import replace
from tests.properties.toys import Mood, Toy, Tray, Yard
from tests.system.cells import cells_data
from wcs import benches, inbox, journal, ledger
from wcs.decision import Book, GoOnline, Send, Wake
from wcs.decisions import decide
from wcs.faults import OF_MISSION, CellFault
from wcs.floor import Floor
from wcs.happenings import Dispatch, Happening, PositionAsked, RunReported, Started, Tick
from wcs.life import MissionState
from wcs.line.held import held
from wcs.line.rows import HOLDERS, PACKING, PASSED, Carrier, LineLot
from wcs.line.settling import WAITING
from wcs.line.sorting import LANES
from wcs.rows import Change
from wcs.store import create_tables, make_engine

PLC, PLACES, LOTS, ROUNDS = "PLC1", 3, (1, 2), 600
WRONG = st.sampled_from([Mood.WELL, *Mood])
FINDINGS = frozenset({"CarrierChecked", "CarrierSorted", "CarrierSealed"})
VERDICTS = st.sampled_from(["pass", "pass", "pass", "fail", "aborted", ""])
VERDICT = {Mood.WELL: "pass", Mood.STRANGE: "fail", Mood.PARTLY: "fail", Mood.ABORT: "aborted", Mood.SILENT: ""}


def small_line() -> Plant:
    """Return a plant with a line of little carriers and benches."""
    data = cells_data(places=PLACES, carriers=12, batch_wait_s=60)
    cells = data["lines"]["VL1"]["cells"]
    for name in ("BN1", "BN2"):
        cells[name] = cells[name] | {"positions": 2 * PLACES}
    return Plant.model_validate(data)


class CellsMachine(RuleBasedStateMachine):
    """A line under everything that can happen to its cells."""

    @initialize()
    def begin(self) -> None:
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

    def _link_down(self) -> None:
        if self.online:
            self.online = False
            for toy in self.toys.values():
                toy.mail.clear()
            self.step(LinkDown(PLC, "connection_lost"))

    def _show(self, toy: Toy) -> None:
        """Show the WCS the word of a cell that stands there, until it is booked."""
        if not self.online or not toy.words:
            return
        seq, event, box = toy.words[0]
        facts = self.step(EventRaised(toy.id, seq, event, box))
        if any(fact.kind in FINDINGS for fact in facts):
            key = (event.mission, self.sent[event.mission])
            self.booked[key] += 1
            assert self.booked[key] == 1, "a finding was booked twice"

    # What the cells do

    @rule(lot=st.sampled_from(LOTS), count=st.integers(1, PLACES), bad=st.booleans())
    @precondition(lambda self: len(self.yard.trays) < 8)
    def box_is_emptied(self, lot: int, count: int, bad: bool) -> None:
        """The robot has filled a carrier."""
        if self.floor.lots[f"VL1:{lot}"].flush in ("wanted", "done"):
            return
        codes = [f"m{self.meters + n:04}" for n in range(count)]
        self.meters += count
        if bad:
            self.yard.bad.add(codes[0])
        name = self.yard.named(lot, codes, "UL1", ready=True)
        meters = tuple(MeterResult(code, 0) for code in codes)
        self.toys["UL1"].say(Event(EvtCode.FILLED, data1=lot, load_id=name), BoxResult(name, "", 0, 0, meters))
        self._show(self.toys["UL1"])

    @rule(lot=st.sampled_from(LOTS))
    def lot_ends(self, lot: int) -> None:
        """No more boxes of a lot come."""
        row = self.floor.lots[f"VL1:{lot}"]
        if row.flush not in ("wanted", "done") and not self.toys["UL1"].words:
            self.step(Dispatch("UL1"), changes=[replace(row, flush="wanted")])

    @rule(data=st.data(), grumpy=st.sampled_from([False, False, False, True]))
    def cell_answers(self, data: st.DataObject, grumpy: bool) -> None:
        """A cell answers a telegram."""
        mail = [(cell, number) for cell, toy in self.toys.items() for number in toy.mail]
        if mail:
            self._answer(*data.draw(st.sampled_from(mail)), grumpy=grumpy)

    def _answer(self, cell: str, number: int, *, grumpy: bool = False) -> None:
        command = self.toys[cell].mail.pop(number)
        code = self.toys[cell].answer(command, grumpy=grumpy)
        self.step(Acked(cell, number, AckCode(code)))

    @rule(data=st.data(), mood=WRONG)
    def cell_works(self, data: st.DataObject, mood: Mood) -> None:
        """A cell goes on with a mission."""
        works = [(cell, number) for cell, toy in self.toys.items() for number in toy.works]
        if works:
            cell, number = data.draw(st.sampled_from(works))
            self.toys[cell].go_on(number, mood)
            self._show(self.toys[cell])

    @rule(data=st.data())
    def event_is_shown_again(self, data: st.DataObject) -> None:
        """An unbooked event stays where it is; a booked one may be seen once more."""
        toy = self.toys[data.draw(st.sampled_from(sorted(self.toys)))]
        self._show(toy)

    @rule(data=st.data(), code=st.sampled_from([FaultCode.JAM, FaultCode.SEALS_EMPTY]), begins=st.booleans())
    def cell_fails(self, data: st.DataObject, code: FaultCode, begins: bool) -> None:
        """A cell has a fault, or none any more; or it is short of seals."""
        toy = self.toys["SE1" if code is FaultCode.SEALS_EMPTY else data.draw(st.sampled_from(sorted(self.toys)))]
        if code is FaultCode.JAM:
            toy.fault = int(code) if begins else 0
        toy.say(Event(EvtCode.FAULT_RAISED if begins else EvtCode.FAULT_GONE, data1=code))
        self._show(toy)

    @rule(luck=st.integers(0, 3))
    def link_falls(self, luck: int) -> None:
        """The cable is pulled."""
        if luck == 0:
            self._link_down()

    @rule(mended=st.booleans(), luck=st.integers(0, 1))
    def plc_forgets(self, mended: bool, luck: int) -> None:
        """The PLC begins anew and remembers nothing; a fault may be gone with it."""
        if luck:
            return
        self._link_down()
        for toy in self.toys.values():
            toy.forget()
            toy.fault = 0 if mended else toy.fault
        self._link_up(retained=False)

    @rule()
    def link_rises(self) -> None:
        """The cable is back."""
        if not self.online:
            self._link_up(retained=True)

    @rule(luck=st.integers(0, 3))
    def wcs_is_killed(self, luck: int) -> None:
        """The process dies and starts anew from its tables; what it wanted to be woken for is forgotten."""
        if luck:
            return
        self.online = False
        for toy in self.toys.values():
            toy.mail.clear()
        self.wakes.clear()
        self.floor = self._rebuilt()
        self.step(Started())
        self._link_up(retained=True)

    @rule(rounds=st.integers(5, 30), luck=st.integers(0, 2**32 - 1), wrong=st.sampled_from([0.03, 0.1, 0.3]))
    def line_bustles(self, rounds: int, luck: int, wrong: float) -> None:
        """A while of work on boxes that come in, in which a share of what is done goes wrong."""
        chance = Random(luck)
        for _ in range(rounds):
            if chance.random() < 0.3 and len(self.yard.trays) < 8:
                self.box_is_emptied(
                    lot=chance.choice(LOTS), count=chance.randint(1, PLACES), bad=chance.random() < wrong
                )
            self._round(lambda: chance.choice(list(Mood)) if chance.random() < wrong else Mood.WELL)
            self._mishap(chance, wrong)
            self.what_must_hold()

    def _mishap(self, chance: Random, wrong: float) -> None:
        if chance.random() < wrong / 5:
            self.plc_forgets(mended=True, luck=0)
        if chance.random() < wrong / 5:
            self.wcs_is_killed(luck=0)
        with Session(self.engine) as session:
            waiting = held(session, self.line)
        if waiting and chance.random() < 0.5:
            one = chance.choice(waiting)
            self._settle(one.mission, chance.choice(one.ways))

    @rule(seconds=st.sampled_from([1, 20, 70]))
    def time_passes(self, seconds: int) -> None:
        """Somebody waits; who asked to be woken is."""
        self.now_ms += seconds * 1000
        due = [devices for at_ms, devices in self.wakes if at_ms <= self.now_ms]
        self.wakes = [wake for wake in self.wakes if wake[0] > self.now_ms]
        for devices in due:
            self.step(Tick(devices))

    # What the benches and the packer do

    @rule(data=st.data(), given_up=st.sampled_from([False, False, False, True]))
    def bench_reports(self, data: st.DataObject, given_up: bool) -> None:
        """A bench says what came out of its run, twice."""
        runs = [run for run in self.floor.runs.values() if run.state in ("ordered", "running")]
        if not runs:
            return
        run = data.draw(st.sampled_from(runs))
        said = {m: data.draw(VERDICTS) for c in run.carriers if c for m in self._codes(c)}
        self._report(run.id, said, "aborted" if given_up else "finished")

    def _report(self, run: str, said: dict[str, str], state: str) -> None:
        self.parts[run] += 1
        self.passed |= {code for code, verdict in said.items() if verdict == "pass"}
        verdicts = tuple({"bar_code": code, "verdict": v, "failed": []} for code, v in said.items() if v)
        report = RunReported(run, self.parts[run], state, verdicts)
        self.step(report)
        self.step(report)

    def _codes(self, carrier: str) -> list[str]:
        return [meter.code for meter in self.floor.carriers[carrier].meters]

    @rule(data=st.data())
    def box_is_packed(self, data: st.DataObject) -> None:
        """The packer closes a box; one that has forgotten packs only what it was told of since."""
        full = [c for c in self.floor.carriers.values() if c.stage == PACKING]
        if full and not self.toys["PC1"].words:
            self._pack(data.draw(st.sampled_from(full)))

    def _pack(self, holder: Carrier) -> None:
        toy, verdict = self.toys["PC1"], int(holder.id.rpartition(":")[2])
        codes = [m.code for m in holder.meters][:PLACES]
        self.yard.take_out(codes)
        box = BoxResult(f"B{self.now_ms}", "P1", 1, verdict, tuple(MeterResult(code, verdict) for code in codes))
        toy.say(Event(EvtCode.BOXED, data1=len(codes), data2=9, load_id=box.box), box)
        self._show(toy)

    # What the operator does

    @rule(data=st.data())
    def operator_settles(self, data: st.DataObject) -> None:
        """Somebody looks at what waits, and decides."""
        with Session(self.engine) as session:
            waiting = held(session, self.line)
        if waiting and self.online:
            one = data.draw(st.sampled_from(waiting))
            self._settle(one.mission, data.draw(st.sampled_from(one.ways)))

    def _settle(self, number: int, way: Any) -> None:
        mission = self.floor.missions[number]
        carrier = self.floor.carriers.get(mission.unit)
        codes = [m.code for m in carrier.meters] if carrier is not None else self._of_lane(mission.par1, mission.par2)
        if way == "again":
            self._put_right(codes, mission.unit)
        with Session(self.engine) as session:
            benches.settle(session, mission=number, way=way, by="somebody")
            benches.settle(session, mission=number, way=way, by="somebody")  # a button pressed twice
            session.commit()
        self.step()
        if way != "again":
            self._put_right(codes, mission.unit)

    @rule()
    def operator_looks(self) -> None:
        """What a cell keeps refusing is not where the pages show it: somebody puts it there."""
        for alarm in list(self.floor.alarms.values()):
            carrier = self.floor.carriers.get(alarm.subject)
            if alarm.fault == CellFault.REFUSED and carrier is not None:
                self._put_right([m.code for m in carrier.meters], carrier.id)
            elif alarm.fault == CellFault.REFUSED and alarm.subject.count(":") == 2:
                self._put_right(self._of_lane(*map(int, alarm.subject.split(":")[1:])), "")

    def _of_lane(self, kind: int, lot: int) -> list[str]:
        stages = [stage for stage, (wire, _) in LANES.items() if wire == kind]
        lanes = [c for c in self.floor.carriers.values() if c.stage in stages and c.lot == lot]
        return [m.code for lane in lanes for m in lane.meters]

    def _put_right(self, codes: list[str], name: str) -> None:
        """Put meters where the pages show them: what stands ready there is ready."""
        self.yard.take_out(codes)
        for carrier in self.floor.carriers.values():
            mine = [m.code for m in carrier.meters if m.code in codes]
            if not mine:
                continue
            if carrier.stage == PACKING:
                key = (carrier.lot, int(carrier.id.rpartition(":")[2]))
                self.yard.hands.setdefault(key, []).extend(mine)
            elif carrier.stage in HOLDERS:
                self.yard.lanes.setdefault((LANES[carrier.stage][0], carrier.lot), []).extend(mine)
            else:
                working = any(m.unit == carrier.id and m.device == carrier.at for m in self.floor.missions.values())
                self.yard.trays[carrier.id] = Tray(carrier.lot, mine, carrier.at, ready=not working)
        for tray in [id for id, tray in self.yard.trays.items() if not tray.meters and self._forgotten(id)]:
            del self.yard.trays[tray]

    def _forgotten(self, tray: str) -> bool:
        return not any(work.load == tray for toy in self.toys.values() for work in toy.works.values())

    @rule()
    def engineer_releases(self) -> None:
        """A stopped bench may work again."""
        for memo in list(self.floor.benches.values()):
            if memo.state == "stopped":
                self.step(PositionAsked(memo.id, 0, True, "somebody"))

    # From here on all is well

    def _round(self, mood: Callable[[], Mood] = lambda: Mood.WELL) -> None:
        """Let every cell, bench and the packer do what they do, once; well, if `mood` says nothing else."""
        self.link_rises()
        for cell, toy in self.toys.items():
            for number in list(toy.mail):
                self._answer(cell, number)
            for number in list(toy.works):
                if number in toy.works:  # the WCS may be killed in between
                    toy.go_on(number, mood())
            for _ in range(len(toy.words)):
                self._show(toy)
        for run in list(self.floor.runs.values()):
            if run.state in ("ordered", "running"):
                said = {code: VERDICT[mood()] for c in run.carriers if c for code in self._codes(c)}
                self._report(run.id, said, "finished")
        for holder in [c for c in self.floor.carriers.values() if c.stage == PACKING]:
            if not self.toys["PC1"].words:
                self._pack(holder)
        self.time_passes(2)

    def _all_is_well(self) -> None:
        if not self.online:
            self._link_up(retained=True)
        for toy in self.toys.values():
            for code in (toy.fault, FaultCode.SEALS_EMPTY if toy.id == "SE1" else 0):
                if code:
                    toy.fault = 0
                    toy.say(Event(EvtCode.FAULT_GONE, data1=code))
        for lot in LOTS:
            while self.toys["UL1"].words:
                self._show(self.toys["UL1"])
            self.lot_ends(lot)

    def teardown(self) -> None:
        """When all behave, and somebody answers each alarm, everything drains."""
        if not hasattr(self, "floor"):
            return
        self._all_is_well()
        for _ in range(ROUNDS):
            if not self.floor.carriers and not self.floor.missions and not any(t.words for t in self.toys.values()):
                break
            self.engineer_releases()
            self.operator_looks()
            with Session(self.engine) as session:
                waiting = held(session, self.line)
            for one in waiting:
                self._settle(one.mission, one.ways[0])
            self._round()
            self.what_must_hold()
        assert not self.floor.carriers, list(self.floor.carriers.values())
        assert not self.floor.alarms, list(self.floor.alarms.values())
        assert set(self.boxed) == self.told

    @invariant()
    def what_must_hold(self) -> None:
        """Every meter in one place, nothing passed unseen, nothing waits without a reason, the tables hold it all."""
        if not hasattr(self, "floor"):
            return
        floor = self.floor
        where = Counter(m.code for c in floor.carriers.values() for m in c.meters) + self.boxed
        assert where == Counter(self.told), "a meter is in no place, or in two"
        for carrier in floor.carriers.values():
            good = carrier.stage == PASSED or (carrier.stage == PACKING and carrier.id.endswith(":1"))
            assert not good or {m.code for m in carrier.meters} <= self.passed
            assert all(len(set(m.failed)) == len(m.failed) for m in carrier.meters)
        out = Counter(m.unit for m in floor.missions.values() if not m.order and m.unit in floor.carriers)
        assert out == Counter(c.id for c in floor.carriers.values() if c.moving), "moving without a mission"
        self._reasons()
        if not self.compared:
            self.compared = self._rebuilt().rows() == floor.rows()
            assert self.compared, "the tables do not hold what the floor holds"

    def _reasons(self) -> None:
        floor = self.floor
        with Session(self.engine) as session:
            waiting = {one.mission: one for one in held(session, self.line)}
        assert set(waiting) == {m.number for m in floor.missions.values() if m.state in WAITING}
        assert all(one.ways and one.fault for one in waiting.values())
        about = Counter(a.mission for a in floor.alarms.values() if a.fault in OF_MISSION)
        assert about == Counter(list(waiting)), "an alarm without work that waits, or the other way round"
        jammed = {a.subject for a in floor.alarms.values() if a.fault == "machine_fault"}
        assert jammed == {memo.id for memo in floor.devices.values() if memo.fault}
        stopped = {a.subject for a in floor.alarms.values() if a.fault == CellFault.BENCH_STOPPED}
        assert stopped == {memo.id for memo in floor.benches.values() if memo.state == "stopped"}
        assert not any(m.state is MissionState.HELD and not m.unit and m.found for m in floor.missions.values())


CellsMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestCells = CellsMachine.TestCase

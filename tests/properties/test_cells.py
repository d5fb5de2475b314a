"""Cells that answer well and badly, forget and fail: what must hold of a line after every single step.

Everything passes through the real decisions, the real door and a real database (line_at_work.py); the cells are toys
(toys.py), and so are the benches, which say what they please, and the operator, who puts right by hand what the pages
show.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from plc.codes import EvtCode, FaultCode
from plc.telegram import Event
from tests.properties.line_at_work import LOTS, LineAtWork
from tests.properties.toys import PLACES, Mood
from wcs.faults import OF_MISSION, CellFault
from wcs.line.rows import PACKING, PASSED
from wcs.line.settling import WAITING

ROUNDS = 600
MOODS = st.sampled_from([Mood.WELL, *Mood])
VERDICTS = st.sampled_from(["pass", "pass", "pass", "fail", "aborted", ""])


class CellsMachine(RuleBasedStateMachine):
    """A line under everything that can happen to its cells."""

    @initialize()
    def begin(self) -> None:
        """Start with an empty line and every link up."""
        self.line = LineAtWork()

    # What the cells do

    @rule(lot=st.sampled_from(LOTS), count=st.integers(1, PLACES), bad=st.booleans())
    def box_is_emptied(self, lot: int, count: int, bad: bool) -> None:
        """The robot has filled a carrier."""
        self.line.box_is_emptied(lot=lot, count=count, bad=bad)

    @rule(lot=st.sampled_from(LOTS))
    def lot_ends(self, lot: int) -> None:
        """No more boxes of a lot come."""
        self.line.lot_ends(lot)

    @rule(data=st.data(), grumpy=st.sampled_from([False, False, False, True]))
    def cell_answers(self, data: st.DataObject, grumpy: bool) -> None:
        """A cell answers a telegram."""
        mail = [(cell, number) for cell, toy in self.line.toys.items() for number in toy.mail]
        if mail:
            self.line.answer(*data.draw(st.sampled_from(mail)), grumpy=grumpy)

    @rule(data=st.data(), mood=MOODS)
    def cell_works(self, data: st.DataObject, mood: Mood) -> None:
        """A cell goes on with a mission."""
        works = [(cell, number) for cell, toy in self.line.toys.items() for number in toy.works]
        if works:
            cell, number = data.draw(st.sampled_from(works))
            self.line.toys[cell].go_on(number, mood)
            self.line.show(self.line.toys[cell])

    @rule(data=st.data(), code=st.sampled_from([FaultCode.JAM, FaultCode.SEALS_EMPTY]), begins=st.booleans())
    def cell_fails(self, data: st.DataObject, code: FaultCode, begins: bool) -> None:
        """A cell has a fault, or none any more; or it is short of seals."""
        name = "SE1" if code is FaultCode.SEALS_EMPTY else data.draw(st.sampled_from(sorted(self.line.toys)))
        toy = self.line.toys[name]
        if code is FaultCode.JAM:
            toy.fault = int(code) if begins else 0
        toy.say(Event(EvtCode.FAULT_RAISED if begins else EvtCode.FAULT_GONE, data1=code))
        self.line.show(toy)

    @rule(up=st.booleans())
    def cable_is_touched(self, up: bool) -> None:
        """The cable is pulled, or put back."""
        if up:
            self.line.reconnect()
        else:
            self.line.link_down()

    @rule(mended=st.booleans())
    def plc_forgets(self, mended: bool) -> None:
        """The PLC begins anew and remembers nothing; a fault may be gone with it."""
        self.line.plc_forgets(mended=mended)

    @rule()
    def wcs_is_killed(self) -> None:
        """The process dies and starts anew from its tables."""
        self.line.wcs_is_killed()

    @rule(seconds=st.sampled_from([1, 20, 70]))
    def time_passes(self, seconds: int) -> None:
        """Somebody waits; who asked to be woken is."""
        self.line.time_passes(seconds)

    @rule(rounds=st.integers(5, 30), luck=st.integers(0, 2**32 - 1), wrong=st.sampled_from([0.03, 0.1, 0.3]))
    def line_bustles(self, rounds: int, luck: int, wrong: float) -> None:
        """A while of work on boxes that come in, in which a share of what is done goes wrong."""
        chance, line = Random(luck), self.line
        for _ in range(rounds):
            if chance.random() < 0.3:
                line.box_is_emptied(
                    lot=chance.choice(LOTS), count=chance.randint(1, PLACES), bad=chance.random() < wrong
                )
            line.round(lambda: chance.choice(list(Mood)) if chance.random() < wrong else Mood.WELL)
            if chance.random() < wrong / 5:
                line.plc_forgets(mended=True)
            if chance.random() < wrong / 5:
                line.wcs_is_killed()
            if (waiting := line.waiting()) and chance.random() < 0.5:
                one = chance.choice(waiting)
                line.settle(one.mission, chance.choice(one.ways))
            self.what_must_hold()

    # What benches, packer and people do

    @rule(data=st.data(), given_up=st.sampled_from([False, False, False, True]))
    def bench_reports(self, data: st.DataObject, given_up: bool) -> None:
        """A bench says what came out of its run, twice."""
        runs = [run for run in self.line.floor.runs.values() if run.state in ("ordered", "running")]
        if runs:
            run = data.draw(st.sampled_from(runs))
            said = {code: data.draw(VERDICTS) for code in self.line.on_run(run)}
            self.line.report(run.id, said, "aborted" if given_up else "finished")

    @rule(data=st.data())
    def box_is_packed(self, data: st.DataObject) -> None:
        """The packer closes a box; one that has forgotten packs only what it was told of since."""
        full = [c for c in self.line.floor.carriers.values() if c.stage == PACKING]
        if full:
            self.line.pack(data.draw(st.sampled_from(full)))

    @rule(data=st.data())
    def operator_settles(self, data: st.DataObject) -> None:
        """Somebody looks at what waits, and decides."""
        if waiting := self.line.waiting():
            one = data.draw(st.sampled_from(waiting))
            self.line.settle(one.mission, data.draw(st.sampled_from(one.ways)))

    @rule()
    def people_look(self) -> None:
        """Somebody puts right what a cell keeps refusing, and releases benches that were stopped."""
        self.line.operator_looks()
        self.line.engineer_releases()

    # What must hold

    def teardown(self) -> None:
        """When all behave, and somebody answers each alarm, everything drains."""
        if not hasattr(self, "line"):
            return
        line = self.line
        line.all_is_well()
        for _ in range(ROUNDS):
            if not line.floor.carriers and not line.floor.missions and not any(t.words for t in line.toys.values()):
                break
            self.people_look()
            for one in line.waiting():
                line.settle(one.mission, one.ways[0])
            line.round()
            self.what_must_hold()
        assert not line.floor.carriers, list(line.floor.carriers.values())
        assert not line.floor.alarms, list(line.floor.alarms.values())
        assert set(line.boxed) == line.told

    @invariant()
    def what_must_hold(self) -> None:
        """Every meter in one place, nothing passed unseen, nothing waits without a reason, the tables hold it all."""
        if not hasattr(self, "line"):
            return
        line, floor = self.line, self.line.floor
        where = Counter(m.code for c in floor.carriers.values() for m in c.meters) + line.boxed
        assert where == Counter(line.told), "a meter is in no place, or in two"
        for carrier in floor.carriers.values():
            good = carrier.stage == PASSED or (carrier.stage == PACKING and carrier.id.endswith(":1"))
            assert not good or {m.code for m in carrier.meters} <= line.passed
            assert all(len(set(m.failed)) == len(m.failed) for m in carrier.meters)
        out = Counter(m.unit for m in floor.missions.values() if not m.order and m.unit in floor.carriers)
        assert out == Counter(c.id for c in floor.carriers.values() if c.moving), "moving without a mission"
        self._reasons()
        line.compare()

    def _reasons(self) -> None:
        floor = self.line.floor
        waiting = {one.mission: one for one in self.line.waiting()}
        assert set(waiting) == {m.number for m in floor.missions.values() if m.state in WAITING}
        assert all(one.ways and one.fault for one in waiting.values())
        about = Counter(a.mission for a in floor.alarms.values() if a.fault in OF_MISSION)
        assert about == Counter(list(waiting)), "an alarm without work that waits, or the other way round"
        jammed = {a.subject for a in floor.alarms.values() if a.fault == "machine_fault"}
        assert jammed == {memo.id for memo in floor.devices.values() if memo.fault}
        stopped = {a.subject for a in floor.alarms.values() if a.fault == CellFault.BENCH_STOPPED}
        assert stopped == {memo.id for memo in floor.benches.values() if memo.state == "stopped"}


CellsMachine.TestCase.settings = settings(
    max_examples=40, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestCells = CellsMachine.TestCase

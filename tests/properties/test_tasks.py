"""Tasks in any order with everything that can come between: each meter in one place, and nothing lost or said twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy.orm import Session

from tests.properties import marketing_laws as laws
from tests.properties.marketing_at_work import FAIL, MODEL, PASS, UNVERIFIED, MarketingAtWork
from wms.errors import Refused
from wms.marketing import ageing, back_to_stock, cancelling, life, promise, proposals, returns, tasks
from wms.marketing.tasks import Change, Wish
from wms.outbound import service, views

LOTS = st.integers(1, 3)
QUANTITIES = st.sampled_from([0, 1, 15, 16, 30, 44, 60])
SOURCES = st.sampled_from(["first", "first", "first", "sampling", "recheck", "quality", "count"])
MAY_LAST = {
    "short", "pallet_announced", "pallet_missing", "pallet_moving", "waiting_for_empty_pallet", "waits_for_trigger",
}  # fmt: skip


class Tasks(RuleBasedStateMachine):
    """A house under everything that marketing may ask for, at any moment."""

    @initialize(on_benches=st.booleans(), prompt=st.booleans())
    def begin(self, on_benches: bool, prompt: bool) -> None:
        """Start with a lot that is verified, in part shipped, and another one in stock."""
        self.at = MarketingAtWork(on_benches=on_benches, prompt=prompt)
        self.lots = self.keys = 0
        self.years = 0
        self.orders: set[int] = set()
        self.delivery_arrives(2, 2, True)
        self.task_is_taken(1, "first", 0, False, False)
        self.at.floor.settle()
        self.meters_are_ordered(30, "n")
        self.at.floor.settle()
        self.delivery_arrives(2, 2, True)

    @rule(pallets=st.integers(1, 2), boxes=st.integers(1, 3), stored=st.booleans())
    def delivery_arrives(self, pallets: int, boxes: int, stored: bool) -> None:
        """A maker sends a lot; it is put away at once, or it stands at goods-in for now."""
        if self.lots < 3:
            self.lots += 1
            self.at.deliver(self.lots, pallets, boxes)
            for n in range(pallets):
                self.at.floor.arrive(f"P{self.lots:03}{n:04}")
            if stored:
                self.at.floor.settle()

    @rule(of=LOTS, source=SOURCES, quantity=QUANTITIES, ask=st.booleans(), trigger=st.booleans())
    def task_is_taken(self, of: int, source: str, quantity: int, ask: bool, trigger: bool) -> None:
        """Marketing asks for something, and asks again."""
        self.keys += 1
        wish = Wish(
            f"T{self.keys}", f"LOT-{min(of, self.lots)}", source, quantity=quantity, approval=ask, trigger=trigger
        )
        first = self.at.act(lambda desk: tasks.take(desk, wish))
        again = self.at.act(lambda desk: tasks.take(desk, wish))
        assert first == again or isinstance(first, Refused)

    @rule(data=st.data())
    def boxes_are_proposed(self, data: st.DataObject) -> None:
        """Somebody does not want to wait for the rest of the lot."""
        if (key := self.task(data, "planned")) is not None:
            self.at.act(lambda desk: proposals.propose(desk, key, at_once=True))

    @rule(data=st.data(), yes=st.sampled_from([True, True, True, False]))
    def proposal_is_answered(self, data: st.DataObject, yes: bool) -> None:
        """Marketing approves, rejects all of it, or does not want some boxes; it says so twice."""
        asked = self.at.read(
            "SELECT t.key, p.round, p.boxes FROM proposal p JOIN verification_task t ON t.number = p.task "
            "WHERE p.state = 'proposed' ORDER BY t.number"
        )
        if not asked:
            return
        key, number, boxes = data.draw(st.sampled_from(asked))
        if yes:
            said = [self.at.act(lambda desk: proposals.approve(desk, key, round_=number)) for _ in range(2)]
            assert isinstance(said[0], Refused) or said[0] in (said[1], 0), said
            return
        names = [one["box"] for one in json.loads(boxes)]
        not_these = data.draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
        said = [
            self.at.act(lambda desk: proposals.reject(desk, key, round_=number, without=not_these)) for _ in range(2)
        ]
        assert said[0] == said[1] or isinstance(said[0], Refused), said

    @rule(data=st.data())
    def task_is_paused_or_resumed(self, data: st.DataObject) -> None:
        """Marketing thinks it over."""
        if (key := self.task(data, "planned", "running")) is not None:
            self.at.act(lambda desk: tasks.pause(desk, key, reason="later", by="li"))
        if (key := self.task(data, "paused")) is not None and data.draw(st.booleans()):
            self.at.act(lambda desk: tasks.resume(desk, key, by="li"))

    @rule(data=st.data(), quantity=QUANTITIES, priority=st.integers(-2, 2))
    def task_is_changed(self, data: st.DataObject, quantity: int, priority: int) -> None:
        """Marketing wants more, less, or sooner."""
        if (key := self.task(data, "planned", "running", "paused")) is not None:
            wanted = Change(priority=priority, quantity=quantity if data.draw(st.booleans()) else None)
            self.at.act(lambda desk: tasks.change(desk, key, wanted, by="li"))

    @rule(data=st.data(), ending=st.sampled_from(["finish", "abort"]))
    def task_is_taken_back(self, data: st.DataObject, ending: str) -> None:
        """Marketing does not want it after all, wherever its meters are, and says so twice."""
        if (key := self.task(data, "planned", "running", "paused")) is not None:
            for _ in range(2):
                counts = self.at.act(lambda desk: cancelling.cancel(desk, key, reason="not wanted", ending=ending))
                assert not isinstance(counts, Refused), counts

    @rule(data=st.data(), count=st.integers(1, 15), verdict=st.sampled_from([PASS, PASS, FAIL, UNVERIFIED]))
    def line_packs_a_box(self, data: st.DataObject, count: int, verdict: int) -> None:
        """A box leaves the line, with meters of one verdict."""
        if lots := self.at.on_line():
            self.at.pack(data.draw(st.sampled_from(lots)), count, verdict)

    @rule(of=LOTS, count=st.integers(1, 15), ending=st.sampled_from(["finish", "abort"]))
    def task_is_taken_back_on_the_line(self, of: int, count: int, ending: str) -> None:
        """A lot comes to the line, a box of it is packed, and then it is not wanted after all."""
        self.task_is_taken(of, "first", 0, False, False)
        key = f"T{self.keys}"
        for _ in range(4):
            for number in sorted(self.at.floor.transports)[:2]:
                if number in self.at.floor.transports and self.at.floor.transports[number].kind == "verify":
                    self.at.floor.go_on(number)
        if lots := self.at.on_line():
            self.at.pack(lots[0], count, PASS)
        self.at.act(lambda desk: cancelling.cancel(desk, key, reason="not wanted", ending=ending))

    @rule(data=st.data())
    def boxes_are_called_back_into_stock(self, data: st.DataObject) -> None:
        """Function 6: marketing names boxes, packed ones or such as are not packed yet."""
        if (key := self.task(data, "planned", "running", "paused", "finished", "cancelling")) is not None:
            some = data.draw(st.lists(st.sampled_from(self.boxes("state <> 'shipped'")), min_size=1, max_size=6))
            self.at.act(lambda desk: back_to_stock.trigger(desk, key, some, by="platform"))

    @rule(data=st.data(), stages=st.sampled_from([1, 2, 4, 12]))
    def transports_go_on(self, data: st.DataObject, stages: int) -> None:
        """Some transports get a stage further."""
        for _ in range(stages):
            if transports := sorted(self.at.floor.transports):
                self.at.floor.go_on(data.draw(st.sampled_from(transports)))

    @rule(quiet=st.booleans())
    def all_goes_on(self, quiet: bool) -> None:
        """A quiet while."""
        if quiet:
            self.at.floor.settle()
        self.at.floor.release_from_clarification()

    @rule()
    def letters_are_written(self) -> None:
        """The writer of letters catches up."""
        self.at.write()

    @rule(data=st.data())
    def call_back_comes_too_late(self, data: st.DataObject) -> None:
        """A pallet is taken back when the line has it already."""
        back = [n for n, t in self.at.floor.transports.items() if t.kind == "verify" and t.at == "moving"]
        if late := sorted(set(back) & set(self.at.floor.taken_back)):
            number = data.draw(st.sampled_from(late))
            del self.at.floor.taken_back[number]
            self.at.floor.go_on(number)

    @rule(meters=st.integers(15, 60), district=st.sampled_from(["n", "s"]))
    def meters_are_ordered(self, meters: int, district: str) -> None:
        """A district wants meters."""
        self.keys += 1
        with Session(self.at.engine) as session:
            lines, key = [(district, MODEL, meters)], f"d{self.keys}"
            service.create_distribution(session, key=key, lines=lines, at_ms=self.at.floor.now_ms)
            session.commit()
        self.at.floor.listen()

    @rule(data=st.data(), opened=st.booleans(), what=st.sampled_from(["all", "all", "fewer", "more", "strange"]))
    def box_comes_back(self, data: st.DataObject, opened: bool, what: str) -> None:
        """A district sends a box back: as it left, or not; it is scanned twice, and maybe the note is closed."""
        out = self.boxes("state = 'shipped' AND meters > 0")
        if not out:
            return
        box = data.draw(st.sampled_from(out))
        meters = [code for (code,) in self.at.read("SELECT bar_code FROM asset WHERE box = :b ORDER BY 1", b=box)]
        others = self.at.read("SELECT bar_code FROM asset JOIN box ON box = code WHERE box.state = 'shipped' AND "
                              "code <> :b ORDER BY 1", b=box)  # fmt: skip
        found = {"all": meters, "fewer": meters[1:], "more": meters + [code for (code,) in others[:1]],
                 "strange": [*meters, "9" * 22]}[what]  # fmt: skip
        self.keys += 1
        said: dict[str, Any] = {"key": f"R{self.keys}", "district": "n", "kind": "sent_back", "boxes": {box: meters}}
        number = self.at.act(lambda desk: returns.announce(desk, **said))
        assert self.at.act(lambda desk: returns.announce(desk, **said)) == number
        scan = returns.Scan(box, tuple(found), f"RP{self.keys}", opened)
        if found:
            got = self.at.act(lambda desk: returns.scan(desk, number, scan, by="li"))
            assert got == "sorting" or (not opened and what == "all") or (what == "more" and not others), got
            assert isinstance(self.at.act(lambda desk: returns.scan(desk, number, scan, by="li")), Refused)
            self.at.floor.arrive(scan.pallet)
        if data.draw(st.booleans()):
            self.at.act(lambda desk: returns.close(desk, number, empties=0, by="li"))

    @rule(data=st.data(), state=st.sampled_from(["received", "to_maker", "scrapped"]))
    def box_is_settled(self, data: st.DataObject, state: str) -> None:
        """A person decides about a box."""
        some = self.boxes("state IN ('returned','rejected','quarantine','to_maker','received')")
        if some:
            box = data.draw(st.sampled_from(some))
            self.at.act(lambda desk: life.settle(desk, [box], state, reason="seen", by="li"))

    @rule()
    def stock_ages(self) -> None:
        """Half a year goes by, once, and what is old is called back."""
        if self.years == 0:
            self.years = 1
            self.at.half_a_year_goes_by()
        self.at.act(lambda desk: ageing.call_back(desk, by="li"))

    @rule(meters=st.sampled_from([0, 15, 40]))
    def safety_stock_is_set(self, meters: int) -> None:
        """Somebody keeps some meters back."""
        self.at.act(lambda desk: promise.set_safety(desk, MODEL, meters, by="li"))

    def task(self, data: st.DataObject, *states: str) -> str | None:
        """Return a task in one of these states, None if there is none."""
        named = ",".join(f"'{state}'" for state in states)
        found = self.at.read(f"SELECT key FROM verification_task WHERE state IN ({named}) ORDER BY number")
        return str(data.draw(st.sampled_from(found))[0]) if found else None

    def boxes(self, where: str) -> list[str]:
        """Return boxes."""
        return [code for (code,) in self.at.read(f"SELECT code FROM box WHERE {where} ORDER BY code")]

    @invariant()
    def every_law_holds(self) -> None:
        """What must be true at any moment."""
        for law in laws.ALWAYS:
            law(self.at)
        self.orders = laws.no_order_without_acceptance(self.at, self.orders)

    def teardown(self) -> None:
        """In the end all that can go on has gone on, and everything is told once."""
        if not hasattr(self, "at"):
            return
        for (key,) in self.at.read("SELECT key FROM verification_task WHERE state = 'paused'"):
            self.at.act(lambda desk, key=key: tasks.resume(desk, key, by="li"))
        for _ in range(3):
            self.at.floor.release_from_clarification()
            self.at.floor.settle()
        laws.nothing_is_stuck(self.at)
        with Session(self.at.engine) as session:
            left = [order for order in views.orders(session, open_only=True) if order.kind == "verification"]
            assert all({why.code for why in order.why} <= MAY_LAST for order in left), left
        self.at.write()
        laws.each_verdict_is_told_once(self.at)


Tasks.TestCase.settings = settings(
    max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestTasks = Tasks.TestCase


@pytest.mark.parametrize("prompt", [True, False])
@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("verdict", [PASS, FAIL, UNVERIFIED])
def test_what_is_tested_when_its_task_is_taken_back_is_told_once(prompt: bool, late: bool, verdict: int) -> None:
    at = MarketingAtWork(on_benches=True, prompt=prompt)
    at.deliver(1, 1, 2)
    at.floor.arrive("P0010000")
    at.floor.settle()
    at.act(lambda desk: tasks.take(desk, Wish("T1", "LOT-1", approval=False)))
    while not at.on_line():
        at.floor.go_on(min(at.floor.transports))
    if not late:
        at.pack(1, 15, verdict)
    at.act(lambda desk: cancelling.cancel(desk, "T1", reason="not wanted"))
    if late:
        at.pack(1, 15, verdict)
    at.floor.settle()
    at.write()
    laws.each_verdict_is_told_once(at)
    for law in laws.ALWAYS:
        law(at)

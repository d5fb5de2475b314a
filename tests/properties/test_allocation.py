"""Orders, faults and cancellations in any order: no box is promised twice, and every order ends or says why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy.orm import Session

from tests.plants import small_plant
from tests.unit.wms.deliveries import delivery
from tests.unit.wms.played_floor import PlayedFloor
from wcs.store import create_tables, make_engine
from wms import setup
from wms.desk import Desk
from wms.errors import Refused
from wms.inbound.service import import_delivery
from wms.marketing import cancelling, proposals, returns, task_views, tasks
from wms.outbound import service, views
from wms.outbound.rules import StockBox, StockPallet, choose_boxes
from wms.reasons import Reason
from wms.stock import views as stock

MODEL = "DDZY2026"
SOURCES = ["first", "first", "sampling", "recheck"]
pallets = st.lists(
    st.builds(
        lambda code, aisle, day, whole, sizes: StockPallet(
            f"P{code}", f"A{aisle}", code % 7, day, whole,
            tuple(StockBox(f"{code}-{n}", m) for n, m in enumerate(sizes)),
        ),
        st.integers(0, 10_000), st.integers(1, 3), st.integers(0, 3), st.booleans(),
        st.lists(st.sampled_from([15, 15, 15, 4]), min_size=1, max_size=20),
    ),
    max_size=12, unique_by=lambda p: p.code,
)  # fmt: skip

wishes = st.lists(st.tuples(st.sampled_from(["n", "s"]), st.just(MODEL), st.integers(15, 400)), min_size=1, max_size=3)
MAY_LAST = {"short", "pallet_announced", "pallet_missing", "pallet_moving", "waiting_for_empty_pallet"}


@given(pallets, st.integers(15, 900))
def test_a_choice_is_whole_boxes_oldest_first_and_never_too_much(stock_: list[StockPallet], quantity: int) -> None:
    chosen = choose_boxes(stock_, quantity, 15, {})
    everything = sum(p.meters for p in stock_)
    if isinstance(chosen, Reason):
        assert chosen.params == {"available": everything, "quantity": quantity}
        assert everything < quantity or any(box.meters < 15 for p in stock_ for box in p.boxes)
        return
    meters = sum(box.meters for box in chosen)
    assert quantity - 15 < meters <= quantity
    assert max(Counter(box.code for box in chosen).values(), default=0) <= 1
    day_of = {box.code: p.day for p in stock_ for box in p.boxes}
    newest = max((day_of[box.code] for box in chosen), default=0)
    taken = {box.code for box in chosen}
    assert all(code in taken for code, day in day_of.items() if day < newest)


class Orders(RuleBasedStateMachine):
    """A site under random deliveries, call-offs, distributions and faults."""

    @initialize()
    def begin(self) -> None:
        """Start with an empty site."""
        engine = make_engine("sqlite://")
        create_tables(engine)
        plant = small_plant()
        with Session(engine) as session:
            setup.seed(session, plant)
            session.commit()
        self.floor = PlayedFloor(engine, plant)
        self.lots = 0
        self.keys = 0
        self.announced: list[str] = []
        self.delivery_is_announced(2, 20)
        self.pallet_comes()
        self.pallet_comes()
        self.floor.settle()
        self.lot_is_called_off(1)
        self.floor.settle()

    @rule(count=st.integers(1, 2), boxes=st.sampled_from([2, 7, 20]))
    def delivery_is_announced(self, count: int, boxes: int) -> None:
        """A maker announces a lot."""
        if self.lots >= 4:
            return
        self.lots += 1
        content = delivery(asn=f"ASN-{self.lots}", lot=f"LOT-{self.lots}", first=self.lots, pallets=count, boxes=boxes)
        with Session(self.floor.engine) as session:
            assert import_delivery(session, content, at_ms=self.floor.now_ms).problems == ()
            session.commit()
        self.announced += [f"P{self.lots:03}{n:04}" for n in range(count)]

    @rule()
    def pallet_comes(self) -> None:
        """A forklift sets the next pallet down."""
        if self.announced:
            self.floor.arrive(self.announced.pop(0))

    @rule(lot=st.integers(1, 4))
    def lot_is_called_off(self, lot: int) -> None:
        """Somebody wants a lot verified."""
        self.keys += 1
        with Session(self.floor.engine) as session:
            try:
                key = f"k{self.keys}"
                service.create_verification(session, key=key, lot=f"LOT-{lot}", line="VL1", at_ms=self.floor.now_ms)
            except Refused:
                return
            session.commit()
        self.floor.take()

    @rule(
        lines=st.lists(
            st.tuples(st.sampled_from(["n", "s"]), st.just(MODEL), st.integers(15, 400)), min_size=1, max_size=3
        )
    )
    def meters_are_ordered(self, lines: list[tuple[str, str, int]]) -> None:
        """Districts want meters."""
        self.keys += 1
        with Session(self.floor.engine) as session:
            service.create_distribution(session, key=f"k{self.keys}", lines=lines, at_ms=self.floor.now_ms)
            session.commit()
        self.floor.take()

    @rule(data=st.data(), wrong=st.sampled_from([False, False, False, True]))
    def transport_goes_on(self, data: st.DataObject, wrong: bool) -> None:
        """One transport gets a stage further, or fails there."""
        if self.floor.transports:
            number = data.draw(st.sampled_from(sorted(self.floor.transports)))
            if self.floor.transports[number].kind != "pack":
                self.floor.go_on(number, wrong=wrong)

    @rule(trouble=st.sampled_from([0, 0, 4, 7]))
    def all_goes_on(self, trouble: int) -> None:
        """A while in which every `trouble`-th stage goes wrong."""
        self.floor.settle(trouble=trouble)

    @rule()
    def clerk_releases(self) -> None:
        """A person lets go on what was sent to clarification."""
        self.floor.release_from_clarification()

    @rule(data=st.data())
    def lost_pallet_turns_up(self, data: st.DataObject) -> None:
        """Somebody finds a pallet that the books miss, and sets it down at clarification."""
        with Session(self.floor.engine) as session:
            query = sa.text("SELECT code FROM pallet WHERE whereabouts = 'missing' ORDER BY code")
            missing = list(session.connection().execute(query).scalars())
        if missing:
            self.floor.arrive(data.draw(st.sampled_from(missing)), "CL")

    @rule(data=st.data(), luck=st.integers(0, 2))
    def order_is_cancelled(self, data: st.DataObject, luck: int) -> None:
        """Somebody takes an order back, before anything of it moves."""
        with Session(self.floor.engine) as session:
            idle = [o.number for o in views.orders(session, open_only=True) if not o.pallets and o.state == "waiting"]
            if luck or not idle:
                return
            service.cancel_order(session, data.draw(st.sampled_from(idle)), reason="test", at_ms=self.floor.now_ms)
            session.commit()

    @rule(
        lot=st.integers(1, 4),
        quantity=st.sampled_from([0, 30, 300]),
        source=st.sampled_from(SOURCES),
        ask=st.booleans(),
    )
    def task_comes(self, lot: int, quantity: int, source: str, ask: bool) -> None:
        """Marketing wants a lot, or a part of it, verified, sampled or re-checked."""
        self.keys += 1
        wish = tasks.Wish(f"T{self.keys}", f"LOT-{lot}", source, quantity=quantity, approval=ask)
        self.at_desk(lambda desk: tasks.take(desk, wish))

    @rule(data=st.data(), yes=st.sampled_from([True, True, False]))
    def proposal_is_answered(self, data: st.DataObject, yes: bool) -> None:
        """Marketing approves or rejects what was proposed."""
        asked = self.read("SELECT t.key, p.round FROM proposal p JOIN verification_task t ON t.number = p.task "
                          "WHERE p.state = 'proposed' AND t.state = 'planned' ORDER BY t.number")  # fmt: skip
        if asked:
            key, number = data.draw(st.sampled_from(asked))
            answer = proposals.approve if yes else proposals.reject
            self.at_desk(lambda desk: answer(desk, key, round_=number))

    @rule(data=st.data())
    def task_is_paused_or_goes_on(self, data: st.DataObject) -> None:
        """Marketing thinks it over."""
        live = self.read("SELECT key, state FROM verification_task WHERE state IN ('planned','running','paused')")
        if live:
            key, state = data.draw(st.sampled_from(sorted(live)))
            if state == "paused":
                self.at_desk(lambda desk: tasks.resume(desk, key, by="li"))
            else:
                self.at_desk(lambda desk: tasks.pause(desk, key, reason="later", by="li"))

    @rule(data=st.data(), luck=st.integers(0, 2))
    def task_is_taken_back(self, data: st.DataObject, luck: int) -> None:
        """Marketing does not want it after all, wherever its meters are."""
        live = self.read("SELECT key FROM verification_task WHERE state IN ('planned','running','paused') ORDER BY 1")
        if live and not luck:
            (key,) = data.draw(st.sampled_from(live))
            self.at_desk(lambda desk: cancelling.cancel(desk, key, reason="not wanted"))

    @rule(data=st.data(), opened=st.booleans())
    def box_comes_back(self, data: st.DataObject, opened: bool) -> None:
        """A district sends a box back, on a pallet that was never here."""
        out = self.read("SELECT code FROM box WHERE state = 'shipped' AND meters > 0 ORDER BY code")
        if not out:
            return
        (box,) = data.draw(st.sampled_from(out))
        meters = tuple(code for (code,) in self.read(f"SELECT bar_code FROM asset WHERE box = '{box}' ORDER BY 1"))
        self.keys += 1
        said = {"key": f"R{self.keys}", "district": "n", "kind": "sent_back", "boxes": {box: meters}}
        number = self.at_desk(lambda desk: returns.announce(desk, **said))
        found = returns.Scan(box, meters, f"RP{self.keys}", opened)
        self.at_desk(lambda desk: returns.scan(desk, number, found, by="li"))
        self.floor.arrive(found.pallet)

    def at_desk(self, act: Callable[[Desk], Any]) -> Any:
        """Do something in its own transaction and let the floor hear of it."""
        with Session(self.floor.engine) as session:
            desk = Desk(session, self.floor.now_ms)
            found = act(desk)
            desk.close()
            session.commit()
        self.floor.listen()
        return found

    def read(self, query: str) -> list[tuple[Any, ...]]:
        """Return rows."""
        with Session(self.floor.engine) as session:
            return [tuple(row) for row in session.connection().execute(sa.text(query))]

    @rule(data=st.data())
    def stopped_order_goes_on(self, data: st.DataObject) -> None:
        """Somebody lets what was stopped go on."""
        with Session(self.floor.engine) as session:
            live = [o.number for o in views.orders(session, open_only=True)]
            if not live:
                return
            service.resume_order(session, data.draw(st.sampled_from(live)), at_ms=self.floor.now_ms)
            session.commit()
        self.floor.take()

    @invariant()
    def books_and_floor_agree(self) -> None:
        """What the books have in a slot stands there; a slot holds one unit, a unit is in one slot."""
        with Session(self.floor.engine) as session:
            held = {s.id: s.pallet for s in stock.slot_map(session) if s.pallet}
            account = stock.totals(session)
        assert account.units_per_slot_max <= 1
        assert len(set(held.values())) == len(held)
        assert all(held.get(slot) == unit for slot, unit in self.floor.contents.items())

    @invariant()
    def no_meter_is_lost_by_the_books(self) -> None:
        """Every meter that was announced is somewhere, once; boxes count what is in them."""
        with Session(self.floor.engine) as session:
            assets = session.connection().execute(sa.text("SELECT count(*) FROM asset")).scalar()
            wrong = session.connection().execute(
                sa.text(
                    "SELECT b.code FROM box b WHERE b.meters <> (SELECT count(*) FROM asset a WHERE a.box = b.code)"
                )
            )
            assert wrong.all() == []
            assert sum(stock.totals(session).by_role.values()) == assets

    @invariant()
    def no_box_is_promised_twice(self) -> None:
        """A live promise is the only one of its box, and the box says so."""
        live = (
            "SELECT p.box, b.state FROM promise p JOIN box b ON b.code = p.box "
            "WHERE p.state IN ('promised','moving','picked')"
        )
        with Session(self.floor.engine) as session:
            rows = session.connection().execute(sa.text(live)).all()
            assert len({box for box, _ in rows}) == len(rows)
            assert {state for _, state in rows} <= {"allocated"}
            lines = "SELECT quantity, promised, shipped FROM order_line"
            assert all(s <= p <= q for q, p, s in session.connection().execute(sa.text(lines)))

    @invariant()
    def every_task_ends_or_says_why_not(self) -> None:
        """A task has proposals as long as it is planned, an order when it runs, and a reason while it is open."""
        with Session(self.floor.engine) as session:
            for task in task_views.tasks(session):
                assert task.ended_ms or task.why, task
                assert (task.state not in ("running", "cancelling")) or task.order, task
                assert not task.ended_ms or task.state in ("finished", "cancelled"), task

    @invariant()
    def a_box_is_held_by_one_task(self) -> None:
        """What one task holds no other task holds, and what is held is here."""
        held = self.read(
            "SELECT p.box, b.state FROM proposal_box p JOIN box b ON b.code = p.box WHERE p.state = 'held'"
        )
        assert len({box for box, _ in held}) == len(held)
        assert not {state for _, state in held} & {"shipped", "expected"}

    @invariant()
    def nothing_is_shipped_unverified(self) -> None:
        """What is promised or has left was verified and found good."""
        assert self.read("SELECT code FROM box WHERE state IN ('qualified','allocated') AND verdict <> 1") == []

    @invariant()
    def every_order_ends_or_says_why_not(self) -> None:
        """No answer is empty."""
        with Session(self.floor.engine) as session:
            for order in views.orders(session, open_only=True):
                assert order.why, order

    def teardown(self) -> None:
        """In the end everything that can go on has gone on: what is promised has left."""
        if not hasattr(self, "floor"):
            return
        for (key,) in self.read("SELECT key FROM verification_task WHERE state = 'paused'"):
            self.at_desk(lambda desk, key=key: tasks.resume(desk, key, by="li"))
        for _ in range(3):
            self.floor.release_from_clarification()
            self.floor.settle()
        assert self.read("SELECT key FROM verification_task WHERE state = 'cancelling'") == []
        with Session(self.floor.engine) as session:
            for order in views.orders(session, open_only=True):
                codes = {why.code for why in order.why}
                assert codes <= {
                    "short",
                    "pallet_announced",
                    "pallet_missing",
                    "pallet_moving",
                    "waiting_for_empty_pallet",
                }, order


Orders.TestCase.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestOrders = Orders.TestCase

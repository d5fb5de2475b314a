"""Random orders, faults, lost links and restarts: what must hold of the floor after every single step.

The machine plays the devices and the WMS as plainly as can be: a device executes a mission number once and
reports it; the WMS answers questions with free slots. Everything it is told passes through the real
decisions, the real door and a real database.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy.orm import Session

from plc.codes import AckCode, ActState, EvtCode, FaultCode
from plc.link import Acked, DeviceImage, EventRaised, LinkDown, LinkUp, Scanned
from plc.plant.places import is_slot, slots
from plc.telegram import Command, Event, JournalEntry, Status
from tests.plants import small_plant
from wcs import inbox, journal, ledger, orders
from wcs.decision import Book, GoOnline, Send, Trigger
from wcs.decisions import decide
from wcs.floor import Floor
from wcs.happenings import Happening, Started
from wcs.life import OrderState
from wcs.resources import room
from wcs.store import OrderRow, create_tables, make_engine


class FloorMachine(RuleBasedStateMachine):
    """The floor under everything that can happen to it."""

    @initialize()
    def begin(self) -> None:
        """Start with an empty plant and every link up."""
        self.plant = small_plant()
        self.engine = make_engine("sqlite://")
        create_tables(self.engine)
        self.now_ms = 1
        self.pending: dict[str, list[tuple[int, Event]]] = {d: [] for d in self.plant.devices}
        self.seq: Counter[str] = Counter()
        self.journals: dict[str, dict[int, ActState]] = {d: {} for d in self.plant.devices}
        self.commands: dict[int, tuple[str, Command]] = {}
        self.executed: Counter[int] = Counter()
        self.stage: dict[int, str] = {}
        self.triggers: list[str] = []
        self.lost: list[Send] = []
        self.contents: dict[str, str] = {}
        self.reserved: dict[str, str] = {}
        self.arrived = 0
        self.online = False
        self.cursor = 0
        self.floor = self._rebuilt()
        self.step(Started())
        self._link_up()

    def _rebuilt(self) -> Floor:
        with Session(self.engine) as session:
            return ledger.load(session, self.plant)

    def step(self, *happenings: Happening) -> None:
        """One transaction, as the controller does it, and then the effects."""
        self.now_ms += 100
        effects: list[Any] = []
        with Session(self.engine) as session:
            queue = [*happenings, *inbox.fetch(session, 64)]
            changes: list[Any] = []
            facts: list[tuple[int, journal.Fact]] = []
            while queue:
                decision = decide(self.floor, queue.pop(0), self.now_ms)
                self.floor.apply(decision.changes)
                changes += decision.changes
                facts += [(self.now_ms, f) for f in decision.facts]
                effects += decision.effects
                queue += decision.follow
            ledger.write(session, changes)
            journal.append_dated(session, facts)
            session.commit()
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Any) -> None:
        match effect:
            case Send(device, command):
                if self.online:
                    self._deliver(device, command)
            case Book(device, seq):
                self.pending[device] = [p for p in self.pending[device] if p[0] != seq]
            case Trigger(scanner):
                self.triggers.append(scanner)
            case GoOnline():
                self.online = True
            case _:
                pass

    def _deliver(self, device: str, command: Command) -> None:
        if command.mission in self.journals[device]:
            return
        self.journals[device][command.mission] = ActState.RUNNING
        self.commands[command.mission] = (device, command)
        self.stage[command.mission] = "new"

    def _raise(self, device: str, event: Event) -> None:
        self.seq[device] += 1
        self.pending[device].append((self.seq[device], event))

    def _link_up(self) -> None:
        images = {
            d: DeviceImage(Status(), tuple(JournalEntry(m, s) for m, s in self.journals[d].items()))
            for d in self.plant.devices
        }
        self.online = True
        self.step(LinkUp("PLC1", 1, True, True, images))

    def _show(self, device: str) -> None:
        if self.online and self.pending[device]:
            seq, event = self.pending[device][0]
            self.step(EventRaised(device, seq, event))

    # What the world does

    @rule(weight=st.sampled_from([500_000, 500_000, 950_000]), profile=st.sampled_from([0, 0, 0, 4]))
    @precondition(lambda self: not self.floor.held("GI") and not self.pending["GI1"])
    def pallet_comes(self, weight: int, profile: int) -> None:
        """A forklift sets a pallet down at goods-in."""
        event = Event(EvtCode.ARRIVED, point=self.plant.points["GI"].number, data1=weight, result=profile)
        self._raise("GI1", event)
        self._show("GI1")

    @rule(readable=st.booleans())
    @precondition(lambda self: self.triggers)
    def scanner_answers(self, readable: bool) -> None:
        """The oldest trigger is answered."""
        scanner = self.triggers.pop(0)
        if readable:
            self.arrived += 1
        self.step(Scanned(scanner, f"P{self.arrived:07}" if readable else None))

    @rule()
    def clerk_mends(self) -> None:
        """Whoever stands longest at clarification is released."""
        here = [self.floor.units[u] for u in self.floor.standing.get("CL", ())]
        if any(not u.order and not u.question and not u.stage for u in here) and not self.pending["CL1"]:
            self._raise("CL1", Event(EvtCode.ARRIVED, point=self.plant.points["CL"].number, data1=500_000))
            self._show("CL1")

    @rule(data=st.data(), broken=st.sampled_from([False, False, False, True]))
    @precondition(lambda self: self.commands)
    def device_works(self, data: st.DataObject, broken: bool) -> None:
        """A device goes one stage on with a mission: answer, picked, ended (or given up)."""
        self._work(data.draw(st.sampled_from(sorted(self.commands))), broken=broken)

    def _work(self, number: int, *, broken: bool) -> None:
        if number not in self.commands:
            return
        device, command = self.commands[number]
        if self.stage[number] == "new":
            self.stage[number] = "acked"
            if self.online:
                self.step(Acked(device, number, AckCode.ACCEPTED))
        elif self.stage[number] == "acked":
            self._start(number, device, command, broken)
        else:
            self._end(number, device, command, broken)

    def _start(self, number: int, device: str, command: Command, broken: bool) -> None:
        if broken and device == "SC1" and command.source.aisle == 1:
            self.contents.pop(self._slot(command.source), None)
            self._give_up(number, device, FaultCode.SLOT_EMPTY)
            return
        self.stage[number] = "aboard"
        self._raise(device, Event(EvtCode.PICKED, number))
        self._show(device)

    def _end(self, number: int, device: str, command: Command, broken: bool) -> None:
        if broken and device == "SC1" and command.target.aisle == 1:
            self._give_up(number, device, FaultCode.SLOT_OCCUPIED)
            return
        del self.commands[number]
        self.executed[number] += 1
        self.journals[device][number] = ActState.ENDED
        self._raise(device, Event(EvtCode.ENDED, number, load_id=f"E{number:07}" if device == "PK1" else ""))
        self._show(device)

    def _give_up(self, number: int, device: str, fault: FaultCode) -> None:
        del self.commands[number]
        self.executed[number] += 1
        self.journals[device][number] = ActState.ABORTED
        self._raise(device, Event(EvtCode.ABORTED, number, result=fault))
        self._show(device)

    @rule(rounds=st.integers(5, 40), trouble=st.sampled_from([0, 0, 0, 7, 3]))
    def plant_bustles(self, rounds: int, trouble: int) -> None:
        """A while of ordinary work, in which every `trouble`-th stage of a mission goes wrong."""
        for turn in range(rounds):
            if self.online and not self.floor.held("GI") and not self.pending["GI1"]:
                self.pallet_comes(weight=500_000, profile=0)
            if self.triggers:
                self.scanner_answers(readable=True)
            self.clerk_mends()
            for question in sorted(self.floor.questions):
                self._answer(question, put_off=False)
            for n, number in enumerate(sorted(self.commands)):
                self._work(number, broken=bool(trouble) and (turn + n) % trouble == trouble - 1)
            for device in self.pending:
                self._show(device)
            for destination in ("VL1", "DK1", "PS")[turn % 3 :][: turn % 2]:
                if self.contents:
                    self._want(min(self.contents), destination)

    @rule(data=st.data())
    def event_is_shown_again(self, data: st.DataObject) -> None:
        """An unbooked event stays where it is, and may be seen any number of times."""
        self._show(data.draw(st.sampled_from(sorted(self.pending))))

    @rule(luck=st.integers(0, 3))
    def link_falls(self, luck: int) -> None:
        """The cable is pulled."""
        if self.online and luck == 0:
            self.online = False
            self.step(LinkDown("PLC1", "connection_lost"))

    @rule()
    def link_rises(self) -> None:
        """The cable is back; every event that waits is shown."""
        if not self.online:
            self._link_up()
            for device in self.pending:
                self._show(device)

    @rule(luck=st.integers(0, 2))
    def wcs_is_killed(self, luck: int) -> None:
        """The process dies and starts anew from its tables; the wire starts anew as well."""
        if luck:
            return
        self.online = False
        self.triggers.clear()
        self.floor = self._rebuilt()
        self.step(Started())
        self._link_up()

    # What the WMS does

    @rule(data=st.data())
    def wms_answers(self, data: st.DataObject) -> None:
        """One open question is answered, or put off with a reason."""
        questions = sorted(self.floor.questions)
        if not questions:
            return
        self._answer(data.draw(st.sampled_from(questions)), put_off=data.draw(st.booleans()))

    def _answer(self, name: str, *, put_off: bool) -> None:
        question = self.floor.questions.get(name)
        if question is None:
            return
        free = [s for s in slots(self.plant) if s not in self.contents and s not in self.reserved.values()]
        unit = self.floor.units[question.unit]
        with Session(self.engine) as session:
            if unit.faults:
                orders.direct(session, question=question.id, destination="CL", kind="clarify")
            elif question.ask == "slot" and unit.id in self.reserved:
                orders.direct(session, question=question.id, destination=self.reserved[unit.id], kind="store")
            elif not free or put_off:
                orders.hold(session, question=question.id, reason="no_slot_free")
            else:
                self.reserved[unit.id] = free[0]
                orders.direct(session, question=question.id, destination=free[0], kind="store")
            session.commit()
        self.step()

    @rule(data=st.data(), destination=st.sampled_from(["VL1", "DK1", "PS", "A1-2-03-02"]))
    @precondition(lambda self: self.contents)
    def wms_wants(self, data: st.DataObject, destination: str) -> None:
        """A stored unit is asked for, once."""
        self._want(data.draw(st.sampled_from(sorted(self.contents))), destination)

    def _want(self, slot: str, destination: str) -> None:
        busy = destination in self.contents or destination in self.reserved.values()
        if busy and is_slot(self.plant, destination):
            return
        unit = self.contents.pop(slot)
        if is_slot(self.plant, destination):
            self.reserved[unit] = destination
        with Session(self.engine) as session:
            orders.submit(
                session, key=f"w{self.now_ms}:{unit}", kind="retrieve", unit=unit, source=slot, destination=destination
            )
            session.commit()
        self.step()

    @rule()
    def wms_wants_empty_pallet(self) -> None:
        """A pallet is asked from the magazine."""
        if not self.floor.held("PT") and not self.floor.running.get("PK1") and not self.floor.waiting.get("PK1"):
            with Session(self.engine) as session:
                orders.submit(
                    session, key=f"e{self.now_ms}", kind="empty_pallet", unit=None, source="PK1", destination="PT"
                )
                session.commit()
            self.step()

    @rule(data=st.data(), luck=st.integers(0, 3))
    def somebody_cancels(self, data: st.DataObject, luck: int) -> None:
        """A live order is taken back."""
        live = sorted(n for n, o in self.floor.orders.items() if o.kind in ("retrieve", "store"))
        if not live or luck:
            return
        number = data.draw(st.sampled_from(live))
        with Session(self.engine) as session:
            orders.cancel(session, order=number, reason="test")
            session.commit()
        self.step()

    def _slot(self, spot: Any) -> str:
        return f"A1-{spot.side}-{spot.x:02}-{spot.y:02}"

    def _hear(self) -> None:
        with Session(self.engine) as session:
            for fact in journal.read(session, self.cursor):
                self.cursor = fact.id
                self._book(fact)

    def _book(self, fact: journal.Booked) -> None:
        payload = fact.payload
        if fact.kind == "TransportFinished" and is_slot(self.plant, payload["destination"]):
            assert payload["destination"] not in self.contents, "two units in one slot"
            self.contents[payload["destination"]] = payload["unit"]
            self.reserved.pop(payload["unit"], None)
        if fact.kind == "TransportCancelled" and is_slot(self.plant, payload["at"]):
            self.contents[payload["at"]] = payload["unit"]
            self.reserved.pop(payload["unit"], None)
        if fact.kind == "TransportFailed":
            self.reserved.pop(payload["unit"], None)

    # What must hold

    @invariant()
    def rebuilt_equals_live(self) -> None:
        """What the tables hold is what lives."""
        self._hear()
        assert self._rebuilt().rows() == self.floor.rows()

    @invariant()
    def nothing_is_overfull(self) -> None:
        """No resource holds more than it has room for, no zone loses its gap, nothing is promised twice."""
        for resource in self.floor.load:
            assert self.floor.held(resource) <= room(self.plant, resource), resource
        for zone, inside in self.floor.in_zone.items():
            assert len(inside) <= self.plant.zones[zone].capacity
        assert len(self.floor.standing.get("SC1", ())) <= 1

    @invariant()
    def nothing_runs_twice(self) -> None:
        """A mission number is executed once, whatever was killed or cut in between."""
        assert all(count == 1 for count in self.executed.values())

    @invariant()
    def nothing_waits_without_a_reason(self) -> None:
        """Every live order says why it does not move; every unit without an order is scanned, asked about or mended."""
        for order in self.floor.orders.values():
            assert order.reason.code not in ("", "new", "done"), order
            if order.state in (OrderState.MOVING, OrderState.WITHDRAWN):
                assert order.mission in self.floor.missions
            elif order.state is OrderState.WAITING:
                assert order.device and order.mission == 0
        for unit in self.floor.units.values():
            assert unit.order in self.floor.orders or unit.stage or unit.question or unit.at == "CL", unit

    @invariant()
    def every_order_ends_or_lives(self) -> None:
        """An order is on the floor, or it has ended with its reason in the table."""
        with Session(self.engine) as session:
            table = sa.inspect(OrderRow).local_table
            for row in session.execute(sa.select(table)).mappings():
                alive = row["number"] in self.floor.orders
                assert alive or row["state"] in ("finished", "failed", "cancelled"), dict(row)
                assert row["reason"] and json.loads(row["reason_args"]) is not None


TestFloor = FloorMachine.TestCase
TestFloor.settings = settings(
    max_examples=110, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)

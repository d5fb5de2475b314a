"""Commander against responder while writes are lost, delayed and doubled and both sides restart: exactly once."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from plc.codes import AckCode, ActState, CmdCode, EvtCode
from plc.handshake.commander import Commander, Unanswered, WriteCommand, WriteEventAck
from plc.handshake.responder import Responder, Retentive
from plc.link import Acked, CommandImage, EventRaised
from plc.telegram import Command, Event, Status

Write = tuple[str, int, Command | None]
FAULTS = ["lose_connection", "leave_behind", "crash_controller", "restart_plc", "restart_plc_without_block"]
STEPS = [*["deliver"] * 8, *["scan", "poll", "deliver_late"] * 4, *["order", "tick", "finish"] * 3, *FAULTS]


class Handshake(RuleBasedStateMachine):
    """One device; `net` is what was written and has not arrived, `late` what a dead connection still holds."""

    def __init__(self) -> None:
        super().__init__()
        self.block = CommandImage()
        self.responder = Responder(journal_size=4)
        self.executed: Counter[int] = Counter()
        self.running: int | None = None
        self.commander = Commander("SC1")
        self.state: dict[int, str] = {}
        self.booked = 0
        self.bookings: Counter[int] = Counter()
        self.net: deque[Write] = deque()
        self.late: deque[Write] = deque()
        self.now_s = 0.0

    @initialize(last=st.sampled_from([0, 1, 65533, 65534, 65535]), event=st.sampled_from([0, 65534, 65535]))
    def power_up(self, last: int, event: int) -> None:
        self.responder.retentive = Retentive(last_seq=last, evt_seq=event)
        self.connect()

    @rule(step=st.sampled_from(STEPS))
    def step(self, step: str) -> None:
        getattr(self, step)()

    def order(self) -> None:
        if any(state in ("sent", "accepted") for state in self.state.values()):
            return
        mission = next((m for m, s in self.state.items() if s == "new"), len(self.state) + 1)
        self.send(mission)

    def send(self, mission: int) -> None:
        self.state[mission] = "sent"
        if write := self.commander.send(Command(CmdCode.TRANSPORT, mission), self.now_s):
            self.put(write)

    def put(self, action: WriteCommand | WriteEventAck | Unanswered) -> None:
        match action:
            case WriteCommand(seq, command):
                self.net += [("body", seq, command), ("tail", seq, None)]
            case WriteEventAck(seq):
                self.net.append(("ack", seq, None))
            case Unanswered():
                self.connect()

    def arrive(self, write: Write) -> None:
        kind, seq, command = write
        if kind == "body":
            self.block = replace(self.block, head=seq, command=command)
        elif kind == "tail":
            self.block = replace(self.block, tail=seq)
        else:
            self.block = replace(self.block, event_ack=seq)

    def deliver(self) -> None:
        if self.net:
            self.arrive(self.net.popleft())

    def deliver_late(self) -> None:
        if self.late:
            self.arrive(self.late.popleft())

    def lose_connection(self) -> None:
        """The rest of the written bytes is lost."""
        self.connect()

    def leave_behind(self) -> None:
        """The rest of the written bytes comes after the next connection has begun."""
        self.late += self.net
        self.connect()

    def crash_controller(self) -> None:
        self.commander = Commander("SC1")
        self.connect()

    def connect(self) -> None:
        """Read back, settle what was sent by the journal, go online."""
        self.net.clear()
        self.commander.sync(self.block, self.responder.image(Status()))
        known = {entry.mission for entry in self.responder.journal()}
        self.commander.go_online()
        for mission, state in list(self.state.items()):
            if state == "sent" and mission in known:
                self.state[mission] = "accepted"
            elif state == "sent":
                self.send(mission)

    def scan(self) -> None:
        self.responder.acknowledge(self.block.event_ack)
        busy = self.running is not None
        taken = self.responder.receive(self.block, lambda _: AckCode.BUSY if busy else AckCode.ACCEPTED)
        if taken is not None and taken.command is not None:
            self.running = taken.command.mission

    def finish(self) -> None:
        if self.running is None:
            return
        mission, self.running = self.running, None
        self.executed[mission] += 1
        self.responder.finish(mission, ActState.ENDED)
        self.responder.raise_event(Event(EvtCode.ENDED, mission))

    def restart_plc(self) -> None:
        """A warm restart: what is retentive stays."""
        self.responder = Responder(Retentive.from_json(self.responder.retentive.to_json()), 4)
        self.late.clear()
        self.connect()

    def restart_plc_without_block(self) -> None:
        """A warm restart of a PLC whose CMD block is not retentive."""
        self.block = CommandImage()
        self.restart_plc()

    def poll(self) -> None:
        for notice in self.commander.observe(self.responder.image(Status()), self.now_s):
            match notice:
                case Acked(_, mission, code):
                    if self.state[mission] == "sent":
                        self.state[mission] = "accepted" if code > 0 else "new"
                case EventRaised(_, seq, event):
                    self.book(seq, event.mission)
                case _:
                    pass

    def book(self, seq: int, mission: int) -> None:
        if self.booked != seq:
            self.booked = seq
            self.bookings[mission] += 1
            self.state[mission] = "done"
        self.put(self.commander.book(seq, self.now_s))

    def tick(self) -> None:
        self.now_s += 0.6
        for action in self.commander.due(self.now_s):
            self.put(action)

    @invariant()
    def nothing_twice(self) -> None:
        assert not self.executed or max(self.executed.values()) == 1
        assert not self.bookings or max(self.bookings.values()) == 1

    def teardown(self) -> None:
        """When nothing goes wrong any more, everything gets done."""
        for _ in range(40):
            while self.late:
                self.deliver_late()
            while self.net:
                self.deliver()
            self.scan()
            self.finish()
            self.poll()
            self.tick()
            if "new" in self.state.values():
                self.order()
        assert self.executed == dict.fromkeys(self.state, 1)
        assert self.bookings == dict.fromkeys(self.state, 1)
        assert self.responder.shown() is None


Handshake.TestCase.settings = settings(max_examples=150, stateful_step_count=80, deadline=None)
TestHandshake = Handshake.TestCase

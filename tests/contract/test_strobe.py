"""A foreign PLC by its profile: what runs, what is promised, and what is refused."""

from __future__ import annotations

import asyncio
import struct
from collections import Counter
from pathlib import Path

import pytest
from snap7 import Server
from snap7.type import SrvArea

from plc.clock import Clock
from plc.codes import AckCode, FaultCode
from plc.link import Acked, EventRaised
from plc.plant.plcs import S7Plc
from plc.profile import FOLDER, OURS, Guarantee, ProfileError, load_profile
from plc.wires.make import make_link, make_port
from tests.contract.bench import BenchController
from tests.contract.rigs import DEVICES, free_port, spec_of


class StrobePlc:
    """A PLC as the example describes it, for device 0: takes a task on the strobe, ends it, waits for the answer."""

    def __init__(self, port: int) -> None:
        """Listen."""
        self.cmd, self.sta = bytearray(20 * 4), bytearray(16 * 4)
        self.server = Server(log=False)
        self.server.register_area(SrvArea.DB, 10, self.cmd)
        self.server.register_area(SrvArea.DB, 11, self.sta)
        self.server.start_to("127.0.0.1", port)
        self.executed: Counter[int] = Counter()
        self.targets: list[int] = []
        self.fault_at = 0
        self.task = 0

    def scan(self) -> None:
        """One PLC cycle."""
        strobe, done_ack = self.cmd[16] & 1, self.cmd[18] & 1
        ack, done = self.sta[10] & 1, self.sta[12] >> 1 & 1
        if strobe and not ack and not self.task and not done:
            (self.task,) = struct.unpack_from(">I", self.cmd, 0)
            self.targets += struct.unpack_from(">H", self.cmd, 12)
            struct.pack_into(">I", self.sta, 0, self.task)
            self.sta[10] |= 1
        elif not strobe:
            self.sta[10] &= ~1
        if self.task:
            self.executed[self.task] += 1
            struct.pack_into(">IH", self.sta, 4, self.task, 5 if self.task == self.fault_at else 0)
            self.sta[12] |= 2
            self.task = 0
        elif done and done_ack:
            self.sta[12] &= ~2


def strobe_spec(port: int) -> S7Plc:
    return spec_of("s7", port).model_copy(update={"profile": "example_strobe"})


def test_a_strobe_plc_runs_behind_the_same_link() -> None:
    missions = dict.fromkeys(range(70001, 70009), "SC1")

    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop())
        spec = strobe_spec(free_port())
        plc = StrobePlc(spec.port)
        plc.fault_at = 70003

        def link_end(session: int) -> object:
            return make_link(spec, DEVICES[:1], session_id=session, clock=clock)

        controller = BenchController(link_end, missions, clock)
        controller.start()
        try:
            async with asyncio.timeout(10):
                while not controller.done.is_set():
                    plc.scan()
                    await asyncio.sleep(0.003)
            assert plc.executed == controller.bookings == dict.fromkeys(missions, 1)
            assert plc.targets == [65535] * 8
            assert {notice.code for notice in controller.seen(Acked)} == {AckCode.ACCEPTED}
            results = {notice.event.mission: notice.event.result for notice in controller.seen(EventRaised)}
            assert results[70003] == FaultCode.SLOT_OCCUPIED
        finally:
            await controller.crash()
            plc.server.stop()

    asyncio.run(story())


def test_what_a_strobe_profile_cannot_promise_is_named() -> None:
    profile = load_profile("example_strobe")
    assert Guarantee.EXACTLY_ONCE in profile.weaknesses
    assert Guarantee.FAULT_CODES in profile.guarantees
    assert load_profile(OURS).weaknesses == ()


def test_a_profile_that_cannot_be_run_is_refused_in_words() -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop())
        opcua = spec_of("opcua", 4840).model_copy(update={"profile": "example_strobe"})
        with pytest.raises(ProfileError, match="example_strobe runs over s7, not over opcua"):
            make_link(opcua, DEVICES, session_id=1, clock=clock)
        with pytest.raises(ProfileError, match="no profile siemens-7; there are: example_strobe, metrostack-1"):
            make_link(opcua.model_copy(update={"profile": "siemens-7"}), DEVICES, session_id=1, clock=clock)
        with pytest.raises(ProfileError, match="a soft PLC speaks metrostack-1"):
            make_port(strobe_spec(102), DEVICES, clock)

    asyncio.run(story())


def test_every_mistake_in_a_profile_is_named_at_once(tmp_path: Path) -> None:
    good = (FOLDER / "example_strobe.yaml").read_text(encoding="utf-8")
    bad = good.replace("x: {byte: 6", "x: {byte: 4").replace("JAM", "JAMM").replace("transport: 1", "fly: 1")
    (tmp_path / "mine.yaml").write_text(bad, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load_profile("mine", tmp_path)
    for part in ("source.x: byte 4 belongs to code", "faults.30", "commands.fly"):
        assert part in str(caught.value)

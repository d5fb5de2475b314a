"""What every wire must do, from both ends: one suite over memory, S7 and OPC UA."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from random import Random

import pytest

from plc.codes import AckCode, ActState, EvtCode
from plc.handshake.responder import Retentive
from plc.link import Acked, EventRaised, LinkDown, LinkUp
from plc.telegram import BoxResult, Event, JournalEntry, MeterResult
from tests.contract.chaos import ChaosProxy
from tests.contract.rigs import WIRES, Rig, rig

SOCKETS = ("s7", "opcua")
QUICK = ("memory", "s7")  # where the wire itself adds nothing, a third server is not worth its start
MISSIONS = {n: f"SC{n % 3 + 1}" for n in range(1, 31)}
BOX = BoxResult("B-1", "P-9", 3, 1, tuple(MeterResult(f"{n:022d}", 1 + n % 2, f"S{n}") for n in range(20)))
Story = Callable[[Rig], Awaitable[None]]


def play(wire: str, story: Story, missions: dict[int, str] | None = None) -> None:
    """Run `story` on a fresh rig."""

    async def scene() -> None:
        async with rig(wire, missions) as r:
            await asyncio.wait_for(story(r), 30)

    asyncio.run(scene())


async def begin(r: Rig) -> None:
    """Start both ends and wait for the link."""
    await r.plc.start()
    r.controller.start()
    await r.controller.until(lambda: r.controller.up)


@pytest.mark.parametrize("wire", WIRES)
def test_missions_are_done_and_booked_once_with_every_field_intact(wire: str) -> None:
    async def story(r: Rig) -> None:
        await begin(r)
        await r.controller.done.wait()
        assert r.plc.executed == dict.fromkeys(MISSIONS, 1)
        assert r.controller.bookings == dict.fromkeys(MISSIONS, 1)
        up = r.controller.seen(LinkUp)[0]
        assert (up.plc, up.boot_id, up.retained, up.soft) == ("PLC1", 1, True, True)
        first = r.controller.seen(EventRaised)[0]
        assert first.event == Event(EvtCode.ENDED, first.event.mission, 3, -2, 70000, -70000, "P-0001")
        assert r.controller.link.counts.sent == r.controller.link.counts.events == len(MISSIONS)
        for device in ("SC1", "SC2", "SC3"):
            ended = [JournalEntry(n, ActState.ENDED, 7) for n, at in MISSIONS.items() if at == device]
            assert list(r.plc.responders[device].journal()) == ended
        await r.controller.crash()
        r.controller.start()
        await r.controller.until(lambda: len(r.controller.seen(LinkUp)) == 2)
        read = r.controller.seen(LinkUp)[1].devices
        assert {name: image.journal for name, image in read.items()} == {
            name: responder.journal() for name, responder in r.plc.responders.items()
        }

    play(wire, story, MISSIONS)


def test_the_recorder_keeps_both_directions() -> None:
    async def story(r: Rig) -> None:
        await begin(r)
        await r.controller.done.wait()
        kinds = {row["kind"] for row in r.controller.link.recorder.rows()}
        assert {"send", "ack", "event", "book", "up"} <= kinds
        lines = [json.loads(line) for line in r.controller.link.recorder.dump().splitlines()]
        assert lines[1]["fields"]["code"] == "TRANSPORT"

    play("s7", story, MISSIONS)


@pytest.mark.parametrize("wire", WIRES)
def test_cuts_and_crashes_in_mid_telegram_lose_nothing_and_double_nothing(wire: str) -> None:
    missions = {n: f"SC{n % 3 + 1}" for n in range(1, 121)}

    async def story(r: Rig) -> None:
        chance = Random(7)
        r.plc.work_s = 0.02
        await begin(r)
        for turn in range(8):
            await asyncio.sleep(chance.uniform(0.03, 0.15))
            if turn % 2:
                r.cable.cut()
                await asyncio.sleep(chance.uniform(0, 0.05))
                r.cable.restore()
            else:
                await r.controller.crash()
                r.controller.start()
            await r.controller.until(lambda: r.controller.up)
        await r.controller.done.wait()
        assert r.plc.executed == dict.fromkeys(missions, 1)
        assert r.controller.bookings == dict.fromkeys(missions, 1)

    play(wire, story, missions)


@pytest.mark.parametrize("wire", WIRES)
def test_a_restarted_plc_that_kept_its_memory_goes_on(wire: str) -> None:
    async def story(r: Rig) -> None:
        r.plc.work_s = 0.05
        await begin(r)
        await r.controller.until(lambda: len(r.plc.executed) >= 3)
        await r.plc.stop()
        await r.controller.until(lambda: not r.controller.up)
        await r.plc.start()
        await r.controller.done.wait()
        ups = r.controller.seen(LinkUp)
        assert (ups[-1].boot_id, ups[-1].retained) == (2, True)
        assert r.plc.executed == dict.fromkeys(MISSIONS, 1)
        assert r.controller.bookings == dict.fromkeys(MISSIONS, 1)

    play(wire, story, MISSIONS)


@pytest.mark.parametrize("wire", WIRES)
def test_a_plc_that_lost_its_memory_says_so_and_nothing_is_sent_again(wire: str) -> None:
    async def story(r: Rig) -> None:
        r.plc.work_s = 60
        await begin(r)
        await r.controller.until(lambda: len(r.plc.running) == 3)
        await r.controller.until(lambda: len(r.controller.seen(Acked)) == 3)
        r.controller.state |= dict.fromkeys(r.plc.running.values(), "sent")
        sent = set(r.plc.running.values())
        await r.plc.stop(lose_memory=True)
        r.plc.running.clear()
        await r.controller.until(lambda: not r.controller.up)
        r.controller.missions = {n: MISSIONS[n] for n in sent}
        await r.plc.start()
        await r.controller.until(lambda: r.controller.up)
        up = r.controller.seen(LinkUp)[-1]
        assert not up.retained
        assert all(image.journal == () for image in up.devices.values())
        assert r.controller.clarify == sent
        assert r.plc.running == {}

    play(wire, story, MISSIONS)


@pytest.mark.parametrize("wire", WIRES)
def test_an_event_is_shown_until_it_is_booked(wire: str) -> None:
    async def story(r: Rig) -> None:
        await r.plc.start()
        r.plc.responders["SC1"].raise_event(Event(EvtCode.ARRIVED, point=4, data1=12345))
        r.plc.responders["SC1"].raise_event(Event(EvtCode.MODE, data1=2))
        r.plc.show("SC1")
        r.controller.event = lambda notice: None
        r.controller.start()
        for session in (1, 2, 3):
            await r.controller.until(lambda s=session: len(r.controller.seen(EventRaised)) == s)
            await r.controller.crash()
            r.controller.start()
        await r.controller.until(lambda: len(r.controller.seen(EventRaised)) == 4)
        assert {notice.seq for notice in r.controller.seen(EventRaised)} == {1}
        r.controller.link.book("SC1", 1)
        await r.controller.until(lambda: r.controller.seen(EventRaised)[-1].seq == 2)
        assert r.controller.seen(EventRaised)[-1].event.code is EvtCode.MODE

    play(wire, story)


@pytest.mark.parametrize("wire", WIRES)
def test_sequence_numbers_wrap(wire: str) -> None:
    async def story(r: Rig) -> None:
        r.plc.kept["SC1"] = Retentive(last_seq=65530, evt_seq=65531)
        await begin(r)
        await r.controller.done.wait()
        assert r.plc.executed == r.controller.bookings == dict.fromkeys(r.controller.missions, 1)
        assert r.plc.kept["SC1"].last_seq < 100
        assert r.plc.kept["SC1"].evt_seq < 100

    play(wire, story, dict.fromkeys(range(1, 13), "SC1"))


@pytest.mark.parametrize("wire", QUICK)
def test_every_refusal_comes_back_by_its_code(wire: str) -> None:
    refusals = [code for code in AckCode if code < 0]
    missions = dict.fromkeys(range(1, len(refusals) + 1), "SC1")

    async def story(r: Rig) -> None:
        left = iter([*refusals, AckCode.ACCEPTED])
        r.plc.judge = lambda device, command: next(left)
        r.controller.missions = {1: "SC1"}
        await begin(r)
        await r.controller.until(lambda: len(r.controller.seen(Acked)) == len(refusals) + 1)
        assert [notice.code for notice in r.controller.seen(Acked)] == [*refusals, AckCode.ACCEPTED]
        assert r.controller.link.counts.refused == len(refusals)

    play(wire, story, missions)


@pytest.mark.parametrize("wire", WIRES)
def test_a_plc_of_another_version_is_never_written(wire: str) -> None:
    async def story(r: Rig) -> None:
        r.plc.version = 2
        await r.plc.start()
        r.controller.start()
        await r.controller.until(lambda: r.controller.seen(LinkDown))
        assert r.controller.seen(LinkDown)[0].reason == "version"
        assert r.plc.port.sys().session == 0
        r.plc.version = 1
        r.plc.show_sys()
        await r.controller.until(lambda: r.controller.up)

    play(wire, story)


@pytest.mark.parametrize("wire", QUICK)
def test_nothing_flows_before_the_controller_goes_online(wire: str) -> None:
    async def story(r: Rig) -> None:
        r.controller.online = False
        await begin(r)
        r.controller.online = True
        r.controller.go("SC1")
        await asyncio.sleep(0.1)
        assert not r.plc.running
        assert not r.plc.executed
        assert r.plc.port.sys().control == 0

    play(wire, story, {1: "SC1"})


@pytest.mark.parametrize("wire", QUICK)
def test_the_journal_is_read_back_and_keeps_the_last_missions(wire: str) -> None:
    missions = dict.fromkeys(range(1, 31), "SC1")

    async def story(r: Rig) -> None:
        r.plc.work_s = 0.001
        await begin(r)
        await r.controller.done.wait()
        await r.controller.crash()
        r.controller.start()
        await r.controller.until(lambda: r.controller.up)
        journal = r.controller.seen(LinkUp)[-1].devices["SC1"].journal
        assert journal == tuple(JournalEntry(n, ActState.ENDED, 7) for n in range(7, 31))

    play(wire, story, missions)


@pytest.mark.parametrize("wire", WIRES)
def test_a_packed_box_comes_with_its_meters(wire: str) -> None:
    async def story(r: Rig) -> None:
        r.plc.box = BOX
        await begin(r)
        await r.controller.done.wait()
        assert r.controller.seen(EventRaised)[0].result == BOX

    play(wire, story, {1: "VL1"})


@pytest.mark.parametrize("wire", SOCKETS)
def test_a_black_hole_is_noticed_and_what_it_held_back_does_no_harm(wire: str) -> None:
    async def story(r: Rig) -> None:
        assert isinstance(r.cable, ChaosProxy)
        r.plc.work_s = 0.02
        await begin(r)
        await r.controller.until(lambda: len(r.plc.executed) >= 3)
        r.cable.swallow()
        await r.controller.until(lambda: not r.controller.up)
        assert r.controller.seen(LinkDown)[-1].reason == "connection_lost"
        r.cable.restore()
        await r.controller.done.wait()
        assert r.plc.executed == r.controller.bookings == dict.fromkeys(MISSIONS, 1)

    play(wire, story, MISSIONS)


def test_a_hung_plc_is_down_though_its_port_answers() -> None:
    async def story(r: Rig) -> None:
        await begin(r)
        r.plc.hung = True
        await r.controller.until(lambda: not r.controller.up)
        assert r.controller.seen(LinkDown)[-1].reason == "life_stopped"
        r.plc.hung = False
        r.plc.beat(r.plc.boot)
        await r.controller.until(lambda: r.controller.up)

    play("s7", story)

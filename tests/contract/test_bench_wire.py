"""A bench on real wires: equipment on TCP, sixty meters on ptys, lines that lose bytes, a cable that is pulled."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from plc.bench.envelope import EnvelopeSpoilt, seal, unseal
from plc.bench.equipment import Equipment, EquipmentError, Load
from plc.bench.wire import EquipmentLine, equipment_on
from plc.clock import Clock
from plc.meters.channel import SerialChannel
from plc.meters.soft_box import SoftBox
from simulation.bench.bench import Habit
from simulation.meters.line_faults import LineFaults
from tests.benches import START_S, Rig, shipped_sheet
from tests.contract.rigs import free_port
from wcs.bench.client import BenchClient

pytestmark = pytest.mark.sockets
SPEED = 40.0
SPOKEN = {"communication", "parameters", "security", "fee_control", "clearing", "clock", "key_download"}


def run(story: Callable[[Clock], Coroutine[Any, Any, None]], speed: float = SPEED) -> None:
    """Let a story happen on an ordinary loop, plant time `speed` times as fast."""

    async def told() -> None:
        await story(Clock.started(asyncio.get_running_loop(), speed=speed, start_s=START_S))

    asyncio.run(told())


async def wired(rig: Rig, stack: AsyncExitStack, folder: Path) -> Equipment:
    """Return a bench's equipment as a client on other wires sees it, and serve the bench until the stack is left."""
    pattern = str(folder / "BN1-{position:03}")
    port = await stack.enter_async_context(rig.virtual.serve("127.0.0.1", 0, ptys=pattern))
    return seen(rig, stack, pattern, port)


def seen(rig: Rig, stack: AsyncExitStack, pattern: str, port: int) -> Equipment:
    wire = Clock.started(rig.clock.loop)
    channels = {
        number: SerialChannel(pattern.format(position=number), rig.habit.baud, "E", wire)
        for number in rig.virtual.spots
    }
    for channel in channels.values():
        stack.callback(channel.close)
    line = EquipmentLine(f"tcp://127.0.0.1:{port}")
    stack.push_async_callback(line.close)
    return equipment_on(line, {**channels})


async def finish(rig: Rig, equipment: Equipment) -> None:
    client = BenchClient(
        rig.bench, rig.server, equipment=equipment, spool=rig.spool, clock=rig.clock, box=SoftBox(), habits=rig.habits
    )
    work = asyncio.create_task(client.run_forever())
    await rig.until(rig.ended)
    client.stop()
    await work


@pytest.mark.slow
def test_sixty_meters_on_ptys_go_through_all_communication_of_a_scheme_and_one_dies_in_it(tmp_path: Path) -> None:
    async def story(clock: Clock) -> None:
        whole = shipped_sheet("jjg596-1ph-first")
        spoken = tuple(case for case in whole.cases if case.item in SPOKEN)
        assert {case.item for case in spoken} == SPOKEN
        guard = whole.guard.model_copy(update={"preheat_s": 30})
        faults = LineFaults(silence=0.01, byte_loss=0.01, doubled=0.02, truncated=0.01, seed=1)
        rig = Rig(
            clock, whole.model_copy(update={"cases": spoken, "guard": guard}), positions=60,
            habit=Habit(baud=9600, faults=faults),
        )  # fmt: skip
        rig.spoil(11, "esam")
        rig.order()
        async with AsyncExitStack() as stack:
            work = asyncio.create_task(finish(rig, await wired(rig, stack, tmp_path)))
            await rig.until(lambda: any(one.item == "parameters" for one in rig.server.outcomes("r1")))
            dying = rig.virtual.meter(rig.hung[23])
            dying.nature = replace(dying.nature, answers=False)
            await work
        verdicts = rig.server.verdicts("r1")
        assert {number for number, one in verdicts.items() if one.verdict != "pass"} == {11, 23}
        assert set(verdicts[11].failed) == {"security", "fee_control", "key_download"}
        assert "communication" not in verdicts[23].failed
        died = {one.cause for one in rig.server.outcomes("r1") if one.position == 23 and one.verdict == "fail"}
        assert died == {"no_answer"}

    run(story, speed=10)


@pytest.mark.slow
def test_lines_that_lose_double_and_cut_answers_cost_resends_and_no_verdict(tmp_path: Path) -> None:
    async def story(clock: Clock) -> None:
        faults = LineFaults(silence=0.02, byte_loss=0.05, doubled=0.05, truncated=0.03, seed=3)
        rig = Rig(clock, shipped_sheet("demo-1ph"), positions=8, habit=Habit(baud=9600, faults=faults))
        rig.order()
        async with AsyncExitStack() as stack:
            await finish(rig, await wired(rig, stack, tmp_path))
        assert {one.verdict for one in rig.server.verdicts("r1").values()} == {"pass"}

    run(story)


@pytest.mark.slow
def test_a_bench_that_loses_power_and_its_lines_comes_back_and_the_run_goes_on(tmp_path: Path) -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"), positions=4, habit=Habit(baud=9600))
        rig.order()
        pattern, port = str(tmp_path / "BN1-{position:03}"), free_port()
        async with AsyncExitStack() as stack:
            equipment = seen(rig, stack, pattern, port)
            async with rig.virtual.serve("127.0.0.1", port, ptys=pattern):
                work = asyncio.create_task(finish(rig, equipment))
                await rig.until(lambda: any(one.item == "parameters" for one in rig.server.outcomes("r1")))
            rig.virtual.cut_power()
            await rig.until(lambda: rig.server.of("r1")[-1].state == "paused")
            rig.virtual.restore_power()
            async with rig.virtual.serve("127.0.0.1", port, ptys=pattern):
                await work
        assert {one.verdict for one in rig.server.verdicts("r1").values()} == {"pass"}
        points = Counter((one.position, one.case, one.point) for one in rig.server.outcomes("r1") if "all" in one.point)
        assert set(points.values()) == {1}

    run(story)


def test_what_the_equipment_refuses_comes_back_as_its_error(tmp_path: Path) -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"), positions=4)
        async with AsyncExitStack() as stack:
            equipment = await wired(rig, stack, tmp_path)
            await equipment.positions.press([1, 2, 3, 4])
            await equipment.source.apply(Load(Decimal(220), Decimal(5)))
            assert (await equipment.standard.read()).current_a == 5
            states = await equipment.positions.states()
            assert [states[number].wired for number in range(1, 5)] == [True] * 4
            with pytest.raises(EquipmentError, match="under load"):
                await equipment.positions.press([1])
            readings = await equipment.boards.measure([1, 2], readings=2, reading_s=5)
            assert {number: len(taken) for number, taken in readings.items()} == {1: 2, 2: 2}
            rig.virtual.cut_power()
            with pytest.raises(EquipmentError, match="no power"):
                await equipment.standard.read()
            rig.virtual.restore_power()
            assert (await equipment.standard.read()).current_a == 0

    run(story)


def test_a_ramp_that_was_cancelled_never_ends_and_a_client_that_is_gone_leaves_no_source_on() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"), positions=2)
        async with rig.virtual.serve("127.0.0.1", 0) as port:
            line = EquipmentLine(f"tcp://127.0.0.1:{port}")
            equipment = equipment_on(line, {})
            ramp = asyncio.create_task(equipment.source.apply(Load(Decimal(220), Decimal(5))))
            await clock.sleep(rig.habit.ramp_s / 2)
            ramp.cancel()
            await asyncio.gather(ramp, return_exceptions=True)
            await equipment.source.off()
            await clock.sleep(rig.habit.ramp_s * 3)
            assert rig.virtual.load is None
            await equipment.source.apply(Load(Decimal(220), Decimal(5)))
            assert rig.virtual.load is not None
            await line.close()
            await rig.until(lambda: rig.virtual.load is None, longest_s=60)

    run(story, speed=4)


def test_a_spoilt_line_is_closed_and_nobody_is_at_a_dead_port() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"), positions=2)
        async with rig.virtual.serve("127.0.0.1", 0) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(seal('{"n": 1, "call": "source.off", "with": {}}').replace("off", "oof").encode() + b"\n")
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(seal('{"n": 1, "call": "source.explode", "with": {}}').encode() + b"\n")
            assert "not understood" in unseal(await reader.readline())
            writer.close()
            await writer.wait_closed()
        with pytest.raises(EquipmentError):
            await equipment_on(EquipmentLine(f"tcp://127.0.0.1:{port}"), {}).source.off()

    run(story)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"crc16": "906e", "payload": 1}', '{"crc16": "0000", "payload": "a"}']
)
def test_what_is_no_envelope_is_not_opened(text: str) -> None:
    with pytest.raises(EnvelopeSpoilt):
        unseal(text)

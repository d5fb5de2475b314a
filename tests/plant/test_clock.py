from __future__ import annotations

import asyncio
import time

import pytest

from plc.clock import Clock
from simulation.clock import BURST, JumpLoop, NothingCanHappen, Pace, PlantStepper


def test_a_jumping_loop_needs_no_time_of_its_own() -> None:
    async def story() -> float:
        await asyncio.sleep(1_000_000)
        return asyncio.get_running_loop().time()

    begun = time.monotonic()
    with asyncio.Runner(loop_factory=JumpLoop) as runner:
        assert runner.run(story()) == pytest.approx(1_000_000)
    assert time.monotonic() - begun < 1


def test_a_deadlock_is_found_at_once_and_named() -> None:
    async def story() -> None:
        await asyncio.get_running_loop().create_future()

    loop = JumpLoop()
    try:
        task = loop.create_task(story(), name="the waiter")
        with pytest.raises(NothingCanHappen, match=r"the waiter: .*story"):
            loop.run_until_complete(task)
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    finally:
        loop.close()


def test_an_open_ended_loop_waits_for_another_thread() -> None:
    import threading

    loop = JumpLoop(open_ended=True)
    try:
        called = loop.create_future()
        threading.Timer(0.05, lambda: loop.call_soon_threadsafe(called.set_result, 7)).start()
        assert loop.run_until_complete(called) == 7
    finally:
        loop.close()


def test_the_plant_continues_where_its_clock_stands() -> None:
    async def story() -> list[float]:
        stepper = PlantStepper(Clock.started(asyncio.get_running_loop(), start_s=500))
        seen: list[float] = []
        stepper.env.timeout(10).callbacks.append(lambda _: seen.append(stepper.env.now))
        stepper.start()
        await stepper.clock.sleep(4)
        stepper.inject(lambda: seen.append(stepper.env.now))
        await stepper.clock.sleep(20)
        return seen

    with asyncio.Runner(loop_factory=JumpLoop) as runner:
        assert runner.run(story()) == pytest.approx([504, 510])


def test_a_scaled_clock_paces_the_plant_on_an_ordinary_loop() -> None:
    async def story() -> float:
        stepper = PlantStepper(Clock.started(asyncio.get_running_loop(), speed=100))
        done = asyncio.Event()
        stepper.env.timeout(10).callbacks.append(lambda _: done.set())
        stepper.start()
        begun = time.monotonic()
        await done.wait()
        return time.monotonic() - begun

    assert asyncio.run(story()) == pytest.approx(0.1, abs=0.05)


def test_sockets_get_their_turn_within_a_burst() -> None:
    async def story() -> int:
        stepper = PlantStepper(Clock.started(asyncio.get_running_loop()))
        steps = 0

        def step(_: object) -> None:
            nonlocal steps
            steps += 1

        for _ in range(10 * BURST):
            stepper.env.timeout(0).callbacks.append(step)
        stepper.start()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return steps

    with asyncio.Runner(loop_factory=JumpLoop) as runner:
        assert 0 < runner.run(story()) <= 2 * BURST


def test_a_plant_that_cannot_keep_up_says_so() -> None:
    async def story() -> list[Pace]:
        told: list[Pace] = []
        stepper = PlantStepper(Clock.started(asyncio.get_running_loop(), speed=100), told.append)

        def work(_: object) -> None:
            time.sleep(0.004)
            stepper.env.timeout(0.1).callbacks.append(work)

        stepper.env.timeout(0).callbacks.append(work)
        stepper.start()
        await asyncio.sleep(2.2)
        stepper.stop()
        return told

    told = asyncio.run(story())
    assert told and told[0].behind
    assert told[0].reached_speed < told[0].wanted_speed

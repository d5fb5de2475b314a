"""Virtual meters and the ways to them, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Literal

from plc.clock import Clock
from plc.meters.client import Frame, MeterClient
from plc.meters.soft_box import SoftBox
from simulation.clock import JumpLoop
from simulation.meters.line_faults import GOOD_LINE, LineFaults
from simulation.meters.memory_channel import MemoryChannel
from simulation.meters.model import MeterModel
from simulation.meters.nature import MeterNature, nature
from simulation.meters.virtual import VirtualMeter
from simulation.physics import Physics

CODE = "1430009000004410113050"
ADDRESS = "000441011305"
START_S = 1_800_000_000.0  # 2027-01-15 08:00 UTC


def good(code: str = CODE, *, protocol: Literal["645", "698"] = "645") -> MeterNature:
    """Return a meter without any defect."""
    return nature(Physics(seed=1), code, MeterModel(protocol=protocol), near_share=0)


def fed(truth: MeterNature, clock: Clock, *, current_a: float = 0) -> VirtualMeter:
    """Return a meter under its rated voltage."""
    meter = VirtualMeter(truth, clock.now_s)
    meter.set_supply(voltage_v=truth.model.rated_voltage_v, current_a=current_a)
    return meter


def client_of(
    meter: VirtualMeter,
    clock: Clock,
    *,
    faults: LineFaults = GOOD_LINE,
    heard: Callable[[Frame], None] | None = None,
) -> MeterClient:
    """Return a client of a meter on a line of its own."""
    channel = MemoryChannel([meter], clock, baud=9600, faults=faults)
    return MeterClient(channel, protocol=meter.nature.model.protocol, address=meter.address, box=SoftBox(), heard=heard)


def play(story: Callable[[Clock], Coroutine[Any, Any, None]]) -> None:
    """Run a story in plant time, as fast as it goes."""

    async def told() -> None:
        await story(Clock.started(asyncio.get_running_loop(), start_s=START_S))

    with asyncio.Runner(loop_factory=JumpLoop) as runner:
        runner.run(told())

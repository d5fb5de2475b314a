"""What each step does: one registry from the type of a step to the coroutine that performs it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from wcs.bench import error_steps, meter_steps, pulse_steps, security_steps, supply_steps, switching_steps, time_steps
from wcs.bench.batch import Batch
from wcs.bench.sheet import Case

PERFORM: dict[str, Callable[[Batch, Any], Awaitable[None]]] = {
    "apply_source": supply_steps.apply_source,
    "source_off": supply_steps.switch_off,
    "wait": supply_steps.wait,
    "take_over": supply_steps.take_over,
    "read": meter_steps.read_value,
    "write": meter_steps.write_value,
    "compare": meter_steps.compare,
    "clear": meter_steps.clear,
    "measure_error": error_steps.measure_error,
    "measure_deviation": error_steps.measure_deviation,
    "judge_spread": error_steps.judge_spread,
    "count_pulses": pulse_steps.count_pulses,
    "run_register": pulse_steps.run_register,
    "measure_timing": pulse_steps.measure_timing,
    "measure_demand": time_steps.measure_demand,
    "measure_switching": switching_steps.measure_switching,
    "compare_clock": time_steps.compare_clock,
    "broadcast_time": time_steps.broadcast_time,
    "relay": security_steps.relay,
    "check_output": security_steps.check_output,
    "authenticate": security_steps.authenticate,
    "download_key": security_steps.download_key,
}
"""By the `do` of a step."""


async def perform(batch: Batch, case: Case) -> None:
    """Do the steps of a case one after another, as long as a meter is left in it."""
    batch.begin(case)
    for step in case.steps:
        if step.do == "take_over" or batch.live():
            await PERFORM[step.do](batch, step)

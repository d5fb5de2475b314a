"""Steps about time: clock value, time broadcast, demand."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from wcs import metrology
from wcs.bench.batch import Batch, Position
from wcs.bench.steps import BroadcastTime, CompareClock, MeasureDemand
from wcs.bench.talk import ask

_KW = Decimal("0.001")
_HUNDRED = Decimal(100)
_SLIP_S = 65.0


def standard_time(batch: Batch) -> datetime:
    """Return what a right clock shows now."""
    return batch.habits.epoch + timedelta(seconds=batch.clock.now_s())


def _seconds(difference: timedelta) -> Decimal:
    return Decimal(str(round(difference.total_seconds(), 3)))


async def compare_clock(batch: Batch, step: CompareClock) -> None:
    """Compare the clock of each meter with the time standard."""

    async def look(batch: Batch, position: Position) -> None:
        before = standard_time(batch)
        shown = cast(datetime, await position.client.read("clock"))
        after = standard_time(batch)
        difference = _seconds(shown - before - (after - before) / 2)
        found = metrology.clock(limit_s=Decimal(str(step.limit_s)), difference_s=difference)
        batch.judge(position, found, raw=[shown.replace(tzinfo=None).isoformat()], readings=[difference])

    await ask(batch, look)


async def broadcast_time(batch: Batch, _: BroadcastTime) -> None:
    """Tell every meter the time."""
    now = standard_time(batch)
    await asyncio.gather(*[position.client.broadcast_time(now) for position in batch.live()])


async def measure_demand(batch: Batch, step: MeasureDemand) -> None:
    """Clear demand, let a period pass at the load that is on, and hold the demand against the standard's mean power."""

    async def begin(_: Batch, position: Position) -> None:
        await position.client.clear_demand()

    async def end(_: Batch, position: Position) -> None:
        position.values["demand"] = await position.client.read("demand_max")

    await ask(batch, begin)
    standard = batch.equipment.standard
    await standard.reset_energy()
    began_s = batch.clock.now_s()
    await batch.clock.sleep(step.period_s + _SLIP_S)  # a window that slides by a minute has ended once with this load
    hours = Decimal(str(batch.clock.now_s() - began_s)) / 3600
    mean_kw = (await standard.read()).energy_kwh / hours / (1 + batch.correction() / _HUNDRED)
    await ask(batch, end)
    for position in batch.live():
        shown = position.values.pop("demand", None)
        if shown is not None:
            found = metrology.demand(batch.meter, shown_kw=Decimal(str(shown)), reference_kw=mean_kw)
            batch.judge(position, found, raw=[shown, round(mean_kw, 6)])

"""Look at every terminal's temperature and at the air as long as a case runs.

Over the warning threshold: a notice. Over the trip threshold: the current loop of that position is bypassed, its
meter is dropped out and the others go on; a bypass that is not confirmed within 2 s takes the source off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from plc.bench.equipment import EquipmentError
from wcs.bench.batch import Batch, Position
from wcs.bench.errors import AirBad, BenchStopped

_GLANCE_S = 0.2


async def guarded(batch: Batch, work: Coroutine[None, None, None]) -> None:
    """Do `work` under watch. Raises what it raises, AirBad, EquipmentError, or BenchStopped for a stuck bypass."""
    worker, watcher = asyncio.create_task(work), asyncio.create_task(_watch(batch))
    try:
        await asyncio.wait({worker, watcher}, return_when=asyncio.FIRST_COMPLETED)
        if not watcher.done():
            async with batch.looking:  # a bypass is confirmed before the case counts
                pass
        if watcher.done():
            watcher.result()
        worker.result()
    finally:
        worker.cancel()
        watcher.cancel()
        await asyncio.gather(worker, watcher, return_exceptions=True)


async def _watch(batch: Batch) -> None:
    while True:
        async with batch.looking:
            await _look(batch)
        await batch.clock.sleep(batch.habits.watch_s)


async def _look(batch: Batch) -> None:
    if batch.place.aborted(batch.run.id):
        raise BenchStopped("stopped")
    if not await air_good(batch):
        raise AirBad
    if batch.load is None:
        return
    guard = batch.sheet.guard
    states = await batch.states()
    hot: list[Position] = []
    for position in batch.inside():
        highest_c = position.hottest_c = max(states[position.number].terminals_c, default=0.0)
        if highest_c >= guard.temperature_trip_c:
            hot.append(position)
        elif highest_c >= guard.temperature_warn_c and not position.warned:
            position.warned = True
            batch.say(batch.progress.state, notices=[_heat("temperature_warning", position.number, highest_c)])
    if hot:
        await _trip(batch, hot)


async def air_good(batch: Batch) -> bool:
    """Return whether temperature and humidity at the bench are within the limits of the sheet."""
    guard = batch.sheet.guard
    air = batch.air = await batch.equipment.positions.ambient()
    (low_c, high_c), (dry, damp) = guard.ambient_c, guard.humidity_percent
    return low_c <= air.temperature_c <= high_c and dry <= air.humidity_percent <= damp


async def _trip(batch: Batch, hot: list[Position]) -> None:
    """Take positions out of the current loop and drop their meters; the source goes off if that does not work."""
    try:
        for position in hot:
            await batch.equipment.positions.bypass(position.number)
            batch.drop(position, "over_temperature", temperature_c=position.hottest_c)
        stuck = await unconfirmed(batch, {position.number for position in hot})
    except EquipmentError:
        await source_off(batch)
        raise
    if stuck:
        await source_off(batch)
        batch.say("running", notices=[{"code": "bypass_stuck", "position": number} for number in sorted(stuck)])
        raise BenchStopped("bypass_stuck", f"positions {sorted(stuck)}")


async def unconfirmed(batch: Batch, numbers: set[int]) -> set[int]:
    """Return which of the positions do not show their bypass within the time for it."""
    until_s = batch.clock.now_s() + batch.habits.confirm_s
    while True:
        states = await batch.states()
        stuck = {number for number in numbers if not states[number].bypassed}
        if not stuck or batch.clock.now_s() >= until_s:
            return stuck
        await batch.clock.sleep(_GLANCE_S)


async def source_off(batch: Batch) -> None:
    """Take the source off."""
    await batch.equipment.source.off()
    batch.load = None


def _heat(code: str, position: int, highest_c: float) -> dict[str, object]:
    return {"code": code, "position": position, "temperature_c": round(highest_c, 1)}

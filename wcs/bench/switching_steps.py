"""Tariff switching: each meter's clock is put a minute before its next switch, and the switch timed at its output."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import cast

from plc.meters.values import switching_points
from wcs import metrology
from wcs.bench.batch import Batch, Position
from wcs.bench.steps import MeasureSwitching
from wcs.bench.talk import ask
from wcs.bench.time_steps import standard_time

_AHEAD_S = 60
_LOOK_S = 10.0


@dataclass(frozen=True, slots=True)
class _Due:
    """When a meter should switch: in plant time, and what its clock shows then; how wrong the clock was before."""

    at_s: float
    shows: datetime
    off: timedelta


async def measure_switching(batch: Batch, step: MeasureSwitching) -> None:
    """Compare the next switch of each meter's tariff with its own table, and set its clock back to what it was."""
    await ask(batch, _set_before)
    numbers = [position.number for position in batch.live()]
    await batch.equipment.boards.count(numbers)
    began_s = batch.clock.now_s()
    first_s: dict[int, Decimal] = {}
    while batch.clock.now_s() < began_s + _AHEAD_S + step.limit_s and len(first_s) < len(batch.live()):
        await batch.clock.sleep(_LOOK_S)
        counted = await batch.equipment.boards.pulses(numbers)
        first_s = {number: one.first_s for number, one in counted.items() if one.first_s is not None}
    for position in batch.live():
        _judge(batch, step, position, began_s=began_s, first_s=first_s.get(position.number))
    await ask(batch, _set_back)


def _judge(
    batch: Batch, step: MeasureSwitching, position: Position, *, began_s: float, first_s: Decimal | None
) -> None:
    due = position.values.get("due")
    if not isinstance(due, _Due):
        return  # the meter refused to say or to be set, which is noted
    shows = due.shows.replace(tzinfo=None).isoformat()
    if first_s is None:
        batch.note(position, "fail", point="switch", cause="no_pulses", limit=str(step.limit_s), raw=(shows,))
        return
    difference_s = round(first_s + Decimal(str(began_s)) - Decimal(str(due.at_s)), 3)
    found = metrology.switching(limit_s=Decimal(str(step.limit_s)), difference_s=difference_s)
    batch.judge(position, found, raw=[shows], readings=[difference_s])


async def _set_before(batch: Batch, position: Position) -> None:
    client = position.client
    table = str(await client.read("switching_table"))
    await client.output("rate_switch")
    off = cast(datetime, await client.read("clock")) - standard_time(batch)
    shows = next_switch(table, standard_time(batch))
    await client.write("clock", shows - timedelta(seconds=_AHEAD_S))
    position.values["due"] = _Due(batch.clock.now_s() + _AHEAD_S, shows, off)


async def _set_back(batch: Batch, position: Position) -> None:
    due = position.values.get("due")
    if isinstance(due, _Due):  # a wrong clock stays wrong, for the case that judges it
        await position.client.write("clock", (standard_time(batch) + due.off).replace(microsecond=0))


def next_switch(table: str, now: datetime) -> datetime:
    """Return the next moment at which a table changes its rate; a point that keeps the rate is no switch.

    >>> next_switch("00:00=4 06:00=4 08:00=2", datetime(2026, 1, 1, 5))
    datetime.datetime(2026, 1, 1, 8, 0)
    >>> next_switch("00:00=4 08:00=2", datetime(2026, 1, 1, 9))
    datetime.datetime(2026, 1, 2, 0, 0)
    """
    points = switching_points(table)
    switches = [
        time(hour, minute)
        for index, (hour, minute, rate) in enumerate(points)
        if rate != points[index - 1][2] or len(points) == 1
    ] or [time(points[0][0], points[0][1])]
    days = [now.date() + timedelta(days=ahead) for ahead in (0, 1)]
    moments = [datetime.combine(day, at, now.tzinfo) for day in days for at in switches]
    return next(moment for moment in moments if moment > now + timedelta(seconds=_AHEAD_S))

"""Steps of the error boards: error at a load, standard deviation, and errors held against each other.

Readings are corrected by the certificate of the reference standard; raw and corrected ones are both kept.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from wcs import metrology
from wcs.bench.batch import Batch, Kept, Position
from wcs.bench.steps import ApplySource, JudgeSpread, MeasureDeviation, MeasureError
from wcs.metrology import Judgement, current_a

Readings = dict[int, list[Decimal]]
_SPREAD_ITEMS = frozenset({"variation", "consistency", "rising_falling", "repeatability"})
"""Items that judge how errors lie to each other; the errors themselves are another item's."""


async def measure_error(batch: Batch, step: MeasureError) -> None:
    """Measure the error at the load that is on: two more readings where one lies in the doubtful zone."""
    raw = await _measure(batch, batch.live(), step.readings, step.reading_s)
    doubtful = [(position, more) for position in batch.live() if (more := _judge_error(batch, step, position, raw))]
    if not doubtful:
        return
    again = await _measure(batch, [p for p, _ in doubtful], max(more for _, more in doubtful), step.reading_s)
    for position, _ in doubtful:
        raw[position.number] += again.get(position.number, [])
        if position.is_in:
            _judge_error(batch, step, position, raw, last=True)


async def _measure(batch: Batch, positions: list[Position], readings: int, reading_s: float) -> Readings:
    """Return raw readings in percent; a position without pulses gets one more chance."""
    boards, numbers = batch.equipment.boards, [position.number for position in positions]
    raw = await boards.measure(numbers, readings=readings, reading_s=reading_s)
    mute = [number for number in numbers if len(raw.get(number, [])) < readings]
    if mute:
        raw |= await boards.measure(mute, readings=readings, reading_s=reading_s)
    return raw


def _judge_error(batch: Batch, step: MeasureError, position: Position, raw: Readings, *, last: bool = False) -> int:
    """Note the verdict on a position's error, or return how many more readings the rule asks for."""
    load, taken = batch.load, raw.get(position.number, [])
    if load is None or len(taken) < step.readings:
        batch.note(position, "fail", cause="no_pulses", raw=tuple(map(str, taken)))
        return 0
    correction = batch.correction()
    readings = [reading + correction for reading in taken]
    if step.keep_as is not None and batch.case is not None and batch.case.item in _SPREAD_ITEMS:
        _keep(position, step.keep_as, readings, load)
        mean = f"{position.kept[step.keep_as].mean:.6f}"
        batch.note(
            position, "pass", raw=tuple(map(str, taken)), readings=tuple(map(str, readings)), value=mean, unit="%"
        )
        return 0
    found = metrology.intrinsic_error(
        batch.meter, current_a=current_a(batch.meter, load.current), power_factor=load.power_factor,
        balanced=load.phase == "all", readings=readings,
    )  # fmt: skip
    if found.verdict == "more_readings" and not last:
        return max(1, found.more)
    if step.keep_as is not None:
        _keep(position, step.keep_as, readings, load)
    batch.judge(position, found, raw=taken, readings=readings)
    return 0


def _keep(position: Position, name: str, readings: list[Decimal], load: ApplySource) -> None:
    position.kept[name] = Kept(sum(readings, Decimal(0)) / len(readings), tuple(readings), load)


async def measure_deviation(batch: Batch, step: MeasureDeviation) -> None:
    """Measure the standard deviation at the load that is on."""
    load = batch.load
    raw = await _measure(batch, batch.live(), step.readings, step.reading_s)
    correction = batch.correction()
    for position in batch.live():
        taken = raw.get(position.number, [])
        if load is None or len(taken) < step.readings:
            batch.note(position, "fail", cause="no_pulses", raw=tuple(map(str, taken)))
            continue
        readings = [reading + correction for reading in taken]
        found = metrology.standard_deviation(
            batch.meter, current_a=current_a(batch.meter, load.current), power_factor=load.power_factor,
            readings=readings,
        )  # fmt: skip
        batch.judge(position, found, raw=taken, readings=readings)


async def judge_spread(batch: Batch, step: JudgeSpread) -> None:
    """Judge errors that were kept against each other; meters that have failed do not count for the bench's mean."""
    kept = {position.number: position.kept.get(step.first) for position in batch.live()}
    sound = [p for p in batch.live() if not p.standing.failed] or batch.live()
    means = [one.mean for p in sound if (one := kept[p.number]) is not None]
    for position in batch.live():
        first = kept[position.number]
        second = position.kept.get(step.second) if step.second is not None else None
        if first is None or (second is None) != (step.second is None):
            batch.note(position, "fail", point=step.first, cause="no_pulses")
            continue
        other = second.mean if second is not None else sum(means, Decimal(0)) / max(1, len(means))
        compared = [first.mean] if step.rule == "repeatability" else [first.mean, other]
        batch.judge(position, _SPREADS[step.rule](batch, first, other), raw=compared)


def _repeatability_limit(batch: Batch, kept: Kept) -> Decimal:
    """Return a tenth of the limit of the error at that load: steps name no limits, and the editions give none."""
    amperes = current_a(batch.meter, kept.load.current)
    return (
        metrology.limit_for(
            batch.meter, current_a=amperes, power_factor=kept.load.power_factor, balanced=kept.load.phase == "all"
        )
        / 10
    )


_SPREADS: dict[str, Callable[[Batch, Kept, Decimal], Judgement]] = {
    "variation": lambda batch, first, other: metrology.variation(batch.meter, first=first.mean, second=other),
    "rising_falling": lambda batch, first, other: metrology.rising_falling(
        batch.meter, rising=first.mean, falling=other
    ),
    "unbalanced_difference": lambda batch, first, other: metrology.unbalanced_difference(
        batch.meter, balanced=first.mean, unbalanced=other
    ),
    "repeatability": lambda batch, first, _: metrology.repeatability(
        batch.meter, limit=_repeatability_limit(batch, first), readings=first.readings
    ),
    "consistency": lambda batch, first, other: metrology.consistency(
        batch.meter, symbol=first.load.current, error=first.mean, mean=other
    ),
}

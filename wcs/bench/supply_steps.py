"""Steps of the power source: raise a load, take it off, wait; and what a station before the bench has found."""

from __future__ import annotations

from decimal import Decimal

from plc.bench.equipment import EquipmentError, Load, Reference
from wcs.bench.batch import Batch
from wcs.bench.progress import FAILED_BEFORE
from wcs.bench.steps import ApplySource, SourceOff, TakeOver, Wait
from wcs.bench.watch import source_off
from wcs.metrology import current_a

_HUNDRED = Decimal(100)


async def apply_source(batch: Batch, step: ApplySource) -> None:
    """Raise the source to a load, unless it is on already."""
    held = batch.load
    if held is None or held.model_copy(update={"settle_s": step.settle_s}) != step:
        await supply(batch, step)


async def supply(batch: Batch, step: ApplySource) -> None:
    """Raise the source to a load and let it settle; raises EquipmentError if the standard reads something else."""
    rated_v = batch.meter.rated_voltage_v
    assert rated_v is not None  # a run always says it
    load = Load(
        voltage_v=rated_v * Decimal(str(step.voltage_percent)) / _HUNDRED,
        current_a=current_a(batch.meter, step.current), power_factor=step.power_factor, phase=step.phase,
        phases=1 if batch.meter.phase == "1p2w" else 3,
    )  # fmt: skip
    batch.load = step
    await batch.equipment.source.apply(load)
    await batch.clock.sleep(step.settle_s)
    _check(load, await batch.equipment.standard.read(), Decimal(str(batch.habits.source_share)))


def _check(load: Load, read: Reference, share: Decimal) -> None:
    for asked, shown, unit in ((load.voltage_v, read.voltage_v, "V"), (load.current_a, read.current_a, "A")):
        if abs(shown - asked) > share * asked:
            raise EquipmentError("source", f"asked for {asked} {unit}, the standard reads {shown} {unit}")


async def switch_off(batch: Batch, _: SourceOff) -> None:
    """Take the source off."""
    await source_off(batch)


async def wait(batch: Batch, step: Wait) -> None:
    """Let plant time pass."""
    await batch.clock.sleep(step.seconds)


async def take_over(batch: Batch, step: TakeOver) -> None:
    """Take over what a station before the bench has found: no withstand voltage is ever applied twice."""
    for position in batch.positions.values():
        if not position.is_in and position.standing.cause != FAILED_BEFORE:
            continue
        found = position.place.stations.get(step.station, "")
        if found in ("pass", "fail"):
            batch.note(position, "pass" if found == "pass" else "fail", point=step.station)
        else:
            batch.note(position, "not_tested", point=step.station, cause="station_missing")

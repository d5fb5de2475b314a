"""Steps that count while time or energy passes: creep, starting, constant, registers, second pulse."""

from __future__ import annotations

from decimal import Decimal

from plc.bench.equipment import Pulses, Reference
from wcs import metrology
from wcs.bench.batch import Batch, Position
from wcs.bench.steps import CountPulses, MeasureTiming, RunRegister
from wcs.bench.supply_steps import supply
from wcs.bench.talk import Act, ask
from wcs.metrology import Judgement

_LOOKS = 12
_WH = Decimal("0.001")
_REGISTER_DIGIT_KWH = Decimal("0.01")
_DIGITS = 5
"""A register runs so far that its last digit is at most a fifth of the limit."""
_HUNDRED = Decimal(100)


async def count_pulses(batch: Batch, step: CountPulses) -> None:
    """Count pulses while the time of a rule, or an energy, passes."""
    match step.rule:
        case "creep":
            await _creep(batch)
        case "starting":
            await _starting(batch)
        case "constant":
            await _constant(batch, Decimal(str(step.energy_kwh or 1)))


async def _creep(batch: Batch) -> None:
    observed_s = metrology.creep_time_s(batch.meter)
    await batch.equipment.boards.count(_numbers(batch))
    await batch.clock.sleep(float(observed_s))
    counted = await batch.pulses()
    for position in batch.live():
        pulses = counted[position.number].count
        batch.judge(position, metrology.creep(batch.meter, pulses=pulses, observed_s=observed_s), raw=[pulses])


async def _starting(batch: Batch) -> None:
    """Wait for the pulses that show that a meter registers; all positions are waited for together."""
    longest_s = float(metrology.starting_time_s(batch.meter))
    await batch.equipment.boards.count(_numbers(batch))
    found: dict[int, tuple[Judgement, Pulses]] = {}
    for _ in range(_LOOKS):
        await batch.clock.sleep(longest_s / _LOOKS)
        counted = await batch.pulses()
        found = {p.number: (_started(batch, counted[p.number]), counted[p.number]) for p in batch.live()}
        if all(judged.verdict == "pass" for judged, _ in found.values()):
            break
    for position in batch.live():
        judged, pulses = found[position.number]
        seconds = [second for second in (pulses.first_s, pulses.second_s) if second is not None]
        batch.judge(position, judged, raw=seconds)


def _started(batch: Batch, pulses: Pulses) -> Judgement:
    return metrology.starting(batch.meter, first_pulse_s=pulses.first_s, second_pulse_s=pulses.second_s)


async def _constant(batch: Batch, energy_kwh: Decimal) -> None:
    boards, standard = batch.equipment.boards, batch.equipment.standard
    await standard.reset_energy()
    await boards.count(_numbers(batch))
    await _run_up_to(batch, energy_kwh)
    before = await standard.read()
    counted = await batch.pulses()
    after = await standard.read()
    passed = _true_kwh(batch, (before.energy_kwh + after.energy_kwh) / 2)
    for position in batch.live():
        pulses = counted[position.number].count
        found = metrology.constant(batch.meter, counted_pulses=pulses, energy_kwh=passed)
        batch.judge(position, found, raw=[pulses, passed])


async def run_register(batch: Batch, step: RunRegister) -> None:
    """Let the registers run and hold them against the reference standard.

    Both methods of JJG 596-2012 end here: "register" lets the meters run as a group, "reference" each against the
    standard. Current is off while registers are read, so that no digit turns in between.
    """
    load = batch.load
    assert load is not None
    still = load.model_copy(update={"current": "0"})
    await supply(batch, still)
    await ask(batch, _read_register("before"))
    await batch.equipment.standard.reset_energy()
    await supply(batch, load)
    await _run_up_to(batch, max(Decimal(str(step.energy_kwh)), _least_kwh(batch)))
    await supply(batch, still)
    shown = (await batch.equipment.standard.read()).energy_kwh
    await ask(batch, _read_register("after"))
    await supply(batch, load)
    passed = _true_kwh(batch, shown)
    for position in batch.live():
        before, after = position.values.get("before"), position.values.get("after")
        if before is None or after is None:
            continue  # that it was refused is noted already
        found = metrology.register(batch.meter, shown_kwh=after - before, reference_kwh=passed)
        batch.judge(position, found, raw=[before, after, passed], readings=[after - before])


def _least_kwh(batch: Batch) -> Decimal:
    """Return the energy at which the last digit of a register no longer decides the verdict."""
    limit = metrology.limit_for(batch.meter, current_a=metrology.current_a(batch.meter, "Imax"))
    return _REGISTER_DIGIT_KWH * _DIGITS * _HUNDRED / limit


async def _run_up_to(batch: Batch, energy_kwh: Decimal) -> None:
    """Wait until the reference standard has counted an energy."""
    while True:
        read: Reference = await batch.equipment.standard.read()
        missing = energy_kwh - read.energy_kwh
        if missing <= 0:
            return
        power_kw = max(read.power_w, Decimal(1)) * _WH
        await batch.clock.sleep(max(0.2, float(missing / power_kw) * 3600))


def _true_kwh(batch: Batch, shown_kwh: Decimal) -> Decimal:
    """Return an energy of the standard corrected so that errors held against it come out as corrected ones do."""
    return shown_kwh / (1 + batch.correction() / _HUNDRED)


def _read_register(name: str) -> Act:
    async def read(_: Batch, position: Position) -> None:
        position.values[name] = await position.client.read("energy_total")

    return read


async def measure_timing(batch: Batch, step: MeasureTiming) -> None:
    """Measure the daily timing error on the second pulse."""
    await ask(batch, _second_pulse)
    numbers = _numbers(batch)
    taken = await batch.equipment.boards.timing(numbers, gates=step.gates, gate_s=step.gate_s)
    for position in batch.live():
        readings = taken.get(position.number, [])
        if len(readings) < step.gates:
            batch.note(position, "fail", cause="no_pulses", raw=tuple(map(str, readings)))
            continue
        batch.judge(position, metrology.daily_timing(batch.meter, readings_s_d=readings), raw=readings)


async def _second_pulse(_: Batch, position: Position) -> None:
    await position.client.output("clock_pulse")


def _numbers(batch: Batch) -> list[int]:
    return [position.number for position in batch.live()]

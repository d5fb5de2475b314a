"""Run a sheet for a batch: every case for all positions at once, watched, and begun again where it was cut off.

    prepare      press, check the wiring, power, read addresses, preheat
    each case    perform its steps, then report what it found; only a complete case counts
    trouble      equipment silent or air out of limits: source off, wait, prepare, and the case begins again
    the end      source off, terminals let go, verdicts

A run that is executed again after its process died goes on with the first case that was not complete.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

from plc.bench.equipment import EquipmentError
from plc.meters.client import Frame, MeterClient
from wcs.bench.batch import Batch, Position
from wcs.bench.errors import AirBad, BenchStopped
from wcs.bench.mounting import prepare
from wcs.bench.records import Place, Run
from wcs.bench.sheet import RunSheet
from wcs.bench.stepping import perform
from wcs.bench.verdicts import conclude, refuse
from wcs.bench.watch import air_good, guarded, source_off
from wcs.bench.workplace import Workplace
from wcs.metrology import Meter, RuleError


async def execute(run: Run, sheet: RunSheet, place: Workplace) -> None:
    """Run `sheet` for the batch of `run` to its end, from wherever the spool says that it has come.

    Cancelled, the source goes off and the run can be executed again. Never raises for what equipment, meters or
    air do: that ends up in the report.
    """
    progress = place.spool.take(run)
    if progress.ended:
        return
    try:
        meter = _meter(run, sheet)
    except RuleError as error:
        refuse(run, progress, place, str(error))
        return
    positions = {at.position: Position(at, progress.standings[at.position], _client(at, place)) for at in run.places}
    await _to_the_end(Batch(run, sheet, meter, place, progress, positions))


def _meter(run: Run, sheet: RunSheet) -> Meter:
    kind = run.kind
    return Meter(
        rules=sheet.rules, accuracy_class=kind.accuracy_class, phase=kind.phase, connection=kind.connection,
        current_spec=kind.current_spec, rated_voltage_v=Decimal(kind.rated_voltage_v),
        constant_imp_kwh=Decimal(kind.constant_imp_kwh),
    )  # fmt: skip


def _client(at: Place, place: Workplace) -> MeterClient:
    told = place.habits.frames

    def heard(frame: Frame) -> None:
        if told is not None:
            told(at.position, frame)

    return MeterClient(
        place.equipment.channels[at.position], protocol=at.protocol, address=at.comm_address, box=place.box,
        heard=None if told is None else heard,
    )  # fmt: skip


async def _to_the_end(batch: Batch) -> None:
    resumed = batch.progress.begun
    batch.say("running", notices=[{"code": "resumed"}] if resumed else [])
    stop = BenchStopped("")
    try:
        await _cases(batch)
    except BenchStopped as stopped:
        stop = stopped
    finally:
        await _quiet(batch)
    await _let_go(batch)
    conclude(batch, stop)


async def _cases(batch: Batch) -> None:
    cases, tries, ready = batch.sheet.cases, 0, False
    while batch.progress.done < len(cases):
        _obey(batch)
        try:
            if not ready:
                await guarded(batch, prepare(batch))
                batch.progress.begun = ready = True
            case = cases[batch.progress.done]
            await guarded(batch, perform(batch, case))
        except AirBad:
            await _wait_for_air(batch)
            ready = False
        except RuleError as error:
            raise BenchStopped("rules_unknown", str(error)) from error
        except EquipmentError as error:
            tries += 1
            await _recover(batch, error, tries)
            ready = False
        else:
            batch.complete(batch.progress.done + 1)
            tries = 0


def _obey(batch: Batch) -> None:
    """Raise BenchStopped where the line server wants no more of this run."""
    orders = batch.spool.instruction(batch.run.id)
    if orders.stop:
        raise BenchStopped("stopped", orders.reason)


async def _recover(batch: Batch, error: EquipmentError, tries: int) -> None:
    """Wait until the equipment answers again, with the source off; raises BenchStopped when that is hopeless."""
    batch.case = None
    notice = {"code": "equipment_lost", "device": error.device, "detail": str(error)[:200]}
    batch.say("paused", notices=[notice])
    if tries > batch.habits.case_tries:
        raise BenchStopped("equipment_lost", str(error))
    for _ in range(batch.habits.recover_tries):
        await batch.clock.sleep(batch.habits.recover_s)
        _obey(batch)
        with suppress(EquipmentError):
            await source_off(batch)
            await batch.equipment.positions.states()
            batch.say("running", notices=[{"code": "equipment_back", "device": error.device}])
            return
    raise BenchStopped("equipment_lost", str(error))


async def _wait_for_air(batch: Batch) -> None:
    """Hold the run, with the source off, until temperature and humidity are good again."""
    batch.case = None
    air = batch.air
    shown = {} if air is None else {"temperature_c": air.temperature_c, "humidity_percent": air.humidity_percent}
    batch.say("paused", notices=[{"code": "air_out_of_limits"} | shown])
    while True:
        with suppress(EquipmentError):
            await source_off(batch)
            if await air_good(batch):
                break
        await batch.clock.sleep(batch.habits.recover_s)
        _obey(batch)
    batch.say("running", notices=[{"code": "air_good"}])


async def _quiet(batch: Batch) -> None:
    """Take the source off; equipment that is away has lost its power itself."""
    with suppress(EquipmentError, OSError):
        await source_off(batch)


async def _let_go(batch: Batch) -> None:
    """Let the terminals go, before anybody hears that the run is over and moves the carriers."""
    with suppress(EquipmentError, OSError):
        await batch.equipment.positions.release()

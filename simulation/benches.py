"""The benches of a plant's lines in the twin: whatever stands in a bench's bays hangs at its positions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache

from plc.clock import Clock
from plc.plant.cells import CellLine
from simulation.bench.bench import Habit, VirtualBench
from simulation.delivery import read_models
from simulation.devices.cells.yard import Yard, yard_of
from simulation.hall import Hall
from simulation.meters.model import MeterModel
from simulation.meters.nature import MeterNature, nature, true_faults
from simulation.meters.virtual import VirtualMeter
from simulation.physics import Physics
from simulation.study import Study

NatureOf = Callable[[str], MeterNature]
_MODEL = MeterModel()


def natures(physics: Physics, models: dict[str, MeterModel]) -> NatureOf:
    """Return what tells the truth about a meter by its bar code; `models` says what is printed on which."""

    @cache
    def of(code: str) -> MeterNature:
        return nature(physics, code, models.get(code, _MODEL))

    return of


def natures_of(study: Study) -> NatureOf:
    """Return what tells the truth about the meters that a study brings."""
    models = {code: model for delivery in study.deliveries for code, model in read_models(delivery.file).items()}
    return natures(study.physics(), models)


def furnish(hall: Hall, clock: Clock, nature_of: NatureOf, *, only: Collection[str]) -> dict[str, VirtualBench]:
    """Return the benches whose PLC is one of `only`, and let the other cells know what is wrong with a meter."""
    hall.faults_of = lambda code: true_faults(nature_of(code))
    meters: dict[str, VirtualMeter] = {}
    presses: dict[str, int] = {}
    found: dict[str, VirtualBench] = {}
    for spec in hall.plant.benches.values():
        if spec.plc in only:
            line = hall.plant.line_of[spec.id]
            places = _places(yard_of(hall, line), line, spec.id)
            habit = Habit(press_s=spec.press_s, baud=spec.baud, epoch_s=hall.plant.epoch.timestamp())
            found[spec.id] = VirtualBench(
                spec.id, spec.positions, places, nature_of, clock, meters=meters, presses=presses, habit=habit
            )
    return found


def _places(yard: Yard, line: CellLine, bench: str) -> Callable[[], dict[int, str]]:
    def places() -> dict[int, str]:
        return {
            (carrier.bay - 1) * line.places + place: code
            for carrier in yard.record.carriers.values()
            if carrier.at == bench
            for place, code in enumerate(carrier.meters, 1)
        }

    return places

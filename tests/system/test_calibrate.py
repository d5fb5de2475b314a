"""What a run was made with is found again in its journal, each within its interval."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session

from plc.plant.kinds import DeviceKind
from plc.plant.load import load
from plc.plant.model import Plant
from simulation.studies.calibrate.findings import AS_COMPUTED, SLOWER, Calibration
from simulation.studies.calibrate.fitting import calibrated
from simulation.studies.calibrate.reading import read
from simulation.studies.calibrate.studyfile import study_text
from simulation.studies.demand import BenchTimes, Breakdown, Demand, Start
from simulation.studies.experiment import Experiment
from simulation.studies.inside import Inside, carry_out
from simulation.studies.scenario import Scenario
from simulation.study import Noise

FILE = Path(__file__).parents[2] / "plants/demo.yaml"
NOISE, MTBF_H, MTTR_MIN, BATCH_MIN, SPREAD = 0.05, 0.25, 2.0, 12.0, 0.1
SLOW = 0.8  # of its speed


@pytest.fixture(scope="module")
def run() -> tuple[Plant, Inside]:
    plant = load(FILE)
    family = "DDZY2026"
    experiment = Experiment(
        plant=FILE, hours=4, seed=5, start=Start(fill=0.04, verified=0.5, families={family: 1}),
        noise=Noise(travel=NOISE), benches=BenchTimes(batch_min={"1ph": BATCH_MIN}, spread=SPREAD),
        breakdowns={DeviceKind.CRANE: Breakdown(mtbf_h=MTBF_H, mttr_min=MTTR_MIN)},
        demand=(
            Demand(kind="inbound", family=family, pallets=300), Demand(kind="verification", family=family, pallets=150),
            Demand(kind="distribution", family=family, pallets=250),
        ),
    )  # fmt: skip
    inside = Inside(Scenario("base", plant, experiment), 0)
    carry_out(inside)
    return plant, inside


@pytest.fixture(scope="module")
def found(run: tuple[Plant, Inside]) -> Calibration:
    plant, inside = run
    with Session(inside.ground.engine) as session:
        return calibrated(read(session, plant), plant)


def test_the_noise_of_travel_is_found_again(found: Calibration) -> None:
    assert found.noise is not None
    assert found.noise.low <= NOISE <= found.noise.high
    assert found.noise.high - found.noise.low < 0.2 * NOISE


def test_faults_and_repairs_are_found_again(found: Calibration) -> None:
    [crane] = found.failing
    assert crane.mtbf_h.count >= 10
    assert crane.mtbf_h.low <= MTBF_H <= crane.mtbf_h.high
    assert crane.mttr_min.low <= MTTR_MIN <= crane.mttr_min.high


def test_batches_are_found_again(found: Calibration) -> None:
    [batch] = found.batches
    assert batch.what == "1ph"
    assert batch.took.low <= BATCH_MIN <= batch.took.high


def test_machines_that_keep_their_data_are_not_accused(found: Calibration) -> None:
    verdicts = [machine.verdict for machine in found.machines if machine.ratio.count >= 30]
    assert len(verdicts) > 10
    assert verdicts.count(AS_COMPUTED) >= len(verdicts) - 1  # one in twenty may look off by chance


def test_a_crane_that_is_slower_than_the_plant_file_says_is_named(run: tuple[Plant, Inside]) -> None:
    plant, inside = run
    cranes = plant.cranes.items()
    fast = {name: crane.model_copy(update={"speed_x_m_s": crane.speed_x_m_s / SLOW}) for name, crane in cranes}
    fast = {name: crane.model_copy(update={"accel_x_m_s2": crane.accel_x_m_s2 / SLOW}) for name, crane in fast.items()}
    said = plant.model_copy(update={"cranes": fast})
    with Session(inside.ground.engine) as session:
        machines = calibrated(read(session, said), said).machines
    gets = [machine for machine in machines if machine.device in fast and machine.leg == "get"]
    assert {machine.verdict for machine in gets} == {SLOWER}
    assert all(machine.ratio.low > 1 and machine.ratio.high <= 1.05 / SLOW for machine in gets)


def test_what_is_written_is_part_of_a_study_file(found: Calibration) -> None:
    written = yaml.safe_load(study_text(found))
    experiment = Experiment.model_validate({"plant": "demo.yaml", **written})
    assert experiment.noise.travel == pytest.approx(NOISE, rel=0.1)
    assert experiment.benches.batch_min["1ph"] == pytest.approx(BATCH_MIN, rel=0.1)
    assert [str(kind) for kind in experiment.breakdowns] == ["crane"]


def test_only_what_was_since_is_read(run: tuple[Plant, Inside]) -> None:
    plant, inside = run
    with Session(inside.ground.engine) as session:
        whole, late = read(session, plant), read(session, plant, since_ms=3 * 3_600_000)
    assert late.begun_ms >= 3 * 3_600_000
    assert 0 < late.facts < whole.facts
    assert late.ended_ms == whole.ended_ms

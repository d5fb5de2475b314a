"""The hidden truth about meters: the same everywhere, in the shares that were asked for, and clear of doubt."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from simulation.meters.defects import DEFECTS, with_defect
from simulation.meters.model import MeterModel
from simulation.meters.nature import MeterNature, doubtful, nature, ratios, true_error, true_faults
from simulation.physics import Physics
from tests.meters import CODE, good

MODELS = [
    MeterModel(),
    MeterModel(accuracy_class="1"),
    MeterModel(accuracy_class="0.2S", connection="ct", current_spec="1.5(6)", phase="3p4w", constant_imp_kwh=20_000),
    MeterModel(accuracy_class="B", current_spec="0.25-0.5(60)"),
    MeterModel(accuracy_class="E", current_spec="0.01-0.05(6)", connection="ct", phase="3p3w", rated_voltage_v=100),
]
FAILS = {
    "offset": {"intrinsic_error", "consistency", "constant", "demand"}, "angle": {"intrinsic_error"},
    "noise": {"standard_deviation"}, "dead_start": {"starting"}, "creep": {"creep"}, "register": {"constant", "demand"},
    "clock_drift": {"daily_timing"}, "clock_off": {"clock"}, "demand": {"demand"}, "switching": {"time_switching"},
    "relay": {"fee_control"}, "esam": {"security", "fee_control", "key_download"}, "key": {"key_download"},
    "parameters": {"parameters"}, "withstand": {"withstand"}, "appearance": {"appearance"},
}  # fmt: skip


def lot(model: MeterModel, physics: Physics, *, count: int = 3000) -> list[MeterNature]:
    return [nature(physics, f"14300090000044{number:07}0", model) for number in range(count)]


def test_a_meter_is_the_same_in_every_process() -> None:
    script = (
        "from simulation.meters.model import MeterModel\nfrom simulation.meters.nature import nature\n"
        f"from simulation.physics import Physics\nprint(nature(Physics(seed=7), {CODE!r}, MeterModel()))"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    assert other == str(nature(Physics(seed=7), CODE, MeterModel()))
    assert other != str(nature(Physics(seed=8), CODE, MeterModel()))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.accuracy_class)
def test_good_meters_are_good_and_bad_ones_bad_beyond_doubt(model: MeterModel) -> None:
    for meter in lot(model, Physics(seed=3, reject_rate=0.1)):
        if meter.defect == "near":
            assert doubtful(meter)
        else:
            assert not doubtful(meter), meter
            assert bool(true_faults(meter)) is bool(meter.defect), meter


def test_shares_are_those_that_were_asked_for() -> None:
    meters = lot(MeterModel(), Physics(seed=3, reject_rate=0.1, retest_share=0.05))
    defects = Counter(meter.defect for meter in meters)
    assert 240 <= 3000 - defects[""] - defects["near"] <= 360  # 300, five standard deviations either side: 82
    assert 1 <= defects["near"] <= 20  # 6
    assert 95 <= sum(meter.bad_presses > 0 for meter in meters) <= 210  # 150
    assert set(defects) >= set(FAILS)
    assert all(not true_faults(meter) for meter in lot(MeterModel(), Physics(seed=3)) if meter.defect != "near")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.accuracy_class)
@pytest.mark.parametrize("name", FAILS)
def test_a_defect_fails_its_items_and_no_other(model: MeterModel, name: str) -> None:
    assert set(FAILS) | {"silent", "no_pulse"} == set(DEFECTS)
    for seed in range(20):
        meter = with_defect(nature(Physics(seed=seed), CODE, model, near_share=0), name, Random(seed))
        assert true_faults(meter) == FAILS[name]


def test_a_silent_meter_and_one_without_pulses_fail_what_needs_them() -> None:
    silent, dark = (with_defect(good(), name, Random(1)) for name in ("silent", "no_pulse"))
    assert {"communication", "fee_control", "key_download"} <= true_faults(silent)
    assert "intrinsic_error" not in true_faults(silent)
    assert {"intrinsic_error", "starting"} <= true_faults(dark)
    assert "communication" not in true_faults(dark)


def test_the_error_curve_is_the_sum_of_its_parts() -> None:
    meter = replace(
        good(), base_percent=0.5, low_percent=0.2, high_percent=0.1, angle_percent=0.01, unbalanced_percent=(0.3, 0, 0)
    )
    assert true_error(meter, current_a=60, power_factor="1") == pytest.approx(0.5 + 0.2 * 0.05 / 12 + 0.1)
    assert true_error(meter, current_a=0.25, power_factor="1") == pytest.approx(0.7 + 0.1 * (0.25 / 60) ** 2)
    lagging = true_error(meter, current_a=5, power_factor="0.5L") - true_error(meter, current_a=5, power_factor="1")
    assert lagging == pytest.approx(0.01 * 3**0.5)
    one_phase = true_error(meter, current_a=5, power_factor="1", phase="a")
    assert one_phase - true_error(meter, current_a=5, power_factor="1") == pytest.approx(0.3)


def test_a_wrong_constant_shows_as_an_error() -> None:
    meter = replace(good(), built_imp_kwh=1212)
    assert ratios(meter)["intrinsic_error"] == pytest.approx(0.5, abs=0.1)  # one percent of two


@pytest.mark.parametrize(
    ("model", "starting_a", "reference_a"),
    [
        (MeterModel(), 0.025, 5), (MeterModel(accuracy_class="1"), 0.02, 5),
        (MeterModel(accuracy_class="0.5S", connection="ct", current_spec="1.5(6)"), 0.0015, 1.5),
        (MeterModel(accuracy_class="B", current_spec="0.25-0.5(60)"), 0.02, 5),
        (MeterModel(accuracy_class="C", connection="ct", current_spec="0.01-0.05(6)"), 0.001, 1),
    ],
)  # fmt: skip
def test_currents_follow_from_what_is_printed(model: MeterModel, starting_a: float, reference_a: float) -> None:
    assert model.starting_a == pytest.approx(starting_a)
    assert model.reference_a == pytest.approx(reference_a)


@pytest.mark.parametrize(("accuracy_class", "spec"), [("3", "5(60)"), ("2", "5-60"), ("2", "")])
def test_what_no_meter_says_is_refused(accuracy_class: str, spec: str) -> None:
    with pytest.raises(ValueError, match="meter"):
        MeterModel(accuracy_class=accuracy_class, current_spec=spec)

"""Virtual meters, measured with bare hands and judged by the rules: what must fail fails, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from simulation.meters.model import MeterModel
from simulation.meters.nature import MeterNature, doubtful, nature, true_faults
from simulation.meters.virtual import VirtualMeter
from simulation.physics import Physics
from tests.meters import START_S
from wcs import metrology
from wcs.metrology import Meter

COUNT = 400
CASES = [
    (MeterModel(), "JJG596-2012"),
    (MeterModel(accuracy_class="1", phase="3p4w", current_spec="10(100)", constant_imp_kwh=400), "JJG596-2012"),
    (
        MeterModel(accuracy_class="0.5S", connection="ct", current_spec="1.5(6)", phase="3p4w", constant_imp_kwh=6400),
        "JJG596-2012",
    ),
    (
        MeterModel(
            accuracy_class="0.2S", connection="ct", current_spec="1.5(6)", phase="3p3w", constant_imp_kwh=20_000,
            rated_voltage_v=100,
        ),
        "JJG596-2012",
    ),
    (MeterModel(accuracy_class="B", current_spec="0.25-0.5(60)"), "GBT17215.321-2021"),
    (MeterModel(accuracy_class="A", current_spec="0.25-0.5(60)"), "QGDW10364-2020"),
]  # fmt: skip
MEASURED = frozenset(
    {"intrinsic_error", "standard_deviation", "starting", "creep", "daily_timing", "constant", "demand"}
)
LOADS = {
    "JJG596-2012": [("Imax", "1"), ("Imax", "0.5L"), ("Ib", "1"), ("Ib", "0.5L"), ("0.1Ib", "1")],
    "": [("Imax", "1"), ("Imax", "0.5L"), ("10Itr", "1"), ("10Itr", "0.5L"), ("Itr", "1"), ("Imin", "1")],
}


@dataclass
class Hand:
    """One meter, the rules for it, and a hand on the clock."""

    truth: MeterNature
    rules: Meter
    now_s: float = START_S
    meter: VirtualMeter = field(init=False)

    def __post_init__(self) -> None:
        self.meter = VirtualMeter(self.truth, lambda: self.now_s)

    def feed(self, current_a: Decimal, power_factor: str = "1", *, percent: float = 100) -> None:
        volts = self.truth.model.rated_voltage_v * percent / 100
        self.meter.set_supply(voltage_v=volts, current_a=float(current_a), power_factor=power_factor)

    def readings(self, count: int) -> list[Decimal]:
        found = [self.meter.error_reading() for _ in range(count)]
        return [Decimal(f"{one:.4f}") for one in found if one is not None]

    def error(self, symbol: str, power_factor: str) -> str:
        current_a = metrology.current_a(self.rules, symbol)
        self.feed(current_a, power_factor)
        readings = self.readings(2)
        while len(readings) in (2, 4):
            judged = metrology.intrinsic_error(
                self.rules, current_a=current_a, power_factor=power_factor, balanced=True, readings=readings
            )
            if judged.verdict != "more_readings":
                return judged.verdict
            readings += self.readings(2)
        return "fail"

    def pulses(self, current_a: Decimal, seconds: Decimal, *, percent: float = 100) -> tuple[int, list[Decimal]]:
        self.feed(current_a, percent=percent)
        self.meter.begin_count()
        self.now_s += float(seconds)
        count, times_s = self.meter.pulses()
        return count, [Decimal(f"{one:.3f}") for one in times_s]


def intrinsic(hand: Hand) -> str:
    loads = LOADS.get(hand.rules.rules, LOADS[""])
    return "fail" if any(hand.error(*load) == "fail" for load in loads) else "pass"


def deviation(hand: Hand) -> str:
    current_a = metrology.current_a(hand.rules, "Imax")
    hand.feed(current_a)
    readings = hand.readings(5)
    if len(readings) < 5:
        return "fail"
    return metrology.standard_deviation(hand.rules, current_a=current_a, power_factor="1", readings=readings).verdict


def starting(hand: Hand) -> str:
    limit_s = metrology.starting_limit_s(hand.rules)
    _, times_s = hand.pulses(metrology.current_a(hand.rules, "Ist"), limit_s * 3)
    first, second, *_ = [*times_s, None, None]
    return metrology.starting(hand.rules, first_pulse_s=first, second_pulse_s=second).verdict


def creep(hand: Hand) -> str:
    seconds = metrology.creep_time_s(hand.rules)
    count, _ = hand.pulses(Decimal(0), seconds, percent=115 if hand.rules.rules.startswith("JJG") else 110)
    return metrology.creep(hand.rules, pulses=count, observed_s=seconds).verdict


def timing(hand: Hand) -> str:
    hand.feed(Decimal(0))
    found = [hand.meter.timing_reading() for _ in range(5)]
    return metrology.daily_timing(
        hand.rules, readings_s_d=[Decimal(f"{one:.4f}") for one in found if one is not None]
    ).verdict


def register(hand: Hand) -> str:
    hand.feed(metrology.current_a(hand.rules, "Imax"))
    before_kwh, power_w = hand.meter.energy_kwh(), _true_w(hand)
    hand.now_s += 3600 * 200_000 / power_w  # 200 kWh, so that the last digit says nothing
    shown = Decimal(f"{hand.meter.energy_kwh() - before_kwh:.2f}")
    return metrology.register(hand.rules, shown_kwh=shown, reference_kwh=Decimal(200)).verdict


def demand(hand: Hand) -> str:
    hand.feed(metrology.current_a(hand.rules, "Imax"))
    hand.meter.clear_demand()
    hand.now_s += 900
    shown, fed_kw = Decimal(f"{hand.meter.demand_kw():.4f}"), Decimal(f"{_true_w(hand) / 1000:.6f}")
    return metrology.demand(hand.rules, shown_kw=shown, reference_kw=fed_kw).verdict


def _true_w(hand: Hand) -> float:
    model = hand.truth.model
    return model.power_factor_of_system * model.rated_voltage_v * model.max_a


ITEMS: dict[str, Callable[[Hand], str]] = {
    "intrinsic_error": intrinsic, "standard_deviation": deviation, "starting": starting, "creep": creep,
    "daily_timing": timing, "constant": register, "demand": demand,
}  # fmt: skip


@pytest.mark.parametrize(("model", "edition"), CASES, ids=lambda one: getattr(one, "accuracy_class", one))
def test_verdicts_are_the_hidden_truth(model: MeterModel, edition: str) -> None:
    rules = Meter(
        edition, model.accuracy_class, model.phase, model.connection, model.current_spec,
        Decimal(str(model.rated_voltage_v)), Decimal(str(model.constant_imp_kwh)),
    )  # fmt: skip
    differences: list[str] = []
    clear = failed = 0
    for number in range(COUNT):
        truth = nature(Physics(seed=5, reject_rate=0.4), f"14300090000044{number:07}0", model)
        if doubtful(truth):
            continue
        clear += 1
        hand = Hand(truth, rules)
        found = {item for item, measure in ITEMS.items() if measure(hand) == "fail"}
        wanted = true_faults(truth) & MEASURED
        if truth.answers and found != wanted and truth.defect != "noise":
            differences.append(f"{truth.bar_code} {truth.defect}: found {sorted(found)}, true {sorted(wanted)}")
        if truth.defect == "noise" and "standard_deviation" not in found:
            differences.append(f"{truth.bar_code}: noise was not seen")
        failed += bool(found)
    assert differences == []
    assert clear > 0.98 * COUNT
    assert failed > 0.15 * COUNT

"""What a virtual meter registers, against hand computation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from statistics import mean, stdev

import pytest

from plc.meters.values import moment_at
from simulation.meters.demand import Demand
from simulation.meters.model import MeterModel
from simulation.meters.nature import MeterNature
from simulation.meters.virtual import VirtualMeter
from tests.meters import START_S, good

PERFECT = replace(
    good(), base_percent=0, low_percent=0, high_percent=0, angle_percent=0, noise_percent=0, clock_s_d=0, clock_off_s=0,
    unbalanced_percent=(0, 0, 0), starts_at_a=0.01,
)  # fmt: skip
HOUR_S = 3600.0


class Bench:
    """One meter and a hand on the clock."""

    def __init__(self, truth: MeterNature = PERFECT) -> None:
        self.now_s = START_S
        self.meter = VirtualMeter(truth, lambda: self.now_s)

    def run(
        self, seconds: float, *, current_a: float, power_factor: str = "1", voltage_v: float = 220, phase: str = "all"
    ) -> None:
        self.meter.set_supply(voltage_v=voltage_v, current_a=current_a, power_factor=power_factor, phase=phase)
        self.now_s += seconds


def test_energy_is_the_integral_of_the_power_with_the_error() -> None:
    bench = Bench(replace(PERFECT, base_percent=1.0))
    bench.run(HOUR_S, current_a=10)
    bench.run(HOUR_S / 2, current_a=20, power_factor="0.5L")
    bench.run(HOUR_S, current_a=0)
    assert bench.meter.energy_kwh() == pytest.approx((2.2 + 1.1) * 1.01)


@pytest.mark.parametrize(
    ("phase", "loaded", "kw"), [("3p4w", "all", 6.6), ("3p4w", "b", 2.2), ("3p3w", "all", 2.2 * 3**0.5)]
)
def test_power_of_three_phases(phase: str, loaded: str, kw: float) -> None:
    bench = Bench(replace(PERFECT, model=MeterModel(phase=phase)))  # type: ignore[arg-type]
    bench.run(HOUR_S, current_a=10, phase=loaded)
    assert bench.meter.energy_kwh() == pytest.approx(kw)


def test_rates_follow_the_table_and_add_up_to_the_total() -> None:
    bench = Bench()
    bench.meter.registers.table = "00:00=4 08:30=2 20:00=1"
    bench.run(HOUR_S, current_a=10)  # from 08:00
    rates = [bench.meter.energy_kwh(rate) for rate in (1, 2, 3, 4)]
    assert rates == pytest.approx([0, 1.1, 0, 1.1])
    bench.now_s += 23 * HOUR_S
    rates = [bench.meter.energy_kwh(rate) for rate in (1, 2, 3, 4)]
    assert rates == pytest.approx([2.2 * 4, 2.2 * 11.5, 0, 2.2 * 8.5])
    assert sum(rates) == pytest.approx(bench.meter.energy_kwh())


def test_a_late_meter_switches_late() -> None:
    bench = Bench(replace(PERFECT, switches_late_s=600))
    bench.meter.registers.table = "00:00=4 08:30=2"
    bench.run(HOUR_S, current_a=10)
    assert bench.meter.energy_kwh(4) == pytest.approx(2.2 * 40 / 60)


def test_pulses_come_at_the_rate_of_the_constant() -> None:
    bench = Bench()
    bench.run(1000, current_a=5)
    bench.meter.begin_count()
    bench.now_s += HOUR_S
    count, times_s = bench.meter.pulses()
    assert count in (1320, 1321)  # 1.1 kWh of 1,200 imp/kWh
    assert times_s[1] - times_s[0] == pytest.approx(HOUR_S / 1320)
    assert 0 < times_s[0] <= HOUR_S / 1320


def test_pulses_are_the_same_however_often_they_are_asked_for() -> None:
    often, seldom = Bench(), Bench()
    for bench, step_s in ((often, 0.7), (seldom, 70.0)):
        bench.run(0, current_a=0.5)
        bench.meter.begin_count()
        while bench.now_s < START_S + 700 - 0.1:
            bench.now_s += step_s
            bench.meter.pulses()
    assert often.meter.pulses()[0] == seldom.meter.pulses()[0]
    assert often.meter.pulses()[1] == pytest.approx(seldom.meter.pulses()[1])


def test_below_its_starting_current_nothing_is_registered() -> None:
    bench = Bench()
    bench.run(HOUR_S, current_a=0.009)
    assert bench.meter.energy_kwh() == 0
    bench.run(HOUR_S, current_a=0.011)
    assert bench.meter.energy_kwh() == pytest.approx(0.011 * 0.22)


def test_a_creeping_meter_creeps_and_a_good_one_does_not() -> None:
    good_one, bad_one = Bench(), Bench(replace(PERFECT, creeps_w=5.0))
    for bench in (good_one, bad_one):
        bench.run(0, current_a=0, voltage_v=253)
        bench.meter.begin_count()
        bench.now_s += 30.303 * 60
    assert good_one.meter.pulses()[0] == 0
    assert bad_one.meter.pulses()[0] in (3, 4)  # 5 W, 0.505 h, 1,200 imp/kWh: 3.03


def test_readings_scatter_about_the_true_error() -> None:
    bench = Bench(replace(PERFECT, base_percent=0.5, noise_percent=0.02))
    bench.run(0, current_a=5)
    readings = [bench.meter.error_reading() or 0.0 for _ in range(2000)]
    assert mean(readings) == pytest.approx(0.5, abs=0.003)
    assert stdev(readings) == pytest.approx(0.02, rel=0.15)
    timings = [bench.meter.timing_reading() or 0.0 for _ in range(500)]
    assert mean(timings) == pytest.approx(0, abs=0.002)


def test_no_pulses_no_readings() -> None:
    bench = Bench(replace(PERFECT, has_pulses=False))
    bench.run(10, current_a=5)
    assert bench.meter.error_reading() is None
    assert bench.meter.pulses() == (0, ())
    assert bench.meter.energy_kwh() > 0


def test_a_gearing_error_shows_in_the_register_alone() -> None:
    bench = Bench(replace(PERFECT, register_factor=1.04))
    bench.run(0, current_a=60)
    bench.meter.begin_count()
    bench.now_s += HOUR_S
    assert bench.meter.energy_kwh() == pytest.approx(13.2 * 1.04)
    assert bench.meter.pulses()[0] in (15840, 15841)
    assert bench.meter.error_reading() == pytest.approx(0)


def test_an_open_relay_registers_nothing() -> None:
    bench = Bench()
    bench.run(HOUR_S, current_a=10)
    assert bench.meter.act("trip")
    bench.now_s += HOUR_S
    assert bench.meter.energy_kwh() == pytest.approx(2.2)
    assert bench.meter.act("close")
    bench.now_s += HOUR_S
    assert bench.meter.energy_kwh() == pytest.approx(4.4)


def test_the_clock_drifts_and_is_set() -> None:
    bench = Bench(replace(PERFECT, clock_s_d=2.0, clock_off_s=30.0))
    bench.now_s += 10 * 86_400
    assert bench.meter.clock() - moment_at(bench.now_s) == timedelta(seconds=50)
    bench.meter.set_clock(moment_at(bench.now_s))
    bench.now_s += 5 * 86_400
    assert bench.meter.clock() - moment_at(bench.now_s) == timedelta(seconds=10)


def test_demand_is_the_highest_window_that_has_ended() -> None:
    bench = Bench()
    bench.run(0, current_a=0)
    bench.meter.clear_demand()
    bench.run(600, current_a=0)
    bench.run(600, current_a=60)  # 13.2 kW for ten minutes
    assert bench.meter.demand_kw() == pytest.approx(13.2 * 10 / 15)
    bench.run(3600, current_a=30)  # windows behind it hold five minutes of the lower load
    assert bench.meter.demand_kw() == pytest.approx((13.2 * 10 + 6.6 * 5) / 15)
    bench.meter.clear_demand()
    assert bench.meter.demand_kw() == 0
    bench.now_s += 899
    assert bench.meter.demand_kw() == 0
    bench.now_s += 1
    assert bench.meter.demand_kw() == pytest.approx(6.6)
    assert bench.meter.demand_at() == moment_at(bench.now_s)


def test_demand_forgets_no_peak_when_it_lets_points_go() -> None:
    demand = Demand(0.0, points=[(0.0, 0.0)])
    kwh, peak_kw = 0.0, 0.0
    for number in range(1, 1000):
        power_kw = 50.0 if 100 <= number < 115 else 1.0 + number % 3
        kwh += power_kw / 60
        demand.note(number * 60.0, kwh)
        peak_kw = max(peak_kw, demand.peak(number * 60.0, kwh)[0])
    assert demand.peak(999 * 60.0, kwh) == (pytest.approx(50.0), 114 * 60.0)
    assert peak_kw == pytest.approx(50.0)

"""Every kind of row at small cost: the twin as it is agrees with theory."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from plc.plant.load import load
from simulation.validate.belt import line
from simulation.validate.bounds import OutOfBounds
from simulation.validate.classes import storage, turnover
from simulation.validate.curve import Curve
from simulation.validate.cycles import constant_speed, crane
from simulation.validate.fem import any_slot, fem_cycles
from simulation.validate.pair import Pair
from simulation.validate.rack import Rack
from simulation.validate.rows import Experiment, weigh
from simulation.validate.waiting import queue

DEMO = load(Path("plants/demo.yaml"))
RACK = Rack()
CURVE = Curve(0.2, 0.8)

CRANES = [
    RACK,
    replace(RACK, ax=math.inf, ay=math.inf),  # constant speed
    replace(RACK, columns=1),
    replace(RACK, levels=1),
    replace(RACK, length_m=1000, columns=900, height_m=5, levels=5),  # very long
    replace(RACK, length_m=2, columns=2, height_m=200, levels=200),  # very high
    replace(RACK, fork_s=0, vx=0.01, ax=0.01),
]
ROWS = {
    "constant speed": constant_speed(RACK, cycles=500),
    "test cycles": fem_cycles(DEMO, "SC1"),
    "any slot": any_slot(DEMO, "SC2", cycles=500),
    "queue": queue(RACK, load=0.5, orders=4_000),
    "line": line(Pair(buffer=2), parts=4_000),
    "unequal line": line(Pair(mean_1_s=20, mean_2_s=35, buffer=1), parts=4_000),
    "constant line": line(Pair(mean_1_s=20, mean_2_s=35, buffer=3, law="constant"), parts=2_000),
    "storage by classes": storage(CURVE, classes=2, cycles=2_000),
    "storage by turnover": turnover(CURVE, cycles=2_000),
}


@pytest.mark.parametrize("rack", CRANES)
def test_the_crane_takes_as_long_as_theory_says(rack: Rack) -> None:
    rows = weigh([crane(rack, cycles=500)], 1)
    assert [row.holds for row in rows] == [True, True]
    assert all(row.half_width < 0.2 * row.figure.theory for row in rows)


@pytest.mark.parametrize("experiment", ROWS.values(), ids=ROWS.keys())
def test_the_twin_agrees(experiment: Experiment) -> None:
    rows = weigh([experiment], 1)
    assert [row.holds for row in rows] == [True] * len(experiment.figures)
    assert all(row.half_width < 0.3 * row.figure.theory + 1e-9 for row in rows)


def test_test_cycles_are_known_to_the_microsecond() -> None:
    # P1: column 8 (10.8 m: 10.8/2.7 + 2.7/0.45 = 10 s), level 7 (9.6 m: 9.6/0.8 + 0.8/0.45 = 13.778 s); 1.5 s more
    (first, second, dual) = weigh([fem_cycles(DEMO, "SC1")], 1)
    assert first.mean == pytest.approx(2 * (13.7778 + 1.5) + 2 * 9.0, abs=1e-3)
    # P2: column 27 (36.45 m: 13.5 + 6 = 19.5 s) counts; between: 19 columns (25.65 m: 9.5 + 6 = 15.5 s)
    assert second.mean == pytest.approx(2 * (19.5 + 1.5) + 2 * 9.0, abs=1e-6)
    assert dual.mean == pytest.approx(13.7778 + 15.5 + 19.5 + 3 * 1.5 + 4 * 9.0, abs=1e-3)


@pytest.mark.parametrize(
    ("measures", "words"),
    [
        ({"ax": 0.0}, "--ax is 0, not 0.01 to inf"),
        ({"vx": math.nan}, "--vx is nan"),
        ({"vy": math.inf}, "--vy is inf"),
        ({"columns": 1, "levels": 1}, "give two slots or more"),
        ({"columns": 5_000, "levels": 10}, "--columns times --levels is 50000"),
        ({"length_m": -1, "fork_s": -1}, "--length-m is -1.*--fork-s is -1"),
    ],
)
def test_racks_that_cannot_be_are_refused(measures: dict[str, float], words: str) -> None:
    with pytest.raises(OutOfBounds, match=words):
        replace(RACK, **measures)


def test_too_little_for_an_interval_is_refused() -> None:
    with pytest.raises(OutOfBounds, match="--cycles is 99"):
        crane(RACK, cycles=99)
    with pytest.raises(OutOfBounds, match=r"--orders is 5000: at load 0.95 it takes 31200"):
        queue(RACK, load=0.95, orders=5_000)
    with pytest.raises(OutOfBounds, match="--parts is 5000: with --buffer 50 it takes 56180"):
        line(Pair(buffer=50), parts=5_000)
    with pytest.raises(OutOfBounds, match=r"--classes is 4.*--cycles is 10"):
        storage(CURVE, classes=4, cycles=10)


def test_stations_that_cannot_be_are_refused() -> None:
    with pytest.raises(OutOfBounds, match=r"--buffer is -1.*--law is 'weibull'"):
        Pair(buffer=-1, law="weibull")  # pyright: ignore[reportArgumentType]
    with pytest.raises(OutOfBounds, match="more than 100 times apart"):
        Pair(mean_1_s=1, mean_2_s=101)
    with pytest.raises(OutOfBounds, match="make them equal"):
        Pair(mean_1_s=30, mean_2_s=30.001, law="constant")


def test_a_crane_that_the_plant_has_not_is_refused() -> None:
    with pytest.raises(OutOfBounds, match="not one of SC1, SC2"):
        fem_cycles(DEMO, "SC9")

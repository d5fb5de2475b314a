"""The physics of the twin broken on purpose: a row that cannot fail proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from plc.plant.load import load
from plc.plant.storage import Crane
from plc.plant.travel import crane_travel_s, trapezoid
from simulation.devices import crane as machine
from simulation.devices.conveyor import Conveyor
from simulation.validate.belt import line
from simulation.validate.classes import storage
from simulation.validate.curve import Curve
from simulation.validate.cycles import crane
from simulation.validate.fem import fem_cycles
from simulation.validate.pair import Pair
from simulation.validate.rack import XY, Rack
from simulation.validate.rows import Experiment, weigh
from simulation.validate.waiting import queue

DEMO = load(Path("plants/demo.yaml"))
CURVE = Curve(0.2, 0.6)


def without_ramps(spec: Crane, start: XY, end: XY) -> float:
    return max(abs(end[0] - start[0]) / spec.speed_x_m_s, abs(end[1] - start[1]) / spec.speed_y_m_s)


def one_axis_after_the_other(spec: Crane, start: XY, end: XY) -> float:
    along = trapezoid(abs(end[0] - start[0]), spec.speed_x_m_s, spec.accel_x_m_s2)
    return along + trapezoid(abs(end[1] - start[1]), spec.speed_y_m_s, spec.accel_y_m_s2)


def only_along(spec: Crane, start: XY, end: XY) -> float:
    return trapezoid(abs(end[0] - start[0]), spec.speed_x_m_s, spec.accel_x_m_s2)


def two_percent_slow(spec: Crane, start: XY, end: XY) -> float:
    return 1.02 * crane_travel_s(spec, start, end)


BROKEN = [without_ramps, one_axis_after_the_other, only_along, two_percent_slow]
Travel = Callable[[Crane, XY, XY], float]


def failing(experiment: Experiment) -> list[str]:
    """Return the figures that fail."""
    return [row.figure.name for row in weigh([experiment], 1) if not row.holds]


@pytest.mark.parametrize("travel", BROKEN)
def test_a_crane_that_travels_otherwise_is_seen(travel: Travel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "crane_travel_s", travel)
    assert failing(crane(Rack(), cycles=2_000)) == ["single", "dual"]
    assert failing(fem_cycles(DEMO, "SC1")) == ["single_p1", "single_p2", "dual_p1_p2"]


def test_a_crane_that_need_not_position_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def travel(spec: Crane, start: XY, end: XY) -> float:
        return crane_travel_s(spec.model_copy(update={"positioning_s": 0.0}), start, end)

    monkeypatch.setattr(machine, "crane_travel_s", travel)
    assert failing(fem_cycles(DEMO, "SC1")) == ["single_p1", "single_p2", "dual_p1_p2"]


def test_a_crane_that_puts_without_its_fork_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    leg = machine.Crane._leg
    monkeypatch.setattr(
        machine.Crane, "_leg", lambda self, stage, to, s: leg(self, stage, to, s * (stage == "getting"))
    )
    assert failing(crane(Rack(), cycles=200)) == ["single", "dual"]


def test_a_queue_before_a_crane_without_ramps_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "crane_travel_s", without_ramps)
    assert failing(queue(Rack(), load=0.6, orders=4_000)) == ["wait"]


def test_a_belt_with_room_for_one_more_is_seen() -> None:
    wrong = line(Pair(buffer=3), parts=10_000).run
    assert failing(replace(line(Pair(buffer=2), parts=10_000), run=wrong)) == ["blocked", "starved", "throughput"]


def test_a_belt_that_is_never_full_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conveyor, "_full", lambda self: False)
    assert "blocked" in failing(line(Pair(buffer=2), parts=4_000))


def test_storage_at_random_is_seen() -> None:
    at_random = storage(CURVE, classes=1, cycles=2_000).run
    assert failing(replace(storage(CURVE, classes=2, cycles=2_000), run=at_random)) == ["classes_2"]

import pytest

from simulation.studies.findings import Interval, ScenarioFinding
from simulation.studies.sweep import BadSweep, effects, points


def finding(name, settings, **responses):
    known = {response: Interval(value, 0.1, 5, 0.95) for response, value in responses.items()}
    return ScenarioFinding(name, 5, 0.0, 3600.0, known, {}, {}, {}, settings=settings)


def test_a_factorial_has_every_combination_once():
    tried = points({"a.x": [1, 2, 3], "b": ["near", "turn"]})
    assert len({point.name for point in tried}) == 6
    assert tried[0].values == {"a.x": 1, "b": "near"}
    assert points({}) == ()


def test_a_latin_hypercube_has_one_point_in_every_slice_of_every_range():
    tried = points({"lhs": 8, "ranges": {"a": [0.0, 1.0], "b": [10, 17]}}, seed=3)
    assert sorted(int(point.values["a"] * 8) for point in tried) == list(range(8))
    assert sorted(point.values["b"] for point in tried) == list(range(10, 18))
    assert tried == points({"lhs": 8, "ranges": {"a": [0.0, 1.0], "b": [10, 17]}}, seed=3)
    assert tried != points({"lhs": 8, "ranges": {"a": [0.0, 1.0], "b": [10, 17]}}, seed=4)


def test_sobol_points_lie_within_their_ranges():
    tried = points({"sobol": 12, "ranges": {"a": [2.0, 3.0]}}, seed=3)
    assert len(tried) == 12
    assert all(2 <= point.values["a"] <= 3 for point in tried)


def test_everything_that_is_wrong_is_told_at_once():
    with pytest.raises(BadSweep) as bad:
        points({"a": [], "b": 3, "c": [[1]]})
    assert len(bad.value.problems) == 3
    with pytest.raises(BadSweep) as bad:
        points({"lhs": 0, "ranges": {"a": [2, 1], "b": [1]}, "c": [1]})
    assert len(bad.value.problems) == 4
    with pytest.raises(BadSweep, match="1048576 combinations"):
        points({name: list(range(32)) for name in "abcd"})


def test_main_effects_of_a_factorial_are_the_differences_of_means():
    tried = [
        finding(f"{x}{rule}", {"x": x, "rule": rule}, flow=10.0 * x + (3.0 if rule == "near" else 0.0))
        for x in (1, 2, 3)
        for rule in ("near", "turn")
    ]
    first, second = effects(tried, ["flow"])
    assert (first.path, first.low, first.high, first.at_high - first.at_low) == ("x", "1", "3", pytest.approx(20))
    assert (second.path, second.low, second.high, second.at_high - second.at_low) == (
        "rule", "turn", "near", pytest.approx(3),
    )  # fmt: skip


def test_effects_over_ranges_are_those_of_the_plane():
    tried = [
        finding(str(n), dict(point.values), flow=5 + 2 * point.values["a"] - 30 * point.values["b"])
        for n, point in enumerate(points({"lhs": 16, "ranges": {"a": [0.0, 10.0], "b": [0.0, 1.0]}}, seed=1))
    ]
    found = {effect.path: effect.at_high - effect.at_low for effect in effects(tried, ["flow"])}
    reach = {p: max(s.settings[p] for s in tried) - min(s.settings[p] for s in tried) for p in "ab"}
    assert found == {"a": pytest.approx(2 * reach["a"]), "b": pytest.approx(-30 * reach["b"])}


def test_what_does_not_vary_has_no_effect():
    assert effects([finding("one", {"x": 1}, flow=1.0), finding("two", {"x": 1}, flow=2.0)], ["flow"]) == ()

import random
from dataclasses import replace

import pytest

from simulation.studies.conclusion import conclude
from simulation.studies.findings import from_json, to_json
from simulation.studies.plan import plan
from simulation.studies.store import opened
from simulation.studies.tally import Tally
from simulation.studies.verdicts import Terms, better_of, compared, grows, selected
from tests.unit.simulation.studies.papers import study
from tests.unit.simulation.studies.replicas import drawn


def concluded(folder, experiment, *, order=None):
    """The findings of a study whose replications came in this order, and how many of each it took."""
    folder.mkdir(exist_ok=True)
    planned = plan(experiment)
    names = [scenario.name for scenario in planned.scenarios]
    tally = Tally(experiment, names)
    waiting = [(s, r) for r in range(experiment.replications.most) for s in planned.scenarios]
    if order is not None:
        random.Random(order).shuffle(waiting)
    with opened(folder, planned.content, names) as store:
        while (count := tally.enough()) is None:
            scenario, number = waiting.pop(0)
            store.add(drawn(scenario, number))
            tally.add(store.of(scenario.name)[-1] if order is None else drawn(scenario, number))
        return conclude(experiment, planned, store, count), count


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    asked = study(folder, responses="[in.pallets_h, lead.out_s, lead.out_s.p95]", half_width=0.15, most=40)
    return concluded(folder / "out", asked)[0]


def test_estimates_hold_the_truth_and_are_as_narrow_as_was_asked(found):
    truths = {"base": 100.0, "near": 104.0, "slow": 90.0}
    for one in found.scenarios:
        flow = one.responses["in.pallets_h"]
        assert flow.low <= truths[one.name] <= flow.high
        assert all(one.responses[name].half_width <= 0.15 * one.responses[name].mean for name in found.asked)
        assert one.responses["lead.out_s.p95"].mean == pytest.approx(300, rel=0.15)  # of a mean of 100, 3.0 times that
    assert not found.warnings


def test_common_random_numbers_tell_scenarios_apart_that_their_own_intervals_do_not(found):
    base, near = (next(s for s in found.scenarios if s.name == name) for name in ("base", "near"))
    flow = next(c for c in found.comparisons if (c.first, c.second, c.response) == ("base", "near", "in.pallets_h"))
    assert flow.better == "near"
    assert flow.difference.low <= 4 <= flow.difference.high
    assert flow.difference.confidence == pytest.approx(1 - 0.05 / 3)
    assert flow.difference.half_width < base.responses["in.pallets_h"].half_width / 2 < near.responses[
        "in.pallets_h"
    ].half_width  # fmt: skip
    leads = [c for c in found.comparisons if c.response == "lead.out_s"]
    assert [c.better for c in leads] == [None, None, None]  # they are the same numbers


def test_shares_bottleneck_series_and_spreads_are_there(found):
    base = found.scenarios[0]
    assert sum(of.mean for of in base.shares["SC1"].values()) == pytest.approx(1)
    assert (base.bottleneck.device, base.bottleneck.why) == ("SC1", "longest_active")
    assert base.responses["queue.SC1"].mean == pytest.approx(0.5, abs=0.1)  # in every second replication nobody queued
    assert len(base.series["in.pallets_h"].mean) == 48
    assert sum(base.spreads["lead.out_s"].counts) == 60 * base.replications
    assert base.welch.response == "in.pallets_h"


def test_findings_are_the_same_after_they_were_written(found):
    assert from_json(to_json(found)) == found


def test_the_order_in_which_replications_come_changes_nothing(tmp_path):
    asked = study(tmp_path, half_width=0.012)
    one, count = concluded(tmp_path / "a", asked)
    other, again = concluded(tmp_path / "b", asked, order=5)
    assert 4 < count == again < 12  # neither least nor most: the rule decided
    assert replace(one, content="") == replace(other, content="")


def test_what_is_not_known_well_enough_in_the_end_is_said(tmp_path):
    found, count = concluded(tmp_path / "out", study(tmp_path, half_width=0.0001, most=5))
    assert count == 5
    assert {(w.code, w.params["scenario"]) for w in found.warnings if w.code == "not_reached"} == {
        ("not_reached", "base"), ("not_reached", "near"), ("not_reached", "slow"),
    }  # fmt: skip


def test_only_what_decides_a_replication_changes_the_hash(tmp_path):
    def content(**changed):
        return plan(study(tmp_path, **changed)).content

    same = content()
    assert content(least=5, most=30, responses="[lead.out_s]", warm_up="{ rule: mser5 }") == same
    assert (
        content(rest="scenarios: [{ name: base }, { name: near }, { name: slow, set: { noise.travel: 0.1 } }]") != same
    )
    assert content(rest="scenarios: [{ name: base }, { name: near }]") != same


def test_a_warm_up_by_hours_is_cut_off(tmp_path):
    found, _ = concluded(tmp_path / "out", study(tmp_path, warm_up="{ rule: hours, hours: 2 }"))
    assert {one.warm_s for one in found.scenarios} == {7200.0}


def test_many_scenarios_are_each_compared_with_the_first():
    seen = {str(n): [n + 0.01 * r for r in range(5)] for n in range(8)}
    assert [(c.first, c.second) for c in compared("in.pallets_h", seen, 0.95)] == [("0", str(n)) for n in range(1, 8)]
    assert {c.better for c in compared("lead.out_s", {"a": [1.0, 1.1], "b": [5.0, 5.1]}, 0.95)} == {"a"}
    assert better_of("cranes.busy") == ""


def test_the_best_by_less_is_the_least_and_too_few_replications_leave_candidates():
    seen = {"a": [10.0, 11, 10, 11], "b": [5.0, 6, 5, 6.1], "c": [5.0, 6.2, 4.6, 5.9]}
    chosen = selected("lead.out_s", seen, Terms(4, 0.005, 0.95))
    assert chosen.best in ("b", "c")
    assert set(chosen.candidates) == {"b", "c"}
    assert selected("lead.out_s", {"a": seen["a"], "b": seen["b"]}, Terms(4, 0.1, 0.95)).candidates == ("b",)


def test_a_backlog_that_grows_is_said_and_one_that_does_not_is_not():
    class Plain:
        name = "base"

    runs = [drawn(Plain, number) for number in (1, 3, 5)]
    rising = [
        replace(
            r,
            tracks=tuple(
                replace(t, total=tuple(900.0 * n for n in range(48))) for t in r.tracks if t.name == "queue.SC1"
            ),
        )
        for r in runs
    ]
    assert grows(rising, "queue.SC1", 0, 0.95).params["growth"] == pytest.approx(12)
    assert grows(runs, "queue.SC1", 0, 0.95) is None
    assert grows(runs, "waiting.orders", 0, 0.95) is None

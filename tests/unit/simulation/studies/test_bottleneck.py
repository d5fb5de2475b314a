from dataclasses import replace

import numpy as np
import pytest

from simulation.studies.bottleneck import bottleneck, lengths_of, momentary
from simulation.studies.replica import STATES, Replica, Sample, Track

BINS = 40


def plant(queue=(), **busy):
    """A replication in which each device is busy for these shares of its bins, and blocked for the rest."""
    tracks = []
    for device, shares in busy.items():
        for state in STATES:
            part = shares if state == "busy" else [1 - s for s in shares] if state == "blocked" else [0.0] * BINS
            tracks.append(Track(f"share.{device}.{state}", "share", tuple(900 * p for p in part), (900.0,) * BINS))
    tracks += [Track("queue.SC2", "pallets", tuple(queue), (1.0,) * BINS)] if queue else []
    return Replica("base", 0, 1, 900.0, 900.0 * BINS, tuple(tracks), (), "", 0.0)


def shares(replica):
    return {
        device: {s: replica.track(f"share.{device}.{s}").over(0, BINS) for s in STATES}
        for device in {t.name.split(".")[1] for t in replica.tracks if t.name.startswith("share.")}
    }


def test_the_longest_active_wins_over_one_that_is_busy_more_often_in_pieces():
    steady = [1.0] * 30 + [0.0] * 10
    pieces = ([1.0] * 4 + [0.8]) * 8  # active 96 per cent of the time, but never for long
    found = bottleneck([one := plant(SC1=pieces, SC2=steady)], shares(one), 0.0)
    assert found.device == "SC2"
    assert found.why == "longest_active"
    assert found.evidence["momentary"] == pytest.approx(0.75)
    assert list(found.evidence)[:3] == ["momentary", "active", "busy"]


def test_repair_is_active_and_waiting_is_not():
    one = plant(SC1=[0.95] * BINS, SC2=[0.5] * BINS)
    found = bottleneck([one], shares(one), 0.0)
    assert (found.device, found.evidence["blocked"]) == ("SC1", pytest.approx(0.05))


def test_a_queue_that_grows_is_evidence():
    one = plant(queue=[float(n) for n in range(BINS)], SC1=[0.5] * BINS, SC2=[1.0] * BINS)
    found = bottleneck([one], shares(one), 0.0)
    assert found.evidence["queue"] == pytest.approx(19.5)
    assert found.evidence["queue_growth"] == pytest.approx(4.0)  # one a bin, four bins an hour


def test_the_warm_up_does_not_count():
    one = plant(SC1=[1.0] * 30 + [0.6] * 10, SC2=[0.2] * 30 + [1.0] * 10)
    assert bottleneck([one], shares(one), 0.0).device == "SC1"
    assert bottleneck([one], shares(one), 30 * 900.0).device == "SC2"


def test_the_busiest_is_named_as_no_more_than_that_and_calm_machines_not_at_all():
    one = plant(SC1=[0.7] * BINS, SC2=[0.6] * BINS)
    assert bottleneck([one], shares(one), 0.0).why == "share"
    calm = plant(SC1=[0.3] * BINS, SC2=[0.2] * BINS)
    assert bottleneck([calm], shares(calm), 0.0) is None


def test_every_bin_has_one_momentary_bottleneck_or_none():
    shares_ = np.random.default_rng(1).uniform(0.8, 1.0, (5, 200))
    active = (shares_ >= 0.9).any(axis=0).mean()
    assert momentary(shares_, lengths_of(shares_)).sum() == pytest.approx(active)


def test_active_periods_themselves_decide_where_they_are_known():
    one = plant(SC1=[1.0] * BINS, SC2=[0.95] * BINS)  # by bins SC1 never rests
    whole_s = BINS * 900.0
    pieces = tuple(900.0 * n for n in range(1, BINS + 1))  # but it does, for a moment, at the end of each
    periods = (
        Sample("active.SC1", "s", pieces, (900.0,) * BINS),
        Sample("active.SC2", "s", (whole_s / 2, whole_s), (whole_s / 2 - 90, whole_s / 2 - 90)),
    )
    known = replace(one, samples=periods)
    assert bottleneck([one], shares(one), 0.0).device == "SC1"
    found = bottleneck([known], shares(known), 0.0)
    assert (found.device, found.evidence["momentary"]) == ("SC2", pytest.approx(1.0))

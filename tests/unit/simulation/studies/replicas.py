"""Replications drawn from laws that are known, and work that ends in every way that work can end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from simulation.studies.replica import Replica, Sample, Track

BINS, BIN_S = 48, 900.0
MEANS = {"base": 100.0, "near": 104.0, "slow": 90.0}
Told = Callable[[float], None] | None


def drawn(scenario: Any, replication: int, *, told: Told = None) -> Replica:
    """Normal flows with a mean by scenario; what is common to all scenarios of a replication comes from one stream."""
    chance = np.random.default_rng([7, replication])
    common, own = chance.normal(0, 6, BINS), chance.normal(0, 1, BINS) * (1 + len(scenario.name) / 10)
    mean = MEANS.get(scenario.name, 100.0)
    flow = tuple(float(v) for v in mean + common + own)
    busy = np.clip(chance.normal(0.96, 0.01, BINS), 0, 1)
    calm = np.clip(chance.normal(0.4, 0.05, BINS), 0, 1)
    weight = (BIN_S,) * BINS
    tracks = [Track("in.pallets_h", "pallets/h", flow, (1.0,) * BINS)]
    for device, share in (("SC1", busy), ("SC2", calm)):
        for state, part in (("busy", share), ("idle", 1 - share)):
            tracks.append(Track(f"share.{device}.{state}", "share", tuple(map(float, part * BIN_S)), weight))
        for state in ("blocked", "starved", "down"):
            tracks.append(Track(f"share.{device}.{state}", "share", (0.0,) * BINS, weight))
    if replication % 2:  # a queue in which nobody stood in the others
        tracks.append(Track("queue.SC1", "pallets", (BIN_S,) * BINS, weight))
    leads = tuple(map(float, chance.exponential(100.0, 60)))
    at_s = tuple(float(t) for t in np.linspace(0, BINS * BIN_S - 1, len(leads)))
    sums, counts = ([0.0] * BINS for _ in range(2))
    for at, lead in zip(at_s, leads, strict=True):
        sums[int(at // BIN_S)] += lead
        counts[int(at // BIN_S)] += 1
    tracks.append(Track("lead.out_s", "s", tuple(sums), tuple(counts)))
    if told is not None:
        told(BINS * BIN_S / 2)
    return Replica(
        scenario.name, replication, 7, BIN_S, BINS * BIN_S, tuple(tracks), (Sample("lead.out_s", "s", at_s, leads),),
        f"{scenario.name}-{replication}", 0.0,
    )  # fmt: skip


def once(mark: str) -> bool:
    """Whether this is the first time, of all processes, that anybody asks for this mark; it then has the process id."""
    try:
        with (Path(os.environ["STUDY_MARKS"]) / mark).open("x") as file:
            file.write(str(os.getpid()))
    except FileExistsError:
        return False
    return True


def killed_once(scenario: Any, replication: int, *, told: Told = None) -> Replica:
    if replication == 2 and once(f"{scenario.name}-{replication}"):
        os.kill(os.getpid(), signal.SIGKILL)
    return drawn(scenario, replication, told=told)


def always_killed(scenario: Any, replication: int, *, told: Told = None) -> Replica:
    if replication == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return drawn(scenario, replication, told=told)


def raising(scenario: Any, replication: int, *, told: Told = None) -> Replica:
    if replication == 2:
        raise ZeroDivisionError("no such crane")
    return drawn(scenario, replication, told=told)


def waiting(scenario: Any, replication: int, *, told: Told = None) -> Replica:
    """Say that the third replication is half over and then wait until the process is ended, once."""
    if replication == 2 and once(f"{scenario.name}-{replication}"):
        if told is not None:
            told(BINS * BIN_S / 2)
        signal.pause()
    return drawn(scenario, replication)


def killed_in_base(scenario: Any, replication: int, *, told: Told = None) -> Replica:
    """End the process in the midst of one replication of one scenario, once."""
    return (killed_once if scenario.name == "base" else drawn)(scenario, replication, told=told)

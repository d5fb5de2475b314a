"""From what a journal holds to figures: times against the plant file, noise, faults and repairs, batches."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from plc.plant.kinds import DeviceKind
from plc.plant.model import Plant
from simulation.studies.calibrate.findings import (
    AS_COMPUTED,
    FASTER,
    SLOWER,
    TOO_FEW,
    Calibration,
    Estimate,
    Failing,
    Machine,
    Timed,
    Travel,
)
from simulation.studies.calibrate.laws import Looked, look
from simulation.studies.calibrate.records import Leg, Recorded, Span, Stop
from simulation.studies.statistics.intervals import t_interval

FEW = 5
"""Legs below which nothing is said of a machine."""
TOLERANCE = 0.01
"""Share by which a mean may be off before anybody should look at the machine."""
HOUR_MS, MINUTE_S = 3_600_000, 60.0
REGULAR = 0.2
"""Coefficient of variation below which a repair always takes the same."""


def calibrated(recorded: Recorded, plant: Plant, *, seed: int = 0) -> Calibration:
    """Return what a journal says of a plant; the same seed draws the same Monte Carlo samples."""
    travels = _travels(recorded.legs, seed)
    return Calibration(
        plant=plant.name,
        begun_ms=recorded.begun_ms,
        ended_ms=recorded.ended_ms,
        facts=recorded.facts,
        left_out=recorded.left_out,
        machines=tuple(_machines(recorded.legs)),
        travels=travels,
        noise=_noise(recorded.legs),
        failing=tuple(_failing(recorded, plant, seed)),
        batches=_timed(recorded.batches, seed, per_s=MINUTE_S, by_device=False),
        cells=_timed(recorded.works, seed),
        cases=_timed(recorded.cases, seed, by_device=False),
    )


def _machines(legs: Iterable[Leg]) -> Iterable[Machine]:
    by_leg: dict[tuple[str, str], list[Leg]] = defaultdict(list)
    for leg in legs:
        by_leg[leg.device, leg.name].append(leg)
    for (device, name), mine in sorted(by_leg.items()):
        interval = t_interval([leg.ratio for leg in mine])
        half = interval.half_width if interval.half_width is not None else math.inf
        ratio = Estimate(interval.mean, interval.mean - half, interval.mean + half, len(mine))
        computed_s = sum(leg.fixed_s + leg.travel_s for leg in mine) / len(mine)
        measured_s = sum(leg.seconds for leg in mine) / len(mine)
        yield Machine(device, mine[0].kind, name, computed_s, measured_s, ratio, _verdict(ratio))


def _verdict(ratio: Estimate) -> str:
    """Return what a ratio says: a machine is only called slow if its whole interval is beyond the tolerance."""
    if ratio.count < FEW:
        return TOO_FEW
    if ratio.low > 1 + TOLERANCE:
        return SLOWER
    return FASTER if ratio.high < 1 - TOLERANCE else AS_COMPUTED


def _travels(legs: Iterable[Leg], seed: int) -> tuple[Travel, ...]:
    by_kind: dict[tuple[DeviceKind, str], list[float]] = defaultdict(list)
    for leg in legs:
        by_kind[leg.kind, leg.name].append(leg.ratio)
    return tuple(
        Travel(kind, name, look(ratios, seed=seed))
        for (kind, name), ratios in sorted(by_kind.items())
        if len(ratios) >= FEW
    )


def _noise(legs: Iterable[Leg]) -> Estimate | None:
    """Return the share by which a move is longer or shorter than the mean of its machine: the study's `noise.travel`.

    A study draws it evenly between both ends, so half the width is √3 times the standard deviation. Its interval by
    the delta method: the variance of s is s² (k - 1) / 4n with the kurtosis k.
    """
    by_leg: dict[tuple[str, str], list[float]] = defaultdict(list)
    for leg in legs:
        by_leg[leg.device, leg.name].append(leg.ratio)
    groups = [np.asarray(ratios) for ratios in by_leg.values() if len(ratios) >= FEW]
    if not groups:
        return None
    off = np.concatenate(
        [(ratios / ratios.mean() - 1) * math.sqrt(len(ratios) / (len(ratios) - 1)) for ratios in groups]
    )
    spread = float(np.sqrt((off * off).mean()))
    kurtosis = float((off**4).mean()) / spread**4 if spread else 1.0
    error = 1.96 * spread * math.sqrt(max(kurtosis - 1, 0.0) / (4 * len(off)))
    root = math.sqrt(3)
    return Estimate(root * spread, root * max(0.0, spread - error), root * (spread + error), len(off))


def _failing(recorded: Recorded, plant: Plant, seed: int) -> Iterable[Failing]:
    by_kind: dict[DeviceKind, list[Stop]] = defaultdict(list)
    for stop in recorded.stops:
        by_kind[stop.kind].append(stop)
    for kind, stops in sorted(by_kind.items()):
        devices = [device.id for device in plant.devices.values() if device.kind is kind]
        repairs = [stop.seconds / MINUTE_S for stop in stops if stop.seconds is not None]
        down_h = sum(_down_ms(stop, recorded.ended_ms) for stop in stops) / HOUR_MS
        up_h = max(0.0, len(devices) * recorded.hours - down_h)
        between = _between_h(stops)
        repair = look(repairs, seed=seed) if repairs else None
        mttr = Estimate(repair.mean, repair.low, repair.high, repair.count) if repair else Estimate(0.0, 0.0, 0.0, 0)
        yield Failing(
            kind, len(devices), up_h, mtbf(up_h, len(stops)), mttr, _distribution(repair),
            look(between, seed=seed) if between else None, repair,
        )  # fmt: skip


def mtbf(up_h: float, stops: int) -> Estimate:
    """Return the mean time between failures of machines that were up for so long together, with its interval.

    Exact for exponential times in a window that ends by the clock: 2 T / χ² with 2 n + 2 and 2 n degrees of freedom
    (IEC 60605-4). Raises ValueError for no stop.

    >>> found = mtbf(1000.0, 10)
    >>> round(found.value), round(found.low), round(found.high)
    (100, 54, 209)
    """
    if stops < 1:
        raise ValueError("no failure, no time between failures")
    from scipy.special import chdtri

    low, high = 2 * up_h / float(chdtri(2 * stops + 2, 0.025)), 2 * up_h / float(chdtri(2 * stops, 0.975))
    return Estimate(up_h / stops, low, high, stops)


def _down_ms(stop: Stop, ended_ms: int) -> float:
    return stop.seconds * 1000 if stop.seconds is not None else ended_ms - stop.raised_ms


def _between_h(stops: Iterable[Stop]) -> list[float]:
    """Return the hours from the end of each repair to the next failure of the same machine, in the order of time."""
    by_device: dict[str, list[Stop]] = defaultdict(list)
    for stop in stops:
        by_device[stop.device].append(stop)
    gaps: list[tuple[int, float]] = []
    for mine in by_device.values():
        ordered = sorted(mine, key=lambda stop: stop.raised_ms)
        for first, second in pairwise(ordered):
            if first.seconds is not None:
                gaps.append((second.raised_ms, (second.raised_ms - first.raised_ms - first.seconds * 1000) / HOUR_MS))
    return [hours for _, hours in sorted(gaps)]


def _distribution(repair: Looked | None) -> str:
    """Return the law of a study file that is nearest to the repairs."""
    if repair is None:
        return "exponential"
    if repair.variation < REGULAR and repair.count > 1:
        return "fixed"
    return "lognormal" if repair.law.name == "lognormal" else "exponential"


def _timed(spans: Sequence[Span], seed: int, *, per_s: float = 1.0, by_device: bool = True) -> tuple[Timed, ...]:
    """Return what each kind of work takes, in units of `per_s` seconds, by device or over all of them."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for span in sorted(spans, key=lambda span: span.begun_ms):
        found[span.device if by_device else "", span.what].append(span.seconds / per_s)
    return tuple(Timed(device, what, look(took, seed=seed)) for (device, what), took in sorted(found.items()))

"""The best of several systems with a guaranteed chance: the sequential procedure of Kim and Nelson.

Each stage adds one replication to every system still in and drops those that can no longer be the best. Common random
numbers between systems are allowed, and make it quicker.

Source: S.-H. Kim and B. L. Nelson, A fully sequential procedure for indifference-zone selection in simulation, ACM
TOMACS 11 (2001), 251-273, with c = 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_FIRST = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """What is left after `used` replications of each: one system, or those that could not be told apart.

    `best` is the best mean of those left. `sure`: best is within the indifference of the best one with the chance that
    was asked for; else the replications ended first.
    """

    best: int
    left: tuple[int, ...]
    used: int
    sure: bool


def select(values: NDArray[np.float64], *, first: int, indifference: float, chance: float = 0.95) -> Choice:
    """Return the system with the greatest mean; `values[i, r]` is replication `r` of system `i`.

    `first` replications, or more until each difference scatters, give the variances of the differences. Systems closer
    than `indifference` to the best are as good. Raises ValueError for a first stage below 2 or longer than there is,
    or no indifference.
    """
    systems, most = values.shape
    if not LEAST_FIRST <= first <= most:
        raise ValueError(f"a first stage has {LEAST_FIRST} to {most} replications")
    if not indifference > 0:
        raise ValueError("an indifference is more than 0")
    if systems == 1:
        return Choice(0, (0,), first, sure=True)
    first = _scattered(values, first)
    eta = ((2 * (1 - chance) / (systems - 1)) ** (-2 / (first - 1)) - 1) / 2
    between = values[:, None, :first] - values[None, :, :first]
    reach = 2 * eta * (first - 1) * between.var(axis=2, ddof=1)
    left, ends = np.arange(systems), np.floor(reach / indifference**2).max()
    for used in range(first, most + 1):
        left = _survivors(values[:, :used].sum(axis=1), left, reach, zone=(indifference, used))
        if len(left) == 1 or used >= ends + 1:
            return Choice(_best(values, left, used), tuple(map(int, left)), used, sure=True)
    return Choice(_best(values, left, most), tuple(map(int, left)), most, sure=False)


def _scattered(values: NDArray[np.float64], first: int) -> int:
    """Return a first stage in which each difference that ever scatters does.

    With common random numbers two systems may agree to the last digit for some replications. A variance of 0 from
    those would end the procedure at once and call it certain, though a later replication tells them apart.
    """
    between = values[:, None, :] - values[None, :, :]
    scatters = np.ptp(between, axis=2) > 0
    stages = range(first, values.shape[1])
    return next((n for n in stages if np.all(scatters == (np.ptp(between[..., :n], axis=2) > 0))), values.shape[1])


def _survivors(
    sums: NDArray[np.float64], left: NDArray[np.int64], reach: NDArray[np.float64], *, zone: tuple[float, int]
) -> NDArray[np.int64]:
    """Return those whose sum is above every other's less the width that is still open after as many replications."""
    indifference, used = zone
    open_width = np.maximum(0.0, (reach[np.ix_(left, left)] / indifference - indifference * used) / 2)
    kept = np.all(sums[left][:, None] >= sums[left][None, :] - open_width, axis=1)
    return left[kept]


def _best(values: NDArray[np.float64], left: NDArray[np.int64], used: int) -> int:
    return int(left[np.argmax(values[left, :used].mean(axis=1))])

"""Where a series has settled: MSER-5 and the moving average of Welch, both on the mean over replications.

On a single run that began empty MSER-5 cuts what is no warm-up; on the mean over replications the noise is gone.

Sources: K. P. White, An effective truncation heuristic for bias reduction, Simulation 69 (1997); P. D. Welch, The
statistical analysis of simulation results (1983); Law, section 9.5.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BATCH = 5
LEAST_BATCHES = 4


@dataclass(frozen=True, slots=True)
class Cut:
    """How many values of a series to leave out. `at_limit`: the best cut lies at the end of what may be cut.

    Then the series has not settled within its first half, and no cut is to be trusted.
    """

    entries: int
    at_limit: bool


def mser5(series: Sequence[float]) -> Cut:
    """Return the cut which leaves the least standard error of the mean, in batches of five.

    A series of fewer than 20 values is left as it is, and said to be at the limit.

    >>> mser5([9.0] * 10 + [1.0, 2.0] * 45)
    Cut(entries=10, at_limit=False)
    """
    count = len(series) // BATCH
    if count < LEAST_BATCHES:
        return Cut(0, at_limit=True)
    batches = np.asarray(series[: count * BATCH], dtype=float).reshape(count, BATCH).mean(axis=1)
    last = count // 2
    errors = [float(((kept - kept.mean()) ** 2).sum()) / len(kept) ** 2 for kept in _kept(batches, last)]
    best = int(np.argmin(errors))
    return Cut(best * BATCH, at_limit=best >= last)


def _kept(batches: NDArray[np.float64], last: int) -> list[NDArray[np.float64]]:
    return [batches[cut:] for cut in range(last + 1)]


def welch(series: Sequence[float], window: int) -> tuple[float, ...]:
    """Return the moving average over `window` values to each side, and over as many as there are near the ends.

    Raises ValueError for a window below 0.

    >>> welch([1, 2, 3, 4, 9], 1)
    (1.0, 2.0, 3.0, 5.333333333333333, 9.0)
    """
    if window < 0:
        raise ValueError("a window has 0 values or more to each side")
    seen, last = np.asarray(series, dtype=float), len(series) - 1
    reach = [min(window, at, last - at) for at in range(len(seen))]
    return tuple(float(seen[at - far : at + far + 1].mean()) for at, far in enumerate(reach))


def filled(series: Sequence[float | None]) -> list[float]:
    """Return a series without gaps: each takes the value before it, those in front the first that there is.

    >>> filled([None, 2.0, None, 4.0])
    [2.0, 2.0, 2.0, 4.0]
    """
    known = next((value for value in series if value is not None), 0.0)
    full: list[float] = []
    for value in series:
        known = known if value is None else value
        full.append(known)
    return full

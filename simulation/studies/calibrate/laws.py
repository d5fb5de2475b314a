"""Which law a sample follows: candidate laws by likelihood, held against the sample by Monte Carlo; or none.

Before any law is tried, the sample must look like independent draws: no trend over time, no neighbour that tells the
next. Else, and where no law fits or there are too few values, the sample itself is the answer.
Sources: Law, Simulation Modeling and Analysis, 5th ed., chapter 6; scipy.stats.goodness_of_fit, as the p-value of a
Kolmogorov-Smirnov test with fitted parameters from the tables would be far too kind.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LEAST = 12
"""Values below which no law is tried."""
TESTED = 300
"""Values that a test looks at: with more, every law of a real machine is refused for details that do not matter."""
SAMPLES = 199
ALIKE = 4.0
"""Difference of AIC up to which the law with fewer parameters is taken."""
LEVEL = 0.05
FLAT = 1e-9
LAWS: Mapping[str, tuple[str, ...]] = {
    "exponential": ("scale",),
    "gamma": ("a", "scale"),
    "lognormal": ("s", "scale"),
    "weibull": ("c", "scale"),
    "normal": ("loc", "scale"),
    "uniform": ("loc", "scale"),
}
"""The free parameters of each candidate, as scipy.stats names them; the others begin at 0."""
SCIPY = {"exponential": "expon", "lognormal": "lognorm", "weibull": "weibull_min", "normal": "norm"}
EMPIRICAL = "empirical"


@dataclass(frozen=True, slots=True)
class Law:
    """What a sample follows: a law with its parameters (in the unit of the sample), or the sample itself.

    `why_not` says why there is no law: "few", "constant", "trend", "correlated", "refused"; else it is "".
    """

    name: str
    parameters: tuple[tuple[str, float], ...]
    aic: float | None
    p_value: float | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A sample in the order of time: figures, what its independence says, and its law."""

    count: int
    mean: float
    deviation: float
    low: float
    high: float
    """Ends of the interval of the mean, by bootstrap, 95 %."""
    quartiles: tuple[float, float, float]
    trend_p: float | None
    lag1: float | None
    law: Law

    @property
    def variation(self) -> float:
        """Return the coefficient of variation."""
        return self.deviation / self.mean if self.mean else 0.0


def look(values: Sequence[float], *, seed: int = 0) -> Looked:
    """Return what a sample says; the same seed draws the same. Raises ValueError for no values."""
    if not values:
        raise ValueError("no values, nothing to see")
    seen = np.asarray(values, dtype=float)
    chance = np.random.default_rng(seed)
    mean, deviation = float(seen.mean()), float(seen.std(ddof=1)) if len(seen) > 1 else 0.0
    low, high = _interval(seen, chance)
    trend, lag1 = _trend(seen), _lag1(seen)
    quartiles = tuple(float(q) for q in np.quantile(seen, (0.25, 0.5, 0.75)))
    return Looked(
        len(seen), mean, deviation, low, high, (quartiles[0], quartiles[1], quartiles[2]), trend, lag1,
        _law(seen, trend, lag1, chance),
    )  # fmt: skip


def _interval(seen: Any, chance: np.random.Generator) -> tuple[float, float]:
    """Return the 95 % interval of the mean: bootstrap by percentiles, of Student's t in its width for few values."""
    if len(seen) == 1 or float(seen.std()) <= FLAT * abs(float(seen.mean())):
        return float(seen.mean()), float(seen.mean())
    from scipy.stats import t

    count = len(seen)
    drawn = chance.choice(seen, size=(2_000, count)).mean(axis=1) if count <= TESTED else None
    if drawn is None:  # the central limit has long been reached
        half = 1.96 * float(seen.std(ddof=1)) / math.sqrt(count)
        return float(seen.mean()) - half, float(seen.mean()) + half
    widen = float(t.ppf(0.975, count - 1)) / 1.959964 * math.sqrt(count / (count - 1))
    low, high = (float(q) for q in np.quantile(drawn, (0.025, 0.975)))
    middle = float(seen.mean())
    return middle - (middle - low) * widen, middle + (high - middle) * widen


def _trend(seen: Any) -> float | None:
    """Return the p-value of Kendall's rank correlation with time: small where a machine gets slower or faster."""
    if len(seen) < LEAST or float(seen.std()) == 0:
        return None
    from scipy.stats import kendalltau

    found: Any = kendalltau(np.arange(len(seen)), seen)
    return float(found.pvalue)


def _lag1(seen: Any) -> float | None:
    """Return the correlation of neighbours."""
    if len(seen) < LEAST or float(seen.std()) == 0:
        return None
    off = seen - seen.mean()
    return float((off[1:] * off[:-1]).sum() / (off * off).sum())


def _law(seen: Any, trend: float | None, lag1: float | None, chance: np.random.Generator) -> Law:
    if len(seen) < LEAST:
        return _none("few")
    if float(seen.std()) <= FLAT * abs(float(seen.mean())) or trend is None or lag1 is None:
        return _none("constant")
    if trend < LEVEL / 5:
        return _none("trend")
    if abs(lag1) > 2.58 / math.sqrt(len(seen)):  # one in a hundred without any
        return _none("correlated")
    part = chance.choice(seen, TESTED, replace=False) if len(seen) > TESTED else seen
    scale = float(np.abs(seen).mean())
    fitted = [law for name in LAWS if (law := _fitted(name, part / scale)) is not None]
    least = min((aic for aic, _, _ in fitted), default=0.0)
    best = sorted(fitted, key=lambda found: (len(found[2]) if found[0] <= least + ALIKE else 3, found[0]))
    for aic, name, parameters in best[:3]:
        p_value = _tested(name, part / scale, chance)
        if p_value >= LEVEL:
            told = tuple((key, value * scale if key in ("loc", "scale") else value) for key, value in parameters)
            return Law(name, told, aic, p_value)
    return _none("refused")


def _none(why: str) -> Law:
    return Law(EMPIRICAL, (), None, None, why)


def _fitted(name: str, scaled: Any) -> tuple[float, str, tuple[tuple[str, float], ...]] | None:
    """Return AIC, law and parameters by maximum likelihood, or None for a law that cannot have such values."""
    from scipy import stats

    if float(scaled.min()) <= 0 and name not in ("normal", "uniform"):
        return None
    law = getattr(stats, SCIPY.get(name, name))
    free = LAWS[name]
    fixed = {} if "loc" in free else {"floc": 0.0}
    parameters = law.fit(scaled, **fixed)
    likelihood = float(law.logpdf(scaled, *parameters).sum())
    if not math.isfinite(likelihood):
        return None
    named = dict(zip([*(law.shapes or "").split(), "loc", "scale"], parameters, strict=False))
    kept = tuple((key, float(value)) for key, value in named.items() if key in free)
    return 2 * len(kept) - 2 * likelihood, name, kept


def _tested(name: str, scaled: Any, chance: np.random.Generator) -> float:
    """Return the p-value of a goodness-of-fit test by Monte Carlo, the law fitted anew to every drawn sample."""
    from scipy import stats

    law = getattr(stats, SCIPY.get(name, name))
    known = {} if "loc" in LAWS[name] else {"loc": 0.0}
    how = "ks" if name == "uniform" else "ad"  # its ends are values of the sample: Anderson-Darling has no logarithm
    result = stats.goodness_of_fit(law, scaled, known_params=known, statistic=how, n_mc_samples=SAMPLES, rng=chance)
    return float(result.pvalue)

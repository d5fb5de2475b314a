"""What follows from results: keys held, final verdicts, terms, generations, and the bias of a position. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from wms.reasons import Reason

DAY_MS = 86_400_000
AT_ONCE = frozenset({"withstand", "appearance"})
"""Items after which a meter is not tested again."""
LAST_TEST = 2
TERM_YEARS = {"0.2S": 6, "0.5S": 6, "D": 6, "C": 6, "E": 6}
"""JJG 596-2012, verification period: at most 6 years for 0.2S and 0.5S (and their IR46 classes), 8 for the others."""
USUAL_YEARS = 8
PAPER = "MS"
NAMED = 5  # bar codes that a reason names
BIAS_LEAST_RUNS = 8
BIAS_SIGMAS = 5.0
BIAS_PERCENT = 0.08
MAD_TO_SIGMA = 1.4826
"""Of a normal distribution: standard deviation / median absolute deviation."""


@dataclass(frozen=True, slots=True)
class Share:
    """Meters tested and failed, and the share above which keys are held."""

    tested: int
    failed: int
    limit: float
    least: int

    @property
    def too_many(self) -> bool:
        """Whether more have failed than may; a few say nothing.

        >>> Share(300, 3, 0.01, 3).too_many, Share(299, 3, 0.01, 3).too_many, Share(10, 2, 0.01, 3).too_many
        (False, True, False)
        """
        return self.failed >= self.least and self.failed > self.limit * self.tested


@dataclass(frozen=True, slots=True)
class Bias:
    """By how much a position reads beside the others, over several runs: percent, and in sigmas of the positions."""

    position: int
    runs: int
    deviation_percent: float
    sigmas: float
    suspect: bool


def is_final(verdict: str, failed: Iterable[str], *, attempt: int) -> bool:
    """Return whether a verdict is the last word on a meter: a first failure is tested again in another position.

    >>> is_final("fail", ["creep"], attempt=1), is_final("fail", ["creep"], attempt=2)
    (False, True)
    >>> is_final("fail", ["withstand"], attempt=1), is_final("aborted", [], attempt=2)
    (True, False)
    """
    if verdict == "pass":
        return True
    return verdict == "fail" and (attempt >= LAST_TEST or bool(AT_ONCE & set(failed)))


def valid_years(accuracy_class: str) -> int:
    """Return for how many years a meter of a class may be used after verification (JJG 596-2012).

    >>> valid_years("2"), valid_years("0.5S")
    (8, 6)
    """
    return TERM_YEARS.get(accuracy_class, USUAL_YEARS)


def paper_number(serial: int) -> str:
    """Return the number that is printed on a certificate or notice.

    >>> paper_number(123), paper_serial("MS0000000123"), paper_serial("143")
    ('MS0000000123', 123, None)
    """
    return f"{PAPER}{serial:010d}"


def paper_serial(number: str) -> int | None:
    """Return the serial of a printed number; None for what is no such number."""
    digits = number.removeprefix(PAPER)
    return int(digits) if number.startswith(PAPER) and digits.isascii() and digits.isdigit() else None


def mixed_generations(box: str, generations: Mapping[str, int]) -> Reason | None:
    """Return why meters must not lie in one box: some were verified once, some again; None if they may.

    `generations`: how many times each meter was given a verdict to keep (`views.generations`). A box has one
    verification date, by which it is delivered first in, first out.

    >>> mixed_generations("B1", {"a": 1, "b": 1}) is None
    True
    >>> mixed_generations("B1", {"a": 1, "b": 2, "c": 1})
    Reason(code='box_mixes_generations', params={'box': 'B1', 'meters': 'b'})
    """
    count: dict[int, list[str]] = defaultdict(list)
    for code, generation in generations.items():
        count[generation].append(code)
    if len(count) <= 1:
        return None
    usual = max(count, key=lambda generation: (len(count[generation]), -generation))
    odd = sorted(code for generation, codes in count.items() if generation != usual for code in codes)
    return Reason("box_mixes_generations", {"box": box, "meters": named(odd)})


def named(codes: Sequence[str]) -> str:
    """Return bar codes as a reason names them.

    >>> named(list("abcdefg"))
    'a, b, c, d, e +2'
    """
    more = f" +{len(codes) - NAMED}" if len(codes) > NAMED else ""
    return ", ".join(codes[:NAMED]) + more


def deviations(readings: Iterable[tuple[int, str, float]]) -> dict[int, tuple[int, float]]:
    """Return for each position its points and its mean deviation from the median of all positions, in percent.

    `readings`: (position, point, error in percent) of one run. The median keeps a bad meter from moving the others.

    >>> deviations([(1, "Ib", 0.1), (2, "Ib", 0.1), (3, "Ib", 0.4)])[3][1] - 0.3 < 1e-9
    True
    """
    by_point: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for position, point, error in readings:
        by_point[point][position].append(error)
    found: dict[int, list[float]] = defaultdict(list)
    for positions in by_point.values():
        means = {position: fmean(errors) for position, errors in positions.items()}
        middle = median(means.values())
        for position, mean in means.items():
            found[position].append(mean - middle)
    return {position: (len(errors), fmean(errors)) for position, errors in sorted(found.items())}


def biases(runs: Mapping[int, Sequence[float]]) -> list[Bias]:
    """Return the bias of each position from its deviations in several runs, in percent.

    A single meter may be off; a position is suspect when the median of many different meters is: by more than
    BIAS_PERCENT and BIAS_SIGMAS robust sigmas of the positions' medians, from BIAS_LEAST_RUNS runs on.

    >>> [one.position for one in biases({p: [0.3 if p == 3 else 0.01 * p] * 8 for p in range(1, 8)}) if one.suspect]
    [3]
    """
    if not runs:
        return []
    medians = {position: median(values) for position, values in sorted(runs.items())}
    middle = median(medians.values())
    sigma = MAD_TO_SIGMA * median(abs(value - middle) for value in medians.values())
    found: list[Bias] = []
    for position, value in medians.items():
        beside = value - middle
        sigmas = beside / sigma if sigma > 0 else 0.0
        far = abs(beside) > BIAS_PERCENT and (sigma == 0 or abs(sigmas) > BIAS_SIGMAS)
        enough = len(runs[position]) >= BIAS_LEAST_RUNS
        found.append(Bias(position, len(runs[position]), round(beside, 6), round(sigmas, 3), far and enough))
    return found

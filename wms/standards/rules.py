"""Whether a bench may verify with a reference standard, and since when a bad one has spoilt results. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wms.reasons import Reason

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of a standard, with the standard's own errors in percent: plant time in ms, end excluded."""

    certificate: str
    issued_by: str
    valid_from_ms: int
    valid_until_ms: int
    correction_percent: str = "0"
    corrections: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Check:
    """An interim check: when, and whether the standard was good."""

    at_ms: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What the books have of a standard; certificates and checks in the order of time."""

    code: str
    check_days: int
    certificates: Sequence[Certificate] = ()
    checks: Sequence[Check] = ()

    def certificate(self, at_ms: int) -> Certificate | None:
        """Return the newest certificate that is good at a time."""
        good = [one for one in self.certificates if one.valid_from_ms <= at_ms < one.valid_until_ms]
        return max(good, key=lambda one: one.valid_from_ms, default=None)


def fault_of_standard(bench: str, standing: Standing | None, at_ms: int) -> Reason | None:
    """Return why a formal run must not begin, or None: no standard, none valid, failed or overdue interim check.

    A calibration counts as a check that was passed.

    >>> good = Certificate("C1", "NIM", 0, 400 * DAY_MS)
    >>> fault_of_standard("BN1", Standing("RS1", 180, [good]), 10) is None
    True
    >>> fault_of_standard("BN1", Standing("RS1", 180, [good]), 200 * DAY_MS).code
    'interim_check_due'
    >>> fault_of_standard("BN1", Standing("RS1", 180, [good], [Check(5, False)]), 10).code
    'standard_failed'
    """
    if standing is None:
        return Reason("no_standard", {"bench": bench})
    certificate = standing.certificate(at_ms)
    named = {"bench": bench, "standard": standing.code}
    if certificate is None:
        return Reason("standard_expired", named)
    last = max(standing.checks, key=lambda one: one.at_ms, default=None)
    if last is not None and not last.passed and last.at_ms >= certificate.valid_from_ms:
        return Reason("standard_failed", named)
    if at_ms >= last_good_ms(standing, at_ms) + standing.check_days * DAY_MS:
        return Reason("interim_check_due", named)
    return None


def last_good_ms(standing: Standing, at_ms: int) -> int:
    """Return when a standard was last known to be good before a time: checked and passed, or calibrated.

    >>> held = [Certificate("C1", "NIM", 10, 900)]
    >>> last_good_ms(Standing("RS1", 180, held, [Check(50, True), Check(60, False)]), 70)
    50
    """
    passed = [one.at_ms for one in standing.checks if one.passed and one.at_ms <= at_ms]
    calibrated = [one.valid_from_ms for one in standing.certificates if one.valid_from_ms <= at_ms]
    return max([*passed, *calibrated], default=0)

"""Who may test and who may check. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wms.reasons import Reason

DUTIES = ("tester", "checker")


@dataclass(frozen=True, slots=True)
class Qualification:
    """A certificate of a person for a duty; the term is plant time in ms, its end excluded."""

    person: str
    duty: str
    certificate: str
    valid_from_ms: int
    valid_until_ms: int

    def holds(self, at_ms: int) -> bool:
        """Return whether the certificate is good at a time."""
        return self.valid_from_ms <= at_ms < self.valid_until_ms


@dataclass(frozen=True, slots=True)
class Staff:
    """Who tests at a bench, and who checks what was tested."""

    tester: str
    checker: str


def fault_of_staff(bench: str, staff: Staff | None, held: Iterable[Qualification], at_ms: int) -> Reason | None:
    """Return why a formal run must not begin with these people, or None.

    A result is signed by two people (DOMAIN 2): the tester and another one who checks, each with a valid certificate.

    >>> fault_of_staff("BN1", None, [], 0).code
    'nobody_on_duty'
    >>> fault_of_staff("BN1", Staff("li", "wang"), [Qualification("li", "tester", "T1", 0, 9)], 5)
    Reason(code='not_qualified', params={'person': 'wang', 'duty': 'checker', 'bench': 'BN1'})
    """
    if staff is None:
        return Reason("nobody_on_duty", {"bench": bench})
    if staff.tester == staff.checker:
        return Reason("tester_is_checker", {"bench": bench, "person": staff.tester})
    good = {(one.person, one.duty) for one in held if one.holds(at_ms)}
    for person, duty in ((staff.tester, "tester"), (staff.checker, "checker")):
        if (person, duty) not in good:
            return Reason("not_qualified", {"person": person, "duty": duty, "bench": bench})
    return None

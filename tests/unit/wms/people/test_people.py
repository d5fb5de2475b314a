"""Two people sign a result: who may, and when."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.errors import Refused
from wms.people import service
from wms.people.rules import Qualification, Staff, fault_of_staff

TESTER, CHECKER = Qualification("li", "tester", "T1", 0, 100), Qualification("wang", "checker", "C1", 0, 50)
BOTH = Staff("li", "wang")


@pytest.mark.parametrize(
    ("staff", "held", "at_ms", "code"),
    [
        (None, [TESTER, CHECKER], 5, "nobody_on_duty"), (Staff("li", "li"), [TESTER], 5, "tester_is_checker"),
        (BOTH, [TESTER], 5, "not_qualified"), (BOTH, [TESTER, CHECKER], 50, "not_qualified"),
        (BOTH, [TESTER, CHECKER], -1, "not_qualified"), (Staff("wang", "li"), [TESTER, CHECKER], 5, "not_qualified"),
        (BOTH, [TESTER, CHECKER], 49, ""),
    ],
)  # fmt: skip
def test_who_may_sign(staff: Staff | None, held: list[Qualification], at_ms: int, code: str) -> None:
    fault = fault_of_staff("BN1", staff, held, at_ms)
    assert ("" if fault is None else fault.code) == code


def test_a_bench_has_its_own_people_or_those_of_all(session: Session) -> None:
    desk = Desk(session, 5)
    for one in (TESTER, CHECKER, Qualification("zhao", "tester", "T2", 0, 100)):
        service.qualify(desk, one, by="chief")
    service.put_on_duty(desk, BOTH, by="chief")
    service.put_on_duty(desk, Staff("zhao", "wang"), bench="BN2", by="chief")
    assert service.staff_for(session, "BN1", at_ms=5) == BOTH
    assert service.staff_for(session, "BN2", at_ms=5) == Staff("zhao", "wang")
    service.revoke(desk, 3, reason="left", by="chief")
    assert getattr(service.staff_for(session, "BN2", at_ms=6), "code", "") == "not_qualified"
    with pytest.raises(Refused, match="unknown_qualification"):
        service.revoke(desk, 3, reason="twice", by="chief")
    with pytest.raises(Refused, match="qualification_known"):
        service.qualify(desk, TESTER, by="chief")

"""Benches come for work and bring results; what is booked is booked once and never altered."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.lab import LATER_MS, finish, meter, order, outcomes, report, staff, verdicts
from wcs.store import RequestRow
from wms.desk import Desk
from wms.errors import Refused
from wms.outbound.tables import OutboundOrderRow
from wms.results import desk, guard
from wms.results.paper_tables import PaperRow
from wms.results.tables import MeterTestRow, OutcomeRow
from wms.rows import table
from wms.standards import service as standards
from wms.stock import views as stock
from wms.stock.tables import LotRow

CODES = [meter(n) for n in range(1, 7)]


def count(session: Session, model: type) -> int:
    return session.connection().execute(sa.select(sa.func.count()).select_from(table(model))).scalar_one()


def test_a_run_is_filled_with_what_the_books_know(session: Session) -> None:
    staff(session)
    order(session, "r1", CODES)
    given = desk.next_run(session, "BN1", at_ms=1)
    assert given is not None
    assert (given.standard, given.tester, given.checker) == ("RS-BN1", "Li Wei", "Wang Fang")
    assert given.places[0].comm_address == CODES[0][9:21]
    assert desk.next_run(session, "BN1", at_ms=10**12) == given  # given out once, it stays as it was
    assert desk.next_run(session, "BN2", at_ms=1) is None


def test_without_people_or_a_good_standard_a_formal_run_waits_and_says_why(session: Session) -> None:
    order(session, "r1", CODES)
    assert desk.next_run(session, "BN1", at_ms=1) is None
    assert [one.reason for one in stock.clarifications(session)] == ["no_standard"]
    staff(session)
    year_ms = 366 * 86_400_000
    assert desk.next_run(session, "BN1", at_ms=year_ms) is None
    assert [one.reason for one in stock.clarifications(session)] == ["standard_expired"]
    assert desk.next_run(session, "BN1", at_ms=2) is not None
    assert stock.clarifications(session) == []


def test_a_part_is_booked_once(session: Session) -> None:
    staff(session)
    order(session, "r1", CODES)
    given = desk.next_run(session, "BN1", at_ms=1)
    assert given is not None
    part = report(given, 1, state="running", outcomes=tuple(outcomes(given)))
    assert desk.receive(session, part, at_ms=5) == desk.receive(session, part, at_ms=6)
    assert count(session, OutcomeRow) == len(CODES)
    assert count(session, RequestRow) == 1
    last = report(given, 2, verdicts=verdicts(given))
    desk.receive(session, last, at_ms=7)
    desk.receive(session, last, at_ms=8)
    desk.receive(session, part, at_ms=9)
    assert (count(session, MeterTestRow), count(session, PaperRow), count(session, RequestRow)) == (6, 6, 2)
    with pytest.raises(Refused, match="run_ended"):
        desk.receive(session, report(given, 3), at_ms=10)
    assert desk.next_run(session, "BN1", at_ms=11) is None  # until the controller has heard of it


def test_a_report_that_does_not_fit_is_refused_whole(session: Session) -> None:
    staff(session)
    order(session, "r1", CODES)
    given = desk.next_run(session, "BN1", at_ms=1)
    assert given is not None
    good = outcomes(given)
    bad = (*good[:2], good[2].model_copy(update={"position": 9}), good[3].model_copy(update={"serial": 1}))
    with pytest.raises(Refused) as refusal:
        desk.receive(session, report(given, 1, state="running", outcomes=bad), at_ms=5)
    assert refusal.value.params["rows"] == "outcome 3, outcome 1"
    assert count(session, OutcomeRow) == 0
    with pytest.raises(Refused, match="unknown_run"):
        desk.receive(session, report(given.model_copy(update={"id": "r9"}), 1), at_ms=5)


def test_the_last_test_of_a_meter_holds_and_the_others_are_kept(session: Session) -> None:
    staff(session, "BN1", "BN2")
    finish(session, "r1", CODES, bad=CODES[:1])
    assert count(session, PaperRow) == 5  # a first failure is tested again
    finish(session, "r2", CODES[:1], bench="BN2", attempt=2, at_ms=2 * LATER_MS)
    rows = session.connection().execute(
        sa.text("SELECT nth, verdict, valid, bench FROM meter_test WHERE bar_code = :code ORDER BY nth"),
        {"code": CODES[0]},
    )
    assert [tuple(row) for row in rows] == [(1, "fail", 0, "BN1"), (2, "pass", 1, "BN2")]
    assert count(session, PaperRow) == 6


def test_what_was_aborted_or_not_tested_is_no_test(session: Session) -> None:
    staff(session)
    order(session, "r1", CODES)
    given = desk.next_run(session, "BN1", at_ms=1)
    assert given is not None
    said = verdicts(given, p1="aborted", p2="not_tested")
    desk.receive(session, report(given, 1, verdicts=said), at_ms=5)
    rows = session.connection().execute(sa.text("SELECT nth, valid FROM meter_test ORDER BY position"))
    assert [tuple(row) for row in rows] == [(0, 0), (0, 0), (1, 1), (1, 1), (1, 1), (1, 1)]


def test_too_many_failures_hold_the_keys_until_somebody_releases_them(session: Session) -> None:
    staff(session)
    codes = [meter(n) for n in range(100, 140)]
    order(session, "r1", codes)
    given = desk.next_run(session, "BN1", at_ms=1)
    assert given is not None
    few = outcomes(given, bad=codes[:2])
    assert not desk.receive(session, report(given, 1, state="running", outcomes=tuple(few)), at_ms=2_000).hold_keys
    more = outcomes(given, first=len(few) + 1, bad=codes[2:30])
    held = desk.receive(session, report(given, 2, state="running", outcomes=tuple(more)), at_ms=3_000)
    assert (held.hold_keys, held.reason) == (True, "keys_held")
    assert {one.reason for one in stock.clarifications(session)} == {"bench_rejects_too_many", "lot_rejects_too_many"}
    at = Desk(session, 4_000)
    for number in (1, 2):
        guard.release(at, number, reason="one bad batch of terminals", by="quality")
    at.close()
    assert stock.clarifications(session) == []
    assert not desk.receive(session, report(given, 3, state="running"), at_ms=5_000).hold_keys
    with pytest.raises(Refused, match="unknown_hold"):
        guard.release(Desk(session, 6_000), 1, reason="again", by="quality")


def test_a_check_that_fails_blocks_the_bench(session: Session) -> None:
    staff(session)
    standards.check(Desk(session, 5), "RS-BN1", standards.Finding("0.20", "0.05"), by="lab")
    order(session, "r1", CODES)
    assert desk.next_run(session, "BN1", at_ms=10) is None
    standards.check(Desk(session, 20), "RS-BN1", standards.Finding("0.01", "0.05"), by="lab")
    assert desk.next_run(session, "BN1", at_ms=30) is not None


def test_a_bench_stops_when_the_verification_was_taken_back(session: Session) -> None:
    staff(session)
    session.connection().execute(sa.insert(table(LotRow)), {"number": 1, "code": "LOT-1"})
    wish = {"key": "k", "kind": "verification", "lot": 1, "line": "VL1", "created_ms": 0}
    session.connection().execute(sa.insert(table(OutboundOrderRow)), wish | {"state": "under_way"})
    order(session, "r1", CODES)
    given = desk.next_run(session, "BN1", at_ms=1)
    assert given is not None
    assert desk.receive(session, report(given, 1, state="running"), at_ms=5).stop == ""
    session.connection().execute(sa.update(table(OutboundOrderRow)).values(state="cancelled"))
    told = desk.receive(session, report(given, 2, state="running"), at_ms=6)
    assert (told.stop, told.reason, told.hold_keys) == ("finish", "verification_cancelled", False)

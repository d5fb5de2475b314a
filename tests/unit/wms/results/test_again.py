"""Meters that are verified again: old numbers void and searchable, new ones issued, generations apart."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.lab import LATER_MS, finish, meter, staff
from wms.desk import Desk
from wms.results import views
from wms.results.packing import fault_of_content
from wms.results.rules import mixed_generations
from wms.seals import service as seals
from wms.standards import service as standards

CODES = [meter(n) for n in range(1, 5)]
DAY_MS = 86_400_000


def test_a_second_verification_voids_certificate_and_seals_and_issues_new_numbers(session: Session) -> None:
    staff(session)
    seals.seed_demo(session, count=100)
    seals.load(session, cell="SE1", count=50, at_ms=0)
    finish(session, "r1", CODES)
    seals.sealed(session, cell="SE1", meters=[(c, f"DM{n:08}", "") for n, c in enumerate(CODES, 1)], at_ms=LATER_MS + 1)
    (old,) = views.papers(session, bar_code=CODES[0])
    finish(session, "r2", CODES[:2], at_ms=DAY_MS)
    gone, new = views.papers(session, bar_code=CODES[0])
    assert (gone.number, gone.state, gone.void_reason, gone.void_by) == (old.number, "void", "verified_again", "Li Wei")
    assert (new.state, new.issued_ms) == ("valid", DAY_MS) and new.number != old.number
    told = views.meter(session, CODES[0])
    assert [(one.seal, one.state, one.reason) for one in told.seals] == [("DM00000001", "void", "verified_again")]
    assert views.find_number(session, old.number) == views.find_number(session, "DM00000001") == [CODES[0]]
    assert [one.state for one in views.meter(session, CODES[2]).seals] == ["used"]
    facts = session.connection().execute(
        sa.text("SELECT kind, subject FROM fact WHERE kind LIKE '%Voided' ORDER BY id")
    )
    assert [tuple(row) for row in facts] == [
        ("PaperVoided", CODES[0]),
        ("PaperVoided", CODES[1]),
        ("SealVoided", "DM00000001"),
        ("SealVoided", "DM00000002"),
    ]


def test_a_box_with_both_generations_is_refused(session: Session) -> None:
    staff(session)
    finish(session, "r1", CODES)
    assert mixed_generations("B1", views.generations(session, CODES)) is None
    finish(session, "r2", CODES[:1], at_ms=DAY_MS)
    generations = views.generations(session, [*CODES, "never seen"])
    assert generations == {CODES[0]: 2, CODES[1]: 1, CODES[2]: 1, CODES[3]: 1, "never seen": 0}
    fault = mixed_generations("B1", {code: generations[code] for code in CODES})
    assert fault is not None and (fault.code, fault.params["meters"]) == ("box_mixes_generations", CODES[0])
    assert fault_of_content(session, "B1", CODES) == fault
    assert fault_of_content(session, "B1", CODES[1:]) is None
    standards.check(Desk(session, DAY_MS), "RS-BN1", standards.Finding("0.2", "0.05"), by="lab")
    recalled = fault_of_content(session, "B1", CODES[1:])
    assert recalled is not None and (recalled.code, recalled.params["meters"]) == ("box_recalled", ", ".join(CODES[1:]))


def test_a_retest_after_a_first_failure_is_the_same_generation(session: Session) -> None:
    staff(session, "BN1", "BN2")
    finish(session, "r1", CODES, bad=CODES[:1])
    finish(session, "r2", CODES[:1], bench="BN2", attempt=2, at_ms=2 * LATER_MS)
    assert set(views.generations(session, CODES).values()) == {1}

"""Seals in the books: ranges that cannot be, warnings in time, and what is reported wrongly."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.errors import Refused
from wms.seals import service
from wms.seals.rules import HOUR_MS
from wms.stock import views as stock

METERS = [(f"m{n}", f"BJ{n:08}", f"BN1:{n}") for n in range(1, 61)]


def test_seals_are_warned_of_in_time_and_once(session: Session) -> None:
    service.receive_range(session, prefix="BJ", first=1, last=400, by="store", at_ms=0)
    (roll,) = service.load(session, cell="SE1", count=300, at_ms=0)
    assert (roll.first, roll.count) == ("BJ00000001", 300)
    service.sealed(session, cell="SE1", meters=METERS[:20], at_ms=HOUR_MS)
    assert stock.clarifications(session) == []
    told = service.remaining(session, "SE1", at_ms=2 * HOUR_MS - 1)
    assert (told.left, told.is_short) == (280, False)
    for n, at_ms in ((20, 0), (40, 60_000)):
        service.sealed(session, cell="SE1", meters=METERS[n : n + 20], at_ms=2 * HOUR_MS + at_ms)
    assert [(one.reason, one.subject) for one in stock.clarifications(session)] == [("seals_short", "seals:SE1")]
    service.warn_at(session, "SE1", hours=0.1)
    service.load(session, cell="SE1", count=100, at_ms=3 * HOUR_MS)
    assert stock.clarifications(session) == []


def test_a_seal_that_cannot_be_true_is_asked_of_a_person(session: Session) -> None:
    service.receive_range(session, prefix="BJ", first=1, last=10, by="store", at_ms=0)
    service.load(session, cell="SE1", count=5, at_ms=0)
    service.damaged(session, seal="BJ00000001", cell="SE1", at_ms=1)
    said = [("m1", "BJ00000001", ""), ("m2", "BJ00000002", ""), ("m3", "BJ00000002", ""), ("m4", "BJ00000009", "")]
    wrong = service.sealed(session, cell="SE1", meters=said, at_ms=2)
    assert [one.code for one in wrong] == ["seal_twice", "seal_twice", "seal_not_loaded"]
    service.used(session, seal="BJ00000002", bar_code="m2", position="", cell="SE1", at_ms=3)
    with pytest.raises(Refused, match="seal_twice"):
        service.used(session, seal="BJ00000002", bar_code="m9", position="", cell="SE1", at_ms=3)


@pytest.mark.parametrize(
    ("span", "code"),
    [
        (("B1", 1, 2, 8), "seal_prefix_wrong"), (("B J", 1, 2, 8), "seal_prefix_wrong"),
        (("B", 1, 2, 13), "seal_prefix_wrong"), (("B", 2, 1, 8), "seal_range_wrong"),
        (("B", 1, 1000, 3), "seal_range_wrong"), (("B" * 15, 1, 2, 8), "seal_too_long"),
        (("B", 0, 10_000_000, 8), "seal_range_too_large"), (("BJ", 10, 12, 8), "seal_range_overlaps"),
    ],
)  # fmt: skip
def test_a_range_that_cannot_be_is_refused(session: Session, span: tuple[str, int, int, int], code: str) -> None:
    service.receive_range(session, prefix="BJ", first=1, last=10, by="store", at_ms=0)
    prefix, first, last, digits = span
    with pytest.raises(Refused) as refusal:
        service.receive_range(session, prefix=prefix, first=first, last=last, digits=digits, by="store", at_ms=0)
    assert refusal.value.code == code


def test_loading_more_than_there_is_loads_nothing(session: Session) -> None:
    service.receive_range(session, prefix="BJ", first=1, last=10, by="store", at_ms=0)
    service.receive_range(session, prefix="BK", first=1, last=10, by="store", at_ms=0)
    with pytest.raises(Refused, match="too_few_seals"):
        service.load(session, cell="SE1", count=21, at_ms=0)
    assert [roll.first for roll in service.load(session, cell="SE1", count=15, at_ms=0)] == ["BJ00000001", "BK00000001"]


def test_a_cell_is_sent_each_roll_that_is_loaded_for_it(session: Session) -> None:
    service.receive_range(session, prefix="BJ", first=8, last=10, by="store", at_ms=0)
    service.receive_range(session, prefix="BK", first=1, last=10, by="store", at_ms=0)
    service.feed(session, cell="SE1", count=5, by="li", at_ms=0)
    said = session.connection().execute(
        sa.text("SELECT key, kind, destination, params FROM transport_order ORDER BY number")
    )
    assert [tuple(row) for row in said] == [
        ("seals:1", "load_seals", "SE1", '{"load_id": "BJ00000008", "par1": 3}'),
        ("seals:2", "load_seals", "SE1", '{"load_id": "BK00000001", "par1": 2}'),
    ]

"""The door: idempotent by key, refusing what is not known, and never committing by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from wcs import inbox, journal, orders, views
from wcs.errors import UnknownOrder, WrongKey
from wcs.happenings import CancelAsked, Deferred, Submitted
from wcs.journal import Fact
from wcs.store import create_tables, make_engine


@pytest.fixture
def session() -> Iterator[Session]:
    engine = make_engine("sqlite://")
    create_tables(engine)
    with Session(engine) as opened:
        yield opened


def store(session: Session, key: str, unit: str = "P1") -> int:
    return orders.submit(session, key=key, kind="store", unit=unit, source="GI", destination="A1-1-01-01")


def test_the_same_key_is_the_same_order(session: Session) -> None:
    first = store(session, "a")
    assert store(session, "a") == first
    assert store(session, "b") != first


def test_a_key_cannot_stand_for_another_journey(session: Session) -> None:
    store(session, "a")
    with pytest.raises(WrongKey):
        store(session, "a", unit="P2")


def test_nothing_is_there_before_the_caller_commits(session: Session) -> None:
    store(session, "a")
    session.rollback()
    assert views.orders(session) == []


def test_requests_come_in_order_and_are_taken_once(session: Session) -> None:
    number = store(session, "a")
    orders.cancel(session, order=number, reason="changed_mind")
    orders.hold(session, question="slot:7", reason="no_slot_free", params={"aisle": "A1"})
    found = inbox.fetch(session, 64)
    assert [type(h) for h in found] == [Submitted, CancelAsked, Deferred]
    assert [type(h) for h in inbox.fetch(session, 64)] == [Submitted]  # adopted only when the controller writes it


def test_a_second_cancellation_is_the_same_one(session: Session) -> None:
    number = store(session, "a")
    orders.cancel(session, order=number, reason="x")
    orders.cancel(session, order=number, reason="y")
    assert [h for h in inbox.fetch(session, 64) if isinstance(h, CancelAsked)] == [CancelAsked(number, "x")]


def test_an_order_that_was_never_given_cannot_be_cancelled(session: Session) -> None:
    with pytest.raises(UnknownOrder) as caught:
        orders.cancel(session, order=99, reason="x")
    assert caught.value.params == {"order": 99}


def test_the_journal_is_read_behind_a_cursor(session: Session) -> None:
    journal.append(session, 10, [Fact("A", "x", {"n": 1}), Fact("B", "y", {"n": 2})])
    first, second = journal.read(session, 0)
    assert (first.kind, second.payload) == ("A", {"n": 2})
    journal.cursor_set(session, "wms", first.id)
    assert [f.kind for f in journal.read(session, journal.cursor_get(session, "wms"))] == ["B"]
    assert journal.last_ms(session) == 10


def test_the_trace_tells_two_journals_apart(session: Session) -> None:
    empty = journal.trace(session)
    journal.append(session, 10, [Fact("A", "x", {"b": 1, "a": 2})])
    one = journal.trace(session)
    assert one != empty
    assert one == journal.trace_hash([(10, "A", "x", '{"a":2,"b":1}')])

"""The same message by many connections, letters written while they are read, many people at one dead letter.

On SQLite in a file and on PostgreSQL where METROSTACK_TEST_POSTGRES names one; every thread has its own connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from tests.postgres import postgres_url
from wcs.store import create_tables, make_engine
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import inbox, outbox, receivers, sending, splitting, views
from wms.marketing.receivers import Receiver
from wms.marketing.rules import refused
from wms.migration import import_tables

AT_ONCE, LETTERS = 4, 8


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    import_tables()
    engine = make_engine(f"sqlite:///{tmp_path / 'site.db'}" if request.param == "sqlite" else postgres_url())
    SQLModel.metadata.drop_all(engine)
    create_tables(engine)
    with Session(engine) as session:
        receivers.seed(session, [Receiver("far", "own", "http://x"), Receiver("near", "own")], at_ms=0)
        session.commit()
    yield engine
    SQLModel.metadata.drop_all(engine)
    engine.dispose()


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Return what some acts give that begin together, each in a thread of its own; a refusal is given as its code."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return act()
        except Refused as no:
            return no.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_the_same_message_by_many_connections_is_handled_once(shared: Engine) -> None:
    handled: list[int] = []

    def handle(session: Session, body: Mapping[str, Any]) -> Mapping[str, Any]:
        handled.append(1)
        session.connection().execute(sa.text("INSERT INTO counter (name, value) VALUES ('effect', 1)"))
        return {"nth": len(handled)}

    def hear() -> Any:
        with Session(shared) as session:
            said = {"key": "k", "body": {"b": 1}, "handler": handle, "at_ms": 1}
            answer = inbox.receive(session, "platform", "task", **said)
            session.commit()
            return answer

    assert at_once([hear] * AT_ONCE) == [{"nth": 1}] * AT_ONCE
    assert len(handled) == 1


def test_a_reader_who_follows_writers_at_work_gets_every_letter(shared: Engine) -> None:
    def write(who: int) -> Callable[[], None]:
        def act() -> None:
            for n in range(LETTERS):
                with Session(shared) as session:
                    desk = Desk(session, 1)
                    for part in range(2):
                        outbox.post(desk, receiver="near", kind="x", key=f"{who}.{n}.{part}", body={}, task=f"T{who}")
                    desk.close()
                    session.commit()

        return act

    def read() -> list[str]:
        got: list[str] = []
        cursor = 0
        while len(got) < AT_ONCE * LETTERS * 2 and not over():
            with Session(reading) as session:
                page = outbox.to_be_fetched(session, "near", after=cursor, limit=7)
            if page:
                cursor = page[-1].number
                got += [one.key for one in page]
                with Session(shared) as session:
                    sending.fetched(Desk(session, 1), "near", up_to=cursor)
                    session.commit()
        return got

    def over() -> bool:
        """Whether everything is booked as fetched, so that no reader would ever get more."""
        with Session(reading) as session:
            near = {one.name: one for one in views.receivers(session)}["near"]
            return near.done >= AT_ONCE * LETTERS * 2

    reading = shared.execution_options(read_only=True)

    *_, got = at_once([*(write(who) for who in range(AT_ONCE)), read])
    assert sorted(got) == sorted(f"{who}.{n}.{p}" for who in range(AT_ONCE) for n in range(LETTERS) for p in range(2))


def test_of_all_who_settle_a_dead_letter_one_does(shared: Engine) -> None:
    with Session(shared) as session:
        desk = Desk(session, 1)
        number = outbox.post(desk, receiver="far", kind="x", key="k", body={"bars": ["1"]}, task="T", bars=["1"])
        sending.answered(desk, number, refused("no"))
        desk.close()
        session.commit()

    def settled(act: Callable[[Desk], Any]) -> Callable[[], str]:
        def go() -> str:
            with Session(shared) as session:
                desk = Desk(session, 2)
                act(desk)
                desk.close()
                session.commit()
                return "settled"

        return go

    acts: list[Callable[[Desk], Any]] = [
        lambda desk: splitting.mend(desk, number, {"bars": ["1"], "n": 1}, by="a"),
        lambda desk: splitting.mend(desk, number, {"bars": ["1"], "n": 2}, by="b"),
        lambda desk: splitting.drop(desk, number, reason="c", by="c"),
        lambda desk: splitting.resend(desk, number, by="d"),
    ]
    said = at_once([settled(act) for act in acts])
    assert sorted(said) == ["letter_is"] * 3 + ["settled"]
    with Session(shared) as session:
        alive = [one for one in views.letters(session) if one.state in ("waiting", "sent")]
        assert len(alive) <= 1

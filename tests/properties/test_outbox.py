"""The outbox against a receiver that forgets, doubles and refuses: nothing lost, nothing twice in effect, in order.

Every step of the way out is a rule of its own, and between any two the process may die: what was not committed is gone,
what was is the only thing that the next one knows.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy.orm import Session

from wcs.store import create_tables, make_engine
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import outbox, receivers, sending, splitting, views
from wms.marketing.outbox import Letter
from wms.marketing.receivers import Receiver
from wms.marketing.rules import LAST_WORDS, MOST_ATTEMPTS, Answer, away, done, later, refused
from wms.marketing.tables import LetterBarRow, LetterRow
from wms.migration import import_tables
from wms.rows import table

HOWS = ("taken", "lost", "doubled", "reply lost", "wrong", "refused")
NAMES, TASKS = ("near", "far"), ("", "T1", "T2")
_letter, _bar = table(LetterRow), table(LetterBarRow)
names, tasks = st.sampled_from(NAMES), st.sampled_from(TASKS)
counts = st.lists(st.integers(1, 4), min_size=2, max_size=4)


class Outbox(RuleBasedStateMachine):
    """`taken` is what each receiver has, by key, `order` in the order of its first arrival, `posted` what was told."""

    def __init__(self) -> None:
        super().__init__()
        import_tables()
        self.engine = make_engine("sqlite://")
        create_tables(self.engine)
        self.at_ms, self.serial = 1, 0
        self.posted: dict[str, list[tuple[str, str, set[str]]]] = {name: [] for name in NAMES}
        self.taken: dict[str, dict[str, Letter]] = {name: {} for name in NAMES}
        self.order: dict[str, list[str]] = {name: [] for name in NAMES}
        self.sick: set[str] = set()
        self.on_wire: list[Letter] = []
        with Session(self.engine) as session:
            receivers.seed(session, [Receiver(name, "own", "http://x") for name in NAMES], at_ms=0)
            session.commit()

    def teardown(self) -> None:
        self.engine.dispose()

    @initialize(name=names, task=tasks, counts=counts)
    def begin(self, name: str, task: str, *, counts: list[int]) -> None:
        """Every story begins with something that is to be told."""
        self._post_all(name, task, counts, last=False, crash=False)

    @rule(name=names, task=tasks, counts=counts, last=st.booleans(), crash=st.booleans())
    def post(self, name: str, task: str, *, counts: list[int], last: bool, crash: bool) -> None:
        """Something is told; if the transaction dies, so do its letters, and it is told again from the journal."""
        self._post_all(name, task, counts, last=last, crash=crash)

    def _post_all(self, name: str, task: str, counts: list[int], *, last: bool, crash: bool) -> None:
        told: list[tuple[str, str, list[str]]] = []
        for n, count in enumerate(counts, 1):
            kind = "task_finished" if last and task and n == len(counts) else "box_packed"
            self.serial += 1
            told.append((kind, f"{kind}:{self.serial}", [f"{self.serial}-{m}" for m in range(count)]))
        for committed in (False, True) if crash else (True,):
            with Session(self.engine) as session:
                desk = Desk(session, self.at_ms)
                for kind, key, bars in told:
                    said: dict[str, Any] = {"receiver": name, "kind": kind, "key": key, "task": task}
                    number = outbox.post(desk, **said, body={"bars": bars}, bars=bars)
                    assert outbox.post(desk, **said, body={"bars": bars}, bars=bars) == number
                desk.close()
                if committed:
                    session.commit()
        self.posted[name] += [(key, task, set(bars)) for _, key, bars in told]

    @rule(name=names, limit=st.integers(1, 8), crash=st.booleans())
    def take(self, name: str, *, limit: int, crash: bool) -> None:
        """The sender books what it sends; if it dies before the commit, nothing was sent."""
        with Session(self.engine) as session:
            found = sending.due(session, name, at_ms=self.at_ms, limit=limit)
            assert len({letter.task for letter in found}) == len(found)
            sending.sent(session, *(letter.number for letter in found))
            if not crash:
                session.commit()
                self.on_wire += found

    @rule(name=names, hows=st.lists(st.sampled_from(HOWS), min_size=3, max_size=3))
    def round(self, name: str, *, hows: list[str]) -> None:
        """A whole round: back-off is over, what is due is sent, each letter as it happens."""
        self.at_ms += 800_000
        with Session(self.engine) as session:
            found = sending.due(session, name, at_ms=self.at_ms, limit=8)
            sending.sent(session, *(letter.number for letter in found))
            session.commit()
        for letter, how in zip(found, hows, strict=False):
            self._deliver(letter, how)

    @precondition(lambda self: self.on_wire)
    @rule(pick=st.integers(0, 100), how=st.sampled_from(HOWS))
    def deliver(self, pick: int, how: str) -> None:
        """A letter of a round that was cut short arrives or not."""
        self._deliver(self.on_wire.pop(pick % len(self.on_wire)), how)

    def _deliver(self, letter: Letter, how: str) -> None:
        """A letter arrives or not, once or twice; its answer comes back, or the sender dies before it is booked."""
        if how == "lost":
            self._answer(letter, away("no answer"))
            return
        if how == "wrong":
            self._answer(letter, later("HTTP 503"))
            return
        if how == "refused" and letter.key not in self.taken[letter.receiver]:
            self.sick |= set(letter.body["bars"][:1])
        sick = tuple(code for code in letter.body["bars"] if code in self.sick)
        if letter.key in self.taken[letter.receiver]:
            sick = ()  # a receiver that has a letter says so, whatever it thinks now
        if not sick:
            for _ in range(2 if how == "doubled" else 1):
                self._receive(letter)
        if how != "reply lost":
            self._answer(letter, refused("not ours", sick) if sick else done())

    @rule()
    def die(self) -> None:
        """The sender is killed: whatever was on the wire gets no answer that anybody hears."""
        self.on_wire.clear()

    @precondition(lambda self: self.serial)
    @rule(back=st.integers(0, 3), nth=st.integers(0, 3), well=st.booleans())
    def sicken(self, back: int, *, nth: int, well: bool) -> None:
        """The receiver changes its mind about a meter of one of the last letters."""
        code = f"{max(1, self.serial - back)}-{nth}"
        known = any(code in letter.body["bars"] for got in self.taken.values() for letter in got.values())
        if well:
            self.sick.discard(code)
        elif not known:
            self.sick.add(code)

    @rule(seconds=st.sampled_from([1, 5, 700]))
    def wait(self, seconds: int) -> None:
        self.at_ms += seconds * 1000

    @rule(how=st.sampled_from(["resend", "mend", "drop"]))
    def settle(self, how: str) -> None:
        """A person looks at the oldest dead letter."""
        with Session(self.engine) as session:
            dead = session.connection().execute(sa.select(_letter).where(sa.text("state = 'dead'"))).first()
            if dead is None:
                return
            desk, number = Desk(session, self.at_ms), int(dead.number)
            if how == "resend":
                splitting.resend(desk, number, by="me")
            elif how == "mend" and dead.reason in splitting.REFUSED:
                body = outbox.letter(session, number).body
                splitting.mend(desk, number, body | {"mended": number}, by="me")
            elif how == "drop":
                mine = set(outbox.bars_of(session, number))
                splitting.drop(desk, number, reason="told by telephone", by="me")
                self.posted[dead.receiver] = [(k, t, bars - mine) for k, t, bars in self.posted[dead.receiver]]
            desk.close()
            session.commit()

    @invariant()
    def nothing_is_lost(self) -> None:
        """Whatever was posted was taken, or is in a letter that is open, or dead with a reason."""
        with Session(self.engine) as session:
            open_or_dead = sa.select(_letter.c.receiver, _bar.c.bar_code).join(_bar, _bar.c.letter == _letter.c.number)
            held = set(
                session.connection().execute(open_or_dead.where(_letter.c.state.in_(["waiting", "sent", "dead"])))
            )
            for letter in views.letters(session):
                body = views.letter(session, letter.number)
                assert sorted(body.body["bars"]) == body.bars
                assert (letter.why is not None) == (letter.state in ("waiting", "sent", "dead"))
        for name in NAMES:
            got = {code for letter in self.taken[name].values() for code in letter.body["bars"]}
            for _, _, bars in self.posted[name]:
                assert {(name, code) for code in bars - got} <= {(to, code) for to, code in held}

    @invariant()
    def nothing_is_doubled(self) -> None:
        """No meter is told by two different keys of which both were taken."""
        for name in NAMES:
            told = [code for letter in self.taken[name].values() for code in letter.body["bars"]]
            assert len(told) == len(set(told))

    @invariant()
    def order_is_kept(self) -> None:
        """Of one task the letters are taken in the order in which they were written, but for those a person mended."""
        with Session(self.engine) as session:
            rows = {row.key: row for row in session.connection().execute(sa.select(_letter))}
        written = {row.number: row.stands_for for row in rows.values()}
        for name in NAMES:
            for task in TASKS:
                mine = [rows[key] for key in self.order[name] if rows[key].task == task and not self._again(rows[key])]
                firsts = [self._first(row.number, written) for row in mine]
                assert firsts == sorted(firsts)

    def _again(self, row: Any) -> bool:
        """Whether a letter was dead once and is sent anew: it has lost its place."""
        return ".mend" in row.key or ".part" in row.key or row.key in self.revived

    @staticmethod
    def _first(number: int, written: dict[int, int]) -> int:
        """The letter that was written when the thing happened; the rest of a split one stands for it."""
        while written[number]:
            number = written[number]
        return number

    revived: frozenset[str] = frozenset()

    def _receive(self, letter: Letter) -> None:
        if letter.key not in self.taken[letter.receiver]:
            self.taken[letter.receiver][letter.key] = letter
            self.order[letter.receiver].append(letter.key)

    def _answer(self, letter: Letter, answer: Answer) -> None:
        with Session(self.engine) as session:
            desk = Desk(session, self.at_ms)
            state = sending.answered(desk, letter.number, answer)
            desk.close()
            session.commit()
        if state == "dead":
            self.revived |= {letter.key}


Outbox.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestOutbox = Outbox.TestCase


def test_an_outage_kills_no_letter_and_the_last_word_waits_for_the_dead() -> None:
    import_tables()
    engine = make_engine("sqlite://")
    create_tables(engine)
    with Session(engine) as session:
        receivers.seed(session, [Receiver("far", "own", "http://x")], at_ms=0)
        desk = Desk(session, 1)
        first = outbox.post(
            desk, receiver="far", kind="box_packed", key="a", body={"bars": ["1"]}, task="T", bars=["1"]
        )
        last = outbox.post(desk, receiver="far", kind=min(LAST_WORDS), key="b", body={}, task="T")
        at_ms = 1
        for _ in range(3 * MOST_ATTEMPTS):
            at_ms += 800_000
            assert [one.number for one in sending.due(session, "far", at_ms=at_ms, limit=8)] == [first]
            sending.sent(session, first)
            assert sending.answered(Desk(session, at_ms), first, away("nobody")) == "waiting"
        for _ in range(MOST_ATTEMPTS):
            at_ms += 800_000
            sending.sent(session, first)
            state = sending.answered(Desk(session, at_ms), first, later("HTTP 500"))
        assert state == "dead"
        with pytest.raises(Refused, match="letter_may_be_taken"):
            splitting.mend(Desk(session, at_ms), first, {"bars": []}, by="me")
        assert sending.due(session, "far", at_ms=at_ms + 800_000, limit=8) == []
        waits = views.letter(session, last).why
        assert waits is not None and (waits.code, waits.params) == ("letter_behind_dead", {"letter": first})
        splitting.drop(Desk(session, at_ms), first, reason="told by telephone", by="me")
        assert [one.number for one in sending.due(session, "far", at_ms=at_ms, limit=8)] == [last]
    engine.dispose()

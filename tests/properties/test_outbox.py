"""The outbox against receivers that forget, double and refuse: nothing lost, nothing twice in effect, in order.

Every step of the way out is a rule of its own, and between any two the process may die: what was not committed is gone,
what was is the only thing that the next one knows.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy.orm import Session

from tests.properties.outbox_world import OPEN, Books, Far
from wcs.store import create_tables, make_engine
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import outbox, receivers, sending, splitting, views
from wms.marketing.outbox import Letter
from wms.marketing.receivers import Receiver
from wms.marketing.rules import MOST_ATTEMPTS, Answer, away, done, later, refused, taken_but
from wms.migration import import_tables

HOWS = ("taken", "lost", "doubled", "reply lost", "wrong", "refused", "partly")
HOMES = {"near": "http://x", "far": "http://x", "reader": ""}
NAMES, TASKS = tuple(HOMES), ("", "T1", "T2")
names, tasks = st.sampled_from(NAMES), st.sampled_from(TASKS)
counts = st.lists(st.integers(1, 4), min_size=2, max_size=4)
BACK_OFF_MS = 800_000


class Outbox(RuleBasedStateMachine):
    """`posted` is what was told to whom, meter by meter; `far` is what each receiver has of it."""

    def __init__(self) -> None:
        super().__init__()
        import_tables()
        self.engine = make_engine("sqlite://")
        create_tables(self.engine)
        self.at_ms, self.serial = 1, 0
        self.posted: dict[str, set[str]] = {name: set() for name in NAMES}
        self.far = {name: Far() for name in NAMES}
        self.on_wire: list[Letter] = []
        self.revived: set[str] = set()
        self.urls = dict(HOMES)
        self._name_receivers()
        self.books = Books.of(self.engine)

    def teardown(self) -> None:
        with Session(self.engine) as session:
            for view in views.letters(session, limit=1_000):
                assert (view.why is not None) == (view.state in (*OPEN, "dead"))
        self.engine.dispose()

    @initialize(task=tasks, counts=counts)
    def begin(self, task: str, *, counts: list[int]) -> None:
        self._post_all(task, counts, last=False, crash=False)

    @rule(task=tasks, counts=counts, last=st.booleans(), crash=st.booleans())
    def post(self, task: str, *, counts: list[int], last: bool, crash: bool) -> None:
        """Everybody is told; if the transaction dies, so do its letters, and it is told again from the journal."""
        self._post_all(task, counts, last=last, crash=crash)

    def _post_all(self, task: str, counts: list[int], *, last: bool, crash: bool) -> None:
        told: list[tuple[str, str, list[str]]] = []
        for n, count in enumerate(counts, 1):
            kind = "task_finished" if last and task and n == len(counts) else "box_packed"
            self.serial += 1
            told.append((kind, f"{kind}:{self.serial}", [f"{self.serial}-{m}" for m in range(count)]))
        for committed in (False, True) if crash else (True,):
            with Session(self.engine) as session:
                desk = Desk(session, self.at_ms)
                for name, (kind, key, bars) in product(NAMES, told):
                    said: dict[str, Any] = {"receiver": name, "kind": kind, "key": key, "task": task}
                    number = outbox.post(desk, **said, body={"bars": bars}, bars=bars)
                    assert outbox.post(desk, **said, body={"bars": bars}, bars=bars) == number
                    with pytest.raises(Refused, match="key_with_other_body"):
                        outbox.post(desk, **said, body={"bars": ["another"]})
                desk.close()
                if committed:
                    session.commit()
        for name in NAMES:
            self.posted[name] |= {code for _, _, bars in told for code in bars}

    @rule(name=names, limit=st.integers(1, 8), crash=st.booleans())
    def take(self, name: str, *, limit: int, crash: bool) -> None:
        """The sender books what it sends; if it dies before the commit, nothing was sent."""
        found = self._take(name, limit=limit, crash=crash)
        self.on_wire += [] if crash else found

    def _take(self, name: str, *, limit: int = 8, crash: bool = False) -> list[Letter]:
        """Take what is due: the first of each task alone, and nothing that must still wait."""
        expected = Books.of(self.engine).may_go(name, self.at_ms)[:limit]
        with Session(self.engine) as session:
            found = sending.due(session, name, at_ms=self.at_ms, limit=limit)
            assert [letter.number for letter in found] == expected
            sending.sent(session, *expected)
            if not crash:
                session.commit()
        return found

    @rule(name=names, hows=st.lists(st.sampled_from(HOWS), min_size=2, max_size=6))
    def rounds(self, name: str, *, hows: list[str]) -> None:
        """Whole rounds: back-off is over, what is due is sent, each letter as it happens."""
        for first in range(len(hows)):
            self.at_ms += BACK_OFF_MS
            for nth, letter in enumerate(self._take(name), first):
                self._deliver(letter, hows[nth % len(hows)])

    @precondition(lambda self: self.on_wire)
    @rule(pick=st.integers(0, 100), how=st.sampled_from(HOWS))
    def deliver(self, pick: int, how: str) -> None:
        """A letter of a round that was cut short arrives or not."""
        self._deliver(self.on_wire.pop(pick % len(self.on_wire)), how)

    @rule(name=names)
    def wear_out(self, name: str) -> None:
        """A receiver answers wrongly until the first letter is given up: not sooner, not later, and never as taken."""
        for _ in range(MOST_ATTEMPTS):
            self.at_ms += BACK_OFF_MS
            for letter in self._take(name, limit=1):
                self._answer(letter, later("HTTP 503"))

    def _deliver(self, letter: Letter, how: str) -> None:
        """A letter arrives or not, once or twice; its answer comes back, or the sender dies before it is booked."""
        far = self.far[letter.receiver]
        if how == "lost":
            self._answer(letter, away("no answer"))
            return
        if how == "wrong":
            self._answer(letter, later("HTTP 503"))
            return
        if how in ("refused", "partly") and letter.key not in far.taken:
            far.sick |= set(letter.body["bars"][: (len(letter.body["bars"]) + 1) // 2])
        sick = tuple(code for code in letter.body["bars"] if code in far.sick)
        if letter.key in far.taken:
            sick = ()  # a receiver that has a letter says so, whatever it thinks now
        answer = refused("not ours", (*sick, "not in it")) if sick else done()
        if how == "partly" and 0 < len(sick) < len(letter.body["bars"]):
            far.take(letter, without=sick)
            answer = taken_but("not these", sick)
        for _ in range(2 if how == "doubled" else 1):
            if not sick:
                far.take(letter)
        if how not in ("reply lost", "partly") or (how == "partly" and letter.key in far.taken):
            self._answer(letter, answer)

    def _answer(self, letter: Letter, answer: Answer) -> None:
        """Book an answer, and hold what may have become of the letter by it, and of nothing else."""
        old = Books.of(self.engine).rows[letter.number]
        with Session(self.engine) as session:
            desk = Desk(session, self.at_ms)
            state = sending.answered(desk, letter.number, answer)
            desk.close()
            session.commit()
        new = Books.of(self.engine).rows[letter.number]
        assert state == new.state
        if old.state not in OPEN:
            assert new == old
        elif answer.meaning == "away":
            assert (new.state, new.attempts) == ("waiting", max(0, old.attempts - 1)) and new.due_ms > self.at_ms
        elif answer.meaning == "later":
            gone = old.attempts >= MOST_ATTEMPTS
            assert (new.state, new.attempts) == ("dead" if gone else "waiting", old.attempts)
            assert gone or new.due_ms >= self.at_ms + 1_000
        elif answer.meaning == "done":
            assert new.state == "done"
        else:
            assert new.state in ("dead", "mended")
        if new.state == "dead":
            self.revived |= {letter.key}

    @rule(pick=st.integers(0, 1_000), how=st.sampled_from([done(), later("x"), away("x"), refused("no")]))
    def echo(self, pick: int, how: Answer) -> None:
        """An answer comes long after the letter was settled: it changes nothing, nor does sending what is over."""
        over = [row for row in self.books.rows.values() if row.state not in OPEN]
        if over:
            row = over[pick % len(over)]
            with Session(self.engine) as session:
                sending.sent(session, row.number)
                sending.answered(Desk(session, self.at_ms), row.number, how)
                session.commit()
            assert Books.of(self.engine).rows[row.number] == row

    @rule(name=names, limit=st.integers(1, 5), crash=st.booleans(), again=st.booleans())
    def fetch(self, name: str, *, limit: int, crash: bool, again: bool) -> None:
        """A reader fetches a page behind its cursor, may die before it says so, and may say it twice."""
        if self.books.receivers[name].url:
            with Session(self.engine) as session, pytest.raises(Refused, match="unknown_receiver"):
                sending.fetched(Desk(session, self.at_ms), name, up_to=0)
            name = "reader"
        if self.books.receivers[name].url:
            return
        far = self.far[name]
        with Session(self.engine) as session:
            found = outbox.to_be_fetched(session, name, after=far.cursor, limit=limit)
        assert [letter.number for letter in found] == self.books.behind(name, far.cursor)[:limit]
        for letter in (one for one in found if self.books.rows[one.number].state in OPEN):  # it knows the others
            far.take(letter, pushed=False)
        if crash or not found:
            return
        with Session(self.engine) as session:
            desk, far.cursor = Desk(session, self.at_ms), found[-1].number
            sending.fetched(desk, name, up_to=far.cursor)
            if again:
                assert sending.fetched(desk, name, up_to=far.cursor) == 0
                with pytest.raises(Refused, match="unknown_letter"):
                    sending.fetched(desk, name, up_to=max(self.books.rows) + 1)
            session.commit()
        assert not Books.of(self.engine).open_up_to(name, far.cursor)

    @rule(name=names, how=st.sampled_from(["comes back", "comes back", "moves", "fetches", "is gone"]))
    def rename(self, name: str, how: str) -> None:
        """A receiver moves, begins to fetch its letters, or is not named any more; nothing is on a wire meanwhile."""
        self.on_wire.clear()
        self.urls[name] = {"moves": "http://y", "fetches": ""}.get(how, HOMES[name])
        if not self.urls[name]:
            self.far[name].cursor = 0  # whoever begins to fetch begins at the beginning
        self._name_receivers(gone=name if how == "is gone" else "")

    def _name_receivers(self, gone: str = "") -> None:
        with Session(self.engine) as session:
            named = [Receiver(name, "own", url) for name, url in self.urls.items() if name != gone]
            receivers.seed(session, named, at_ms=self.at_ms)
            session.commit()

    @rule()
    def die(self) -> None:
        """The sender is killed: whatever was on the wire gets no answer that anybody hears."""
        self.on_wire.clear()

    @precondition(lambda self: self.serial)
    @rule(name=names, back=st.integers(0, 3), nth=st.integers(0, 3), well=st.booleans())
    def sicken(self, name: str, *, back: int, nth: int, well: bool) -> None:
        """The receiver changes its mind about a meter of one of the last letters."""
        code = f"{max(1, self.serial - back)}-{nth}"
        if well:
            self.far[name].sick.discard(code)
        elif code not in self.far[name].told():
            self.far[name].sick.add(code)

    @rule(seconds=st.sampled_from([1, 5, 700]))
    def wait(self, seconds: int) -> None:
        self.at_ms += seconds * 1000

    @rule(how=st.sampled_from(["resend", "mend", "drop"]), pick=st.integers(0, 100))
    def settle(self, how: str, pick: int) -> None:
        """A person looks at a dead letter."""
        dead = [row for row in self.books.rows.values() if row.state == "dead"]
        if not dead:
            return
        row, facts = dead[pick % len(dead)], {"resend": "LetterResent", "mend": "LetterMended", "drop": "LetterDropped"}
        with Session(self.engine) as session:
            desk, number = Desk(session, self.at_ms), row.number
            if how == "resend":
                splitting.resend(desk, number, by="me")
            elif how == "mend" and row.reason in splitting.REFUSED:
                body = outbox.letter(session, number).body
                splitting.mend(desk, number, body | {"mended": number}, by="me")
            elif how == "drop":
                self.posted[row.receiver] -= set(outbox.bars_of(session, number))
                splitting.drop(desk, number, reason="told by telephone", by="me")
            else:
                return
            desk.close()
            session.commit()
            told = sa.text("SELECT count(*) FROM fact WHERE kind = :kind AND subject = :subject")
            assert session.connection().execute(told, {"kind": facts[how], "subject": str(number)}).scalar()
            with pytest.raises(Refused, match="letter_is"):
                splitting.drop(desk, number, reason="again", by="you")

    @invariant()
    def nothing_is_lost_doubled_or_out_of_order(self) -> None:
        """Whatever was posted was taken, or is in a letter that is open, or dead with a reason; each meter once."""
        self.books = Books.of(self.engine)
        self.books.must_be_sound()
        for name, far in self.far.items():
            told = far.told()
            assert len(told) == len(set(told))
            assert self.posted[name] - set(told) <= self.books.held(name)
            mine = self.books.by_key(name)
            for row in mine.values():
                assert row.state != "done" or set(self.books.bars[row.number]) <= set(told)
            for task in TASKS:
                rows = [mine[key] for key in far.order if mine[key].task == task and not self._again(mine[key])]
                firsts = [self.books.first(row.number) for row in rows]
                assert firsts == sorted(firsts)

    def _again(self, row: Any) -> bool:
        """Whether a letter was dead once and is sent anew: it has lost its place."""
        return ".mend" in row.key or ".part" in row.key or row.key in self.revived


Outbox.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestOutbox = Outbox.TestCase

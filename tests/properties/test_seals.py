"""The ledger of seals against a plain model: whatever is reported, no number lives twice and each is somewhere."""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy.orm import Session

from wcs.store import create_tables, make_engine
from wms.errors import Refused
from wms.migration import import_tables
from wms.rows import table
from wms.seals import service
from wms.seals.rules import LIFE
from wms.seals.tables import SealRangeRow, SealRollRow, SealRow

CELLS = ("SE1", "SE2")
WIDTH = 4
numbers = st.integers(0, 60)


def text(number: int) -> str:
    return f"A{number:0{WIDTH}d}"


class Ledger(RuleBasedStateMachine):
    """`model` says of each number how it stands; `on` the meter that it is or was on."""

    def __init__(self) -> None:
        super().__init__()
        import_tables()
        self.engine = make_engine("sqlite://")
        create_tables(self.engine)
        self.session = Session(self.engine)
        self.model: dict[str, str] = {}
        self.cell: dict[str, str] = {}
        self.on: dict[str, str] = {}
        self.at_ms = 0

    def teardown(self) -> None:
        self.session.close()
        self.engine.dispose()

    @rule(first=numbers, count=st.integers(1, 12))
    def receive(self, first: int, count: int) -> None:
        new = [text(n) for n in range(first, first + count)]
        try:
            service.receive_range(
                self.session, prefix="A", first=first, last=first + count - 1, digits=WIDTH, by="x", at_ms=self.at_ms
            )
        except Refused as refusal:
            assert refusal.code == "seal_range_overlaps" and self.model.keys() & set(new)
        else:
            assert not self.model.keys() & set(new)
            self.model |= dict.fromkeys(new, "received")

    @rule(cell=st.sampled_from(CELLS), count=st.integers(1, 15))
    def load(self, cell: str, count: int) -> None:
        stored = [seal for seal, state in self.model.items() if state == "received"]
        try:
            rolls = service.load(self.session, cell=cell, count=count, at_ms=self.at_ms)
        except Refused as refusal:
            assert refusal.code == "too_few_seals" and len(stored) < count
            return
        loaded = [text(int(roll.first[1:]) + n) for roll in rolls for n in range(roll.count)]
        assert len(set(loaded)) == count and set(loaded) <= set(stored)
        for seal in loaded:
            self.model[seal], self.cell[seal] = "loaded", cell

    @rule(number=numbers, meter=st.integers(1, 4), cell=st.sampled_from(CELLS))
    def use(self, number: int, meter: int, cell: str) -> None:
        seal, code, before = text(number), f"m{meter}", self.model.get(text(number))
        self.at_ms += 60_000
        wrong = service.sealed(
            self.session, cell=cell, meters=[(code, seal, "BN1:1"), (code, "", "")], at_ms=self.at_ms
        )
        again = before == "used" and self.on[seal] == code
        assert (not wrong) == (again or (before or "", "use") in LIFE)
        if before == "loaded":
            self.model[seal], self.on[seal], self.cell[seal] = "used", code, self.cell[seal]

    @rule(number=numbers)
    def spoil(self, number: int) -> None:
        seal = text(number)
        service.damaged(self.session, seal=seal, cell="SE1", at_ms=self.at_ms)
        if self.model.get(seal) == "loaded":
            self.model[seal] = "damaged"

    @rule(number=numbers)
    def void_one(self, number: int) -> None:
        seal = text(number)
        before = self.model.get(seal, "")
        try:
            service.void(self.session, seal=seal, reason="test", by="x", at_ms=self.at_ms)
        except Refused:
            assert (before, "void") not in LIFE
        else:
            assert (before, "void") in LIFE
            self.model[seal] = "void"

    @precondition(lambda self: self.on)
    @rule(meter=st.integers(1, 4))
    def void_meter(self, meter: int) -> None:
        code = f"m{meter}"
        mine = {seal for seal, state in self.model.items() if state == "used" and self.on[seal] == code}
        assert set(service.void(self.session, bar_code=code, reason="test", by="x", at_ms=self.at_ms)) == mine
        self.model |= dict.fromkeys(mine, "void")

    @invariant()
    def books_and_model_agree(self) -> None:
        seal, roll, got = table(SealRow), table(SealRollRow), self.session.connection()
        rows = {row.seal: (row.state, row.bar_code) for row in got.execute(sa.select(seal))}
        off = {s: (state, self.on.get(s, "")) for s, state in self.model.items() if state not in ("received", "loaded")}
        assert rows == off
        left = sum(service.remaining(self.session, cell, at_ms=self.at_ms).left for cell in CELLS)
        assert left == sum(state == "loaded" for state in self.model.values())
        taken = got.execute(sa.select(sa.func.coalesce(sa.func.sum(roll.c.taken), 0))).scalar_one()
        assert taken == len(rows)
        stored = sa.select(sa.func.coalesce(sa.func.sum(
            table(SealRangeRow).c.last - table(SealRangeRow).c.next_number + 1), 0))  # fmt: skip
        assert got.execute(stored).scalar_one() == sum(state == "received" for state in self.model.values())


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)

"""A site that has verified and packed meters, and its post to a stand-in on a real socket that loses and doubles it.

Books, journal, outbox, sender and profile are the product's own; only the hands that packed are not.
Plant time jumps to whatever is waited for, wire time is real.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api.marketing.platform import PlatformAdapter, brought_along
from api.marketing.sender import Post, Sender
from simulation.marketing.audit import Happened
from simulation.marketing.platform import Platform
from wcs import journal
from wcs.journal import Fact
from wcs.store import create_tables, make_engine
from wms import consumer
from wms.marketing import receivers, stream, views
from wms.marketing.platform.site import site_of
from wms.marketing.tables import LetterRow, TaskRow
from wms.migration import import_tables
from wms.rows import table
from wms.stock.barcodes import check_digit
from wms.stock.tables import AssetRow, BoxRow, LotRow, ModelRow

_letter, _asset, _box, _lot = table(LetterRow), table(AssetRow), table(BoxRow), table(LotRow)
NAME, PER_BOX, EVERY_REJECT = "platform", 16, 11
SITE = {"sys_no": "4501", "org_no": "33401"}


@dataclass(slots=True)
class LinkSite:
    """A site with a database of its own in `file`. `ms` is its plant time."""

    file: Path
    tasks: int = 8
    prepare: Callable[[Engine], None] = create_tables
    timeout_s: float = 0.3
    ms: int = 1_000
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Open the database, as a process does that starts."""
        import_tables()
        self.engine = make_engine(f"sqlite:///{self.file}")
        self.prepare(self.engine)

    def enter(self, platform: Platform, meters: int) -> None:
        """Book tasks and packed meters, and issue the same tasks at the stand-in."""
        with Session(self.engine) as session:
            receivers.seed(session, [receivers.Receiver(NAME, "platform", platform.url)], at_ms=0)
            session.connection().execute(sa.insert(table(ModelRow)).prefix_with("OR IGNORE"), MODEL)
            for n in range(self.tasks):
                session.add(
                    TaskRow(key=f"T{n}", lot=f"LOT-{n}", state="running", created_ms=1, sender=NAME, order=n + 1)
                )
                session.connection().execute(sa.insert(_lot), {"number": n + 1, "code": f"LOT-{n}"})
                platform.issue(task_of(n, meters // self.tasks))
            session.flush()
            for box in range(meters // PER_BOX):
                self._pack(session, box)
            ends = [self._completed(n) for n in range(self.tasks)]
            journal.append(session, self.ms, ends)
            journal.cursor_set(session, consumer.NAME, journal_end(session))
            session.commit()

    def _pack(self, session: Session, box: int) -> None:
        of_task, verdict = box % self.tasks, 2 if box % EVERY_REJECT == 0 else 1
        name, at_ms = f"BOX{box:07}", self.ms + box
        codes = [bar_code(box * PER_BOX + n) for n in range(PER_BOX)]
        state = "qualified" if verdict == 1 else "rejected"
        row = {"code": name, "lot": of_task + 1, "model": MODEL["code"], "meters": PER_BOX, "state": state, "pile": 1}
        session.connection().execute(sa.insert(_box), row | {"verdict": verdict, "verified_ms": at_ms, "pile_code": ""})
        head = {"box": name, "lot": of_task + 1, "model": MODEL["code"], "verdict": verdict, "verified_ms": at_ms}
        sealed = {code: f"SE{code[8:21]}" if verdict == 1 else "" for code in codes}
        rows = [head | {"bar_code": code, "seal": seal, "made_on": ""} for code, seal in sealed.items()]
        session.connection().execute(sa.insert(_asset), rows)
        said = {"line": "VL1", "box": name, "pallet": "P1", "pile": 1, "verdict": verdict}
        meters = [[code, verdict, seal] for code, seal in sealed.items()]
        journal.append(session, at_ms, [Fact("BoxPacked", name, said | {"meters": meters})])

    def _completed(self, n: int) -> Fact:
        counts = {"passed": 1, "failed": 1, "unverified": 0, "missing": 0}
        return Fact("LotCompleted", f"LOT-{n}", {"order": n + 1, "line": "VL1", **counts})

    def write_letters(self, facts: int = 500) -> int:
        """Let the consumer look at some facts, and return at how many it did."""
        with Session(self.engine) as session:
            seen = stream.consume(session, self.ms, facts)
            session.commit()
        return seen

    def sender(self, platform: Platform) -> Sender:
        """Return a sender that knows nothing but the database."""
        adapter = PlatformAdapter(site_of(SITE), partial(brought_along, "gen2"), prefix="S1")
        post = Post(NAME, platform.url, adapter, self.timeout_s)
        return Sender(post, partial(Session, self.engine), partial(Session, self.engine), lambda: self.ms)

    async def send(self, sender: Sender, *, rounds: int) -> bool:
        """Send for so many rounds, plant time jumping over every back-off; return whether nothing is open any more."""
        async with httpx.AsyncClient(timeout=self.timeout_s) as client:
            for _ in range(rounds):
                if not await sender.round(client) and not self._skip():
                    return True
        return False

    def _skip(self) -> bool:
        due = sa.select(sa.func.min(_letter.c.due_ms)).where(_letter.c.state.in_(["waiting", "sent"]))
        with Session(self.engine) as session:
            first = session.connection().execute(due).scalar()
            retry = max((one.retry_ms for one in views.receivers(session)), default=0)
        self.ms = max(self.ms, int(first or 0), retry) + 100
        return first is not None

    def happened(self) -> dict[str, Happened]:
        """Return what our own books say of every task."""
        found: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str]]] = {}
        query = sa.select(_lot.c.code, _asset).join(_lot, _lot.c.number == _asset.c.lot)
        with Session(self.engine) as session:
            for row in session.connection().execute(query):
                concluded, packed, sealed = found.setdefault(row.code.replace("LOT-", "T"), ({}, {}, {}))
                concluded[row.bar_code] = "pass" if row.verdict == 1 else "fail"
                packed[row.bar_code] = row.box
                if row.seal:
                    sealed[row.bar_code] = row.seal
        return {task: Happened(*sides) for task, sides in found.items()}

    def states(self) -> Mapping[str, int]:
        """Return how many letters are in each state."""
        query = sa.select(_letter.c.state, sa.func.count()).group_by(_letter.c.state)
        with Session(self.engine) as session:
            return {state: count for state, count in session.connection().execute(query)}


def journal_end(session: Session) -> int:
    """Return the number of the newest fact."""
    return int(session.connection().execute(sa.text("SELECT max(id) FROM fact")).scalar_one())


def bar_code(serial: int) -> str:
    """Return the bar code of a meter."""
    body = f"3330001{serial:014}"
    return body + check_digit(body)


def task_of(n: int, quantity: int) -> dict[str, str]:
    """Return a task in the fields of the interface."""
    return {
        "sysNo": SITE["sys_no"], "taskNo": f"T{n}", "arrBatchNo": f"LOT-{n}", "devCls": "01", "taskCateg": "03",
        "taskPri": "1", "taskStatus": "00", "taskIssuTime": "2026-01-01 08:00:00", "autoSealFlag": "1",
        "testMode": "01", "devNum": str(quantity), "tPileNum": "1", "equipCodeNew": "DDZY2026", "veriDevStat": "01",
        "trialSchId": "1",
    }  # fmt: skip


MODEL = {
    "code": "DDZY2026", "asset_class": "meter", "phase": "1p2w", "accuracy_classes": "[]", "rated_voltages": "[]",
    "currents": "[]", "constants": "[]", "per_box": PER_BOX, "boxes_per_pile": 5, "piles_per_pallet": 4,
    "box_height_mm": 200,
}  # fmt: skip

"""A line whose packing waits while its boxes are not taken: all else goes on, and packing goes on by itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from api import database
from simulation.study import Study
from tests.system.cells import Site, cells_plant
from tests.system.test_line import delivery, judge_of
from tests.unit.wms.deliveries import rows
from wcs import journal
from wcs.store import make_engine
from wms.desk import Desk
from wms.marketing import gates, outbox, receivers, sending, views
from wms.marketing.receivers import Receiver
from wms.marketing.rules import away, done
from wms.marketing.tables import TaskRow

LOTS = ("LOT-A", "LOT-B")
AWAY_MS = 2 * 3_600_000


@dataclass
class Platform:
    """Who answers the letters: away for two hours, then there for good."""

    untaken: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    packed: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])

    def answer(self, session: Session, at_ms: int) -> None:
        """Answer what is due; while it is away note how many boxes of the first lot it has not taken."""
        desk, there = Desk(session, at_ms), at_ms >= AWAY_MS
        self.untaken.append(gates.untaken_boxes(desk, "platform", "T-A"))
        while letters := sending.due(session, "platform", at_ms=at_ms, limit=8):
            for letter in letters:
                sending.sent(session, letter.number)
                sending.answered(desk, letter.number, done() if there else away("nobody"))
        if not there:
            facts = journal.read(session, 0, 100_000)
            boxes = [one.payload for one in facts if one.kind == "BoxBooked"]
            self.packed = Counter((str(one["lot"]), int(one["verdict"])) for one in boxes)
        desk.close()


def test_packing_waits_for_the_receiver_while_everything_else_goes_on(tmp_path: Path) -> None:
    engine = make_engine("sqlite://")
    lots = [
        *rows(lot=LOTS[0], pallets=1, boxes=3),
        *rows(lot=LOTS[1], pallets=1, boxes=5, first=100),
    ]
    truth, books = delivery(tmp_path, lots)
    plant, platform = cells_plant(), Platform()
    database.prepare(engine, plant)
    with Session(engine) as session:
        receivers.seed(session, [Receiver("platform", "platform", "http://x", boxes_open=0)], at_ms=0)
        session.add(TaskRow(key="T-A", lot=LOTS[0], state="running", created_ms=0))
        session.commit()
    site = Site(plant, engine, truth, books, judge_of(1), staff=platform.answer)
    site.work(study=Study(seed=1))
    with Session(engine) as session:
        told = [one for one in views.letters(session, limit=10_000) if one.kind == "box_packed"]
        last = [gates.untaken_boxes(Desk(session, 0), "platform", "T-A")]
        left = outbox.next_due(session, "platform", at_ms=10**12)
        allowed = [one for one in journal.read(session, 0, 100_000) if one.kind == "PackingAllowed"]
    assert platform.packed[LOTS[0], 1] == 1  # the one that may be packed while none waits
    assert platform.packed[LOTS[1], 1] >= 3  # all that are full, of a lot that belongs to no task
    assert max(untaken for _, untaken in platform.untaken) == 1
    assert last[0][0] > 2 and {one.state for one in told} <= {"done", "waiting"}
    assert len(allowed) >= last[0][0] and len(left) <= 1

"""A line at work for marketing: every meter, box and seal told once, and packing held only while codes are wanting."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from api import database
from simulation.study import Study
from tests.system.cells import Site, cells_plant
from tests.system.test_line import delivery, judge_of, two_lots
from wcs import journal
from wcs.store import make_engine
from wms.desk import Desk
from wms.marketing import gates, outbox, receivers, stream, views
from wms.marketing.receivers import Receiver
from wms.marketing.tables import DestinationRow, LetterRow, TaskRow
from wms.rows import table
from wms.stock.tables import AssetRow

LOTS = ("LOT-A", "LOT-B")
EVERY_MS = 900_000
_letter, _destination = table(LetterRow), table(DestinationRow)


def codes_by_and_by(session: Session, at_ms: int) -> None:
    """Give a code for the first lot every quarter of an hour; the second has no task, and needs none."""
    desk = Desk(session, at_ms)
    have = session.connection().execute(sa.select(sa.func.count()).select_from(_destination)).scalar_one()
    if have < at_ms // EVERY_MS and gates.free(desk, "T-A", 1) < 2:
        gates.offer(desk, "T-A", 1, [f"D{have + 1:03}"])
    desk.close()


def test_every_meter_box_and_seal_is_told_once_and_qualified_ones_wait_for_their_code(tmp_path: Path) -> None:
    engine = make_engine("sqlite://")
    truth, books = delivery(tmp_path, two_lots(boxes=3))
    plant = cells_plant()
    database.prepare(engine, plant)
    with Session(engine) as session:
        receivers.seed(session, [Receiver("platform", "platform", "http://x", gates=True)], at_ms=0)
        session.add(TaskRow(key="T-A", lot=LOTS[0], state="running", created_ms=0))
        session.commit()
    site = Site(plant, engine, truth, books, judge_of(1), staff=codes_by_and_by)
    site.work(study=Study(seed=1))
    with Session(engine) as session:
        while stream.consume(session, site.controller.clock.now_ms()):
            pass
        bodies = [views.letter(session, one.number) for one in views.letters(session, limit=10_000)]
        kinds = Counter(one.kind for one in journal.read(session, 0, 100_000))
        meters = {code for (code,) in session.execute(sa.select(AssetRow.bar_code).where(AssetRow.lot == 1))}
        in_books = {code: (box, seal) for code, box, seal in session.execute(
            sa.select(AssetRow.bar_code, AssetRow.box, AssetRow.seal).where(AssetRow.lot == 1))}  # fmt: skip
        assert len(outbox.next_due(session, "platform", at_ms=10**12)) == 1
    assert {one.task for one in bodies} == {"T-A"}
    told = {kind: Counter(code for one in bodies if one.kind == kind for code in one.bars) for kind in kinds_of(bodies)}
    for kind in ("conclusion", "box_packed"):
        assert set(told[kind]) == meters and set(told[kind].values()) == {1}
    assert set(told["withstand"]) == meters
    boxed = {code: one.body["box"] for one in bodies if one.kind == "box_packed" for code in one.bars}
    sealed = {row["bar_code"]: row["seal"] for one in bodies if one.kind == "seals_used" for row in one.body["seals"]}
    assert {code: (boxed[code], sealed.get(code, "")) for code in meters} == in_books
    good = [one.body["code"] for one in bodies if one.kind == "box_packed" and one.body["verdict"] == "pass"]
    assert "" not in good and len(good) == len(set(good)) > 3
    assert kinds["PackingAllowed"] > len(good)  # as often as codes have come, and once before the first
    assert bodies[-1].kind in ("task_finished", "pile_stored")
    assert kinds_of(bodies)["task_finished"] == 1


def kinds_of(bodies: list[views.LetterBody]) -> Counter[str]:
    return Counter(one.kind for one in bodies)

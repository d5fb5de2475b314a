"""A task taken back over a working line: what was told as valid is void on the other side as well, seal by seal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from api import database
from api.marketing.platform import PlatformAdapter, brought_along
from simulation.marketing.audit import Happened, audit, heard
from simulation.marketing.platform import Platform
from simulation.study import Study
from tests.contract.link_site import SITE, task_of
from tests.system.cells import Site, cells_plant
from tests.system.test_line import Watch, delivery, judge_of
from tests.system.test_line_orders import facts_of
from tests.unit.wms.deliveries import rows
from wcs.store import make_engine
from wms.desk import Desk
from wms.marketing import cancelling, outbox, receivers, reconcile, stream, task_views, tasks, views
from wms.marketing.platform.site import site_of
from wms.marketing.receivers import Receiver
from wms.marketing.rules import done
from wms.marketing.sending import answered
from wms.marketing.tasks import Wish
from wms.seals import service as ledger
from wms.seals.tables import SealRow


def work(folder: Path, engine: sa.Engine, *, seals: int) -> None:
    """Verify a lot for a task of the platform, and take the task back when some boxes are packed."""
    truth, books = delivery(folder, rows(lot="LOT-A", pallets=2, boxes=6))
    ended: list[str] = []

    def marketing(session: Session, at_ms: int) -> None:
        desk = Desk(session, at_ms)
        task = task_views.task(session, "T1")
        if task is None:
            tasks.take(desk, Wish("T1", "LOT-A", "first", approval=False, sender="platform"))
        elif task.state == "running" and len(facts_of(session, "BoxPacked")) > 2:
            cancelling.cancel(desk, "T1", reason="wrong lot", by="li")
        elif task.state == "cancelled":
            ended.append(task.state)
        desk.close()
        stream.consume(session, at_ms)

    plant = cells_plant()
    database.prepare(engine, plant)
    with Session(engine) as session:
        receivers.seed(session, [Receiver("platform", "platform", "http://x")], at_ms=0)
        if seals:
            ledger.receive_range(session, prefix="S", first=1, last=seals, digits=7, by="li", at_ms=0)
            ledger.load(session, cell="SE1", count=seals, at_ms=0)
        session.commit()
    site = Site(
        plant, engine, truth, books, judge_of(1), check=Watch(engine), staff=marketing, more=lambda: not ended,
        call_off=False,
    )  # fmt: skip
    site.work(study=Study(seed=1))
    with Session(engine) as session:
        while stream.consume(session, site.controller.clock.now_ms()):
            session.commit()
        session.commit()


def tell(engine: sa.Engine, platform: Platform) -> None:
    """Say every letter in the words of the platform, in their order; every call is taken."""
    adapter = PlatformAdapter(site_of(SITE), lambda: brought_along("gen2"))
    platform.issue(task_of(1, 180) | {"arrBatchNo": "LOT-A"})
    with Session(engine) as session:
        while due := outbox.next_due(session, "platform", at_ms=2**60):
            for letter in due:
                for call in adapter.calls(letter):
                    message = call.path.rpartition("/")[2]
                    said = platform.hear(message, call.key, json.loads(call.body))
                    assert said["resultFlag"] == "1", (letter.kind, said)
                answered(Desk(session, 1), letter.number, done())
        session.commit()


@pytest.mark.parametrize("seals", [0, 1_000], ids=["seals of the line's own", "seals of the ledger"])
def test_seals_of_a_task_taken_back_are_void_on_both_sides(seals: int, tmp_path: Path) -> None:
    engine, platform = make_engine("sqlite://"), Platform(":memory:")
    work(tmp_path, engine, seals=seals)
    tell(engine, platform)
    with Session(engine) as session:
        packed = [one.payload["meters"] for one in facts_of(session, "BoxPacked")]
        ours = {code: seal for meters in packed for code, _, seal in meters if seal}
        states = set(session.execute(sa.select(SealRow.state).where(SealRow.bar_code.in_(ours))).scalars())
        kinds = [one.kind for one in views.letters(session, receiver="platform", limit=10_000)]
        account = reconcile.account(session, "T1", "platform")
    theirs = heard(platform.records, "T1").sealed
    assert theirs == {code: f"void {seal}" for code, seal in ours.items()}
    assert len(theirs) >= 30 and states == ({"void"} if seals else set())
    happened = Happened(heard(platform.records, "T1").concluded, heard(platform.records, "T1").packed, theirs)
    found = audit(platform.records, {"T1": happened})
    assert (found.doubles, found.clashes, found.disagreements) == ([], [], [])
    counted = platform.records.rows("SELECT count(*), count(DISTINCT subject) FROM word WHERE what = 'voided'")
    assert counted == [(len(theirs), len(theirs))]
    assert kinds.count("seal_voided") < len(theirs)  # many in one letter
    assert (account.dead, account.open, account.differences) == (0, 0, ())

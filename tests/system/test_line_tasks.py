"""A sampling task on a line that is led cell by cell: single boxes are opened, the others of their pallets set back."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from simulation.study import Study
from tests.system.cells import Site, cells_plant
from tests.system.test_line import Watch, delivery, judge_of
from tests.system.test_line_orders import facts_of
from tests.unit.wms.deliveries import rows
from wcs.store import make_engine
from wms.desk import Desk
from wms.marketing import cancelling, task_views, tasks
from wms.marketing.tasks import Wish
from wms.outbound import views as owed
from wms.results import samples
from wms.stock import views as stock
from wms.stock.tables import AssetRow, BoxRow

BOX_METERS = 15


def test_a_sample_is_taken_from_single_boxes_and_the_rest_of_the_lot_stays_closed(tmp_path: Path) -> None:
    engine = make_engine("sqlite://")
    truth, books = delivery(tmp_path, rows(lot="LOT-A", pallets=2, boxes=6))
    over: list[str] = []

    def marketing(session: Session, at_ms: int) -> None:
        if task_views.task(session, "S1") is None:
            desk = Desk(session, at_ms)
            tasks.take(desk, Wish("S1", "LOT-A", "sampling", approval=False))
            tasks.take(desk, Wish("T1", "LOT-A", "first"))
            desk.close()
        task = task_views.task(session, "S1")
        later = task_views.task(session, "T1")
        if task is not None and task.state == "finished" and later is not None and later.why:
            over.append(later.why[0].code)

    def more() -> bool:
        return not over or over[-1] == "lot_waits_for_sampling"

    site = Site(
        cells_plant(), engine, truth, books, judge_of(1), check=Watch(engine), staff=marketing, more=more,
        call_off=False,
    )  # fmt: skip
    site.work(study=Study(seed=1))
    with Session(engine) as session:
        task = task_views.task(session, "S1")
        assert task is not None and task.proposals[0].state == "approved"
        proposed = {one.box for one in task.proposals[0].boxes}
        drawn = samples.sample(session, task.sample)
        totals = stock.totals(session)
        closed = session.execute(sa.select(BoxRow.code).where(BoxRow.state == "received")).scalars().all()
    assert len(proposed) * BOX_METERS < drawn.size + BOX_METERS  # no box more than the sample needs
    assert len({one.pallet for one in task.proposals[0].boxes}) == 2
    assert (drawn.tested, drawn.state in ("accepted", "rejected")) == (drawn.size, True)
    assert totals.meters_in == 12 * BOX_METERS and totals.missing == 0
    if drawn.state == "accepted":
        assert len(closed) == 12 - len(proposed)


def test_a_task_taken_back_over_a_working_line_leaves_no_meter_verified_and_none_behind(tmp_path: Path) -> None:
    engine = make_engine("sqlite://")
    truth, books = delivery(tmp_path, rows(lot="LOT-A", pallets=2, boxes=6))
    ended: list[str] = []

    def marketing(session: Session, at_ms: int) -> None:
        desk = Desk(session, at_ms)
        task = task_views.task(session, "T1")
        if task is None:
            tasks.take(desk, Wish("T1", "LOT-A", "first", approval=False))
        elif task.state == "running" and len(facts_of(session, "BoxUnloaded")) > 6:
            cancelling.cancel(desk, "T1", reason="wrong lot", ending="abort", by="li")
        elif task.state == "cancelled":
            ended.append(task.state)
        desk.close()

    site = Site(
        cells_plant(), engine, truth, books, judge_of(1), check=Watch(engine), staff=marketing,
        more=lambda: not ended, call_off=False,
    )  # fmt: skip
    site.work(study=Study(seed=1))
    with Session(engine) as session:
        (order,) = owed.orders(session)
        totals = stock.totals(session)
        last = facts_of(session, "StagesCounted")[-1].payload
        judged = session.execute(sa.select(AssetRow.verdict, sa.func.count()).group_by(AssetRow.verdict)).all()
    assert (order.state, order.ended_ms > 0) == ("cancelled", True)
    assert totals.missing == 0 and totals.meters_in == 12 * BOX_METERS
    assert last["at"] == "cancelled" and last["on_line"] == last["passed"] == 0
    assert {verdict for verdict, _ in judged} <= {0, 2}  # who has failed has failed; nobody has passed
    assert totals.by_role["qualified"] == 0 and totals.by_role["received"] > 6 * BOX_METERS

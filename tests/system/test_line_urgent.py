"""Two tasks for one line: the urgent one's pallets leave their slots first, and a change under way is obeyed."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from simulation.study import Study
from tests.system.cells import Site, cells_plant
from tests.system.test_line import delivery, judge_of
from tests.system.test_line_orders import facts_of
from tests.unit.wms.deliveries import rows
from wcs.store import make_engine
from wms.desk import Desk
from wms.marketing import task_views, tasks
from wms.marketing.tasks import Change, Wish
from wms.stock import views as stock

PALLETS = 7


def test_the_urgent_task_is_served_first_and_a_change_moves_what_still_stands(tmp_path: Path) -> None:
    engine = make_engine("sqlite://")
    lots = [(lot, rows(lot=lot, pallets=n, boxes=1, first=first)) for lot, n, first in (
        ("LOT-A", 3, 1), ("LOT-B", 2, 50), ("LOT-C", 2, 90),
    )]  # fmt: skip
    truth, books = delivery(tmp_path, [line for _, lines in lots for line in lines])
    steps: list[str] = []

    def marketing(session: Session, at_ms: int) -> None:
        desk = Desk(session, at_ms)
        in_stock = len(facts_of(session, "PalletStored"))
        if not steps and in_stock == PALLETS:
            for key, lot, priority in (("TA", "LOT-A", 0), ("TB", "LOT-B", 50), ("TC", "LOT-C", 0)):
                tasks.take(desk, Wish(key, lot, priority=priority, approval=False))
            steps.append("taken")
        elif steps == ["taken"] and _out(session):
            tasks.change(desk, "TC", Change(priority=80), by="li")
            steps.append("changed")
        elif steps == ["taken", "changed"] and all(one.state == "finished" for one in task_views.tasks(session)):
            steps.append("over")
        desk.close()

    site = Site(
        cells_plant(queue=1),
        engine,
        truth,
        books,
        judge_of(1),
        staff=marketing,
        more=lambda: "over" not in steps,
        call_off=False,
    )
    site.work(study=Study(seed=1))
    with Session(engine) as session:
        out = [unit[:4] for unit in _out(session)]
        totals = stock.totals(session)
    assert steps == ["taken", "changed", "over"]
    assert len(out) == PALLETS and out[0] == "P001"  # the crane was idle as the first task came
    assert out[-2:] == ["P001", "P001"], out  # what nobody has hurried comes last
    assert totals.missing == 0


def _out(session: Session) -> list[str]:
    """Return the pallets that a crane has taken for a line, in that order."""
    return [one.subject for one in facts_of(session, "UnitPicked") if one.payload["kind"] == "verify"
            and one.payload["source"].startswith("A1-")]  # fmt: skip

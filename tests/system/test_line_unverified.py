"""What nobody has judged leaves a line as not verified: neither passed nor failed, and it can be verified again."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from simulation.study import Study
from tests.system.cells import Site, cells_plant
from tests.system.test_line import Watch, delivery
from tests.unit.wms.deliveries import rows
from wcs import journal
from wcs.bench.records import MeterVerdict, Place, Run
from wcs.line.account import account
from wcs.store import make_engine
from wms.outbound import service
from wms.stock import views as stock
from wms.stock.tables import AssetRow, BoxRow, ClarificationRow, PalletRow

UNLUCKY = ("07", "55")  # endings of bar codes


def asked_of_boxes(session: Session) -> list[str]:
    """Return what people are asked about boxes."""
    query = sa.select(ClarificationRow.reason).join(BoxRow, BoxRow.code == ClarificationRow.subject)
    return list(session.execute(query.where(ClarificationRow.closed_ms == 0)).scalars())


def test_a_meter_that_is_given_up_twice_waits_in_quarantine_and_passes_when_it_is_verified_again(
    tmp_path: Path,
) -> None:
    engine = make_engine("sqlite://")
    truth, books = delivery(tmp_path, rows(lot="LOT-A", pallets=1, boxes=6))
    first: dict[str, int] = {}
    ordered: list[int] = []

    def judge(run: Run, place: Place) -> MeterVerdict:
        hot = not ordered and place.bar_code.endswith(UNLUCKY)
        verdict = "aborted" if hot else "pass"
        return MeterVerdict(position=place.position, bar_code=place.bar_code, verdict=verdict)

    def staff(session: Session, at_ms: int) -> None:
        totals = stock.totals(session)
        where = session.execute(sa.select(PalletRow.whereabouts).distinct()).scalars().all()
        if ordered or totals.meters_in_stock + totals.quarantine < 90 or set(where) != {"stored"}:
            return
        meters = session.execute(sa.select(AssetRow.verdict, AssetRow.seal, AssetRow.verified_ms, AssetRow.bar_code))
        for verdict, seal, verified_ms, code in meters.all():
            if verdict == 0:
                assert (seal, verified_ms) == ("", 0) and code.endswith(UNLUCKY)
                first[code] = verdict
        assert asked_of_boxes(session) == ["box_not_verified"]
        (box,) = session.execute(sa.select(BoxRow.verdict, BoxRow.meters).where(BoxRow.state == "quarantine")).all()
        assert tuple(box) == (0, len(first)) and totals.meters_rejected == 0
        again = {"key": "again", "lot": "LOT-A", "line": "VL1", "purpose": "recheck"}
        ordered.append(service.create_verification(session, **again, at_ms=at_ms))

    site = Site(cells_plant(), engine, truth, books, judge, check=Watch(engine), staff=staff, more=lambda: not ordered)
    site.work(study=Study(seed=1))
    assert len(first) == 2
    with Session(engine) as session:
        totals = stock.totals(session)
        still = asked_of_boxes(session)
        lots = [fact.payload for fact in journal.read(session, 0, 100_000) if fact.kind == "LotCompleted"]
        done = account(site.plant.lines["VL1"], journal.read(session, 0, 100_000))  # type: ignore[arg-type]
    assert [(lot["passed"], lot["failed"], lot["unverified"]) for lot in lots] == [(88, 0, 2), (90, 0, 0)]
    assert totals.meters_in_stock == 90 and totals.quarantine == 0 and not still
    assert (done.unverified, done.rejected) == (2, 0)

"""Orders that cross on a line: one taken back while its first pallet is open, and two for the same lot."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from simulation.study import Study
from tests.system.cells import Site, cells_plant
from tests.system.test_line import Watch, delivery, judge_of
from tests.unit.wms.deliveries import rows
from wcs import journal
from wcs.store import make_engine
from wms.line import exceptions
from wms.outbound import service
from wms.outbound import views as owed
from wms.outbound.tables import TripRow
from wms.stock import views as stock
from wms.stock.tables import AssetRow, BoxRow, PalletRow

BOX_METERS = 15


def facts_of(session: Session, kind: str) -> list[journal.Booked]:
    return [fact for fact in journal.read(session, 0, 100_000) if fact.kind == kind]


def test_an_order_taken_back_over_an_open_pallet_finishes_what_is_open_and_gives_the_rest_back(tmp_path: Path) -> None:
    engine = make_engine("sqlite://")
    truth, books = delivery(tmp_path, rows(lot="LOT-A", pallets=2, boxes=6))
    taken_back: list[int] = []
    seen: dict[str, int] = {}

    def staff(session: Session, at_ms: int) -> None:
        emptied = facts_of(session, "BoxUnloaded")
        if not taken_back and 0 < len(emptied) < 4:
            order = owed.orders(session)[0].number
            service.cancel_order(session, order, reason="wrong lot", at_ms=at_ms)
            taken_back.append(order)
        elif taken_back and not seen and (packed := facts_of(session, "LotCompleted")):
            seen["passed"] = packed[0].payload["passed"] + packed[0].payload["failed"]
            seen["received"] = stock.totals(session).by_role["received"]
            seen["aside"] = len(exceptions.listed(session))
            seen["returned"] = len(facts_of(session, "BoxBackInStock"))

    site = Site(
        cells_plant(), engine, truth, books, judge_of(1), check=Watch(engine), staff=staff, more=lambda: not seen
    )
    site.work(study=Study(seed=1))
    with Session(engine) as session:
        (order,) = owed.orders(session)
        totals = stock.totals(session)
        stored = session.execute(sa.select(PalletRow.code).where(PalletRow.whereabouts == "stored")).all()
    assert (order.state, order.why[0].code) == ("cancelled", "order_cancelled") and order.ended_ms > 0
    assert seen["aside"] == 0 and totals.missing == totals.quarantine == 0
    assert 0 < seen["passed"] < 6 * BOX_METERS and seen["passed"] % BOX_METERS == 0  # what was open is done
    assert seen["returned"] == 6 - seen["passed"] // BOX_METERS  # the others of that pallet have come back
    assert seen["passed"] + seen["received"] == totals.meters_in == 2 * 6 * BOX_METERS
    assert len(stored) >= 2


def test_what_came_back_is_verified_by_the_next_order(tmp_path: Path) -> None:
    engine = make_engine("sqlite://")
    truth, books = delivery(tmp_path, rows(lot="LOT-A", pallets=1, boxes=6))
    done: list[str] = []

    def staff(session: Session, at_ms: int) -> None:
        if not done and facts_of(session, "BoxUnloaded"):
            service.cancel_order(session, owed.orders(session)[0].number, reason="not now", at_ms=at_ms)
            done.append("taken back")
        elif done == ["taken back"] and facts_of(session, "LotCompleted") and _all_stored(session):
            service.create_verification(session, key="again", lot="LOT-A", line="VL1", purpose="demo", at_ms=at_ms)
            done.append("ordered again")

    site = Site(cells_plant(), engine, truth, books, judge_of(1), staff=staff, more=lambda: len(done) < 2)
    site.work(study=Study(seed=1))
    with Session(engine) as session:
        totals = stock.totals(session)
        verdicts = session.execute(sa.select(AssetRow.verdict)).scalars().all()
        assert exceptions.listed(session) == []  # the empty boxes between the full ones bother nobody
    assert totals.unfinished == totals.missing == 0
    assert 0 not in verdicts and len(verdicts) == 6 * BOX_METERS


def _all_stored(session: Session) -> bool:
    where = sa.select(PalletRow.whereabouts).join(BoxRow, BoxRow.pallet == PalletRow.code).where(BoxRow.meters > 0)
    return set(session.execute(where).scalars()) == {"stored"}


def test_a_second_order_for_a_lot_waits_for_the_first_and_goes_by_itself(tmp_path: Path) -> None:
    engine = make_engine("sqlite://")
    truth, books = delivery(tmp_path, rows(lot="LOT-A", pallets=2, boxes=6))
    told: list[str] = []

    def staff(session: Session, at_ms: int) -> None:
        if told:
            return
        late = session.execute(sa.select(TripRow).order_by(TripRow.number.desc())).scalars().first()
        assert late is not None and late.state == "waiting"
        late.state = "cancelled"  # as if this pallet had been delivered after the first order
        session.flush()
        second = service.create_verification(
            session, key="second", lot="LOT-A", line="VL1", purpose="demo", at_ms=at_ms
        )
        view = owed.order(session, second)
        assert view is not None
        told.extend(why.code for why in view.why)

    site = Site(cells_plant(), engine, truth, books, judge_of(1), check=Watch(engine), staff=staff)
    site.work(study=Study(seed=1))
    assert told == ["lot_under_verification"]
    with Session(engine) as session:
        first, second = owed.orders(session)
        opened = facts_of(session, "LotCompleted")
        totals = stock.totals(session)
        started = [fact.at_ms for fact in facts_of(session, "PalletUnloaded") if fact.payload["order"] == second.number]
    assert (first.state, second.state) == ("finished", "finished") and len(opened) == 2
    assert started and min(started) > first.ended_ms
    assert totals.unfinished == 0 and totals.meters_in_stock + totals.meters_rejected == 2 * 6 * BOX_METERS

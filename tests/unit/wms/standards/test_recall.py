"""A standard that fails its check: what was judged with it is listed, locked in stock, reported where delivered."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.lab import LATER_MS, finish, staff
from tests.unit.wms.deliveries import delivery
from wms.desk import Desk
from wms.errors import Refused
from wms.inbound import service as inbound
from wms.outbound.tables import OrderLineRow, OutboundOrderRow, PromiseRow
from wms.rows import table
from wms.standards import recall, service, views
from wms.standards.service import Finding
from wms.stock import views as stock
from wms.stock.tables import AssetRow, BoxRow, PalletRow, StationRow

BAD, GOOD = Finding("0.20", "0.05"), Finding("0.01", "0.05")
_box, _asset = table(BoxRow), table(AssetRow)


@pytest.fixture
def boxes(session: Session) -> list[str]:
    """Four boxes of meters in stock, the last one delivered; the meters of the first three and it are judged."""
    staff(session)
    inbound.import_delivery(session, delivery(), at_ms=0)
    at = session.connection()
    codes = list(at.execute(sa.select(_box.c.code).where(_box.c.meters > 0).order_by(_box.c.code)).scalars())
    at.execute(sa.update(_box).values(state="qualified", verdict=1))
    at.execute(sa.update(table(PalletRow)).values(whereabouts="stored"))
    at.execute(sa.update(_box).where(_box.c.code == codes[3]).values(state="shipped"))
    for n, code in enumerate(codes[:4]):
        meters = at.execute(sa.select(_asset.c.bar_code).where(_asset.c.box == code).order_by(_asset.c.bar_code))
        finish(session, f"r{n}", list(meters.scalars()), at_ms=(n + 1) * LATER_MS)
    return codes


def states(session: Session, codes: list[str]) -> list[str]:
    found = dict(session.connection().execute(sa.select(_box.c.code, _box.c.state)).all())  # type: ignore[arg-type]
    return [found[code] for code in codes]


def test_only_what_was_judged_since_the_last_good_check_is_recalled(session: Session, boxes: list[str]) -> None:
    service.check(Desk(session, LATER_MS + 1), "RS-BN1", GOOD, by="lab")  # after the first box
    desk = Desk(session, 9 * LATER_MS)
    number = service.check(desk, "RS-BN1", BAD, by="lab")
    (told,) = views.recalls(session)
    assert (told.number, told.meters, told.found) == (number, 45, {"stock": 30, "delivered": 15})
    assert states(session, boxes[:5]) == ["qualified", "quarantine", "quarantine", "shipped", "qualified"]
    assert {one.reason for one in stock.clarifications(session)} == {"standard_recalls"}
    codes = [one.bar_code for one in views.recalled(session, number)]
    assert recall.locked(session, [*codes, "other"]) == set(codes)
    assert recall.release(desk, number, reason="wrong cable", by="quality") == 45
    assert states(session, boxes[:5]) == ["qualified", "qualified", "qualified", "shipped", "qualified"]
    assert recall.locked(session, codes) == set()
    with pytest.raises(Refused, match="unknown_recall"):
        recall.release(desk, number, reason="again", by="quality")


def test_a_promise_of_recalled_stock_is_taken_back(session: Session, boxes: list[str]) -> None:
    at = session.connection()
    station = at.execute(sa.select(table(StationRow).c.id).limit(1)).scalar_one()
    order = {"key": "k", "kind": "distribution", "state": "under_way", "created_ms": 0}
    at.execute(sa.insert(table(OutboundOrderRow)), order)
    line = {"order": 1, "district": "East", "model": "DDZY2026", "dock": station, "quantity": 30, "promised": 30}
    at.execute(sa.insert(table(OrderLineRow)), line | {"allocated": True})
    at.execute(sa.insert(table(PromiseRow)), [
        {"line": 1, "box": boxes[0], "meters": 15, "state": "promised"},
        {"line": 1, "box": boxes[1], "meters": 15, "state": "picked"},
    ])  # fmt: skip
    at.execute(sa.update(_box).where(_box.c.code.in_(boxes[:2])).values(state="allocated"))
    service.check(Desk(session, 9 * LATER_MS), "RS-BN1", BAD, by="lab")
    assert states(session, boxes[:2]) == ["quarantine", "allocated"]
    (told,) = views.recalls(session)
    assert told.found == {"stock": 30, "under_way": 15, "delivered": 15}
    assert {one.reason for one in stock.clarifications(session)} == {"standard_recalls", "recalled_under_way"}
    assert at.execute(sa.text("SELECT promised FROM order_line")).scalar_one() == 15


def test_a_meter_that_is_verified_anew_leaves_the_recall(session: Session, boxes: list[str]) -> None:
    service.check(Desk(session, 9 * LATER_MS), "RS-BN1", BAD, by="lab")
    first = views.recalled(session, 1)[0].bar_code
    service.check(Desk(session, 10 * LATER_MS), "RS-BN1", GOOD, by="lab")
    finish(session, "again", [first], at_ms=11 * LATER_MS)
    assert recall.locked(session, [first]) == set()
    assert views.recalls(session)[0].still_locked == 59

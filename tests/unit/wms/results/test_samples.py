"""Samples of a lot: drawn by the plan, decided by tests, never chosen."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.lab import finish, staff
from tests.unit.wms.deliveries import delivery
from wms.desk import Desk
from wms.errors import Refused
from wms.inbound import service as inbound
from wms.results import samples


def test_a_lot_is_accepted_or_rejected_by_its_sample(session: Session) -> None:
    staff(session)
    inbound.import_delivery(session, delivery(), at_ms=0)
    desk = Desk(session, 10)
    number = samples.draw(desk, "LOT-1", aql="1.0", by="li")
    drawn = samples.sample(session, number)
    assert (drawn.lot_size, drawn.letter, drawn.size, drawn.accept, drawn.reject) == (300, "H", 50, 1, 2)
    assert len(set(drawn.meters)) == 50
    with pytest.raises(Refused, match="sample_open"):
        samples.draw(desk, "LOT-1", aql="1.0", by="li")
    finish(session, "r1", drawn.meters[:40], bad=drawn.meters[:1], at_ms=100)
    with pytest.raises(Refused, match="sample_not_tested"):
        samples.decide(desk, number, by="wang")
    finish(session, "r2", drawn.meters[40:], at_ms=200)
    assert samples.decide(desk, number, by="wang") == "accepted"
    assert samples.sample(session, number).bad == 1
    with pytest.raises(Refused, match="sample_is"):
        samples.decide(desk, number, by="wang")
    again = samples.draw(Desk(session, 300), "LOT-1", aql="1.0", by="li")
    finish(
        session,
        "r3",
        samples.sample(session, again).meters[:2],
        bad=samples.sample(session, again).meters[:2],
        at_ms=400,
    )
    assert samples.decide(Desk(session, 500), again, by="wang") == "rejected"
    with pytest.raises(Refused, match="unknown_lot"):
        samples.draw(desk, "LOT-9", aql="1.0", by="li")

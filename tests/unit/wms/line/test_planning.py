"""Lots are placed on the lines that verify their kind, so that the last is done as early as can be."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from tests.plants import small_plant, small_plant_data
from tests.unit.wms.deliveries import delivery
from wcs.store import create_tables, make_engine
from wms import setup
from wms.errors import Refused
from wms.inbound.service import import_delivery
from wms.line.planning import plan_lots
from wms.outbound import service


def two_lines() -> Plant:
    """Return the small plant with a second line of half as many positions."""
    data = small_plant_data()
    slow = data["lines"]["VL1"] | {"infeed": "PS", "outfeed": "PT", "positions": 30, "index": 30}
    return small_plant(lines={**data["lines"], "VL2": slow})


@pytest.fixture
def stocked() -> Session:
    """Return a site with three lots announced: two pallets, one and one."""
    engine = make_engine("sqlite://")
    create_tables(engine)
    session = Session(engine)
    setup.seed(session, two_lines())
    for lot, pallets in ((1, 2), (2, 1), (3, 1)):
        content = delivery(asn=f"A{lot}", lot=f"LOT-{lot}", first=lot, pallets=pallets, boxes=20)
        assert import_delivery(session, content, at_ms=1).problems == ()
    return session


@pytest.mark.parametrize("seconds", [0.0, 1.0])
def test_the_slow_line_gets_what_makes_both_end_soonest(stocked: Session, seconds: float) -> None:
    plan = plan_lots(stocked, two_lines(), ["LOT-1", "LOT-2", "LOT-3"], seconds=seconds)
    on = {each.lot: each.line for each in plan.placed}
    assert (on["LOT-1"], {on["LOT-2"], on["LOT-3"]}) == ("VL1", {"VL1", "VL2"})
    assert plan.done_s == max(each.end_s for each in plan.placed)
    assert plan.bound_s <= plan.done_s
    assert plan.rule == ("planned" if seconds else "greedy")


def test_a_line_does_first_what_it_was_called_before(stocked: Session) -> None:
    before = plan_lots(stocked, two_lines(), ["LOT-2"])
    service.create_verification(stocked, key="k", lot="LOT-1", line="VL1", at_ms=1)
    after = plan_lots(stocked, two_lines(), ["LOT-2"])
    assert (before.placed[0].line, after.placed[0].line) == ("VL1", "VL2")


def test_lots_that_cannot_be_placed_are_refused(stocked: Session) -> None:
    for lots, code in (([], "too_many_lots"), (["LOT-9"], "nothing_to_verify")):
        with pytest.raises(Refused) as refused:
            plan_lots(stocked, two_lines(), lots)
        assert refused.value.code == code

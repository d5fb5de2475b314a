"""Stock taken over from a file: all of it or nothing, and then it is stock like any other."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.plants import small_plant
from tests.unit.wms.deliveries import code
from wms import relocation
from wms.errors import Refused
from wms.outbound import service as outbound
from wms.stock import imports, views
from wms.stock import service as stock

HEADER = "slot,pallet,pile,box,bar_code,lot,model,state,verified_on"
PLANT = small_plant()


def sheet(*, slot: str = "A1-1-01-01", state: str = "09", day: str = "2026-10-01", first: int = 1) -> list[str]:
    """Return the rows of a pallet with two full boxes."""
    return [
        f"{slot},Q{first},q{first},{code('59', first * 10 + box)},{code('01', (first * 10 + box) * 15 + n)},"
        f"OLD-{first},DDZY2026,{state},{day}"
        for box in range(2)
        for n in range(15)
    ]


def content(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def test_stock_is_taken_over_and_can_be_promised(session: Session) -> None:
    newer = sheet(slot="A1-1-02-01", day="2026-10-20", first=2)
    dry = imports.import_stock(session, content(*sheet(), *newer), plant=PLANT, at_ms=1, dry_run=True)
    assert (dry.meters, dry.stored, dry.problems) == (60, False, ())
    assert views.totals(session).meters_in == 0
    done = imports.import_stock(session, content(*sheet(), *newer), plant=PLANT, at_ms=1)
    assert (done.boxes, done.pallets, done.slots, done.stored) == (4, 2, 2, True)
    account = views.totals(session)
    assert (account.meters_in_stock, account.slots_used, account.meters_stored) == (60, 2, 60)
    outbound.create_distribution(session, key="d", lines=[("north", "DDZY2026", 30)], at_ms=1)
    allocated = {
        f.pallet for n in (10, 11, 20, 21) for f in views.find(session, code("59", n)) if f.state == "allocated"
    }
    assert allocated == {"Q1"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (sheet(slot="A9-1-01-01", first=2)[0], "unknown_slot"),
        (sheet(state="77")[0], "not_a_state_of_stock"),
        (sheet(state="13")[0], "not_a_state_of_stock"),
        (sheet(day="")[0], "verified_on_does_not_fit_state"),
        (sheet(state="01")[0], "verified_on_does_not_fit_state"),
        (sheet(day="yesterday")[0], "not_a_date"),
        (sheet(first=2)[0], "slot_of_two_pallets"),
        (sheet(slot="A1-1-02-02")[0], "pallet_in_two_slots"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_stored(session: Session, row: str, expected: str) -> None:
    rows = sheet()[1:] if row.split(",")[3] == sheet()[0].split(",")[3] else sheet()
    done = imports.import_stock(session, content(*rows, row), plant=PLANT, at_ms=1)
    assert expected in {p.code for p in done.problems}
    assert not done.stored
    assert views.totals(session).meters_in == 0


def test_a_code_is_found_whatever_it_stands_for(session: Session) -> None:
    imports.import_stock(session, content(*sheet()), plant=PLANT, at_ms=1)
    meter = code("01", 150)
    assert [(f.kind, f.place) for f in views.find(session, meter)] == [("asset", "A1-1-01-01")]
    assert [f.code for f in views.find(session, meter[9:21])] == [meter]
    kinds = {text: views.find(session, text)[0].kind for text in (code("59", 10), "Q1", "q1", "OLD-1", "A1-1-01-01")}
    assert list(kinds.values()) == ["box", "pallet", "box", "lot", "pallet"]
    assert views.find(session, "nothing") == []


def test_slots_are_blocked_and_checked_by_hand(session: Session) -> None:
    stock.block_slot(session, "A1-1-02-01", at_ms=1)
    assert views.totals(session).slots_blocked == 1
    stock.check_slot(session, "A1-1-02-01", holds=None, at_ms=2)
    assert views.totals(session).slots_blocked == 0
    with pytest.raises(Refused, match="unknown_slot"):
        stock.block_slot(session, "A9-1-02-01", at_ms=1)


def test_a_pallet_is_relocated_to_a_slot_that_takes_it(session: Session) -> None:
    imports.import_stock(session, content(*sheet()), plant=PLANT, at_ms=1)
    with pytest.raises(Refused, match="slot_taken"):
        imports.import_stock(session, content(*sheet(slot="A1-1-02-01", first=2)), plant=PLANT, at_ms=1)
        relocation.relocate(session, "Q1", to="A1-1-02-01", key="1", plant=PLANT, at_ms=1)
    assert relocation.relocate(session, "Q1", to="A1-1-03-01", key="2", plant=PLANT, at_ms=1) == 1
    with pytest.raises(Refused, match="pallet_not_here"):
        relocation.relocate(session, "Q1", to="A1-1-03-02", key="3", plant=PLANT, at_ms=1)

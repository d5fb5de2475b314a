"""Delivery files: what is taken, what is refused, and that every bad row is named."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.unit.wms.deliveries import HEADER, code, delivery, rows
from wms.inbound import service
from wms.inbound.service import check_file, import_delivery
from wms.stock import views


def edited(line: int, column: str, value: str, **of: object) -> bytes:
    """Return a delivery in which one cell says something else; lines count like the file's."""
    table = list(csv.reader(io.StringIO(delivery(**of).decode())))
    table[line - 1][table[0].index(column)] = value
    return "\n".join(",".join(row) for row in table).encode()


def stored(session: Session) -> tuple[int, int, int]:
    counts = [
        session.connection().execute(sa.text(f"SELECT count(*) FROM {t}")).scalar() for t in ("asset", "box", "pallet")
    ]
    return int(counts[0] or 0), int(counts[1] or 0), int(counts[2] or 0)


@pytest.mark.parametrize(
    ("line", "column", "value", "expected"),
    [
        (5, "bar_code", "12", "not_22_digits"),
        (5, "bar_code", code("01", 15001)[:21] + "x", "not_22_digits"),
        (5, "bar_code", code("01", 15001)[:21] + str((int(code("01", 15001)[21]) + 1) % 10), "wrong_check_digit"),
        (5, "bar_code", code("01", 15000), "twice_in_file"),
        (5, "comm_address", "000000000000", "address_differs"),
        (5, "made_on", "17.10.2026", "not_a_date"),
        (5, "model", "NOSUCH", "box_mixes_models"),
        (5, "lot", "LOT-2", "box_mixes_lots"),
        (5, "pallet", "P9", "box_on_two_pallets"),
        (5, "pile", "9", "box_on_two_piles"),
        (2, "model", "NOSUCH", "unknown_model"),
        (5, "accuracy_class", "0.5", "not_of_this_model"),
        (5, "current_a", "5(100)", "not_of_this_model"),
        (5, "box", code("01", 5), "wrong_asset_type"),
        (5, "asn", "ASN-2", "several_deliveries"),
        (5, "lot", "L" * 65, "too_long"),
        (2, "pallet", "P" * 23, "not_a_name"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_and_nothing_is_stored(
    session: Session, line: int, column: str, value: str, expected: str
) -> None:
    content = edited(line, column, value, boxes=2)
    if expected == "twice_in_file" or column == "bar_code":
        content = _with_address(content)
    intake = import_delivery(session, content, at_ms=1)
    assert (line, expected) in {(p.line, p.code) for p in intake.problems}
    assert intake.order == 0
    assert stored(session) == (0, 0, 0)


def _with_address(content: bytes) -> bytes:
    table = list(csv.reader(io.StringIO(content.decode())))
    bar, address = table[0].index("bar_code"), table[0].index("comm_address")
    for row in table[1:]:
        row[address] = row[bar][9:21]
    return "\n".join(",".join(row) for row in table).encode()


def test_every_bad_row_is_reported_at_once(session: Session) -> None:
    table = rows(boxes=2)
    bad = [row.replace("2026-10-17", "soon") if n % 2 else row for n, row in enumerate(table)]
    intake = import_delivery(session, "\n".join([HEADER, *bad]).encode(), at_ms=1)
    assert [p.line for p in intake.problems] == list(range(3, 32, 2))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "missing_column"),
        (HEADER.encode(), "no_rows"),
        (HEADER.replace(",box,", ",crate,").encode(), "missing_column"),
        (b"{", "not_json"),
        (b'{"meters": 3}', "missing_column"),
        (b"[]", "no_rows"),
        (b"\0\1\2", "not_text"),
        ((HEADER + '\n"unclosed').encode(), "not_csv"),
        ((HEADER + "\na,b").encode(), "row_width"),
    ],
)
def test_a_file_that_is_none_is_refused(session: Session, content: bytes, expected: str) -> None:
    intake = import_delivery(session, content, at_ms=1)
    assert expected in {p.code for p in intake.problems}
    assert intake.order == 0


def test_too_many_meters_boxes_or_piles_are_found(session: Session) -> None:
    sixteenth = rows(boxes=1)[0].split(",")
    sixteenth[5] = code("01", 999_999)
    sixteenth[6] = sixteenth[5][9:21]
    content = "\n".join([HEADER, *rows(boxes=1), ",".join(sixteenth)]).encode()
    assert [(p.line, p.code) for p in import_delivery(session, content, at_ms=1).problems] == [(17, "box_overfull")]
    content = delivery(boxes=25)
    assert {p.code for p in import_delivery(session, content, at_ms=1).problems} == {"pallet_overfull"}
    high = delivery(boxes=6).replace(b",1-0-1,", b",1-0-0,")
    assert [(p.line, p.code) for p in import_delivery(session, high, at_ms=1).problems] == [(77, "pile_overfull")]


def test_json_is_taken_like_csv(session: Session) -> None:
    table = list(csv.DictReader(io.StringIO(delivery(boxes=2).decode())))
    for row in table:
        del row["asn"]
    intake = import_delivery(session, json.dumps({"asn": "A1", "meters": table}).encode(), at_ms=1)
    assert (intake.asn, intake.problems, intake.meters) == ("A1", (), 30)


def test_the_same_delivery_and_the_same_meters_are_known_again(session: Session) -> None:
    import_delivery(session, delivery(boxes=2), at_ms=1)
    again = import_delivery(session, delivery(boxes=2), at_ms=2)
    assert [p.code for p in again.problems] == ["delivery_known_already"]
    other = import_delivery(session, delivery(boxes=2, asn="ASN-2"), at_ms=2)
    codes = [p.code for p in other.problems]
    assert codes.count("meter_known_already") == 30
    assert codes.count("box_in_use") == 2
    assert stored(session) == (30, 2, 1)


def test_with_quarantine_good_boxes_are_taken_and_bad_ones_booked(session: Session) -> None:
    content = edited(5, "made_on", "soon", boxes=3)
    intake = import_delivery(session, content, at_ms=1, quarantine=True)
    assert (intake.boxes, intake.meters, intake.quarantined, len(intake.problems)) == (2, 30, 1, 1)
    assert stored(session) == (30, 3, 1)
    asked = views.clarifications(session)
    assert [(c.reason, c.params["lines"]) for c in asked] == [("box_not_as_announced", "5")]


def test_nothing_is_seen_of_a_delivery_before_it_is_whole(session: Session) -> None:
    seen: list[tuple[int, int]] = []

    def look() -> None:
        session.commit()
        seen.append((stored(session)[0], views.totals(session).by_role["expected"]))
        session.commit()

    import_delivery(session, delivery(pallets=6), at_ms=1, between=look)
    assert max(staged for staged, _ in seen) == 1800
    assert {shown for _, shown in seen} == {0}
    assert views.totals(session).by_role["expected"] == 1800


def test_what_an_interrupted_intake_left_is_taken_out(session: Session) -> None:
    class Killed(Exception):
        """The process dies."""

    calls = 0

    def die() -> None:
        nonlocal calls
        calls += 1
        session.commit()
        if stored(session)[0]:
            raise Killed

    with pytest.raises(Killed):
        import_delivery(session, delivery(pallets=6), at_ms=1, between=die)
    session.rollback()
    assert stored(session)[0] > 0
    service.discard_staging(session)
    assert stored(session) == (0, 0, 0)
    assert import_delivery(session, delivery(pallets=6), at_ms=1).meters == 1800


def test_a_file_is_checked_without_a_database() -> None:
    report = check_file(Path("plants/demo/ASN-2026-0003.csv"))
    assert (report.rows, report.meters, report.boxes, report.piles, report.pallets, report.lots) == (
        500, 500, 100, 25, 7, 1,
    )  # fmt: skip
    assert report.problems == ()

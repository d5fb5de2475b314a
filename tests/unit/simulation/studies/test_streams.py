"""Recorded order streams: taken as a whole, or refused with every bad row named."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.studies.stream import recorded
from simulation.study import StudyError

FAMILIES = ("DDZY2026", "DTZY2026")


def stream(folder: Path, text: str) -> Path:
    path = folder / "orders.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_of_one_time_direction_and_family_are_one_truck_or_order(tmp_path: Path) -> None:
    text = (
        "time,in/out,family,pallet\n00:10:00,in,DDZY2026,P1\n00:10:00,in,DDZY2026,\n7200,out,DDZY2026,\n"
        "25:00,verify,DTZY2026,\n"
    )
    truck, order, lot = recorded(stream(tmp_path, text), FAMILIES)
    assert (truck.at_s, truck.kind, truck.pallets, truck.names[0]) == (600.0, "inbound", 2, "P1")
    assert len(set(truck.names)) == 2
    assert (order.at_s, order.kind, order.pallets) == (7200.0, "distribution", 1)
    assert (lot.at_s, lot.kind, lot.family) == (90_000.0, "verification", "DTZY2026")


def test_instants_count_from_the_midnight_before_the_first(tmp_path: Path) -> None:
    text = "time,in/out,family,pallet\n2026-03-01T06:00:00,in,DDZY2026,A\n2026-03-02T01:00:00,in,DDZY2026,B\n"
    assert [call.at_s for call in recorded(stream(tmp_path, text), FAMILIES)] == [6 * 3600.0, 25 * 3600.0]


def test_every_bad_row_is_named(tmp_path: Path) -> None:
    text = (
        "time,in/out,family,pallet\nsoon,in,DDZY2026,A\n1,sideways,DDZY2026,B\n2,in,UNKNOWN,C\n3,in,DDZY2026,D\n"
        "4,in,DDZY2026,D\n5,in\n-7,out,DDZY2026,\n6,in,DDZY2026,a name that is far too long for a pallet\n"
    )
    with pytest.raises(StudyError) as error:
        recorded(stream(tmp_path, text), FAMILIES)
    lines = [problem.split(":")[1] for problem in error.value.problems]
    assert lines == ["2", "3", "4", "6", "7", "8", "9"]
    assert "came in before, in line 5" in error.value.problems[3]


@pytest.mark.parametrize("text", ["", "time,family,pallet\n1,a,b\n", "time,in/out,family,pallet\n"])
def test_a_file_without_header_or_rows_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(StudyError):
        recorded(stream(tmp_path, text), FAMILIES)

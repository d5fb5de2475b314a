"""The way through the plant, and what must be claimed before a unit sets out."""

from __future__ import annotations

from pathlib import Path

import pytest

from plc.plant.graph import Claim, Edge, next_hop, seconds, station_claim
from plc.plant.load import load

PLANT = load(Path(__file__).parents[4] / "plants" / "turnkey.yaml")


def way(at: str, destination: str) -> list[str]:
    """Return the devices that take a unit there."""
    devices: list[str] = []
    while edge := next_hop(PLANT, at, destination):
        devices.append(edge.device)
        at = edge.target
    return devices


@pytest.mark.parametrize(
    ("at", "destination", "devices"),
    [
        ("GI", "A2-2-40-10", "GI-L1 L1-L2 L2-L3 L3-L4 L4-A2I SC2"),
        ("GI", "CL", "GI-L1 L1-L2 L2-CL"),
        ("GI", "CL1", "GI-L1 L1-L2 L2-CL"),
        ("CL", "A1-1-01-01", "CL-L3 L3-A1I SC1"),
        ("A1-1-01-01", "VL1", "SC1 A1O-L4 L4-L5 L5-L6 L6-LI VL1"),
        ("A1-1-01-01", "A2-1-01-01", "SC1 A1O-L4 L4-A2I SC2"),
        ("A1-1-01-01", "A1-2-02-07", "SC1"),
        ("SC1", "A1-2-02-07", "SC1"),
        ("SC1", "DK1", "SC1 A1O-L4 L4-L5 L5-L6 L6-L7 L7-D1 DK1"),
        ("L7-L8", "DK2", "L7-L8 L8-D2 DK2"),
        ("VL1", "A1-1-01-01", "VL1 LO-L7 L7-L8 L8-L1 L1-L2 L2-L3 L3-A1I SC1"),
        ("PKS", "PKT", "PK1"),
        ("PK1", "PKT", "PK1"),
        ("PKT", "L6", "PKT-L6"),
        ("PKS", "PK1", ""),
        ("DK1", "GI", ""),
        ("CL", "GI", ""),
        ("A1-1-01-01", "A1-1-41-01", ""),
        ("GI", "nowhere", ""),
        ("nowhere", "CL", ""),
        ("GI", "A9-1-01-01", ""),
    ],
)
def test_units_take_the_shortest_way(at: str, destination: str, devices: str) -> None:
    assert way(at, destination) == devices.split()


def test_no_way_leads_through_another_station() -> None:
    faster = PLANT.segments["L2-CL"].model_copy(update={"speed_m_s": 9.0})
    out = PLANT.segments["CL-L3"].model_copy(update={"speed_m_s": 9.0})
    plant = PLANT.model_copy(update={"segments": PLANT.segments | {"L2-CL": faster, "CL-L3": out}})
    assert next_hop(plant, "L2", "A1-1-01-01") == Edge("L2-L3", "L2", "L3")


@pytest.mark.parametrize(
    ("destination", "claim"),
    [
        ("A1-1-05-03", Claim("L3-A1I", 2)),
        ("VL1", Claim("L6-LI", 4)),
        ("LI", Claim("L6-LI", 4)),
        ("CL", Claim("L2-CL", 4)),
        ("DK2", Claim("L8-D2", 2)),
        ("PKS", Claim("L5-PKS", 2)),
        ("L3", None),
        ("PKT", None),
        ("nowhere", None),
    ],
)
def test_the_last_segment_is_claimed(destination: str, claim: Claim | None) -> None:
    assert station_claim(PLANT, destination) == claim


def test_ways_have_their_time() -> None:
    assert seconds(PLANT, "GI", "CL") == pytest.approx(2 * 5 / 0.3 + 6 / 0.25)
    assert seconds(PLANT, "GI", "GI") == 0
    assert seconds(PLANT, "D1", "GI") is None

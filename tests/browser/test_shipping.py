"""The page of deliveries as a clerk meets it: plan a day, take a stop elsewhere, freeze it, fetch a note."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from api.security.roles import Role
from tests.browser.test_console import AXE, NOT_LOGGED_IN
from tests.faces import PASSWORD, Face, make_face
from tests.plants import small_plant
from tests.unit.wms.played_floor import PlayedFloor
from tests.unit.wms.test_flow import MODEL, distribute, stocked, verify

pytestmark = [pytest.mark.browser, pytest.mark.sockets]
DEPOT = {"address": "1 Depot Road", "latitude": 30.0, "longitude": 104.0}
PLACES = {
    "districts": [
        {"district": "East", "address": "5 East Street", "latitude": 30.02, "longitude": 104.2},
        {"district": "North", "address": "7 North Street", "latitude": 30.2, "longitude": 104.05},
    ],
    "vehicles": [{"plate": "V5", "boxes": 250, "weight_kg": 5000}, {"plate": "V3", "boxes": 150, "weight_kg": 3000}],
}


@pytest.fixture
def face(tmp_path: Path) -> Face:
    """A small site with verified stock, and orders of two districts that wait for a plan."""
    face = make_face(tmp_path / "site", plant=small_plant(), requests_burst=10_000)
    floor = PlayedFloor(face.context.engine, small_plant())
    stocked(floor, pallets=2)
    verify(floor)
    with face.client(Role.ENGINEER) as client:
        assert client.put("/api/v1/shipping/depot", json=DEPOT).status_code == 200
        assert client.put("/api/v1/shipping/places", json=PLACES).status_code == 200
    distribute(floor, ("East", MODEL, 150), ("North", MODEL, 90))
    return face


def test_a_clerk_plans_moves_and_freezes_a_day(page: Page, url: str, complaints: list[str]) -> None:
    page.goto(f"{url}/shipping")
    page.get_by_label("Name").fill("operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Deliveries to districts")).to_be_visible()
    complaints[:] = [text for text in complaints if NOT_LOGGED_IN not in text]
    page.get_by_label("Day").fill("2026-11-21")
    page.get_by_role("button", name="Plan the day").click()
    rows = page.locator("tr[data-stop]")
    expect(rows).to_have_count(2)
    expect(page.get_by_role("img", name="Map of 2 stops around the depot")).to_be_visible()
    east = rows.filter(has=page.get_by_role("rowheader", name="East"))
    east.get_by_label("Vehicle for East").select_option("V3")
    east.get_by_role("button", name="Move").click()
    expect(east).to_contain_text("V3, trip 1 · fixed")
    if AXE.is_file():
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = page.evaluate("() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Freeze and print").click()
    expect(east).to_contain_text("DN20261121-00001")
    with page.expect_download() as download:
        east.get_by_role("link", name="Delivery note").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="区县配送")).to_be_visible()

"""Demand with its shortage, what may be promised, aged stock, code tables and places of deliveries in the console."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.security.roles import Role
from tests.browser.business import answer, no_barriers
from tests.browser.lines import add_people, enter
from tests.faces import Face, make_face
from tests.plants import small_plant
from tests.unit.wms.marketing.test_returns import DAY_MS, sent_out

pytestmark = [pytest.mark.browser, pytest.mark.sockets]
PLAN = "month,model,district,meters\n2029-01,DDZY2026,East,40\n2029-02,DDZY2026,East,500\n"


@pytest.fixture
def face(tmp_path: Path) -> Face:
    """A small site with 75 qualified meters of a model that were verified 200 days ago."""
    face = make_face(tmp_path / "site", plant=small_plant(), requests_burst=10_000)
    add_people(face, li=Role.ENGINEER)
    sent_out(face.context.engine)
    face.context.now_ms = lambda: 200 * DAY_MS
    return face


def a_file(name: str, text: str, encoding: str = "utf-8") -> list[dict[str, object]]:
    return [{"name": name, "mimeType": "text/csv", "buffer": text.encode(encoding)}]


def test_a_shortage_is_seen_with_its_cause(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, path="/demand")
    page.get_by_text("Enter demand").click()
    page.locator("input[type=file]").set_input_files(a_file("plan.csv", PLAN.replace("2029-02", "2029-13")))  # type: ignore[arg-type]
    page.get_by_role("button", name="Enter the file").click()
    expect(page.get_by_text("These lines cannot be: 3")).to_be_visible()
    page.locator("input[type=file]").set_input_files(a_file("plan.csv", PLAN))  # type: ignore[arg-type]
    page.get_by_role("button", name="Enter the file").click()
    expect(page.locator("[data-short='2029-01']")).to_have_text("✓ enough")
    expect(page.locator("[data-short='2029-02']")).to_have_text("short of 465: stock is missing")
    expect(page.get_by_text("The first is in 2029-02: 465 meters of DDZY2026")).to_be_visible()
    expect(page.get_by_role("img", name="2029-02: 500 planned, 35 to be had, 465 short")).to_be_visible()
    promised = page.locator("tr[data-available=DDZY2026]")
    promised.get_by_label("Safety stock of DDZY2026").fill("60")
    promised.get_by_role("button", name="Set").click()
    expect(promised.get_by_role("cell").nth(3)).to_have_text("15")
    expect(page.get_by_role("img", name="DDZY2026: 15 of 75 may be promised")).to_be_visible()
    no_barriers(page)
    page.get_by_role("button", name="中文").click()
    expect(page.locator("[data-short='2029-02']")).to_contain_text("库存不足")


def test_aged_stock_is_called_back(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, path="/stock")
    asked = answer(page)
    row = page.locator("tr[data-aged=LOT-1]")
    expect(row).to_contain_text("not called back")
    no_barriers(page)
    page.get_by_role("button", name="Call back for a re-check").click()
    expect(row.get_by_role("link", name="AGED-LOT-1")).to_be_visible()
    expect(page.get_by_role("button", name="Call back for a re-check")).to_be_disabled()
    assert asked == ["Make a re-check task for 1 lots with 75 meters?"]
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Task AGED-LOT-1")).to_be_visible()


def test_codes_are_searched_and_given_a_meaning(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, name="li", path="/codes")
    answer(page)
    rows = page.locator("tr[data-code]")
    expect(rows.first).to_be_visible()
    expect(page.get_by_text("never refreshed from the platform")).to_be_visible()
    page.get_by_role("combobox", name="Table").select_option("gen2.conclusion")
    expect(rows).to_have_count(2)
    page.get_by_label("Search code, name or meaning").fill("fail")
    expect(rows).to_have_count(1)
    no_barriers(page)
    meaning = rows.get_by_label("Meaning of code 02")
    meaning.fill("failed_once")
    page.get_by_role("button", name="Set").click()
    expect(page.get_by_role("button", name="Set")).to_have_count(0)
    page.get_by_label("Search code, name or meaning").fill("failed_once")
    expect(rows).to_have_count(1)
    page.get_by_role("combobox", name="Generation").select_option("gen1")
    expect(page.get_by_text("No code fits.")).to_be_visible()


def test_places_are_entered_by_form_and_by_file(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, name="li", path="/shipping")
    asked = answer(page)
    page.get_by_text("Depot, districts, vehicles, distances").click()
    page.get_by_text("Set the depot").click()
    depot = page.get_by_role("region", name="Depot")
    depot.get_by_label("Address").fill("1 Depot Road")
    depot.get_by_label("Latitude").fill("30.5")
    depot.get_by_label("Longitude").fill("104")
    depot.get_by_role("button", name="Enter").click()
    expect(depot).to_contain_text("1 Depot Road (30.5, 104)")
    bad = "plate,boxes,weight_kg\nV5,250,5000\nV3,0,3000\n"
    page.get_by_label("File of places").set_input_files(a_file("v.csv", bad))  # type: ignore[arg-type]
    page.get_by_role("button", name="Enter the file").click()
    expect(page.get_by_text("These lines cannot be: 3 (boxes)")).to_be_visible()
    towns = "district,address,latitude,longitude\n东区,一号路,30.1,104.2\n"
    page.get_by_label("File of places").set_input_files(a_file("d.csv", towns, "gb18030"))  # type: ignore[arg-type]
    page.get_by_role("button", name="Enter the file").click()
    expect(page.locator("tr[data-place='东区']")).to_contain_text("一号路")
    vehicles = page.locator("section").filter(has=page.get_by_role("heading", name="Vehicles"))
    vehicles.get_by_label("Plate").fill("V5")
    vehicles.get_by_label("Boxes").fill("250")
    vehicles.get_by_label("Kilograms").fill("5000")
    vehicles.get_by_role("button", name="Enter").click()
    expect(page.locator("tr[data-place=V5]")).to_contain_text("✓ yes")
    no_barriers(page)
    page.get_by_role("button", name="Edit V5").click()
    vehicles.get_by_label("it drives").uncheck()
    vehicles.get_by_role("button", name="Enter").click()
    expect(page.locator("tr[data-place=V5]")).to_contain_text("no")
    assert len(asked) == 1 and "nothing leaves" in asked[0]

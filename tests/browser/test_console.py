"""The console as a person meets it: log in, look, change the language, ask why."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from starlette.testclient import TestClient

from api.security.roles import Role
from tests.faces import PASSWORD, ROOT, Face

pytestmark = [pytest.mark.browser, pytest.mark.sockets]
ASN = ROOT / "plants" / "demo" / "ASN-2026-0003.csv"
AXE = ROOT / "api" / "console" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("/", "/orders", "/transports", "/deliveries", "/stock", "/link", "/tasks", "/returns", "/demand", "/codes")
PATIENCE_S = 10.0
NOT_LOGGED_IN = "401"  # a browser logs each refused call; the first page asks whether somebody is logged in


def enter(page: Page, url: str, complaints: list[str]) -> None:
    page.goto(url)
    page.get_by_label("Name").fill("operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Demo plant")).to_be_visible()
    complaints[:] = [text for text in complaints if NOT_LOGGED_IN not in text]


def show_something(face: Face) -> None:
    """Put into the picture what a controller would."""
    picture = face.context.picture
    for plc in ("PLC1", "PLC2"):
        picture.put("links", plc, {"online": True, "soft": plc == "PLC1", "reason": ""})
    picture.put("clock", "plant", {"now_ms": 3_725_000, "speed": 20})
    crane = {"state": 6, "mode": 1, "x_mm": 20_000, "y_mm": 8_000, "mission": 7, "fault": 0, "loaded": True}
    picture.put("devices", "SC1", crane)
    picture.put("units", "P0001000", {"at": "L1-L2", "order": 3, "faults": [], "since": 0, "why": None})
    picture.put("slots", "A1-1-05-03", "P0001001")
    alarm = {
        "id": 1, "fault": "machine_fault", "subject": "SC2", "device": "SC2", "code": 13, "mission": 9, "order": 4,
        "unit": "P0001002", "reaction": "hold", "priority": 1, "raised_ms": 3_700_000, "cleared_ms": 0,
    }  # fmt: skip
    picture.put("alarms", "1", alarm)
    why = {"code": "zone_full", "params": {"place": "LOOP"}}
    transport = {"kind": "store", "unit": "P0001000", "source": "GI", "destination": "A1-1-05-04", "state": "waiting"}
    picture.put("transports", "3", transport | {"since": 3_720_000, "why": why})


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what Playwright has no expectation for, such as what is painted, as long as for anything else."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "still not so"
        page.wait_for_timeout(50)


def order_something(face: Face) -> int:
    with TestClient(face.app, headers={"authorization": f"Bearer {face.keys[Role.OPERATOR]}"}) as client:
        client.post("/api/v1/deliveries", content=ASN.read_bytes())
        body = {"lines": [{"district": "East", "model": "DTZY2026", "quantity": 80}]}
        answer = client.post("/api/v1/orders/distribution", json=body, headers={"idempotency-key": "browser"})
    return int(answer.json()["number"])


def test_a_wrong_password_is_said_in_words(page: Page, url: str, complaints: list[str]) -> None:
    page.goto(url)
    page.get_by_label("Name").fill("operator")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    complaints[:] = [text for text in complaints if NOT_LOGGED_IN not in text]


def test_the_overview_shows_the_plant_and_its_alarms(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    show_something(face)
    enter(page, url, complaints)
    map_ = page.get_by_role("img", name="Map of Demo plant")
    expect(map_).to_be_visible()
    wait_until(page, lambda: map_.evaluate(PAINTED) > 5_000)
    expect(page.get_by_role("img", name="Priority 1")).to_be_visible()
    expect(page.get_by_text("Fork took too long")).to_be_visible()
    expect(page.get_by_text("Plant time 01:02:05, 20x")).to_be_visible()
    expect(page.get_by_role("row", name="SC1")).to_contain_text("soft")


def test_the_map_is_also_a_table(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    show_something(face)
    enter(page, url, complaints)
    page.get_by_role("button", name="As tables").click()
    expect(page.get_by_role("row", name="A1")).to_contain_text("800")
    expect(page.get_by_role("row", name="P0001000")).to_contain_text("L1-L2")


def test_the_picture_moves_without_asking(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    show_something(face)
    enter(page, url, complaints)
    face.context.picture.put("alarms", "1", None)
    expect(page.get_by_text("No alarms")).to_be_visible()


def test_a_picture_that_stands_still_cannot_be_missed(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    show_something(face)
    enter(page, url, complaints)
    face.app.state.broadcaster.clients.clear()  # the socket stays open, and nothing more comes
    expect(page.get_by_role("alert").filter(has_text="out of date")).to_be_visible()
    assert "old" in (page.locator("main").get_attribute("class") or "")


def test_the_language_changes_at_once_and_is_kept(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    show_something(face)
    enter(page, url, complaints)
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("link", name="总览")).to_be_visible()
    expect(page.get_by_text("货叉超时")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.reload()
    expect(page.get_by_role("link", name="总览")).to_be_visible()


def test_an_order_says_why_it_waits(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    number = order_something(face)
    enter(page, url, complaints)
    page.get_by_role("link", name="Orders", exact=True).click()
    expect(page.locator(f"[data-order='{number}']")).to_contain_text("0 of 80")
    page.locator(f"[data-order='{number}'] a").click()
    expect(page.get_by_text("0 of 80 meters are in stock")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Cancel the order").click()
    expect(page.get_by_text("cancelled: operator")).to_be_visible()


def test_a_delivery_is_taken_in_from_a_file(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints)
    page.get_by_role("link", name="Deliveries").click()
    page.locator("input[name=file]").set_input_files(ASN)
    page.get_by_role("button", name="Check only").click()
    expect(page.get_by_role("status")).to_contain_text("500 rows: 500 meters")
    page.get_by_role("button", name="Take in").click()
    expect(page.locator("[data-delivery='ASN-2026-0003']")).to_contain_text("announced")
    page.get_by_role("link", name="Stock").click()
    page.get_by_label("Bar code").fill("3330001260000009000007")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("P0003000")).to_be_visible()


def test_a_transport_says_why_it_waits(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    show_something(face)
    enter(page, url, complaints)
    page.get_by_role("link", name="Transports").click()
    expect(page.get_by_role("row", name="P0001000")).to_contain_text("zone LOOP keeps its gaps free")


def test_logging_out_shows_the_login(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints)
    page.get_by_role("button", name="Log out operator").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_use_it(page: Page, face: Face, url: str, complaints: list[str], path: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: make console")
    show_something(face)
    order_something(face)
    enter(page, url, complaints)
    page.goto(url + path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main.old")).to_have_count(0)  # a picture that stands still is pale on purpose
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found: dict[str, Any] = page.evaluate("rules => axe.run({runOnly: rules})", rules)
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []


PAINTED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) count++;
  return count;
}"""

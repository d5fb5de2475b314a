"""The scheme library and the review inbox in the console: written, checked, handed in, decided by another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from api.security import accounts
from api.security.roles import Role
from tests.browser.lines import add_people, enter
from tests.browser.test_console import AXE
from tests.faces import ROOT, Face, make_face
from tests.system.cells import cells_plant
from wms.inbound import service as inbound

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def face(tmp_path: Path) -> Face:
    """Return a face with two engineers and a reviewer."""
    face = make_face(tmp_path / "site", plant=cells_plant(), requests_burst=10_000)
    add_people(face, li=Role.ENGINEER, wang=Role.ENGINEER, head=Role.OPERATOR)
    with face.client(Role.ADMIN) as admin:
        assert admin.put("/api/v1/duties/head/product_lead").status_code == 200
    return face


def ask(face: Face, name: str, method: str, path: str, **options: Any) -> Any:
    """Do something as a person by the API."""
    with Session(face.context.engine) as session:
        key = accounts.add_key(session, name, Role.ENGINEER)
        session.commit()
    with face.client() as client:
        answer = client.request(method, f"/api/v1{path}", headers={"authorization": f"Bearer {key}"}, **options)
    assert answer.is_success, answer.text
    return answer.json()


def act_as(page: Page, url: str, complaints: list[str], name: str, path: str) -> None:
    page.get_by_role("button", name="Log out").click()
    enter(page, url, complaints, name=name, path=path)


def test_a_case_is_begun_written_checked_and_handed_in(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, name="li", path="/schemes")
    page.get_by_role("button", name="Cases", exact=True).click()
    page.get_by_label("Code").fill("our-creep")
    page.get_by_role("button", name="Begin: Test case").click()
    expect(page.get_by_role("heading", name="Test case our-creep")).to_be_visible()
    page.get_by_label("Item").select_option("creep")
    page.get_by_role("combobox", name="Step 2", exact=True).select_option("count_pulses")
    page.get_by_label("Voltage (% of rated)").fill("170")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("170 is out of range").first).to_be_visible()
    complaints.clear()  # a browser logs each refused call
    page.get_by_label("Voltage (% of rated)").fill("115")
    page.get_by_role("button", name="Add a step").click()
    page.get_by_role("button", name="Move up: 3 Wait").click()
    page.get_by_label("Time (s)").fill("5")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("Nothing is wrong with it.")).to_be_visible()
    page.get_by_role("button", name="Remove: 2 Wait").click()
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("Version 1 by li, kept by li.")).to_be_visible()
    stored = ask(face, "li", "GET", "/library/case/our-creep")
    assert stored["content"]["steps"] == [
        {"do": "apply_source", "voltage_percent": 115}, {"do": "count_pulses", "rule": "creep"},
    ]  # fmt: skip
    page.get_by_role("button", name="Hand in for review").click()
    expect(page.get_by_role("heading", name="Review 1")).to_be_visible()
    expect(page.get_by_text("li cannot decide about their own work.")).to_be_visible()


def test_a_review_shows_the_difference_and_is_decided_by_another(
    page: Page, face: Face, url: str, complaints: list[str]
) -> None:
    ask(face, "li", "POST", "/library/case/creep-115/revise")
    shown = ask(face, "li", "GET", "/library/case/creep-115")
    shown["content"]["steps"][0]["voltage_percent"] = 110
    ask(face, "li", "PUT", "/library/case/creep-115", json={"content": shown["content"], "revision": shown["revision"]})
    number = ask(face, "li", "POST", "/library/case/creep-115/submit")["review"]
    enter(page, url, complaints, path=f"/reviews/{number}")
    expect(page.get_by_text("operator holds no reviewing duty. Another reviewer decides.")).to_be_visible()
    act_as(page, url, complaints, "head", "/reviews")
    page.get_by_role("link", name=str(number), exact=True).click()
    difference = page.get_by_role("region", name="Difference")
    expect(difference.locator("tr.gone")).to_contain_text("voltage_percent: 115")
    expect(difference.locator("tr.new")).to_contain_text("voltage_percent: 110")
    expect(page.get_by_role("button", name="Send back")).to_be_disabled()
    page.get_by_label("Comment").fill("115 is what the rules say")
    page.get_by_role("button", name="Send back").click()
    expect(page.get_by_text("Comment: 115 is what the rules say")).to_be_visible()
    page.get_by_role("link", name="Reviews", exact=True).click()
    expect(page.get_by_text("Nothing waits for you.")).to_be_visible()


def test_cases_of_a_scheme_are_moved_added_and_removed_and_it_is_tried(
    page: Page, face: Face, url: str, complaints: list[str]
) -> None:
    enter(page, url, complaints, name="li", path="/schemes/scheme/demo-1ph")
    page.get_by_role("button", name="Begin the next version").click()
    page.get_by_role("button", name="Remove: deviation-ib").click()
    page.get_by_role("combobox", name="Case", exact=True).select_option("repeatability-ib")
    page.get_by_role("button", name="Add the case").click()
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("key download comes last").first).to_be_visible()
    expect(page.get_by_role("button", name="Hand in for review")).to_be_disabled()
    page.get_by_role("button", name="Move up: repeatability-ib").click()
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_role("button", name="Hand in for review")).to_be_enabled()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("status").filter(has_text="of version 2 is made, on trial")).to_be_visible()


def test_a_contribution_is_merged_by_the_keeper(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    content = {
        "item": "communication",
        "en": "Ours",
        "steps": [{"do": "apply_source"}, {"do": "read", "name": "clock"}],
    }
    ask(face, "li", "POST", "/library/case/ours", json={"content": content, "visibility": "public"})
    enter(page, url, complaints, name="wang", path="/schemes/case/ours")
    page.get_by_label("Name in English").fill("Ours, better")
    page.get_by_role("button", name="Put in as a contribution").click()
    expect(page.get_by_role("article", name="Offered by wang")).to_contain_text("en: Ours, better")
    act_as(page, url, complaints, "li", "/schemes/case/ours")
    page.get_by_role("button", name="Merge into the draft").click()
    expect(page.get_by_label("Name in English")).to_have_value("Ours, better")
    expect(page.get_by_text("Offered by wang")).to_be_hidden()


def test_schemes_go_out_and_come_in_as_yaml(
    page: Page, face: Face, url: str, complaints: list[str], tmp_path: Path
) -> None:
    enter(page, url, complaints, name="li", path="/schemes")
    page.get_by_label("Approved schemes").select_option(["demo-1ph"])
    with page.expect_download() as loading:
        page.get_by_role("link", name="Download 1 as YAML").click()
    text = Path(loading.value.path()).read_text(encoding="utf-8")
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(text.replace("code: demo-1ph\n", "code: our-demo\n"), encoding="utf-8")
    bad.write_text(text.replace("purpose: demo", "purpose: fun"), encoding="utf-8")
    page.locator("input[name=file]").set_input_files(bad)
    page.get_by_role("button", name="Take in as drafts").click()
    expect(page.get_by_text("fun is none of")).to_be_visible()
    complaints.clear()
    page.locator("input[name=file]").set_input_files(good)
    page.get_by_role("button", name="Check only").click()
    expect(page.get_by_role("status").filter(has_text="Nothing was stored")).to_contain_text("our-demo")
    page.get_by_role("button", name="Take in as drafts").click()
    expect(page.locator("[data-entry='scheme.our-demo']")).to_contain_text("draft")


def test_who_may_not_write_sees_no_buttons_for_it(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, path="/schemes/case/errors-short")
    expect(page.get_by_text("It is approved")).to_be_visible()
    expect(page.get_by_role("button", name="Begin the next version")).to_have_count(0)


@pytest.mark.parametrize("path", ["/schemes", "/schemes/case/creep-115", "/schemes/scheme/demo-1ph", "/reviews"])
def test_everybody_can_use_schemes(page: Page, face: Face, url: str, complaints: list[str], path: str) -> None:
    ask(face, "li", "POST", "/library/case/creep-115/revise")
    ask(face, "li", "POST", "/library/scheme/demo-1ph/revise")
    enter(page, url, complaints, name="li", path=path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("rules => axe.run({runOnly: rules})", rules)
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []


def test_an_approved_scheme_is_run_for_a_lot(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    head, *rows = (ROOT / "plants" / "demo" / "ASN-2026-0001.csv").read_text(encoding="utf-8").splitlines()
    pallet = [row for row in rows if row.split(",")[2] == rows[0].split(",")[2]]
    with Session(face.context.engine) as session:
        assert not inbound.import_delivery(session, "\n".join([head, *pallet]).encode(), at_ms=0).problems
        session.commit()
    enter(page, url, complaints, path="/schemes/scheme/demo-1ph")
    page.get_by_role("combobox", name="Lot").select_option(pallet[0].split(",")[1])
    page.get_by_role("combobox", name="Line").select_option("VL1")
    page.get_by_role("button", name="Verify the lot by demo-1ph").click()
    expect(page.get_by_role("heading", name="1 verification")).to_be_visible()

"""Tasks of marketing in the console: taken in, proposed, rejected, approved, paused, taken back; and who may."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.security.roles import Role
from tests.browser.business import answer, no_barriers
from tests.browser.lines import add_people, enter
from tests.faces import Face, make_face
from tests.plants import small_plant
from tests.unit.wms.marketing.site import a_site

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def face(tmp_path: Path) -> Face:
    """A small site with two pallets of a lot in stock, and marketing that hears of everything."""
    face = make_face(tmp_path / "site", plant=small_plant(), requests_burst=10_000)
    add_people(face, eve=Role.VIEWER)
    a_site(face.context.engine)
    return face


def issue(face: Face, task: str, **more: object) -> None:
    with face.client(Role.MACHINE) as client:
        answered = client.post("/api/v1/tasks", json={"task": task, "lot": "LOT-1", "quantity": 300} | more)
        assert answered.status_code == 201, answered.text


def test_a_task_is_taken_rejected_approved_paused_and_taken_back(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints)
    asked = answer(page)
    page.get_by_role("link", name="Marketing").click()
    page.get_by_text("Take a task in by hand").click()
    page.get_by_label("Task", exact=True).fill("T2026-001")
    page.get_by_label("Lot", exact=True).fill("LOT-1")
    page.get_by_label("Quantity").fill("300")
    no_barriers(page)
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_role("heading", name="Task T2026-001")).to_be_visible()
    first, second = page.locator("[data-round='1']"), page.locator("[data-round='2']")
    expect(first).to_contain_text("Round 1: waits for an answer, 300 meters in 20 boxes")
    expect(page.locator("[data-stage=proposed] td.n")).to_have_text("300")
    boxes = first.get_by_role("checkbox")
    gone = [str(boxes.nth(n).get_attribute("aria-label")).removeprefix("Not box ") for n in range(2)]
    for n in range(2):
        boxes.nth(n).check()
    expect(first.get_by_role("button", name="Approve")).to_be_disabled()
    no_barriers(page)
    first.get_by_label("Words to go with the answer").fill("two are damaged")
    first.get_by_role("button", name="Reject the 2 ticked boxes").click()
    expect(first).to_have_attribute("data-state", "rejected")
    expect(first).to_contain_text("two are damaged")
    expect(second).to_contain_text("waits for an answer")
    for box in gone:
        expect(second).not_to_contain_text(box)
    second.get_by_role("button", name="Approve").click()
    expect(second).to_have_attribute("data-state", "approved")
    expect(page.get_by_text("▶ under way")).to_be_visible()
    page.get_by_label("Why it is paused").fill("other lot first")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("‖ paused")).to_be_visible()
    page.get_by_role("button", name="Let it go on").click()
    expect(page.get_by_text("▶ under way")).to_be_visible()
    page.get_by_text("Take the task back").click()
    page.get_by_label("Why it is taken back").fill("wrong lot")
    page.get_by_label("stop at once").check()
    page.get_by_role("button", name="Take back", exact=True).click()
    expect(page.get_by_text("benches stop at once")).to_be_visible()
    expect(page.get_by_role("heading", name="What may be done")).to_have_count(0)
    expect(page.locator("[data-letter-row]").filter(has_text="counts per stage").first).to_be_visible()
    assert [text.split("?")[0] for text in asked] == [
        "Reject 2 boxes of round 1", "Approve round 2", "Take task T2026-001 back",
    ]  # fmt: skip


def test_a_question_answered_with_no_changes_nothing(page: Page, url: str, complaints: list[str], face: Face) -> None:
    issue(face, "T1")
    enter(page, url, complaints, path="/tasks/T1")
    asked = answer(page, yes=False)
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Reject all of it").click()
    assert len(asked) == 2
    with face.client(Role.VIEWER) as client:
        seen = client.get("/api/v1/tasks/T1").json()
    assert [one["state"] for one in seen["proposals"]] == ["proposed"]


def test_a_task_is_changed_and_then_proposed_anew(page: Page, url: str, complaints: list[str], face: Face) -> None:
    issue(face, "T1")
    enter(page, url, complaints, path="/tasks/T1")
    asked = answer(page)
    page.get_by_text("Change the task").click()
    page.get_by_label("Priority").fill("7")
    page.get_by_label("Quantity").fill("600")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.locator("[data-round='1']")).to_contain_text("the task was changed")
    expect(page.locator("[data-round='2']")).to_contain_text("600 meters in 40 boxes")
    expect(page.get_by_role("region", name="What is asked for")).to_contain_text("Priority7")
    assert len(asked) == 1
    with face.client(Role.VIEWER) as client:
        assert client.get("/api/v1/tasks/T1").json()["priority"] == 7


def test_what_is_refused_is_said_in_the_language_of_the_page(
    page: Page, url: str, complaints: list[str], face: Face
) -> None:
    issue(face, "T1")
    enter(page, url, complaints, path="/tasks")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="营销检定任务")).to_be_visible()
    expect(page.locator("tr[data-task=T1]")).to_contain_text("待执行")
    page.get_by_text("手工接收任务").click()
    page.get_by_label("任务编号", exact=True).fill("T1")
    page.get_by_label("批次", exact=True).fill("LOT-9")
    page.get_by_role("button", name="接收").click()
    expect(page.get_by_role("alert").filter(has_text="T1").first).to_contain_text("任务 T1")
    complaints[:] = [text for text in complaints if "409" not in text]


def test_tasks_are_found_by_number_and_lot(page: Page, url: str, complaints: list[str], face: Face) -> None:
    issue(face, "T1", quantity=15)
    issue(face, "C1", source="count", lot="")
    enter(page, url, complaints, path="/tasks")
    rows = page.locator("tr[data-task]")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("in stock 300 · proposed 300")
    page.get_by_label("Number or lot").fill("LOT-1")
    page.get_by_role("button", name="Find").click()
    expect(rows).to_have_count(1)
    page.get_by_label("Number or lot").fill("")
    page.get_by_role("button", name="Find").click()
    expect(rows).to_have_count(2)
    page.get_by_label("only those that go on").check()
    expect(rows).to_have_count(1)


@pytest.mark.parametrize(
    "path", ["/tasks", "/tasks/T1", "/returns", "/returns/1", "/demand", "/codes", "/shipping", "/stock"]
)
def test_a_viewer_is_offered_nothing_that_changes_anything(
    page: Page, url: str, complaints: list[str], face: Face, path: str
) -> None:
    issue(face, "T1")
    with face.client(Role.ENGINEER) as client:
        wish = {"district": "East", "kind": "refused", "boxes": [{"box": "B1", "meters": ["m1"]}]}
        client.post("/api/v1/returns", json=wish, headers={"idempotency-key": "r"})
        client.post("/api/v1/returns/1/close", json={"empties": 0})
        row = {"month": "2026-12", "model": "DDZY2026", "district": "East", "meters": 5}
        client.put("/api/v1/demand", json={"rows": [row]})
    enter(page, url, complaints, name="eve", path=path)
    expect(page.locator("main h1")).to_be_visible()
    page.wait_for_load_state("networkidle")
    harmless = {"Find", "Preview"}
    buttons = {text.strip() for text in page.locator("main button").all_inner_texts()}
    assert {text for text in buttons - harmless if not text.isdigit()} == set()

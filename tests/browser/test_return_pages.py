"""Returns in the console: announced, scanned with one field and a keyboard, finished, claimed and settled."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.security.roles import Role
from tests.browser.business import answer, no_barriers, scan
from tests.browser.lines import add_people, enter
from tests.faces import Face, make_face
from tests.plants import small_plant
from tests.unit.wms.marketing.test_returns import Content, sent_out

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def content() -> Content:
    """What has left to the district, box by box; filled in by `face`."""
    return {}


@pytest.fixture
def face(tmp_path: Path, content: Content) -> Face:
    """A small site that has sent five boxes to a district."""
    face = make_face(tmp_path / "site", plant=small_plant(), requests_burst=10_000)
    add_people(face, li=Role.ENGINEER)
    content |= sent_out(face.context.engine)[1]
    return face


def announce(face: Face, content: Content, kind: str = "sent_back") -> None:
    """Announce a return of some boxes, whole as they left."""
    wish = {"district": "n", "kind": kind, "boxes": [{"box": box, "meters": codes} for box, codes in content.items()]}
    with face.client(Role.OPERATOR) as client:
        answered = client.post("/api/v1/returns", json=wish, headers={"idempotency-key": "r"})
    assert answered.status_code == 201, answered.text


def test_a_return_is_announced_once_and_bad_lines_are_named(
    page: Page, url: str, complaints: list[str], face: Face, content: Content
) -> None:
    enter(page, url, complaints, path="/returns")
    page.get_by_text("Announce a return").click()
    page.get_by_label("District").fill("n")
    lines = [f"{box},{code}" for box in sorted(content)[:2] for code in content[box]]
    field = page.get_by_label("One meter a line")
    field.fill("\n".join([*lines, lines[0]]))
    expect(page.get_by_text("name a meter twice: 31")).to_be_visible()
    expect(page.get_by_role("button", name="Announce")).to_be_disabled()
    field.fill("\n".join(lines))
    expect(page.get_by_text("2 boxes, 30 meters")).to_be_visible()
    no_barriers(page)
    page.get_by_role("button", name="Announce").dblclick()
    expect(page.get_by_role("heading", name="Return 1 from n")).to_be_visible()
    expect(page.locator("input.scanner")).to_be_focused()
    with face.client(Role.VIEWER) as client:
        assert len(client.get("/api/v1/returns").json()) == 1


def test_an_unopened_box_is_scanned_with_one_field_and_qualified(
    page: Page, url: str, complaints: list[str], face: Face, content: Content
) -> None:
    box = min(content)
    announce(face, {box: content[box]})
    enter(page, url, complaints, path="/returns/1")
    expect(page.locator("input.scanner")).to_be_focused()
    scan(page, content[box][0])
    said = page.get_by_role("status").first
    expect(said).to_have_text(f"{content[box][0]} is a meter: scan its box first")
    scan(page, box, *content[box], content[box][0])
    expect(said).to_have_text(f"{content[box][0]} was scanned already")
    expect(page.locator("dl.counts")).to_contain_text("Scanned15Missing still0Extra0")
    scan(page, "RP1", "")
    expect(page.locator(f"tr[data-box='{box}']")).to_contain_text("qualified again")
    expect(said).to_contain_text("qualified again")
    expect(page.locator("input.scanner")).to_be_focused()
    scan(page, box)
    expect(said).to_have_text(f"Box {box} was booked already")


def test_a_missing_and_an_extra_meter_are_claimed_and_settled(
    page: Page, url: str, complaints: list[str], face: Face, content: Content
) -> None:
    box, other = sorted(content)[:2]
    announce(face, {box: content[box]})
    enter(page, url, complaints, path="/returns/1")
    asked = answer(page)
    scan(page, box, *content[box][1:], content[other][0])
    counts = page.locator("dl.counts")
    expect(counts).to_contain_text("Expected in this box15Scanned15Missing still1Extra1")
    expect(page.locator(f"tr[data-meter='{content[box][0]}']")).to_contain_text("not scanned yet")
    expect(page.locator(f"tr[data-meter='{content[other][0]}']")).to_contain_text("not listed in this box")
    no_barriers(page)
    page.reload()
    expect(counts).to_contain_text("Scanned15Missing still1Extra1")
    scan(page, "RP2", "")
    expect(page.locator(f"tr[data-box='{box}']")).to_contain_text("its content differs")
    page.get_by_label("Empty boxes that came back").fill("0")
    page.get_by_role("button", name="Finish the return").click()
    claims, missing = page.locator("tr[data-claim]"), page.locator("tr[data-finding=missing]")
    expect(claims).to_have_count(2)
    expect(missing).to_contain_text(content[box][0])
    expect(page.locator("tr[data-finding=extra]")).to_contain_text(content[other][0])
    expect(page.locator("input.scanner")).to_have_count(0)
    missing.get_by_role("textbox").fill("lost by the district")
    missing.get_by_role("button").click()
    expect(missing).to_contain_text("lost by the district (settled by operator)")
    page.get_by_role("link", name="All returns").click()
    expect(claims).to_have_count(1)
    page.get_by_role("button", name="中文").click()
    expect(page.locator("tr[data-finding=extra]")).to_contain_text("多出")
    assert "1 listed meters were not found" in asked[0] and "Settle claim" in asked[1]


def test_a_refused_pallet_is_said_and_another_one_taken(
    page: Page, url: str, complaints: list[str], face: Face, content: Content
) -> None:
    whole, torn = sorted(content)[:2]
    announce(face, {box: content[box] for box in (whole, torn)})
    enter(page, url, complaints, path="/returns/1")
    scan(page, whole, *content[whole], "RP1", "")
    expect(page.locator(f"tr[data-box='{whole}']")).to_be_visible()
    scan(page, torn, *content[torn][1:], "")
    expect(page.get_by_role("alert").filter(has_text="RP1")).to_contain_text("another lot or other boxes")
    complaints[:] = [text for text in complaints if "409" not in text]
    scan(page, "RP2", "")
    expect(page.locator(f"tr[data-box='{torn}']")).to_contain_text("its content differs")


def test_an_engineer_settles_boxes_in_sorting(
    page: Page, url: str, complaints: list[str], content: Content, face: Face
) -> None:
    box = min(content)
    announce(face, {box: content[box]}, "dismantled")
    with face.client(Role.OPERATOR) as client:
        client.post("/api/v1/returns/1/scan", json={"box": box, "meters": content[box], "pallet": "RP1"})
    enter(page, url, complaints, name="li", path="/returns/1")
    asked = answer(page)
    row = page.locator(f"tr[data-box='{box}']")
    expect(row).to_contain_text("to be sorted")
    expect(row).to_contain_text("its meters were in use")
    row.get_by_role("checkbox").check()
    page.get_by_label("Boxes in sorting").select_option("to_maker")
    page.get_by_label("Why").fill("maker takes them back")
    page.get_by_role("button", name="Settle 1 boxes").click()
    expect(page.get_by_role("button", name="Settle 0 boxes").or_(row.get_by_text("settled"))).to_be_visible()
    assert len(asked) == 1

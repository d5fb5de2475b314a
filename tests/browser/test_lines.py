"""Lines and benches in the console: what stands where, what a bench shows, and what a person may do about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from api.security.roles import Role
from tests.browser.lines import add_people, enter, fill_line, shown
from tests.browser.test_console import AXE
from tests.faces import Face, make_face
from tests.system.cells import cells_plant
from wcs import ledger
from wcs.life import MissionState
from wcs.rows import Alarm, Mission
from wms.line import exceptions

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def face(tmp_path: Path) -> Face:
    return make_face(tmp_path / "site", plant=cells_plant(), requests_burst=10_000)


def look(face: Face, bench: str = "BN1", **fields: object) -> None:
    face.context.picture.put("benches", bench, shown(**fields).model_dump(mode="json"))  # type: ignore[arg-type]


def test_a_line_shows_its_cells_with_carriers_and_its_benches(
    page: Page, face: Face, url: str, complaints: list[str]
) -> None:
    fill_line(face)
    look(face)
    enter(page, url, complaints)
    page.get_by_role("link", name="Lines").click()
    expect(page.get_by_role("heading", name="Verification line VL1, single-phase")).to_be_visible()
    cells = page.get_by_role("list", name="Cells in the order").locator("> li")
    expect(cells).to_have_count(9)
    expect(page.locator("[data-cell=WV1]")).to_contain_text("1 of 2 carriers")
    expect(page.locator("[data-cell=WV1]")).to_contain_text("Carrier C1: to be tested, lot 7, 5 meters")
    expect(page.locator("[data-cell=PC1]")).to_contain_text("being packed: 5 meters of lot 7")
    bench = page.locator("[data-bench=BN1]")
    expect(bench).to_contain_text("case 6 of 11 done, now constant")
    for position, state in ((1, "passed"), (2, "failed"), (3, "to be tested again"), (30, "out of use"), (29, "empty")):
        expect(bench.get_by_text(re.compile(f"^Position {position}: {state}"))).to_have_count(1)
    expect(bench.get_by_text("Position 5: hanging, 84.5 °C")).to_have_count(1)
    expect(bench.get_by_text("Position 4: wired, 31.5 °C")).to_have_count(1)


def test_a_box_at_the_exception_port_is_bound_anew_and_sent_on(
    page: Page, face: Face, url: str, complaints: list[str]
) -> None:
    code = fill_line(face)
    enter(page, url, complaints, path="/lines/VL1")
    box = page.locator(f"[data-box='{code}']")
    expect(box).to_contain_text("3330001260000000000017 · not booked here")
    expect(box).to_contain_text("not scanned")
    with Session(face.context.engine) as session:
        booked = exceptions.listed(session)[0].booked
    area = box.get_by_label("Bar codes that are truly in the box")
    area.fill("\n".join([*booked, booked[0]]))
    expect(box.get_by_role("button", name="Bind these meters")).to_be_disabled()
    expect(box.get_by_role("status")).to_contain_text("1 of them twice")
    area.fill("\n".join(booked))
    box.get_by_role("button", name="Bind these meters").click()
    expect(box).to_contain_text("bound anew")
    box.get_by_role("button", name="Send on to the line").click()
    expect(box).to_contain_text("on its way back")


def test_a_bench_shows_wiring_readings_and_frames(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    fill_line(face)
    look(face)
    enter(page, url, complaints, path="/benches/BN1")
    expect(page.get_by_role("heading", name="Bench BN1")).to_be_visible()
    expect(page.get_by_text("220 V, 60 A, cos φ 0.5L, all phases")).to_be_visible()
    expect(page.get_by_text("constant: Constant, short")).to_be_visible()
    expect(page.get_by_role("img", name="outside the limit: 5")).to_be_visible()
    hot = page.locator("[data-position='5']")
    expect(hot).to_contain_text("wired, bypassed")
    expect(hot).to_contain_text("84.5 °C")
    expect(page.locator("[data-frames=BN1]")).to_contain_text("68 AA AA AA AA AA AA 68 13 00 DF 16")
    expect(page.get_by_text("Position 5: Terminals over the warning threshold")).to_be_visible()
    look(face, seq=2, value="0.7")
    expect(page.locator("[data-position='4']")).to_contain_text("0.7 % (Limit ± 2.0)")


def test_a_position_is_taken_out_of_use_and_back(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    fill_line(face)
    enter(page, url, complaints, path="/benches/BN1")
    expect(page.locator("[data-position='30']")).to_contain_text("out of use")
    page.get_by_role("button", name="Use: position 30").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Take out of use: position 7").click()
    expect(page.get_by_role("button", name="Take out of use: position 7")).to_be_enabled()
    assert len(face.rung) == 2


def test_only_an_engineer_lets_a_stopped_bench_work_again(
    page: Page, face: Face, url: str, complaints: list[str]
) -> None:
    fill_line(face)
    add_people(face, wang=Role.ENGINEER)
    enter(page, url, complaints, path="/benches/BN2")
    expect(page.get_by_text("An engineer lets it work again.")).to_be_visible()
    page.get_by_role("button", name="Log out operator").click()
    enter(page, url, complaints, name="wang", path="/benches/BN2")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Let it work again").click()
    expect(page.get_by_role("button", name="Let it work again")).to_be_enabled()
    assert face.rung


def test_the_line_speaks_chinese(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    fill_line(face)
    enter(page, url, complaints, path="/lines")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="检定线 VL1（单相）")).to_be_visible()
    expect(page.locator("[data-cell=WV1]")).to_contain_text("耐压")


@pytest.mark.parametrize("path", ["/lines", "/benches/BN1", "/benches/BN2", "/benches/none"])
def test_everybody_can_use_lines(page: Page, face: Face, url: str, complaints: list[str], path: str) -> None:
    fill_line(face)
    look(face)
    enter(page, url, complaints, path=path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("rules => axe.run({runOnly: rules})", rules)
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []


def test_a_lot_of_the_other_phase_is_refused_in_words(page: Page, face: Face, url: str, complaints: list[str]) -> None:
    fill_line(face)
    enter(page, url, complaints, path="/lines/VL1")
    page.get_by_role("combobox", name="Lot").select_option("LOT26-3PH-A")
    page.get_by_role("button", name="Verify the lot here").click()
    expect(page.get_by_role("form", name="Verify a lot").get_by_role("alert")).to_contain_text("LOT26-3PH-A")
    complaints.clear()  # a browser logs each refused call


def test_work_that_waits_is_settled_by_whoever_has_looked_at_the_cell(
    page: Page, face: Face, url: str, complaints: list[str]
) -> None:
    fill_line(face)
    with Session(face.context.engine) as session:
        stopped = Mission(7, 0, "WV1", 1, "C1", "UL1", "WV1", state=MissionState.HELD)
        ledger.write(session, [stopped, Alarm(1, "work_held", "WV1", "WV1", 0, 7)])
        session.commit()
    enter(page, url, complaints, path="/lines/VL1")
    held = page.locator("[data-held='7']")
    expect(held).to_contain_text("Stopped with a carrier aboard")
    expect(held.get_by_role("button", name="It is done")).to_have_count(0)  # only the cell can say what it has found
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_response("**/missions/7/out") as answer:
        held.get_by_role("button", name="Meters taken out").click()
    assert answer.value.status == 202

"""Studies in the console: started, looked at, compared; and their report, which runs in a sandbox of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.papers.study import write_reports
from api.security.roles import Role
from api.studies import wishes
from api.studies.wishes import Wish
from simulation.studies.findings import to_json
from simulation.studies.report.replay import shown
from tests.browser.lines import add_people, enter
from tests.browser.test_console import AXE, PAINTED
from tests.faces import Face, demo_plant, make_face
from tests.findings import HOSTILE, made, trail

pytestmark = [pytest.mark.browser, pytest.mark.sockets]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = ["/studies", "/studies/first", "/studies/broken", "/studies/running", "/studies/first/second"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a study leaves."""
    folder = tmp_path_factory.mktemp("written")
    (folder / "findings.json").write_bytes(to_json(made(third=HOSTILE)))
    plant = demo_plant()
    write_reports(made(third=HOSTILE), folder, trail=shown(trail(plant), plant))
    return folder


@pytest.fixture
def face(tmp_path: Path, written: Path) -> Face:
    files, root = tmp_path / "files", tmp_path / "site" / "studies"
    files.mkdir()
    (files / "peak.yaml").write_text("name: Peak\nplant: nowhere.yaml\nscenarios: [{name: base}]\n", encoding="utf-8")
    root.mkdir(parents=True)
    for run in ("first", "second"):
        _copied(written, root / run)
    told = {"file": "peak.yaml", "by": "li", "asked_at": datetime(2026, 11, 21, 14, tzinfo=UTC)}
    wishes.write(root / "broken", Wish.model_validate({**told, "state": "failed", "said": "no such plant"}))
    going = root / "running"  # begun by a command
    going.mkdir()
    (going / "progress.json").write_text('{"done": 3, "planned": 12, "running": 1}', encoding="utf-8")
    face = make_face(tmp_path / "site", studies_dir=files, requests_burst=10_000)
    add_people(face, li=Role.ENGINEER)
    return face


def _copied(source: Path, target: Path) -> None:
    target.mkdir()
    for file in source.iterdir():
        (target / file.name).hardlink_to(file)


def test_a_study_is_started_and_says_why_it_failed(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, name="li")
    page.get_by_role("link", name="Studies").click()
    page.get_by_label("Study file").select_option("peak.yaml")
    page.get_by_label("Processes").fill("1")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("peak-")
    expect(page.get_by_role("status")).to_contain_text("failed", timeout=60_000)
    expect(page.get_by_label("Last words")).to_contain_text("nowhere.yaml")
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    page.get_by_role("link", name="All studies").click()
    expect(page.locator("[data-study^=peak-]")).to_contain_text("failed")


def test_an_operator_looks_and_starts_nothing(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, path="/studies")
    expect(page.locator("[data-study=running]")).to_contain_text("3 of at most 12")
    expect(page.get_by_role("button", name="Start", exact=True)).to_have_count(0)
    expect(page.locator("[data-study=broken]")).to_contain_text("failed")


def test_what_a_study_found_is_shown(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, path="/studies/first")
    expect(page.get_by_text("base: Pallets handed over at docks: 60.0 ± 1.8 pallets/h")).to_be_visible()
    expect(page.get_by_text("base: the bottleneck is CR1")).to_be_visible()
    expect(page.get_by_role("img", name="near 72.0 ± 1.8 pallets/h")).to_be_visible()
    expect(page.get_by_role("img", name="near less base 12.0 ± 2.2 pallets/h")).to_be_visible()
    expect(page.get_by_role("img", name="Use of time: base: CR1 busy 50 %")).to_be_visible()
    expect(page.locator("[data-response='lead.out_s']")).to_contain_text("16.67 ± 0.37")
    page.get_by_label("Figure").select_option("out.pallets_h")
    expect(page.get_by_role("img", name="Pallets handed over at docks (pallets/h)", exact=False).last).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_text("base：瓶颈是 CR1")).to_be_visible()
    expect(page.get_by_role("link", name="仿真研究")).to_be_visible()


def test_two_studies_stand_beside_each_other(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, path="/studies")
    pair = page.get_by_role("button", name="Compare the two chosen")
    expect(pair).to_be_disabled()
    for run in ("first", "second"):
        page.get_by_label(f"Choose {run} to compare").check()
    pair.click()
    expect(page.get_by_role("heading", name="first and second")).to_be_visible()
    expect(page.locator("[data-pair='base out.pallets_h']")).to_contain_text("overlap")
    expect(page.get_by_role("img", name="near · second 72.0 ± 1.8")).to_be_visible()


def test_its_report_and_its_tables_are_saved(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, path="/studies/first")
    for name, begins in (("Save the report (HTML)", b"<!doctype html>"), ("Tables as Excel (中文)", b"PK")):
        with page.expect_download() as loading:
            page.get_by_role("link", name=name).click()
        assert Path(loading.value.path()).read_bytes().startswith(begins)


def open_report(page: Page, complaints: list[str]) -> Page:
    """Open the report in its tab; what the browser complains of there counts as well."""
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="Read the report").click()
    report = opening.value
    report.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    report.reload()
    return report


def test_the_report_plays_a_run_and_changes_its_language(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, path="/studies/first")
    report = open_report(page, complaints)
    assert report.evaluate("self.origin") == "null"  # a sandbox: no session, no storage of ours
    expect(report.get_by_role("heading", name="Study: peak hours")).to_be_visible()
    assert report.locator("canvas").evaluate(PAINTED) > 5000
    before = report.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    report.get_by_role("slider").fill("110")
    expect(report.locator("#replay-clock")).to_have_text("00:01:50")
    expect(report.locator("#replay-count")).to_have_text("1 units are under way")
    assert report.locator("canvas").evaluate("canvas => canvas.toDataURL()") != before
    report.get_by_label("Speed").select_option("300")
    report.get_by_role("button", name="Play").click()
    expect(report.get_by_role("button", name="Play")).to_be_visible(timeout=20_000)  # it has come to its end
    expect(report.locator("#replay-clock")).to_have_text("00:10:00")
    expect(report.locator("#replay-count")).to_have_text("0 units are under way")  # one is stored, one is gone
    report.get_by_role("button", name="中文").click()
    expect(report.get_by_role("heading", name="研究：peak hours")).to_be_visible()
    expect(report.get_by_role("button", name="播放")).to_be_visible()
    expect(report.get_by_text("In short")).to_be_hidden()
    assert report.locator("img").count() == 0


@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_use_studies(page: Page, url: str, complaints: list[str], path: str) -> None:
    enter(page, url, complaints, name="li", path=path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("table, pre, progress, [role=status]").first).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []


def test_everybody_can_read_the_report(page: Page, written: Path) -> None:
    page.goto((written / "report.html").as_uri())
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for language in ("English", "中文"):
        page.get_by_role("button", name=language).click()
        found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []

"""Results and the laboratory in the console: every test of a meter, how a lot lies, standards, people and seals."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from api.security.roles import Role
from tests import lab
from tests.browser.lines import ASN, add_people, enter
from tests.browser.test_console import AXE
from tests.faces import Face, make_face
from tests.system.cells import cells_plant
from wms.inbound import service as inbound
from wms.rows import table
from wms.seals import service as seals
from wms.stock.tables import AssetRow

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def codes() -> list[str]:
    """What the lab has tested, filled in by `face`."""
    return []


@pytest.fixture
def face(tmp_path: Path, codes: list[str]) -> Face:
    """Return a face whose lab has tested two boxes of a lot: one meter failed twice, one passed elsewhere."""
    face = make_face(tmp_path / "site", plant=cells_plant(), requests_burst=10_000)
    add_people(face, li=Role.ENGINEER)
    with Session(face.context.engine) as session:
        inbound.import_delivery(session, ASN.read_bytes(), at_ms=0)
        assets = table(AssetRow)
        query = sa.select(assets.c.bar_code).order_by(assets.c.bar_code).limit(20)
        codes += session.connection().execute(query).scalars()
        lab.staff(session, "BN1", "BN2")
        lab.finish(session, "r1", codes, lot="LOT26-3PH-A", bad=codes[3:5])
        lab.finish(session, "r2", codes[3:5], lot="LOT26-3PH-A", bad=codes[4:5], attempt=2)
        seals.receive_range(session, prefix="S", first=1, last=500, by="li", at_ms=0)
        session.commit()
    return face


def test_a_meter_shows_every_test_and_its_certificate(
    page: Page, url: str, complaints: list[str], codes: list[str]
) -> None:
    enter(page, url, complaints)
    page.get_by_role("link", name="Results").click()
    page.get_by_label("Bar code").fill(codes[3])
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name=f"Meter {codes[3]}")).to_be_visible()
    rows = page.locator("[data-test]")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("this one holds")
    expect(rows.nth(1)).to_contain_text("failed: intrinsic error")
    expect(rows.nth(1)).to_contain_text("superseded")
    expect(page.get_by_role("row", name="intrinsic error Ib 1.0 all")).to_contain_text("± 2.0")
    page.get_by_role("button", name="r1", exact=True).click()
    expect(page.get_by_role("row", name="intrinsic error Ib 1.0 all")).to_contain_text("3.1 %")
    with page.expect_download() as loading:
        page.get_by_role("link", name="PDF (English)").click()
    assert Path(loading.value.path()).read_bytes().startswith(b"%PDF")
    expect(page.get_by_role("button", name="Make it void")).to_have_count(0)


def test_a_box_and_a_number_are_found(
    page: Page, face: Face, url: str, complaints: list[str], codes: list[str]
) -> None:
    with Session(face.context.engine) as session:
        assets = table(AssetRow)
        box = session.connection().execute(sa.select(assets.c.box).where(assets.c.bar_code == codes[0])).scalar_one()
    enter(page, url, complaints, path="/results")
    page.get_by_label("Bar code").fill(box)
    page.get_by_role("button", name="Find").click()
    expect(page.locator(f"[data-meter='{codes[0]}']")).to_contain_text("passed")
    paper = page.locator(f"[data-meter='{codes[0]}'] td").nth(3).inner_text()
    page.get_by_label("Bar code").fill("no such thing")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status")).to_contain_text("no such thing")
    page.get_by_label("Bar code").fill(paper)
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name=f"Meter {codes[0]}")).to_be_visible()


def test_an_engineer_makes_a_certificate_void(page: Page, url: str, complaints: list[str], codes: list[str]) -> None:
    enter(page, url, complaints, name="li", path=f"/results/meter/{codes[0]}")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("is made void").fill("label printed twice")
    page.get_by_role("button", name="Make it void").click()
    expect(page.get_by_text("Made void by li: label printed twice")).to_be_visible()


def test_a_lot_shows_its_plots_and_is_handed_in(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, path="/results/lot/LOT26-3PH-A")
    expect(page.get_by_role("img", name="Yield by bench (first tests): BN1 90 %")).to_be_visible()
    expect(
        page.get_by_role("img", name="Distribution of the error at Ib 1.0 all: 20 meters, 1 outside")
    ).to_be_visible()
    expect(page.get_by_role("img", name="Bias of the positions of BN1")).to_be_visible()
    page.get_by_role("button", name="Draw a sample").click()
    expect(page.get_by_text("Sample 1: AQL 1.0")).to_be_visible()
    page.get_by_role("button", name="Hand in for review").click()
    expect(page.get_by_role("heading", name="Review 1")).to_be_visible()
    page.get_by_role("link", name="lot-report LOT26-3PH-A").click()
    expect(page.get_by_text("Report of the lot: to decide.")).to_be_visible()


def test_the_laboratory_shows_what_verification_stands_on(page: Page, url: str, complaints: list[str]) -> None:
    enter(page, url, complaints, name="li", path="/laboratory")
    expect(page.locator("[data-standard=RS-BN1]")).to_contain_text("good")
    expect(page.get_by_text("all other benches: Li Wei tests, Wang Fang checks")).to_be_visible()
    page.get_by_label("Sealing cell").fill("SE1")
    page.get_by_role("spinbutton", name="Seals").fill("40")
    page.get_by_role("button", name="Load into the magazine").click()
    expect(page.locator("[data-magazine=SE1]")).to_contain_text("40 left")
    expect(page.locator("[data-seals=stored]")).to_have_text("460")
    page.get_by_role("button", name="Interim checks: RS-BN1").click()
    page.get_by_label("Error found (%)").fill("0.2")
    page.get_by_label("Limit (%)").fill("0.05")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Book the check").click()
    expect(page.locator("[data-standard=RS-BN1]")).to_contain_text("failed its check: formal runs wait")
    expect(page.get_by_text("Recall 1 of RS-BN1: 20 meters")).to_be_visible()


@pytest.mark.parametrize("path", ["/results", "/results/meter/{meter}", "/results/lot/LOT26-3PH-A", "/laboratory"])
def test_everybody_can_use_results(page: Page, url: str, complaints: list[str], codes: list[str], path: str) -> None:
    enter(page, url, complaints, name="li", path=path.format(meter=codes[3]))
    expect(page.locator("table").first).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("rules => axe.run({runOnly: rules})", rules)
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []

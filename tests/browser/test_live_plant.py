"""A plant at work, seen through a real browser: a crane moves and an order is finished, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect
from sqlalchemy.orm import Session

from api import lock
from api.security import accounts
from api.security.roles import Role
from tests.faces import PASSWORD
from tests.system.house import House, new_house

pytestmark = [pytest.mark.browser, pytest.mark.sockets, pytest.mark.slow]
SPEED = 30.0
START_MS, WORK_MS = 60_000, 180_000


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A twin and a site as processes of their own, and somebody who may look."""
    house = new_house(tmp_path, SPEED)
    with Session(house.engine) as session:
        accounts.add_account(session, "operator", PASSWORD, Role.OPERATOR)
        session.commit()
    house.start_twin()
    house.start_serve()
    yield house
    house.stop()


@pytest.fixture
def url(house: House) -> str:
    """The address of the site, once it answers."""
    served = None
    while served is None:
        assert house.alive("serve"), house.last_words("serve")
        served = lock.find(house.files.folder)
    return served.url


def test_a_crane_moves_and_an_order_is_finished(page: Page, url: str, complaints: list[str]) -> None:
    page.set_default_timeout(START_MS)
    reach(page, url)
    page.get_by_label("Name").fill("operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("button", name="As tables").click()
    crane = page.locator("[data-crane=SC1] td").first
    expect(crane).not_to_have_text("0.0 m", timeout=WORK_MS)
    complaints.clear()  # a first look without a login, and tries before the site was up

    page.get_by_role("link", name="Orders").click()
    expect(page.locator("[data-kind=verification][data-state=finished]")).to_be_visible(timeout=WORK_MS)
    expect(page.get_by_role("heading", name="Orders")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="订单")).to_be_visible()
    finished = page.locator("[data-kind=distribution][data-state=finished]")
    expect(finished).to_be_visible(timeout=WORK_MS)
    expect(finished).to_contain_text("完成")


def reach(page: Page, url: str) -> None:
    """Open the console as soon as the site answers."""
    for _ in range(100):
        try:
            page.goto(url)
            return
        except Error:
            page.wait_for_timeout(300)
    page.goto(url)

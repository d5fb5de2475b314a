"""A real Chromium before a real server; what is missing here is said as the reason of the skip."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from api.console_files import DIST
from tests.faces import Face, make_face, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    if not (DIST / "index.html").is_file():
        pytest.skip("the console is not built: make console")
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to run its sandbox as root
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        yield found
        found.close()


@pytest.fixture
def face(tmp_path: Path) -> Face:
    return make_face(tmp_path / "site", requests_burst=10_000)


@pytest.fixture
def url(face: Face) -> Iterator[str]:
    with served(face.app) as url:
        yield url


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complains of: errors, warnings, refusals of the content security policy."""
    return []


@pytest.fixture
def page(browser: Browser, url: str, complaints: list[str]) -> Iterator[Page]:
    """A fresh browser window, closed before its server; the test fails if the browser complains of anything."""
    assert url
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []

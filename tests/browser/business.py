"""What tests of marketing's pages share: who looks, what a person answers when asked, and that nobody is shut out."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.test_console import AXE

RULES = "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"


def answer(page: Page, *, yes: bool = True) -> list[str]:
    """Answer every question of a page with yes, or with no; return what was asked, filled in as it comes."""
    asked: list[str] = []

    def hear(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.accept() if yes else dialog.dismiss()

    page.on("dialog", hear)
    return asked


def no_barriers(page: Page) -> None:
    """Hold WCAG 2.2 AA on the page as it stands, where axe is at hand."""
    expect(page.locator("main.old")).to_have_count(0)  # a picture that stands still is pale on purpose
    if AXE.is_file():
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = page.evaluate(RULES)
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []


def scan(page: Page, *codes: str) -> None:
    """Type codes as a scanner does: each ends with Enter, into the one field that has the focus."""
    expect(page.locator("input.scanner")).to_be_focused()
    for code in codes:
        page.keyboard.insert_text(code)
        page.keyboard.press("Enter")

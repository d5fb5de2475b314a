"""The page of the contract says what the code does."""

from __future__ import annotations

from pathlib import Path

from plc.contract_doc import render, tables

PAGE = Path(__file__).parents[3] / "docs/devices/contract.md"


def test_the_page_is_current_and_shows_every_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert render(page) == page, "run: python -P -m plc.contract_doc docs/devices/contract.md"
    assert all(f"<!-- table {name} -->" in page for name in tables())

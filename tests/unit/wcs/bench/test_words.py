"""Whatever a bench says has its text in both languages."""

from __future__ import annotations

import re

import pytest

from api.texts import LANGUAGES, catalogue
from tests.faces import ROOT

SAID = (
    r'"code": "(\w+)"', r'\.drop\(\s*\w+(?:\.\w+\[\w+\])?, "(\w+)"', r'cause="(\w+)"', r'BenchStopped\("(\w+)"',
    r'stopped="(\w+)"', r'_heat\("(\w+)"',
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_and_notice_has_its_text(language: str) -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "wcs" / "bench").glob("*.py"))
    codes = {code for pattern in SAID for code in re.findall(pattern, sources)}
    assert len(codes) > 20
    assert {code for code in codes if f"bench.{code}" not in catalogue(language)} == set()

"""Every finding, refusal and word of the library and the archives has its text in both languages."""

from __future__ import annotations

import re

import pytest

from api.texts import catalogue
from tests.faces import ROOT
from wms.archives import tables as archives
from wms.schemes import findings, tables
from wms.schemes.access_rules import DUTIES
from wms.schemes.content import PURPOSES

SOURCES = [(ROOT / "wms" / folder).glob("*.py") for folder in ("schemes", "archives")]
CODE = "\n".join(path.read_text(encoding="utf-8") for folder in SOURCES for path in sorted(folder))
PATTERNS = [
    (r'Finding\([^,()]*(?:\([^()]*\)[^,()]*)*,\s*"(\w+)"', "finding", 30),
    (r'yield "(\w+)", \{', "finding", 10),
    (r'Unsound\(\s*"(\w+)"', "problem", 4),
    (r'raise Refused\(\s*"(\w+)"', "problem", 30),
    (r'Refused\("(\w+)" if', "problem", 1),
]


@pytest.mark.parametrize(("pattern", "prefix", "least"), PATTERNS)
def test_every_code_has_its_text(pattern: str, prefix: str, least: int) -> None:
    said = set(re.findall(pattern, CODE))
    assert len(said) >= least, "the pattern no longer finds what it should"
    assert {code for code in said if f"{prefix}.{code}" not in catalogue("en")} == set()


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("duty", DUTIES), ("visibility", tables.VISIBILITIES), ("version_state", tables.VERSION_STATES),
        ("review_state", tables.REVIEW_STATES), ("review_kind", tables.SUBJECTS), ("purpose", PURPOSES),
        ("archive_kind", archives.KINDS), ("archive_state", archives.STATES), ("archive_action", archives.ACTIONS),
        ("finding", {*findings.PYDANTIC.values(), "invalid"}),
    ],
)  # fmt: skip
def test_every_word_of_a_list_has_its_text(prefix: str, words: tuple[str, ...]) -> None:
    assert [word for word in words if f"{prefix}.{word}" not in catalogue("zh")] == []

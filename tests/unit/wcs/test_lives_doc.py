"""The state diagrams in the docs are those of the tables."""

from __future__ import annotations

from tests.faces import ROOT
from wcs import lives_doc


def test_the_diagrams_are_current() -> None:
    assert (ROOT / "docs" / "lives.md").read_text(encoding="utf-8") == lives_doc.text()

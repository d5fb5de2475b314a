from __future__ import annotations

from pathlib import Path

import pytest

from tests.faces import Face, make_face


@pytest.fixture
def face(tmp_path: Path) -> Face:
    return make_face(tmp_path / "site")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Face:
    """One face for tests that only read."""
    return make_face(tmp_path_factory.mktemp("shared") / "site", requests_burst=10_000)

"""What contract tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from wcs.store import create_tables, make_engine
from wms.migration import import_tables


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Give an empty database of a site in a file."""
    import_tables()
    engine = make_engine(f"sqlite:///{tmp_path / 'site.db'}")
    create_tables(engine)
    yield engine
    engine.dispose()

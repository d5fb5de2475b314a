"""The shipped library in a site's database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.schemes import at_work, put_library
from wms.schemes.duties import Work


@pytest.fixture
def library(engine: Engine) -> Iterator[Session]:
    """Return a session on a site with the shipped library."""
    with Session(engine) as session:
        put_library(session)
        yield session


@pytest.fixture
def person(library: Session) -> Callable[[str], Work]:
    """Return who makes anybody's work in that library."""
    return lambda name: at_work(library, name)

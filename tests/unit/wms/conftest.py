"""A site's database for each test: SQLite in memory, and PostgreSQL where METROSTACK_TEST_POSTGRES names one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from tests.plants import small_plant
from tests.postgres import postgres_url
from wcs.store import create_tables, make_engine
from wms import setup


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Return the engine of an empty site with the small plant."""
    engine = make_engine("sqlite://" if request.param == "sqlite" else postgres_url())
    SQLModel.metadata.drop_all(engine)
    create_tables(engine)
    with Session(engine) as session:
        setup.seed(session, small_plant())
        session.commit()
    yield engine
    SQLModel.metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Return a session on that site."""
    with Session(engine) as session:
        yield session

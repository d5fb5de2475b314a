"""The PostgreSQL of the tests: the database that METROSTACK_TEST_POSTGRES names, and one beside it for each worker."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

GIVEN = "METROSTACK_TEST_POSTGRES"


def postgres_url() -> str:
    """Return the URL of a database that nobody else uses now; skips the test where no server is named."""
    given = os.environ.get(GIVEN)
    if not given:
        pytest.skip(f"{GIVEN} is not set")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return _beside(sa.make_url(given), worker) if worker else given


def _beside(url: sa.URL, worker: str) -> str:
    name = f"{url.database}_{worker}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        exists = sa.text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.execute(exists, {"name": name}).first() is None:
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)

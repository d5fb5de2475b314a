"""Migrations: what a revision builds is what the code has, and it can be taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.postgres import postgres_url
from wcs.store import make_engine
from wms import migration


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database; PostgreSQL where METROSTACK_TEST_POSTGRES names one."""
    return f"sqlite:///{tmp_path / 'site.db'}" if request.param == "sqlite" else postgres_url()


def test_a_first_revision_builds_what_the_code_has_and_can_be_taken_back(url: str, tmp_path: Path) -> None:
    scripts = tmp_path / "migrations"
    shutil.copytree(migration.SCRIPTS, scripts)
    for old in (scripts / "versions").glob("*.py"):
        old.unlink()
    migration.revise(url, "first", scripts=scripts)
    assert len(list((scripts / "versions").glob("*.py"))) == 1
    migration.upgrade(url, scripts=scripts)
    assert migration.differs(url, scripts=scripts) == ""
    migration.downgrade(url, scripts=scripts)
    engine = make_engine(url)
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()

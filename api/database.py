"""A site's database: created when it is new, upgraded when somebody asks for it, refused when it is old."""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api.security import tables as _security_tables
from plc.plant.model import Plant
from wcs.store import create_tables, make_engine
from wms import migration, setup

__all__ = ["OldDatabase", "ensure", "prepare", "upgrade"]
_ = _security_tables  # accounts and keys belong to the schema as well


class OldDatabase(RuntimeError):
    """The database is of another version of the program; `metrostack db upgrade` brings it here."""


def prepare(engine: Engine, plant: Plant) -> None:
    """Make a new database, or check that an old one is of this version; then bring the plant in.

    Raises OldDatabase.
    """
    ensure(engine)
    _seed(engine, plant)


def ensure(engine: Engine) -> None:
    """Make the tables of a new database, or check that an old one is of this version; raises OldDatabase."""
    if _in_memory(engine):
        create_tables(engine)
    else:
        current, head = _revision(engine), _head()
        if current is None:
            migration.upgrade(_url(engine))
        elif current != head:
            raise OldDatabase(f"the database stands at revision {current}, this version needs {head}")


def upgrade(url: str, plant: Plant) -> str:
    """Bring the database at `url` to this version and the plant into it; return its revision."""
    migration.upgrade(url)
    engine = make_engine(url)
    _seed(engine, plant)
    engine.dispose()
    return _head()


def _seed(engine: Engine, plant: Plant) -> None:
    with Session(engine) as session:
        setup.seed(session, plant)
        session.commit()


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _head() -> str:
    return str(ScriptDirectory(str(migration.SCRIPTS)).get_current_head())


def _url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def _in_memory(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite" and engine.url.database in (None, "", ":memory:")

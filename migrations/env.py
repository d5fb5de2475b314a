"""Alembic's environment: the tables of WCS and WMS, on the connection that `wms.migration` hands over."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from wcs.store import UtcDateTime
from wms.migration import import_tables


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | bool:
    """Write our own column types as what they are in the database, so that a revision needs no code of ours."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    return False


def run(connection: sa.Connection) -> None:
    """Run what was asked for on `connection`."""
    import_tables()
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])

"""Statements of the hot path: spelt once by SQLAlchemy for the database at hand, then handed to its driver as text.

A transaction of the controller has half a dozen of them; what SQLAlchemy does anew for each costs more than the
database takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from wcs.store import FactRow, table

Rows = Sequence[tuple[Any, ...]]
_fact = table(FactRow)


def upsert(connection: Connection, target: sa.Table, key: str, rows: Rows) -> None:
    """Insert rows, or replace those with the same `key`; each row has every column, in the order of the table."""
    connection.exec_driver_sql(_upsert(target, key, connection.dialect.name), list(rows))


def insert_new(connection: Connection, target: sa.Table, unique: str, row: dict[str, Any]) -> int | None:
    """Insert a row and return the number that the database gives it; None if its `unique` value is there already.

    `row` has every column but the number.
    """
    text, names = _insert_new(target, unique, connection.dialect.name)
    number = connection.exec_driver_sql(text, tuple(row[name] for name in names)).scalar()
    return None if number is None else int(number)


def delete(connection: Connection, target: sa.Table, key: str, keys: Sequence[Any]) -> None:
    """Delete the rows whose `key` is one of `keys`."""
    connection.exec_driver_sql(_delete(target, key, connection.dialect.name), [(one,) for one in keys])


def insert_facts(connection: Connection, rows: Rows) -> None:
    """Append to the journal: at_ms, kind, subject, payload."""
    connection.exec_driver_sql(_insert_facts(connection.dialect.name), list(rows))


@lru_cache(maxsize=64)
def _upsert(target: sa.Table, key: str, dialect: str) -> str:
    new = _insert(dialect)(target)
    others = {c.name: new.excluded[c.name] for c in target.columns if c.name != key}
    return _text(new.on_conflict_do_update(index_elements=[key], set_=others), dialect)


@lru_cache(maxsize=64)
def _insert_new(target: sa.Table, unique: str, dialect: str) -> tuple[str, tuple[str, ...]]:
    """Return the statement, and the columns in the order in which it takes them."""
    names = tuple(c.name for c in target.columns if not c.primary_key)
    new = _insert(dialect)(target).values({name: sa.bindparam(name) for name in names})
    one = new.on_conflict_do_nothing(index_elements=[unique]).returning(*target.primary_key.columns)
    return _text(one, dialect), names


@lru_cache(maxsize=64)
def _delete(target: sa.Table, key: str, dialect: str) -> str:
    return _text(sa.delete(target).where(target.c[key] == sa.bindparam("gone")), dialect)


@lru_cache(maxsize=4)
def _insert_facts(dialect: str) -> str:
    columns = ("at_ms", "kind", "subject", "payload")
    return _text(sa.insert(_fact).values({name: sa.bindparam(name) for name in columns}), dialect)


def _insert(dialect: str) -> Any:
    return postgresql.insert if dialect == "postgresql" else sqlite.insert


def _text(statement: Any, dialect: str) -> str:
    """Return a statement as the driver takes it, with parameters by their place: those by name cost twice as much."""
    if dialect == "postgresql":
        return str(statement.compile(dialect=postgresql.dialect(paramstyle="format")))
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))

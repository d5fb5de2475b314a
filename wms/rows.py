"""What all tables of the WMS share: their names for constraints, and the statements that Core spells long-windedly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

T = TypeVar("T")
Row = Mapping[str, Any]
LOOKUP = 2_000  # keys in one look-up statement


def table(model: type[SQLModel]) -> sa.Table:
    """Return the Core table behind a row class."""
    return cast(sa.Table, sa.inspect(model).local_table)


def upsert(session: Session, model: type[SQLModel], rows: Sequence[Row]) -> None:
    """Insert `rows`, or replace those with the same primary key by the columns given."""
    if rows:
        connection = session.connection()
        connection.execute(_upsert(table(model), tuple(rows[0]), connection.dialect.name), list(rows))


@lru_cache(maxsize=64)
def _upsert(target: sa.Table, columns: tuple[str, ...], dialect: str) -> Any:
    keys = [column.name for column in target.primary_key]
    statement: Any = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(target)
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in columns if name not in keys}
    )


def known(session: Session, column: sa.Column[str], keys: Sequence[str], *extra: sa.Column[Any]) -> list[Any]:
    """Return (key, *extra) of the rows whose `column` is one of `keys`; one statement for up to 2,000 keys."""
    found: list[Any] = []
    for part in chunks(keys, LOOKUP):
        wanted = sa.bindparam("wanted", list(part), expanding=True)
        found += session.connection().execute(sa.select(column, *extra).where(column.in_(wanted)).order_by(column))
    return found


def chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield `things` in lists of up to `size`.

    >>> list(chunks("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """Return an index over the rows for which `where` holds, on SQLite and PostgreSQL alike."""
    condition = sa.text(where)
    return sa.Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def one_of(column: str, values: Iterable[str]) -> str:
    """Return the condition that `column` holds one of `values`.

    >>> one_of("state", ("a", "b"))
    "state IN ('a','b')"
    """
    return f"{column} IN ({','.join(repr(value) for value in values)})"

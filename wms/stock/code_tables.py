"""Codes that a utility owns, in two generations: brought along, refreshed from its platform, given a meaning by us.

They are rows of the `code` table under "<generation>.<table>", e.g. "gen2.task_state". What a site has is never
overwritten by what the software brings along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
import yaml
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.errors import Refused
from wms.rows import table, upsert
from wms.stock.tables import CodeRow

GENERATIONS = ("gen1", "gen2")
MOST_CODES = 20_000
SHARED = "asset_type"
_code = table(CodeRow)
_names = _code.c.name


class CodeView(BaseModel):
    """One code of a utility; `role` is what it means to us, empty while nobody has said."""

    table: str
    code: str
    role: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh has brought: rows that are new or renamed, and codes that have no meaning for us yet."""

    new: int
    renamed: int
    without_role: tuple[str, ...]
    foreign: tuple[str, ...]  # tables of the platform that we do not use


def load_marketing_codes(session: Session) -> None:
    """Bring in the codes that are not there yet; what a site has stays."""
    have = {(name, code) for name, code in session.connection().execute(sa.select(_names, _code.c.code))}
    rows = [row for row in brought_along() if (row["name"], row["code"]) not in have]
    upsert(session, CodeRow, rows)


@lru_cache(maxsize=1)
def brought_along() -> tuple[dict[str, str], ...]:
    """Return the rows that come with the software."""
    rows: list[dict[str, str]] = []
    for one in _read("marketing"):
        for generation in GENERATIONS:
            name = f"{generation}.{one['table']}"
            source = one.get(f"{generation}_from")
            entries = _read(source) if source else one["codes"]
            said = "code" if source else generation
            rows += [
                {"name": name, "code": e[said], "role": e["role"], "zh": e["zh"], "en": e["en"]}
                for e in entries
                if said in e
            ]
    return tuple(rows)


@lru_cache(maxsize=4)
def standards(generation: str) -> Mapping[str, str]:
    """Return what a platform calls each table -> our name of it.

    >>> standards("gen2")["inOutWhReason"]
    'in_out_reason'
    """
    return {one["standard"][generation]: one["table"] for one in _read("marketing")}


def rows_of(session: Session, generation: str) -> list[tuple[str, str, str]]:
    """Return the codes of a generation as (table, code, role), and the asset types that bar codes carry."""
    mine = sa.or_(_names.like(f"{generation}.%"), _names == SHARED)
    wanted = sa.select(_names, _code.c.code, _code.c.role).where(mine)
    return [(name.rpartition(".")[2], code, role) for name, code, role in session.connection().execute(wanted)]


def rows_from_files(generation: str) -> list[tuple[str, str, str]]:
    """Return the same as the software brings it along."""
    mine = [row for row in brought_along() if row["name"].startswith(f"{generation}.")]
    types = [(SHARED, row["code"], row["role"]) for row in _read(SHARED)]
    return [(row["name"].rpartition(".")[2], row["code"], row["role"]) for row in mine] + types


def refresh(desk: Desk, generation: str, listed: Iterable[Mapping[str, str]]) -> Refreshed:
    """Take over what a platform says its codes are (codeName, code, codeValue, codeValueName); never commits.

    A known code keeps its role and gets its name; a new one has no role until an engineer gives it one. Nothing is
    deleted: results that were sent stay readable. Raises Refused for too many.
    """
    known = standards(generation)
    have = {
        (name, code): (role, zh, en)
        for name, code, role, zh, en in desk.connection.execute(
            sa.select(_names, _code.c.code, _code.c.role, _code.c.zh, _code.c.en).where(_names.like(f"{generation}.%"))
        )
    }
    rows: dict[tuple[str, str], dict[str, str]] = {}
    foreign: set[str] = set()
    for number, one in enumerate(listed):
        if number >= MOST_CODES:
            raise Refused("too_many_codes", most=MOST_CODES)
        ours = known.get(one["code"])
        if ours is None:
            foreign.add(one["code"])
            continue
        key = (f"{generation}.{ours}", one["codeValue"])
        role, zh, en = have.get(key, ("", "", ""))
        said = one["codeValueName"]
        if key not in have or zh != said:
            rows[key] = {"name": key[0], "code": key[1], "role": role, "zh": said, "en": en or said}
    upsert(desk.session, CodeRow, list(rows.values()))
    new = [key for key in rows if key not in have]
    without = tuple(f"{name} {code}" for name, code in new)
    desk.book("CodesRefreshed", generation, new=len(new), renamed=len(rows) - len(new))
    return Refreshed(len(new), len(rows) - len(new), without, tuple(sorted(foreign)))


def views(session: Session, name: str = "", *, limit: int = 5_000) -> list[CodeView]:
    """Return the codes of both generations, or those of one table, by table and code."""
    mine = _names == name if name else sa.or_(*(_names.like(f"{one}.%") for one in GENERATIONS))
    query = sa.select(_code).where(mine).order_by(_names, _code.c.code).limit(limit)
    return [
        CodeView(table=row["name"], code=row["code"], role=row["role"], zh=row["zh"], en=row["en"])
        for row in session.connection().execute(query).mappings()
    ]


def assign(desk: Desk, name: str, code: str, *, role: str, by: str) -> None:
    """Give a code of a utility a meaning; raises Refused for an unknown code. Audited."""
    mine = sa.update(_code).where(_names == name, _code.c.code == code)
    if desk.connection.execute(mine.values(role=role)).rowcount == 0:
        raise Refused("unknown_table_code", table=name, value=code)
    desk.book("CodeAssigned", name, code=code, role=role, by=by)


def _read(name: str) -> list[dict[str, Any]]:
    text = files("wms").joinpath("codes", f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)

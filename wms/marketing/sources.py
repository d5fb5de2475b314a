"""What a task's source means here: what the stock proposes from, by which schemes, and whether a sample comes first.

Sources are data: those that come with the software (`codes/task_sources.yaml`) and what a site adds or says otherwise.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import sqlalchemy as sa
import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.orm import Session

from wms.errors import Refused
from wms.marketing.task_tables import SourceRow
from wms.rows import table, upsert
from wms.schemes.content import Purpose

FILE = Path(__file__).resolve().parent.parent / "codes" / "task_sources.yaml"
KINDS = ("verify", "sample", "recheck", "count")
MOST_SAID = 32
MOST_SOURCES = 200
State = Literal["received", "qualified", "rejected", "returned"]
Words = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
_source = table(SourceRow)


class Source(BaseModel):
    """One source of tasks: `kind` is what is done, `states` are the boxes that the stock proposes.

    after_sampling: not before the lot was accepted by its sample. population: a sample stands for the whole lot, or for
    what of it is or was in the field. hold: what is packed waits until the sample is accepted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    source: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    kind: Literal["verify", "sample", "recheck", "count"]
    purpose: Purpose
    states: Annotated[tuple[State, ...], Field(max_length=4)] = ()
    after_sampling: bool = False
    population: Literal["lot", "field"] = "lot"
    hold: bool = False
    zh: Words
    en: Words

    @model_validator(mode="after")
    def _can_be(self) -> Source:
        if (self.kind == "count") != (not self.states):
            raise ValueError(f"{self.source}: a count names no states of boxes, everything else names at least one")
        if self.kind != "sample" and (self.hold or self.population != "lot"):
            raise ValueError(f"{self.source}: only a sample may hold what is packed, or stand for the field")
        if self.purpose == "first" and set(self.states) - {"received"}:
            raise ValueError(f"{self.source}: what was verified before is verified by schemes for recheck or sampling")
        return self


def source_of(session: Session, name: str) -> Source:
    """Return a source by its name; raises Refused for one that is not in the list."""
    row = session.connection().execute(sa.select(_source).where(_source.c.source == name)).mappings().first()
    if row is None:
        raise Refused("unknown_task_source", source=name[:MOST_SAID])
    return _from(dict(row))


def sources(session: Session) -> list[Source]:
    """Return every source, by name."""
    rows = session.connection().execute(sa.select(_source).order_by(_source.c.source)).mappings()
    return [_from(dict(row)) for row in rows]


def seed(session: Session) -> None:
    """Bring the sources of the software into the database; what a site has added stays."""
    enter(session, shipped())


def enter(session: Session, wanted: Sequence[Source]) -> None:
    """Enter sources, or say of known ones what they mean now. Raises Refused if one is named twice, or for too many."""
    twice = [name for name, n in Counter(one.source for one in wanted).items() if n > 1]
    if twice:
        raise Refused("source_listed_twice", source=twice[0])
    if len(wanted) > MOST_SOURCES:
        raise Refused("too_many_rows", count=len(wanted), max=MOST_SOURCES)
    upsert(session, SourceRow, [one.model_dump() | {"states": json.dumps(one.states)} for one in wanted])


@lru_cache(maxsize=1)
def shipped() -> tuple[Source, ...]:
    """Return the sources that come with the software."""
    rows: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(Source.model_validate(row) for row in rows)


def _from(row: dict[str, Any]) -> Source:
    return Source.model_validate(row | {"states": json.loads(row["states"])})

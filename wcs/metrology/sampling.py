"""Sampling plans of GB/T 2828.1 (ISO 2859-1): single, normal inspection, general level II."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import BaseModel, Field

from wcs.metrology.edition import STRICT
from wcs.metrology.errors import RuleError

_SMALLEST_LOT = 2
_FIRST_AFTER_ARROWS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How many meters to take, and with how many bad ones the lot is still accepted, or rejected."""

    letter: str
    """Code letter of the plan used, which an arrow of the table may have moved."""
    size: int
    accept: int
    reject: int


class _Tables(BaseModel):
    model_config = STRICT
    letters: tuple[tuple[str, int, int], ...]
    zero: dict[Annotated[Decimal, Field(gt=0)], str]
    accepts: tuple[int, ...]


@cache
def _tables() -> _Tables:
    text = files("wcs.metrology").joinpath("sampling.yaml").read_text(encoding="utf-8")
    return _Tables.model_validate(yaml.safe_load(text))


def sampling(lot_size: int, aql: Decimal) -> Plan:
    """Return the plan for a lot; raises RuleError for a lot below 2 or an AQL that the table does not have.

    Where the sample would be as large as the lot, the whole lot is taken.

    >>> sampling(4500, Decimal("1.0"))
    Plan(letter='L', size=200, accept=5, reject=6)
    """
    tables = _tables()
    letters = [letter for letter, _, _ in tables.letters]
    if not _SMALLEST_LOT <= lot_size <= tables.letters[-1][1]:
        raise RuleError("lot_size", f"{lot_size} is not from {_SMALLEST_LOT} to {tables.letters[-1][1]}")
    zero = tables.zero.get(aql)
    if zero is None:
        raise RuleError("aql", f"{aql} is not one of {', '.join(map(str, tables.zero))}")
    own = next(index for index, (_, most, _) in enumerate(tables.letters) if lot_size <= most)
    index, accept = _row(own, letters.index(zero), tables)
    size = min(tables.letters[index][2], lot_size)
    return Plan(letters[index], size, accept, accept + 1)


def _row(own: int, zero: int, tables: _Tables) -> tuple[int, int]:
    """Return the row that a code letter is led to, and its acceptance number."""
    steps = own - zero
    if steps <= 1:
        return zero, 0  # arrows down to the plan that accepts 0, and the one arrow up to it
    after = max(steps, _FIRST_AFTER_ARROWS)  # the arrow down to the plan that accepts 1
    last = min(after - _FIRST_AFTER_ARROWS, len(tables.accepts) - 1)
    return zero + _FIRST_AFTER_ARROWS + last, tables.accepts[last]

"""What can be read from a meter, by name. The list is data: `identifiers.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast, get_args

import yaml

from plc.meters.errors import BadValue

Kind = Literal["number", "text", "digits", "clock", "date", "time", "demand", "bits", "table"]
Type = Literal[
    "uint8",
    "uint16",
    "uint32",
    "int16",
    "int32",
    "text",
    "octets",
    "date_time_s",
    "date_text",
    "demand",
    "bits",
    "key_versions",
    "table",
]
RESOURCE = "identifiers.yaml"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier: `di` as it travels, the last byte first; `oad` in its written order; both empty where unknown."""

    name: str
    di: bytes
    oad: bytes
    kind: Kind
    size: int
    size_698: int
    decimals: int
    type: Type | None
    unit: str
    writable: bool


def identifier(name: str) -> Identifier:
    """Return the identifier called `name`; raise BadValue if there is none."""
    found = identifiers().get(name)
    if found is None:
        raise BadValue(name, "no identifier has this name")
    return found


@cache
def identifiers() -> dict[str, Identifier]:
    """Return all identifiers by their names."""
    # NOTE: BaseLoader keeps every scalar a text; YAML would read 00010000 as an octal number.
    rows = yaml.load(files("plc.meters").joinpath(RESOURCE).read_text("utf-8"), Loader=yaml.BaseLoader)
    return {name: _identifier(name, row) for name, row in cast(dict[str, dict[str, str]], rows).items()}


@cache
def by_di() -> dict[bytes, Identifier]:
    """Return the identifiers of DL/T 645 by their DI as it travels."""
    return {one.di: one for one in identifiers().values() if one.di}


@cache
def by_oad() -> dict[bytes, Identifier]:
    """Return the identifiers of DL/T 698.45 by their OAD."""
    return {one.oad: one for one in identifiers().values() if one.oad}


def _identifier(name: str, row: dict[str, str]) -> Identifier:
    kind, kind_698 = row["kind"], row.get("type")
    if kind not in get_args(Kind) or kind_698 not in (None, *get_args(Type)):
        raise ValueError(f"{RESOURCE}: {name}: {kind} and {kind_698} are no kind and type")
    return Identifier(
        name=name,
        di=bytes.fromhex(row["di"])[::-1],
        oad=bytes.fromhex(row["oad"]),
        kind=cast(Kind, kind),
        size=int(row["bytes"]),
        size_698=int(row.get("size_698", row["bytes"])),
        decimals=int(row.get("decimals", 0)),
        type=cast("Type | None", kind_698),
        unit=row.get("unit", ""),
        writable=row.get("writable") == "true",
    )

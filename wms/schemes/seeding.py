"""The library that comes with the software, put in as approved by "library"."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.rows import table
from wms.schemes.bundle import Bundle, parse
from wms.schemes.content import BELOW, Kind, named, text_of
from wms.schemes.duties import SOFTWARE
from wms.schemes.resolve import Parts
from wms.schemes.tables import ChoiceRow, EntryRow, VersionRow

FIRST = ("blocks.yaml", "cases.yaml")
"""Files that others build on."""
CHOICES = {
    ("1p2w", "first"): "jjg596-1ph-first", ("1p2w", "recheck"): "jjg596-1ph-recheck",
    ("1p2w", "sampling"): "jjg596-1ph-sampling", ("1p2w", "demo"): "demo-1ph",
    ("3p4w", "first"): "jjg596-3ph-first", ("3p4w", "recheck"): "jjg596-3ph-recheck",
    ("3p4w", "sampling"): "jjg596-3ph-sampling", ("3p4w", "demo"): "demo-3ph",
}  # fmt: skip
_entry, _version, _choice = table(EntryRow), table(VersionRow), table(ChoiceRow)
_numbers = sa.select(_entry.c.number, _entry.c.kind, _entry.c.code)


@lru_cache(maxsize=1)
def shipped() -> Bundle:
    """Return everything that comes with the software; raises Unsound if any of it is unsound."""
    folder = files("wms").joinpath("schemes", "library")
    names = sorted(one.name for one in folder.iterdir() if one.name.endswith(".yaml"))
    whole = Bundle()
    for name in sorted(names, key=lambda name: (name not in FIRST, name)):
        bundle = parse(folder.joinpath(name).read_bytes(), Parts(whole.blocks, whole.cases))
        for kind, code, content in bundle.each():
            whole.of(kind)[code] = content
    return whole


def seed(session: Session, bundle: Bundle | None = None) -> None:
    """Put the shipped library in (or `bundle`, which must be sound).

    What a site has changed stays as it is; what the software has changed becomes a new version.
    """
    stored = _stored(session)
    new = list(_new(bundle or shipped(), stored))
    entries = [_entry_row(kind, code) for kind, code, _ in new if (kind, code) not in stored]
    if entries:
        session.connection().execute(sa.insert(_entry), entries)
    if new:
        numbers = {(kind, code): number for number, kind, code in session.connection().execute(_numbers)}
        rows = [{**row, "entry": numbers[kind, code]} for kind, code, row in new]
        session.connection().execute(sa.insert(_version), rows)
    _choose(session)


@dataclass(frozen=True, slots=True)
class _Stored:
    """How a thing stands in the site's library; `approved` is its newest approved version, 0 if there is none."""

    owner: str
    version: int
    state: str
    text: str
    pins: str
    approved: int


def _stored(session: Session) -> dict[tuple[str, str], _Stored]:
    query = sa.select(
        _entry.c.kind, _entry.c.code, _entry.c.owner, _version.c.version, _version.c.state, _version.c.content,
        _version.c.pins,
    ).join(_version, _version.c.entry == _entry.c.number).order_by(_version.c.version)  # fmt: skip
    found: dict[tuple[str, str], _Stored] = {}
    for kind, code, owner, version, state, content, pins in session.connection().execute(query):
        before = found.get((kind, code))
        approved = version if state == "approved" else before.approved if before else 0
        found[kind, code] = _Stored(owner, version, state, content, pins, approved)
    return found


def _new(bundle: Bundle, stored: dict[tuple[str, str], _Stored]) -> Iterator[tuple[Kind, str, dict[str, Any]]]:
    """Yield the versions to enter; what builds on something that the site has not approved is left out."""
    versions: dict[tuple[str, str], int] = {}
    for kind, code, content in bundle.each():
        below, last = BELOW.get(kind, ""), stored.get((kind, code))
        pins = {name: versions.get((below, name), 0) for name in named(kind, content)}
        if 0 in pins.values() or (last is not None and (last.owner != SOFTWARE or last.state != "approved")):
            versions[kind, code] = last.approved if last is not None else 0
            continue
        text, pinned = text_of(content), json.dumps(pins, sort_keys=True)
        same = last is not None and (last.text, last.pins) == (text, pinned)
        versions[kind, code] = (last.version if last is not None else 0) + (not same)
        if not same:
            yield kind, code, _version_row(versions[kind, code], text, pinned)


def _choose(session: Session) -> None:
    have = {tuple(row) for row in session.connection().execute(sa.select(_choice.c.phase, _choice.c.purpose))}
    rows = [
        {"phase": phase, "purpose": purpose, "scheme": scheme, "chosen_by": SOFTWARE, "chosen_ms": 0}
        for (phase, purpose), scheme in CHOICES.items()
        if (phase, purpose) not in have
    ]
    if rows:
        session.connection().execute(sa.insert(_choice), rows)


def _entry_row(kind: str, code: str) -> dict[str, Any]:
    return {"kind": kind, "code": code, "owner": SOFTWARE, "project": None, "visibility": "public", "created_ms": 0}


def _version_row(version: int, text: str, pins: str) -> dict[str, Any]:
    return {
        "version": version, "state": "approved", "content": text, "pins": pins, "authors": json.dumps([SOFTWARE]),
        "revision": 1, "changed_by": SOFTWARE, "changed_ms": 0,
    }  # fmt: skip

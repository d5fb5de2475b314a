"""The library that comes with the software, put in as approved by "library"."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.rows import table
from wms.schemes import library
from wms.schemes.bundle import Bundle, parse
from wms.schemes.content import Content, named, text_of
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


def seed(session: Session) -> None:
    """Put the shipped library in; what a site has changed stays, what the software has changed is a new version."""
    versions: dict[tuple[str, str], int] = {}
    for kind, code, content in shipped().each():
        below = {"scheme": "case", "case": "block"}.get(kind, "")
        pins = {name: versions.get((below, name), 0) for name in named(kind, content)}
        if 0 not in pins.values():
            versions[kind, code] = _put(session, kind, code, (content, pins))
    have = {tuple(row) for row in session.connection().execute(sa.select(_choice.c.phase, _choice.c.purpose))}
    rows = [
        {"phase": phase, "purpose": purpose, "scheme": scheme, "chosen_by": SOFTWARE, "chosen_ms": 0}
        for (phase, purpose), scheme in CHOICES.items()
        if (phase, purpose) not in have
    ]
    if rows:
        session.connection().execute(sa.insert(_choice), rows)


def _put(session: Session, kind: str, code: str, what: tuple[Content, dict[str, int]]) -> int:
    """Enter one thing and return its version (0: none is approved); what is the site's own is left alone."""
    content, pins = what
    last = library.newest(session, kind, code)
    approved = library.newest(session, kind, code, state="approved")
    if last is not None and (last.standing.owner != SOFTWARE or last.state != "approved"):
        return approved.version if approved is not None else 0
    text, pinned = text_of(content), json.dumps(pins, sort_keys=True)
    if last is not None and (text_of(last.content), last.pins) == (text, pins):
        return last.version
    entry = last.entry if last is not None else _enter(session, kind, code)
    version = last.version + 1 if last is not None else 1
    row: dict[str, Any] = {
        "entry": entry, "version": version, "state": "approved", "content": text, "pins": pinned,
        "authors": json.dumps([SOFTWARE]), "revision": 1, "changed_by": SOFTWARE, "changed_ms": 0,
    }  # fmt: skip
    session.connection().execute(sa.insert(_version), row)
    return version


def _enter(session: Session, kind: str, code: str) -> int:
    row = {"kind": kind, "code": code, "owner": SOFTWARE, "project": None, "visibility": "public", "created_ms": 0}
    done = session.connection().execute(sa.insert(_entry), row)
    return int(done.inserted_primary_key[0])  # type: ignore[index]

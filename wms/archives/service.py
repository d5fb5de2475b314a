"""Archives added, changed, retired and restored; every change stays on record with who made it, when and why."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from wms.archives.content import Content, from_text, read_content, text_of
from wms.archives.rules import Shelf, check, in_use
from wms.archives.tables import KINDS, ArchiveChangeRow, ArchiveRow
from wms.errors import Refused
from wms.rows import table
from wms.schemes import library
from wms.schemes.access_rules import Person
from wms.schemes.bundle import is_code
from wms.schemes.content import Scheme
from wms.schemes.duties import SOFTWARE, Work
from wms.schemes.findings import Unsound
from wms.stock.tables import ModelRow

_archive, _change, _model = table(ArchiveRow), table(ArchiveChangeRow), table(ModelRow)
LONGEST_REASON = 500


def add(work: Work, kind: str, code: str, tree: object) -> int:
    """Add a driver or port from plain values; return its revision, 1.

    Raises Refused if its code is taken, Unsound with everything that is wrong with it.
    """
    if kind not in KINDS or not is_code(code):
        raise Refused("not_a_code", name=code[:40])
    if _find(work.session, kind, code) is not None:
        raise Refused("code_taken", kind=kind, name=code)
    content = _checked(work.session, kind, code, tree)
    row = {"kind": kind, "code": code, "state": "active", **_stamp(work, content, 1)}
    done = work.connection.execute(sa.insert(_archive), row)
    return _record(work, int(done.inserted_primary_key[0]), row, "add")  # type: ignore[index]


def change(work: Work, kind: str, code: str, tree: object, *, revision: int) -> int:
    """Change an active archive; `revision` is the one that was read. Return the new one."""
    row = _held(work.session, kind, code, "active")
    content = _checked(work.session, kind, code, tree)
    return _write(work, row, {**_stamp(work, content, revision + 1)}, ("change", ""))


def retire(work: Work, kind: str, code: str, *, reason: str) -> int:
    """Take an archive out of use; it stays on record. Raises Refused while a port in use names it."""
    row = _held(work.session, kind, code, "active")
    if ports := in_use(kind, code, active(work.session)):
        raise Refused("archive_in_use", name=code, ports=", ".join(ports))
    return _turn(work, row, "retired", ("retire", reason))


def restore(work: Work, kind: str, code: str, *, reason: str) -> int:
    """Put a retired archive back to use, as it was; raises Unsound if it no longer fits the others."""
    row = _held(work.session, kind, code, "retired")
    _checked(work.session, kind, code, json.loads(row["content"]))
    return _turn(work, row, "active", ("restore", reason))


def active(session: Session) -> dict[tuple[str, str], Content]:
    """Return every archive in use, by kind and code."""
    query = sa.select(_archive).where(_archive.c.state == "active").order_by(_archive.c.kind, _archive.c.code)
    rows = session.connection().execute(query).mappings()
    return {(row["kind"], row["code"]): from_text(row["kind"], row["content"]) for row in rows}


@lru_cache(maxsize=1)
def shipped() -> list[dict[str, Any]]:
    """Return the archives that come with the software."""
    return yaml.safe_load(files("wms").joinpath("archives", "shipped.yaml").read_text(encoding="utf-8"))


def seed(session: Session, *, at_ms: int = 0) -> None:
    """Put in the drivers that come with the software, where the site has nothing of that name. Schemes come first.

    Models that the site does not know, or that another driver serves already, are left out: the site has settled it.
    """
    work = Work(session, Person(SOFTWARE), at_ms)
    models = set(session.connection().execute(sa.select(_model.c.code)).scalars())
    models -= {model for one in active(session).values() for model in getattr(one, "models", ())}
    for entry in shipped():
        kind, code = entry["kind"], entry["code"]
        if _find(session, kind, code) is None:
            said = {key: value for key, value in entry.items() if key not in ("kind", "code")}
            if "models" in said:
                said["models"] = [model for model in said["models"] if model in models]
            add(work, kind, code, said)


def _checked(session: Session, kind: str, code: str, tree: object) -> Content:
    content = read_content(kind, tree)
    findings = content if isinstance(content, list) else check(kind, code, content, _shelf(session))
    if isinstance(content, list) or findings:
        raise Unsound("archive_refused", findings, kind=kind, name=code)
    return content


def _shelf(session: Session) -> Shelf:
    models = {code: kind for code, kind in session.connection().execute(sa.select(_model.c.code, _model.c.asset_class))}
    schemes = {
        one.code: one.content.asset_class
        for one in library.approved_schemes(session)
        if isinstance(one.content, Scheme)
    }
    return Shelf(active(session), models, schemes)


def _find(session: Session, kind: str, code: str) -> Any:
    query = sa.select(_archive).where(_archive.c.kind == kind, _archive.c.code == code).with_for_update()
    return session.connection().execute(query).mappings().first()


def _held(session: Session, kind: str, code: str, state: str) -> Any:
    row = _find(session, kind, code)
    if row is None:
        raise Refused("unknown_archive", kind=kind, name=code)
    if row["state"] != state:
        raise Refused("archive_is", kind=kind, name=code, state=row["state"])
    return row


def _turn(work: Work, row: Any, state: str, why: tuple[str, str]) -> int:
    if not why[1].strip() or len(why[1]) > LONGEST_REASON:
        raise Refused("reason_needed", longest=LONGEST_REASON)
    stamp = {"revision": row["revision"] + 1, "changed_by": work.person.name, "changed_ms": work.at_ms}
    return _write(work, row, {"state": state, **stamp}, why)


def _write(work: Work, row: Any, new: dict[str, Any], why: tuple[str, str]) -> int:
    mine = (_archive.c.number == row["number"], _archive.c.revision == new["revision"] - 1)
    if work.connection.execute(sa.update(_archive).where(*mine).values(**new)).rowcount != 1:
        raise Refused("changed_meanwhile", kind=row["kind"], name=row["code"], revision=row["revision"])
    return _record(work, row["number"], {**row, **new}, *why)


def _record(work: Work, number: int, row: dict[str, Any], action: str, reason: str = "") -> int:
    kept = {name: row[name] for name in ("revision", "content", "changed_by", "changed_ms")}
    work.connection.execute(sa.insert(_change), {"archive": number, "action": action, "reason": reason, **kept})
    if work.person.name != SOFTWARE:
        work.book("ArchiveChanged", f"{row['kind']}.{row['code']}", action=action, revision=row["revision"])
    return int(row["revision"])


def _stamp(work: Work, content: Content, revision: int) -> dict[str, Any]:
    return {
        "content": text_of(content), "revision": revision, "changed_by": work.person.name, "changed_ms": work.at_ms,
    }  # fmt: skip

"""Run sheets: an approved scheme compiled for the benches, stored once and never changed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from wcs.bench.sheet import RunSheet
from wms.errors import Refused
from wms.rows import table, upsert
from wms.schemes import library
from wms.schemes.access_rules import Person
from wms.schemes.content import Scheme
from wms.schemes.duties import Work, person_of
from wms.schemes.findings import Unsound
from wms.schemes.library import Held
from wms.schemes.resolve import inspect, plan_of, sheet_of
from wms.schemes.rules import Plan
from wms.schemes.tables import ChoiceRow, RunSheetRow

_sheet, _choice = table(RunSheetRow), table(ChoiceRow)
WIRINGS = {"1ph": "1p2w", "3ph": "3p4w"}
"""What the models of assets say of phases, as the rules call it."""


def compile_sheet(session: Session, scheme_code: str, *, trial: bool = False, by: str = "") -> RunSheet:
    """Return the run sheet of a scheme; the same content has the same number.

    An approved scheme is compiled from the versions it was reviewed with. With `trial` the newest version that `by`
    may see is taken, approved or not, and the sheet is not formal. Raises Refused for a scheme that is unknown or
    not approved, Unsound for one that breaks a rule.
    """
    person = person_of(session, by) if trial else None
    found = library.newest(session, "scheme", scheme_code, state="" if trial else "approved", person=person)
    if found is None:
        known = library.newest(session, "scheme", scheme_code)
        raise Refused("unknown_scheme" if known is None else "scheme_not_approved", scheme=scheme_code)
    return _store(session, _compiled(session, found, person), by)


def sheet(session: Session, number: int) -> RunSheet:
    """Return a run sheet by its number; raises Refused for one that is unknown."""
    row = session.connection().execute(sa.select(_sheet.c.content).where(_sheet.c.number == number)).scalar()
    if row is None:
        raise Refused("unknown_sheet", sheet=number)
    return RunSheet.model_validate_json(row).model_copy(update={"number": number})


def sheet_for(
    session: Session, *, phase: str, purpose: str = "first", accuracy_class: str = "", asset_class: str = "meter"
) -> int:
    """Return the number of the run sheet for a wiring (1p2w, 3p3w, 3p4w; 1ph, 3ph as of models) and a purpose.

    Of several approved schemes the chosen one is taken, else the first by code. Raises Refused if none fits.
    """
    phase = WIRINGS.get(phase, phase)
    fitting = [
        one.code
        for one in library.approved_schemes(session)
        if isinstance(one.content, Scheme)
        and one.content.asset_class == asset_class
        and phase in one.content.phases
        and one.content.purpose == purpose
        and (not accuracy_class or accuracy_class in (one.content.accuracy_classes or (accuracy_class,)))
    ]
    if not fitting:
        raise Refused("no_scheme_for", phase=phase, purpose=purpose)
    chosen = sa.select(_choice.c.scheme).where(_choice.c.phase == phase, _choice.c.purpose == purpose)
    code = session.connection().execute(chosen).scalar()
    return compile_sheet(session, code if code in fitting else fitting[0]).number


def choose(work: Work, *, phase: str, purpose: str, scheme: str) -> None:
    """Say which of several approved schemes is run for a wiring and a purpose; raises Refused if it does not fit."""
    found = library.newest(work.session, "scheme", scheme, state="approved")
    if found is None:
        raise Refused("scheme_not_approved", scheme=scheme)
    content = found.content
    if not isinstance(content, Scheme) or phase not in content.phases or content.purpose != purpose:
        raise Refused("scheme_does_not_fit", scheme=scheme, phase=phase, purpose=purpose)
    upsert(work.session, ChoiceRow, [{
        "phase": phase, "purpose": purpose, "scheme": scheme, "chosen_by": work.person.name, "chosen_ms": work.at_ms,
    }])  # fmt: skip
    work.book("SchemeChosen", scheme, phase=phase, purpose=purpose)


def _compiled(session: Session, found: Held, person: Person | None) -> RunSheet:
    scheme, parts = found.content, library.parts_of(session, found, person=person)
    assert isinstance(scheme, Scheme)
    findings, plan = inspect(found.code, scheme, parts), plan_of(scheme, parts)
    if findings or not isinstance(plan, Plan):
        raise Unsound("scheme_unsound", findings, scheme=found.code)
    return sheet_of(found.code, found.version, scheme, plan, formal=person is None)


def _store(session: Session, sheet: RunSheet, by: str) -> RunSheet:
    digest, connection = sheet.digest, session.connection()
    row = {
        "digest": digest, "scheme": sheet.scheme, "version": sheet.version, "formal": sheet.formal,
        "content": sheet.model_dump_json(exclude={"number"}), "compiled_by": by,
    }  # fmt: skip
    mine = sa.select(_sheet.c.number).where(_sheet.c.digest == digest)
    number = connection.execute(mine).scalar()
    if number is None:
        insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(_sheet).values(**row).on_conflict_do_nothing(index_elements=["digest"]))
        number = connection.execute(mine).scalar_one()
    return sheet.model_copy(update={"number": int(number)})

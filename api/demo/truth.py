"""Hold verdicts against the hidden truth of the twin's meters: what the benches said, and what the meters truly are."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from simulation.benches import NatureOf
from simulation.meters.nature import MeterNature, doubtful, true_faults
from wcs.bench.sheet import RunSheet
from wcs.bench.steps import RunRegister
from wms.results.tables import MeterTestRow, RunRow
from wms.rows import table
from wms.schemes import sheets

_test, _run = table(MeterTestRow), table(RunRow)
WORST_SHARE = 0.001  # of clear meters that may be judged otherwise than they are
NAMED = 20


class Differing(BaseModel):
    """A meter whose verdict is not the truth about it, by the items of its sheet."""

    bar_code: str
    verdict: str
    truly_fails: list[str]
    failed: list[str]
    why: str
    """`near_limit`: a true value lies at 0.8 to 1.2 of its limit, where two honest measurements may disagree."""


class TruthAccount(BaseModel):
    """Meters that were judged, those near a limit, and those whose verdict is not the truth."""

    judged: int = 0
    near_limit: int = 0
    clear_and_wrong: int = 0
    differing: list[Differing] = []


def truth(session: Session, nature_of: NatureOf) -> TruthAccount:
    """Return the account of every verdict that holds."""
    known: dict[int, RunSheet] = {}
    done = TruthAccount()
    query = sa.select(_test.c.bar_code, _test.c.verdict, _test.c.failed, _run.c.sheet)
    query = query.join(_run, _run.c.number == _test.c.of_run).where(_test.c.valid).order_by(_test.c.bar_code)
    for row in session.connection().execute(query).all():
        if row.sheet not in known:
            known[row.sheet] = sheets.sheet(session, row.sheet)
        meter = nature_of(row.bar_code)
        faults, near = seen_by(known[row.sheet], meter), doubtful(meter)
        done.judged += 1
        done.near_limit += near
        if (row.verdict == "fail") == bool(faults):
            continue
        done.clear_and_wrong += not near
        why = "near_limit" if near else "measured_otherwise"
        wrong = Differing(
            bar_code=row.bar_code, verdict=row.verdict, truly_fails=sorted(faults), failed=row.failed.split(), why=why
        )
        if len(done.differing) < NAMED:
            done.differing.append(wrong)
    return done


def seen_by(sheet: RunSheet, meter: MeterNature) -> frozenset[str]:
    """Return what a meter truly fails of the items of a sheet, by the methods that the sheet uses.

    A register that counts wrongly behind good pulses is found by no constant check that counts pulses.
    """
    if not any(isinstance(step, RunRegister) for case in sheet.cases for step in case.steps):
        meter = replace(meter, register_factor=1.0)
    return true_faults(meter) & {case.item for case in sheet.cases}


def too_many(done: TruthAccount) -> bool:
    """Return whether more clear meters were judged wrongly than measurement uncertainty explains."""
    return done.clear_and_wrong > WORST_SHARE * max(1, done.judged - done.near_limit)

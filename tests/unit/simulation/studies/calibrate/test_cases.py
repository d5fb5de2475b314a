"""How long each test case took, out of the outcomes that benches have reported."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from simulation.studies.calibrate.fitting import calibrated
from simulation.studies.calibrate.reading import read
from tests.plants import small_plant
from wcs.store import create_tables, make_engine
from wms.results.tables import OutcomeRow, RunRow
from wms.rows import table

CASES = (("creep", 600_000), ("starting", 900_000), ("basic", 1_000_000))  # each with the ms of its last outcome


def filled(model: type[Any], **values: Any) -> sa.Insert:
    """Return the insertion of a row whose other columns are empty or zero."""
    row = {
        column.name: "" if isinstance(column.type, sa.String) else 0
        for column in table(model).c
        if not column.primary_key or column.name in values
    }
    return sa.insert(table(model)).values(**row | values)


def test_a_case_lasts_from_the_last_outcome_before_it_to_its_own() -> None:
    engine = make_engine("sqlite://")
    create_tables(engine)
    with Session(engine) as session:
        for run in range(1, 4):
            began_ms = 10_000_000 * run
            of = {"run": f"R{run}", "bench": "BN1", "scheme": "S", "version": 2, "taken_ms": began_ms}
            session.execute(filled(RunRow, number=run, **of))
            serial = 0
            for case, ended_ms in CASES:
                for early_ms in (50_000, 0):  # positions report one after the other
                    serial += 1
                    at_ms = began_ms + ended_ms - early_ms
                    session.execute(filled(OutcomeRow, of_run=run, serial=serial, test_case=case, at_ms=at_ms))
        found = read(session, small_plant())
        assert len(read(session, small_plant(), since_ms=25_000_000).cases) == len(CASES)
    took = {one.what: one.took for one in calibrated(found, small_plant()).cases}
    assert {what: one.mean for what, one in took.items()} == pytest.approx(
        {"S v2 creep": 600, "S v2 starting": 300, "S v2 basic": 100}
    )
    assert {one.count for one in took.values()} == {3}

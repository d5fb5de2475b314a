"""No certificate for a meter of which a station before the bench has said nothing, whatever a bench reports."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.lab import meter, order, report, staff, verdicts
from wcs.bench.records import Run
from wcs.store import BenchRunRow
from wms.errors import Refused
from wms.results import desk
from wms.results.paper_tables import PaperRow
from wms.results.tables import MeterTestRow
from wms.rows import table

CODES = [meter(n) for n in range(1, 4)]
_run = table(BenchRunRow)


def given_with(session: Session, found: str) -> Run:
    """Return a run as it was given out, of whose second meter the withstand station has found something."""
    staff(session)
    order(session, "r1", CODES)
    body = Run.model_validate_json(str(session.execute(sa.select(_run.c.body)).scalar_one()))
    places = [place.model_copy(update={"stations": {"withstand": "pass"}}) for place in body.places]
    places[1] = places[1].model_copy(update={"stations": {"withstand": found}})
    session.execute(sa.update(_run).values(body=body.model_copy(update={"places": tuple(places)}).model_dump_json()))
    given = desk.next_run(session, "BN1", at_ms=1)
    assert given is not None and given.places[1].stations == {"withstand": found}
    return given


def count(session: Session, model: type) -> int:
    return session.connection().execute(sa.select(sa.func.count()).select_from(table(model))).scalar_one()


@pytest.mark.parametrize("found", ["untested", "fail", ""])
def test_a_pass_without_the_finding_of_a_station_is_refused_whole(session: Session, found: str) -> None:
    given = given_with(session, found)
    with pytest.raises(Refused) as refusal:
        desk.receive(session, report(given, 1, verdicts=verdicts(given)), at_ms=5)
    assert refusal.value.params["rows"] == f"verdict {given.places[1].position}"
    assert count(session, MeterTestRow) == count(session, PaperRow) == 0


def test_not_tested_is_what_may_be_said_of_it(session: Session) -> None:
    given = given_with(session, "untested")
    said = list(verdicts(given))
    said[1] = said[1].model_copy(update={"verdict": "not_tested", "cause": "station_missing"})
    desk.receive(session, report(given, 1, verdicts=tuple(said)), at_ms=5)
    assert (count(session, MeterTestRow), count(session, PaperRow)) == (3, 2)

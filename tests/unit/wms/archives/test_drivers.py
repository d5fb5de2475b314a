"""The driver of a model, and what comes with the software where a site has its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.schemes import at_work
from wms.archives import service, views
from wms.archives.content import MeterDriver, TerminalDriver
from wms.archives.tables import ArchiveChangeRow
from wms.errors import Refused
from wms.rows import table
from wms.schemes.findings import Unsound


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def test_a_model_has_its_driver(session: Session) -> None:
    meter, terminal = views.driver_for(session, "DDZY2026"), views.driver_for(session, "GJZD2026")
    assert isinstance(meter, MeterDriver) and (meter.protocol, meter.baud, meter.parity) == ("645", 2400, "even")
    assert isinstance(terminal, TerminalDriver) and terminal.scheme == "terminal-check"
    assert views.driver_for(session, "LZZBJ9-10") is None
    service.retire(at_work(session, "li"), "meter", "dlt645-2007", reason="replaced")
    assert views.driver_for(session, "DDZY2026") is None


def test_a_model_may_move_to_another_driver(session: Session) -> None:
    work = at_work(session, "li")
    with pytest.raises(Unsound, match="archive_refused"):
        service.add(work, "meter", "ours", {"models": ["DDZY2026"]})
    service.change(work, "meter", "dlt645-2007", {"models": ["DTZY2026"]}, revision=1)
    service.add(work, "meter", "ours", {"models": ["DDZY2026"], "baud": 9600})
    found = views.driver_for(session, "DDZY2026")
    assert isinstance(found, MeterDriver) and found.baud == 9600


def test_what_a_site_has_settled_is_left_alone_at_the_next_start(session: Session) -> None:
    work = at_work(session, "li")
    service.retire(work, "meter", "dlt645-2007", reason="replaced")
    service.add(work, "meter", "ours", {"models": ["DDZY2026"]})
    before = views.archives(session)
    service.seed(session)
    assert views.archives(session) == before


def test_models_that_another_driver_serves_are_left_out_of_what_is_shipped(session: Session) -> None:
    session.execute(sa.text("DELETE FROM archive_change"))
    session.execute(sa.text("DELETE FROM archive"))
    service.add(at_work(session, "li"), "meter", "ours", {"models": ["DDZY2026"]})
    service.seed(session)
    shipped = views.archive(session, "meter", "dlt645-2007")
    assert shipped.content["models"] == ["DTZY2026"]


def test_a_change_is_made_only_to_what_was_read(session: Session) -> None:
    work = at_work(session, "li")
    with pytest.raises(Refused, match="changed_meanwhile"):
        service.change(work, "meter", "dlt645-2007", {}, revision=7)
    with pytest.raises(Refused, match="reason_needed"):
        service.retire(work, "meter", "dlt645-2007", reason=" ")
    with pytest.raises(Refused, match="archive_is"):
        service.restore(work, "meter", "dlt645-2007", reason="why not")
    count = session.execute(sa.select(sa.func.count()).select_from(table(ArchiveChangeRow))).scalar_one()
    assert count == len(views.archives(session)), "what was refused leaves no record"

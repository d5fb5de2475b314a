"""A real bench client and the desk of the laboratory: what the bench finds is what the books hold, to the paper."""

from __future__ import annotations

import asyncio
import io

import pypdf
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.bench.local import LocalServer
from api.papers.certificate import certificate
from api.papers.lot import Letterhead, lot_report
from api.papers.lot_pdf import lot_pdf
from plc.clock import Clock
from tests.benches import Rig, kind_of, play, shipped_sheet
from tests.plants import small_plant
from wcs.bench.records import Place, Run
from wcs.store import BenchRunRow, create_tables, make_engine
from wms import setup
from wms.desk import Desk
from wms.migration import import_tables
from wms.people import service as people
from wms.people.service import DAY_MS
from wms.results import certificate as certificates
from wms.results import lots, views
from wms.rows import table
from wms.schemes import service as schemes
from wms.standards import service as standards
from wms.standards.rules import Certificate

EPOCH = small_plant().epoch
BAD = 4


def laboratory(start_ms: int) -> Engine:
    """Return a site with people, the shipped schemes, and a standard that reads 0.05 % high at Imax."""
    import_tables()
    engine = make_engine("sqlite://")
    create_tables(engine)
    with Session(engine) as session:
        setup.seed(session, small_plant())
        schemes.seed(session)
        people.seed_demo(session, at_ms=start_ms)
        standards.seed_demo(session, ["BN1"], at_ms=start_ms)
        new = Certificate("C-2", "NIM", start_ms, start_ms + 100 * DAY_MS, "0", {"Imax 1.0 all": "-0.05"})
        standards.certify(Desk(session, start_ms), "RS-BN1", new, by="lab")
        session.commit()
    return engine


def order(engine: Engine, rig: Rig) -> None:
    """Let a batch of whatever hangs on the bench stand there, as the controller orders it."""
    with Session(engine) as session:
        sheet = schemes.compile_sheet(session, "demo-1ph").number
        stations = {"withstand": "pass", "imaging": "pass"}
        places = tuple(
            Place(position=at, bar_code=code, comm_address="", lot="L1", stations=stations)
            for at, code in rig.hung.items()
        )
        run = Run(id="BN1-1", line="VL1", bench="BN1", sheet=sheet, lot="L1", kind=kind_of(rig.model), places=places)
        row = {"id": run.id, "line": "VL1", "bench": "BN1", "lot": 1, "carriers": "[]", "state": "ordered"}
        session.connection().execute(
            sa.insert(table(BenchRunRow)), row | {"body": run.model_dump_json(), "since_ms": 0}
        )
        session.commit()


def test_what_a_bench_finds_is_on_the_certificate() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.change(BAD, base_percent=5.0)
        engine = laboratory(clock.now_ms())
        order(engine, rig)
        rig.server = LocalServer(lambda: Session(engine), clock.now_ms)  # type: ignore[assignment]
        client = rig.client()
        working = asyncio.create_task(client.run_forever())
        await rig.until(lambda: _ended(engine) or working.done())
        client.stop()
        await working
        with Session(engine) as session:
            _check(session, rig)
        engine.dispose()

    play(story)


def _ended(engine: Engine) -> bool:
    with Session(engine) as session:
        return [run.state for run in views.runs(session)] == ["finished"]


def _check(session: Session, rig: Rig) -> None:
    out = lots.lot_yield(session, "L1")
    assert (out.passed, out.failed, out.standards) == (rig.positions - 1, 1, ["RS-BN1"])
    found = [one for one in views.outcomes(session, "BN1-1") if one.point == "Imax 1.0 all" and one.readings]
    corrected = [one for one in found if one.item == "intrinsic_error"]
    assert corrected
    for one in corrected:
        steps = {round(float(after) - float(before), 6) for before, after in zip(one.raw, one.readings, strict=True)}
        assert steps == {-0.05}
    good, bad = (views.meter(session, rig.hung[at]) for at in (1, BAD))
    assert [one.verdict for one in bad.tests] == ["fail"] and bad.papers == []  # tested again before it is final
    assert good.tests[0].address_read.lstrip("0") == rig.nature_of(rig.hung[1]).address.lstrip("0")
    (paper,) = good.papers
    content = certificates.content(session, paper.number)
    assert {one.item for one in content.points} >= {"intrinsic_error", "constant", "security", "key_download"}
    head = Letterhead("en", "Provincial Metrology Centre", EPOCH)
    printed = pypdf.PdfReader(io.BytesIO(certificate(content, head)))
    told = " ".join(page.extract_text() for page in printed.pages)
    assert "Verification certificate" in told and "certificate C-2 of NIM" in " ".join(told.split())
    assert len(lot_pdf(lot_report(session, "L1"), head)) > 10_000

"""Results: runs with every reading, the history of a meter, what a lot and a bench are like, and keys held."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field

from api.papers.certificate import certificate
from api.papers.lot import REPORT, lot_report
from api.papers.lot_pdf import lot_pdf
from api.papers.workbook import lot_workbook
from api.routes.clerking import CLERK, PDF, QUALITY, READER, STRICT, XLSX, AsClerk, AsQuality, Head, Why
from api.routes.common import After, Ctx, Db, Page, Serial
from api.routes.once import OnceRoute
from wms.results import bias, guard, lots, papers, samples, views
from wms.results import certificate as certificates
from wms.results.certificate import PaperContent
from wms.results.lots import LotYield, Spread
from wms.results.samples import SampleView
from wms.results.views import HoldView, MeterLine, MeterView, OutcomeView, PaperView, RunView, WaitView
from wms.schemes import service as schemes

router = APIRouter(tags=["results"], route_class=OnceRoute)
Code = Annotated[str, Path(min_length=1, max_length=64)]
Filter = Annotated[str, Query(max_length=64)]
Aql = Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3})?$")]
MOST_METERS = 200_000


class LotView(BaseModel):
    """How a lot came out, and how its errors lie; `review` is the state of its report in the review."""

    out: LotYield
    yield_percent: float
    spreads: list[Spread]
    review: str


class BiasView(BaseModel):
    """By how much a position reads beside the others of its bench over the last runs."""

    position: int
    runs: int
    deviation_percent: float
    sigmas: float
    suspect: bool


class PlanView(BaseModel):
    """A sampling plan of GB/T 2828.1: single, normal, level II."""

    letter: str
    size: int
    accept: int
    reject: int


class Drawn(BaseModel):
    """By which acceptance quality limit a sample is drawn."""

    model_config = STRICT
    aql: Aql


@router.get("/results/runs", dependencies=[READER])
def list_runs(  # noqa: PLR0917  # a route names what it takes
    db: Db, bench: Filter = "", lot: Filter = "", after: After = 0, limit: Page = 200, newest: bool = False
) -> list[RunView]:
    """Return runs by number, of a bench or a lot; `newest`: the newest first."""
    return views.runs(db, bench=bench, lot=lot, after=after, limit=limit, newest=newest)


@router.get("/results/runs/{run}/outcomes", dependencies=[READER])
def list_outcomes(run: Code, db: Db, bar_code: Filter = "", after: After = 0, limit: Page = 1000) -> list[OutcomeView]:
    """Return the outcomes of a run: every point of every item, raw and corrected."""
    return views.outcomes(db, run, bar_code=bar_code, after=after, limit=limit)


@router.get("/results/meters/{bar_code}", dependencies=[READER])
def show_meter(bar_code: Code, db: Db) -> MeterView:
    """Return every test, paper and seal of a meter."""
    return views.meter(db, bar_code)


@router.get("/results/numbers/{number}", dependencies=[READER])
def find_number(number: Code, db: Db) -> list[str]:
    """Return the meters that a certificate, notice or seal belongs to, or once did."""
    return views.find_number(db, number)


@router.get("/results/papers/{number}", dependencies=[READER])
def show_paper(number: Code, db: Db) -> PaperContent:
    """Return what stands on a certificate or notice of result."""
    return certificates.content(db, number)


@router.get("/results/papers/{number}/pdf", dependencies=[READER], response_class=Response)
def print_paper(number: Code, db: Db, head: Head) -> Response:
    """Return a certificate or notice of result as PDF, in English or Chinese."""
    made = certificate(certificates.content(db, number), head)
    return Response(made, media_type=PDF, headers=_file(f"{number}-{head.language}.pdf"))


@router.post("/results/papers/{number}/void", dependencies=[QUALITY])
def void_paper(number: Code, body: Why, clerk: AsQuality) -> list[PaperView]:
    """Make a certificate or notice void, and the seals of its meter with it."""
    bar_code = papers.withdraw(clerk.desk, number, reason=body.reason, by=clerk.name)
    clerk.done()
    return views.papers(clerk.desk.session, bar_code=bar_code)


@router.get("/results/lots/{lot}", dependencies=[READER])
def show_lot(lot: Code, db: Db) -> LotView:
    """Return the yield of a lot, and how its errors lie."""
    report = lot_report(db, lot)
    percent = round(report.out.yield_percent, 4)
    return LotView(out=report.out, yield_percent=percent, spreads=report.spreads, review=report.state)


@router.get("/results/lots/{lot}/meters", dependencies=[READER])
def list_meters(lot: Code, db: Db, after: Filter = "", limit: Page = 1000) -> list[MeterLine]:
    """Return the meters of a lot by bar code, with the tests that hold."""
    return views.lot_meters(db, lot, after=after, limit=limit)


@router.get("/results/boxes/{box}/meters", dependencies=[READER])
def list_box(box: Code, db: Db, limit: Page = 1000) -> list[MeterLine]:
    """Return the meters in a box that hold a test, by bar code."""
    return views.box_meters(db, box, limit=limit)


@router.get("/results/lots/{lot}/report.pdf", dependencies=[READER], response_class=Response)
def print_lot(lot: Code, db: Db, head: Head) -> Response:
    """Return the report of a lot as PDF."""
    return Response(lot_pdf(lot_report(db, lot), head), media_type=PDF, headers=_file(f"lot-{head.language}.pdf"))


@router.get("/results/lots/{lot}/report.xlsx", dependencies=[READER], response_class=Response)
def lot_sheet(lot: Code, db: Db, head: Head) -> Response:
    """Return the report of a lot as an Excel workbook with every meter."""
    made = lot_workbook(lot_report(db, lot), views.lot_meters(db, lot, limit=MOST_METERS), head)
    return Response(made, media_type=XLSX, headers=_file(f"lot-{head.language}.xlsx"))


@router.post("/results/lots/{lot}/report", status_code=201, dependencies=[CLERK])
def submit_lot(lot: Code, context: Ctx, clerk: AsClerk) -> int:
    """Hand the report of a lot in for review; return the number of the review. Its people cannot approve it."""
    out = lots.lot_yield(clerk.desk.session, lot)
    review = schemes.submit_report(
        clerk.desk.session, report=f"{REPORT}{lot}", title=lot, authors={*out.testers, *out.checkers},
        by=clerk.name, at_ms=context.now_ms(),
    )  # fmt: skip
    clerk.done()
    return review


@router.get("/results/benches/{bench}/bias", dependencies=[READER])
def show_bias(bench: Code, db: Db, runs: Annotated[int, Query(ge=1, le=200)] = bias.RUNS) -> list[BiasView]:
    """Return how the positions of a bench read beside one another."""
    return [BiasView.model_validate(one, from_attributes=True) for one in bias.of_bench(db, bench, runs=runs)]


@router.get("/results/waits", dependencies=[READER])
def list_waits(db: Db) -> list[WaitView]:
    """Return which benches are not given their runs, and why."""
    return views.waits(db)


@router.get("/results/holds", dependencies=[READER])
def list_holds(db: Db, open_only: Annotated[bool, Query(alias="open")] = True, limit: Page = 200) -> list[HoldView]:
    """Return where keys are held because too many meters have failed."""
    return views.holds(db, open_only=open_only, limit=limit)


@router.post("/results/holds/{number}/release", dependencies=[QUALITY])
def release(number: Serial, body: Why, clerk: AsQuality) -> list[HoldView]:
    """Let keys be downloaded again, as the quality engineer who answers for it."""
    guard.release(clerk.desk, number, reason=body.reason, by=clerk.name)
    clerk.done()
    return views.holds(clerk.desk.session)


@router.get("/results/sampling-plan", dependencies=[READER])
def plan(lot_size: Annotated[int, Query(ge=2, le=10_000_000)], aql: Annotated[str, Query(max_length=8)]) -> PlanView:
    """Return the sampling plan for a lot."""
    return PlanView.model_validate(samples.plan_for(lot_size, aql), from_attributes=True)


@router.get("/results/lots/{lot}/samples", dependencies=[READER])
def list_samples(lot: Code, db: Db) -> list[SampleView]:
    """Return the samples of a lot, the newest first."""
    return samples.samples(db, lot)


@router.post("/results/lots/{lot}/samples", status_code=201, dependencies=[CLERK])
def draw(lot: Code, body: Drawn, clerk: AsClerk) -> SampleView:
    """Draw a sample of a lot; nobody chooses which meters."""
    number = samples.draw(clerk.desk, lot, aql=body.aql, by=clerk.name)
    clerk.done()
    return samples.sample(clerk.desk.session, number)


@router.post("/results/samples/{number}/decide", dependencies=[QUALITY])
def decide(number: Serial, clerk: AsQuality) -> SampleView:
    """Accept or reject a lot by its sample."""
    samples.decide(clerk.desk, number, by=clerk.name)
    clerk.done()
    return samples.sample(clerk.desk.session, number)


@router.post("/results/samples/{number}/drop", dependencies=[QUALITY])
def drop(number: Serial, body: Why, clerk: AsQuality) -> SampleView:
    """Give up a sample that cannot be decided, so that another one can be drawn."""
    samples.drop(clerk.desk, number, reason=body.reason, by=clerk.name)
    clerk.done()
    return samples.sample(clerk.desk.session, number)


def _file(name: str) -> dict[str, str]:
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    return {"content-disposition": f'attachment; filename="{safe}"'}

"""Results from the command line: a meter, a lot, papers, the bias of positions, and keys held."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli import remote
from api.cli.acting import As, Stdin, actor_of
from api.cli.laboratory import Reason, letterhead, read, save, write
from api.cli.say import DEFAULT_PLANT, Json, Language, PlantFile, Trouble, out, table, tell
from api.papers.certificate import certificate
from api.papers.lot import lot_report
from api.papers.lot_pdf import lot_pdf
from api.papers.workbook import lot_workbook
from api.security.roles import Role
from api.texts import text
from wms.desk import Desk
from wms.errors import WmsError
from wms.results import bias as biases
from wms.results import certificate as certificates
from wms.results import guard, lots, views

app = typer.Typer(no_args_is_help=True, help="Results: meters, lots, certificates, position bias, keys held.")
Into = Annotated[Path | None, typer.Option(help="Write it to this file.")]
MOST_METERS = 200_000


@app.command()
def meter(bar_code: str, json: Json = False, lang: Language = "en") -> None:
    """Show every test, paper and seal of a meter.

    metrostack result meter 3330001260000000010005
    """
    found = read(f"/results/meters/{bar_code}", lambda work: views.meter(work.session, bar_code))
    if json:
        tell(found)
        return
    columns = ("test", "verdict", "valid", "bench", "position", "failed", "standard", "tester")
    table(columns, (_line(one, lang) for one in found["tests"]))
    for one in found["papers"]:
        out.print(f"{text(lang, 'paper.' + one['kind'])} {one['number']}: {one['state']} {one['void_reason']}".rstrip())
    for one in found["seals"]:
        out.print(f"{text(lang, 'paper.seals')} {one['seal']}: {text(lang, 'seal_state.' + one['state'])}")
    if not found["tests"]:
        raise Trouble(f"nothing is known of meter {bar_code}", exit_code=1)


@app.command()
def find(number: str, json: Json = False) -> None:
    """Find the meter of a certificate, a notice or a seal, void ones too."""
    found = read(f"/results/numbers/{number}", lambda work: views.find_number(work.session, number))
    tell(found) if json else out.print("\n".join(found), highlight=False)
    if not found:
        raise Trouble(f"nothing goes by {number}", exit_code=1)


@app.command()
def lot(
    code: str, *, pdf: Into = None, xlsx: Into = None, plant: PlantFile = DEFAULT_PLANT, lang: Language = "en",
    json: Json = False,
) -> None:  # fmt: skip
    """Show how a lot came out; write its report as PDF or Excel workbook.

    metrostack result lot LOT26-1PH-A --pdf lot.pdf --lang zh
    """
    if pdf is None and xlsx is None:
        found = read(f"/results/lots/{code}", lambda work: {"out": lots.lot_yield(work.session, code).model_dump()})
        out_ = found["out"]
        names = ("meters", "passed", "failed", "first_passed", "retest_passed", "aborted", "runs")
        tell(out_) if json else table(("", ""), ((text(lang, f"paper.{name}"), out_[name]) for name in names))
        return
    head = letterhead(plant, lang)
    with remote.database() as (session, _):
        try:
            report = lot_report(session, code)
        except WmsError as error:
            raise Trouble(text(lang, f"problem.{error.code}", error.params), exit_code=1) from error
        if pdf is not None:
            save(pdf, lot_pdf(report, head))
        if xlsx is not None:
            save(xlsx, lot_workbook(report, views.lot_meters(session, code, limit=MOST_METERS), head))


@app.command()
def paper(number: str, pdf: Path, plant: PlantFile = DEFAULT_PLANT, lang: Language = "en") -> None:
    """Write a certificate, or a notice of result, as PDF.

    metrostack result paper MS0000000001 certificate.pdf --lang zh
    """
    with remote.database() as (session, _):
        try:
            content = certificates.content(session, number)
        except WmsError as error:
            raise Trouble(text(lang, f"problem.{error.code}", error.params), exit_code=1) from error
    save(pdf, certificate(content, letterhead(plant, lang)))


@app.command()
def bias(bench: str, json: Json = False) -> None:
    """Show how the positions of a bench read beside one another."""
    found = read(
        f"/results/benches/{bench}/bias",
        lambda work: [
            {"position": one.position, "runs": one.runs, "deviation_percent": one.deviation_percent,
             "sigmas": one.sigmas, "suspect": one.suspect}
            for one in biases.of_bench(work.session, bench)
        ],
    )  # fmt: skip
    columns = ("position", "runs", "deviation_percent", "sigmas", "suspect")
    tell(found) if json else table(columns, ([one[name] for name in columns] for one in found))


@app.command()
def waits(json: Json = False, lang: Language = "en") -> None:
    """Show which benches are not given their runs, and what would do."""
    found = read("/results/waits", lambda work: views.waits(work.session))
    rows = ((one["bench"], one["run"], text(lang, f"reason.{one['reason']}", one["params"])) for one in found)
    tell(found) if json else table(("bench", "run", "why"), rows)


@app.command()
def holds(json: Json = False) -> None:
    """Show where keys are held because too many meters have failed."""
    found = read("/results/holds", lambda work: views.holds(work.session))
    columns = ("number", "scope", "subject", "failed", "tested", "run")
    tell(found) if json else table(columns, ([one[name] for name in columns] for one in found))


@app.command()
def release(number: int, reason: Reason, person: As = "", password_stdin: Stdin = False, json: Json = False) -> None:
    """Let keys be downloaded again, as the quality engineer who answers for it.

    metrostack result release 1 --reason "one bad press" --as wang
    """

    def here(desk: Desk, by: str) -> list[views.HoldView]:
        guard.release(desk, number, reason=reason, by=by)
        return views.holds(desk.session)

    call = (Role.ENGINEER, "POST", f"/results/holds/{number}/release")
    left = write(actor_of(person, stdin=password_stdin), call, here, reason=reason)
    tell(left) if json else out.print(f"released; {len(left)} more", highlight=False)


def _line(one: dict[str, Any], language: str) -> tuple[Any, ...]:
    said, valid = text(language, f"verdict.{one['verdict']}"), "yes" if one["valid"] else ""
    items = " ".join(one["failed"])
    return one["nth"] or "-", said, valid, one["bench"], one["position"], items, one["standard"], one["tester"]

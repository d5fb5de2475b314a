"""Reference standards and people from the command line: enter, certify, check, recall, put on duty."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from api.cli.acting import As, Stdin, actor_of
from api.cli.laboratory import Reason, plant_ms, read, write
from api.cli.say import DEFAULT_PLANT, Json, PlantFile, out, table, tell
from api.security.roles import Role
from wms.desk import Desk
from wms.people import service as people
from wms.people import views as roster
from wms.people.rules import Qualification, Staff
from wms.standards import recall, service, views
from wms.standards.rules import Certificate
from wms.standards.service import Finding, NewStandard

app = typer.Typer(no_args_is_help=True, help="Reference standards, interim checks, recalls, and people on duty.")
From = Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")]
Until = Annotated[str, typer.Option("--until", help="Last day, YYYY-MM-DD.")]
DAY_MS = 86_400_000


@app.command("list")
def list_standards(json: Json = False) -> None:
    """List reference standards, and what keeps them from formal runs."""
    found = read("/standards", lambda work: views.standards(work.session, at_ms=work.at_ms))
    columns = ("code", "model", "accuracy_class", "bench", "state", "fault")
    tell(found) if json else table(columns, ([one[name] for name in columns] for one in found))


@app.command()
def add(
    code: str, model: str, accuracy_class: str, *, bench: Annotated[str, typer.Option()] = "", check_days: int = 180,
    person: As = "", password_stdin: Stdin = False,
) -> None:  # fmt: skip
    """Enter a reference standard, and the bench it stands at.

    metrostack standard add RS-7 RX-33 0.05 --bench BN1
    """

    def here(desk: Desk, by: str) -> None:
        service.enter(desk, NewStandard(code, **body), by=by)  # type: ignore[arg-type]

    body = {"model": model, "accuracy_class": accuracy_class, "bench": bench, "check_days": check_days}
    write(actor_of(person, stdin=password_stdin), (Role.ENGINEER, "POST", f"/standards/{code}"), here, **body)
    out.print(f"{code}: entered; now its certificate: metrostack standard certify {code} ...", highlight=False)


@app.command()
def certify(
    code: str, certificate: str, issued_by: str, since: From, until: Until, *, correction: str = "0",
    plant: PlantFile = DEFAULT_PLANT, person: As = "", password_stdin: Stdin = False,
) -> None:  # fmt: skip
    """Enter a certificate of a standard; `--correction` is the standard's own error in percent.

    metrostack standard certify RS-7 C-2026-118 NIM --from 2026-10-01 --until 2027-09-30 --correction -0.01
    """
    body = {
        "certificate": certificate, "issued_by": issued_by, "valid_from_ms": plant_ms(plant, since),
        "valid_until_ms": plant_ms(plant, until) + DAY_MS, "correction_percent": correction,
    }  # fmt: skip

    def here(desk: Desk, by: str) -> None:
        service.certify(desk, code, Certificate(**body), by=by)  # type: ignore[arg-type]

    path = f"/standards/{code}/certificates"
    write(actor_of(person, stdin=password_stdin), (Role.ENGINEER, "POST", path), here, **body)
    out.print(f"{code}: certificate {certificate} is good until {until}", highlight=False)


@app.command()
def check(
    code: str, error: str, limit: str, *, remark: str = "", person: As = "", password_stdin: Stdin = False,
    json: Json = False,
) -> None:  # fmt: skip
    """Book an interim check, in percent; one that fails recalls every meter judged since the last good one.

    metrostack standard check RS-7 0.012 0.05
    """
    body = {"error_percent": error, "limit_percent": limit, "remark": remark}

    def here(desk: Desk, by: str) -> list[views.RecallView]:
        number = service.check(desk, code, Finding(**body), by=by)
        return [one for one in views.recalls(desk.session) if one.number == number]

    call = (Role.ENGINEER, "POST", f"/standards/{code}/checks")
    found = write(actor_of(person, stdin=password_stdin), call, here, **body)
    if json:
        tell(found)
    elif found:
        out.print(f"failed: recall {found[0]['number']} of {found[0]['meters']} meters: {found[0]['found']}")
    else:
        out.print("passed")


@app.command()
def recalls(json: Json = False) -> None:
    """List what standards that failed their checks have recalled."""
    found = read("/recalls", lambda work: views.recalls(work.session))
    columns = ("number", "standard", "meters", "found", "still_locked", "closed_by")
    tell(found) if json else table(columns, ([one[name] for name in columns] for one in found))


@app.command()
def release(number: int, reason: Reason, person: As = "", password_stdin: Stdin = False) -> None:
    """Free what a recall still locks, as the quality engineer who answers for it."""

    def here(desk: Desk, by: str) -> None:
        recall.release(desk, number, reason=reason, by=by)

    call = (Role.ENGINEER, "POST", f"/recalls/{number}/release")
    write(actor_of(person, stdin=password_stdin), call, here, reason=reason)
    out.print(f"recall {number} is released", highlight=False)


@app.command()
def qualify(
    name: str, duty: Literal["tester", "checker"], certificate: str, since: From, until: Until,
    *, plant: PlantFile = DEFAULT_PLANT, person: As = "", password_stdin: Stdin = False,
) -> None:  # fmt: skip
    """Enter what somebody may do; nobody enters their own.

    metrostack standard qualify "Li Wei" tester T-118 --from 2026-01-01 --until 2028-12-31
    """
    body = {
        "person": name, "duty": duty, "certificate": certificate, "valid_from_ms": plant_ms(plant, since),
        "valid_until_ms": plant_ms(plant, until) + DAY_MS,
    }  # fmt: skip

    def here(desk: Desk, by: str) -> None:
        people.qualify(desk, Qualification(**body), by=by)  # type: ignore[arg-type]

    write(actor_of(person, stdin=password_stdin), (Role.ENGINEER, "POST", "/qualifications"), here, **body)
    out.print(f"{name} may work as {duty} until {until}", highlight=False)


@app.command()
def duty(
    tester: str, checker: str, *, bench: Annotated[str, typer.Option()] = "", person: As = "",
    password_stdin: Stdin = False, json: Json = False,
) -> None:  # fmt: skip
    """Put a tester and a checker on duty at a bench, or at all that have none of their own.

    metrostack standard duty "Li Wei" "Wang Fang" --bench BN1
    """

    def here(desk: Desk, by: str) -> list[roster.RosterView]:
        people.put_on_duty(desk, Staff(tester, checker), bench=bench, by=by)
        return roster.roster(desk.session)

    body = {"tester": tester, "checker": checker, "bench": bench}
    found = write(actor_of(person, stdin=password_stdin), (Role.ENGINEER, "PUT", "/roster"), here, **body)
    columns = ("bench", "tester", "checker")
    tell(found) if json else table(columns, ([one[name] or "all" for name in columns] for one in found))


@app.command()
def staff(json: Json = False) -> None:
    """List who is qualified for what."""
    found = read("/qualifications", lambda work: roster.qualifications(work.session, at_ms=work.at_ms))
    columns = ("number", "person", "duty", "certificate", "valid")
    tell(found) if json else table(columns, ([one[name] for name in columns] for one in found))

"""Reviews from the command line, as commands of `metrostack scheme`: submit, inbox, approve, reject, duties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import typer

from api.cli import remote
from api.cli.acting import Actor, As, Call, Stdin, actor_of, do, tell_findings
from api.cli.say import Json, Language, out, table, tell
from api.cli.schemes import Code, KindOption, app
from api.security.roles import Role
from api.texts import text
from wms.schemes import duties, inbox, reviews
from wms.schemes.drafts import Ref
from wms.schemes.duties import Work

Number = Annotated[int, typer.Argument(help="The review's number.")]
Duty = Literal["administrative_head", "product_lead"]
MOST = 1000


@app.command()
def submit(code: Code, kind: KindOption = "scheme", as_: As = "", stdin: Stdin = False, json: Json = False) -> None:
    """Hand a draft in for review.

    metrostack scheme submit my-draft --as li
    """

    def direct(work: Work) -> Any:
        return {"review": reviews.submit(work, Ref(kind, code))}

    call = Call(Role.ENGINEER, "POST", f"/library/{kind}/{code}/submit", direct)
    try:
        done = do(actor_of(as_, stdin=stdin), call)
    except remote.Refusal as refusal:
        tell_findings(refusal, code)
        raise
    tell(done) if json else out.print(f"{code} waits for its review, number {done['review']}", highlight=False)


@app.command("reviews")
def list_reviews(
    all_: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    as_: As = "", stdin: Stdin = False, json: Json = False, lang: Language = "en",
) -> None:  # fmt: skip
    """List the review inbox; a reviewer sees every review, others those of their own work.

    metrostack scheme reviews --as wang
    """

    def direct(work: Work) -> Any:
        found = inbox.reviews(work.session, work.person, pending=not all_, limit=MOST)
        return [one.model_dump(mode="json") for one in found]

    call = Call(Role.VIEWER, "GET", "/reviews", direct)
    found = do(actor_of(as_, stdin=stdin), call, params={"pending": not all_, "limit": MOST})
    if json:
        tell(found)
        return
    columns = ("number", "kind", "what", "version", "state", "submitted by", "decided by", "reason")
    table(columns, ((one["number"], text(lang, f"review_kind.{one['kind']}"), one["subject"], one["version"] or "",
                     text(lang, f"review_state.{one['state']}"), one["submitted_by"], one["decided_by"], one["reason"])
                    for one in found))  # fmt: skip


@app.command()
def approve(number: Number, as_: As = "", stdin: Stdin = False, json: Json = False) -> None:
    """Approve what was submitted; never one's own, and only with a reviewing duty.

    metrostack scheme approve 12 --as wang
    """
    _decide(number, "approve", actor_of(as_, stdin=stdin), (lambda work: reviews.approve(work, number), {}), json=json)


@app.command()
def reject(
    number: Number, reason: Annotated[str, typer.Option(help="Why it is sent back.")], as_: As = "",
    stdin: Stdin = False, json: Json = False,
) -> None:  # fmt: skip
    """Send what was submitted back, with the reason.

    metrostack scheme reject 12 --reason "no starting test" --as wang
    """
    how = (lambda work: reviews.reject(work, number, reason=reason), {"json": {"reason": reason}})
    _decide(number, "reject", actor_of(as_, stdin=stdin), how, json=json)


@app.command()
def withdraw(number: Number, as_: As = "", stdin: Stdin = False, json: Json = False) -> None:
    """Take one's own submission back before it is decided.

    metrostack scheme withdraw 12 --as li
    """
    how = (lambda work: reviews.withdraw(work, number), {})
    _decide(number, "withdraw", actor_of(as_, stdin=stdin), how, json=json)


@app.command("duties")
def list_duties(json: Json = False, lang: Language = "en") -> None:
    """List who holds a reviewing duty.

    metrostack scheme duties
    """

    def direct(work: Work) -> Any:
        return [{"person": person, "duty": duty} for person, duty in duties.held_duties(work.session)]

    found = do(Actor(), Call(Role.VIEWER, "GET", "/duties", direct))
    if json:
        tell(found)
    else:
        table(("person", "duty"), ((one["person"], text(lang, f"duty.{one['duty']}")) for one in found))


@app.command("duty")
def set_duty(
    person: str, duty: Duty, revoke: Annotated[bool, typer.Option("--revoke", help="Take it away.")] = False
) -> None:
    """Give a person a reviewing duty, or take it away.

    metrostack scheme duty wang product_lead
    """

    def direct(work: Work) -> Any:
        (duties.revoke if revoke else duties.grant)(work, person, duty)

    do(Actor(), Call(Role.ADMIN, "DELETE" if revoke else "PUT", f"/duties/{person}/{duty}", direct))
    out.print(f"{person}: {duty} {'taken away' if revoke else 'given'}", highlight=False)


def _decide(
    number: int, verb: str, actor: Actor, how: tuple[Callable[[Work], None], dict[str, Any]], *, json: bool
) -> None:
    decide, options = how

    def direct(work: Work) -> Any:
        decide(work)
        return inbox.review(work.session, work.person, number).review.model_dump(mode="json")

    done = do(actor, Call(Role.OPERATOR, "POST", f"/reviews/{number}/{verb}", direct), **options)
    tell(done) if json else out.print(f"review {number}, {done['subject']}: {done['state']}", highlight=False)

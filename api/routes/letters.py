"""The link to marketing: queues, the log of letters, dead ones mended or sent again, both sides compared.

A receiver of our own profile without a URL fetches its letters here: `GET /letters/fetch` by a cursor, then says with
`POST /letters/taken` up to where it has them.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.marketing.connection import site_of
from api.marketing.own import said
from api.marketing.wire import key_on_wire
from api.routes.clerking import STRICT, AsClerk, Name, Text
from api.routes.common import After, Ctx, Db, Page, WriteDb
from api.routes.once import OnceRoute
from api.security.guard import needs
from api.security.roles import Role
from wms.desk import Desk
from wms.marketing import outbox, reconcile, sending, splitting, views
from wms.marketing.reconcile import Side
from wms.marketing.views import LetterBody, LetterView, ReceivedView, ReceiverView

router = APIRouter(tags=["letters"], route_class=OnceRoute)
READER, WRITER = needs(Role.VIEWER, machine=True), needs(Role.OPERATOR)
Number = Annotated[int, Path(ge=1, lt=2**63)]
Words = Annotated[str, Query(max_length=64)]
Verdicts = Annotated[dict[str, Annotated[str, Field(max_length=64)]], Field(max_length=200_000)]


class Mended(BaseModel):
    """What a dead letter should have said; `anyway`: somebody has made sure that its receiver has not taken it."""

    model_config = STRICT
    body: Annotated[dict[str, Any], Field(min_length=1)]
    anyway: bool = False


class Dropped(BaseModel):
    """Why a dead letter is given up."""

    model_config = STRICT
    reason: Text


class Taken(BaseModel):
    """Up to which letter a receiver has fetched everything."""

    model_config = STRICT
    receiver: Name
    up_to: Annotated[int, Field(ge=0, lt=2**63)]


class Count(BaseModel):
    """How many letters that was."""

    letters: int


class Fetched(BaseModel):
    """A letter as our own profile says it."""

    number: int
    kind: str
    key: str
    task: str
    subject: str
    at_ms: int
    body: dict[str, Any]


class Theirs(BaseModel):
    """What the other side says it holds: verdict ("pass", "fail"), box and seal by bar code."""

    model_config = STRICT
    concluded: Verdicts = {}
    packed: Verdicts = {}
    sealed: Verdicts = {}


class DifferenceView(BaseModel):
    """A meter of which the two sides say different things."""

    model_config = ConfigDict(from_attributes=True)
    bar_code: str
    what: str
    ours: str
    theirs: str


class AccountView(BaseModel):
    """A task counted on both sides."""

    model_config = ConfigDict(from_attributes=True)
    task: str
    receiver: str
    ours: dict[str, int]
    theirs: dict[str, int]
    open: int
    dead: int
    differences: list[DifferenceView]


@router.get("/letters/receivers", dependencies=[READER])
def list_receivers(db: Db) -> list[ReceiverView]:
    """Return who is written to: whether they answer, and what waits for them."""
    return views.receivers(db)


@router.get("/letters", dependencies=[READER])
def list_letters(
    db: Db, *, receiver: Words = "", task: Words = "", bar_code: Words = "", state: Words = "", kind: Words = "",
    after: After = 0, limit: Page = 200, newest: bool = False,
) -> list[LetterView]:  # fmt: skip
    """Return the log of letters, by receiver, task, meter, state or kind."""
    wanted = {"receiver": receiver, "task": task, "bar_code": bar_code, "state": state, "kind": kind}
    return views.letters(db, **wanted, after=after, limit=limit, newest=newest)


@router.get("/letters/received", dependencies=[READER])
def list_received(
    db: Db, *, sender: Words = "", task: Words = "", after: After = 0, limit: Page = 200, newest: bool = False
) -> list[ReceivedView]:
    """Return the log of what came in, and what was answered."""
    return views.received(db, sender=sender, task=task, after=after, limit=limit, newest=newest)


@router.get("/letters/fetch", dependencies=[READER])
def fetch_letters(context: Ctx, db: Db, receiver: Words, after: After = 0, limit: Page = 200) -> list[Fetched]:
    """Return the letters to a receiver behind a number, in their order, as our own profile says them."""
    site = site_of(context)
    rows = outbox.to_be_fetched(db, receiver, after=after, limit=limit)
    return [Fetched.model_validate(said(row, key_on_wire(row.key, site))) for row in rows]


@router.post("/letters/taken", dependencies=[needs(Role.OPERATOR, machine=True)])
def take_letters(context: Ctx, db: WriteDb, taken: Taken) -> Count:
    """Book that a receiver has fetched everything up to a number."""
    desk = Desk(db, context.now_ms())
    count = sending.fetched(desk, taken.receiver, up_to=taken.up_to)
    desk.close()
    db.commit()
    return Count(letters=count)


@router.get("/letters/{number}", dependencies=[READER])
def one_letter(number: Number, db: Db) -> LetterBody:
    """Return a letter with what it says."""
    return views.letter(db, number)


@router.post("/letters/{number}/mend", dependencies=[WRITER])
def mend_letter(number: Number, clerk: AsClerk, mended: Mended) -> LetterBody:
    """Write what a dead letter should have said; return the letter that stands for it."""
    new = splitting.mend(clerk.desk, number, mended.body, by=clerk.name, anyway=mended.anyway)
    clerk.done()
    return views.letter(clerk.desk.session, new)


@router.post("/letters/{number}/resend", dependencies=[WRITER])
def resend_letter(number: Number, clerk: AsClerk) -> LetterBody:
    """Send a dead letter again as it is."""
    splitting.resend(clerk.desk, number, by=clerk.name)
    clerk.done()
    return views.letter(clerk.desk.session, number)


@router.post("/letters/{number}/drop", dependencies=[WRITER])
def drop_letter(number: Number, clerk: AsClerk, dropped: Dropped) -> LetterBody:
    """Give a dead letter up, so that what ends its task may go."""
    splitting.drop(clerk.desk, number, reason=dropped.reason, by=clerk.name)
    clerk.done()
    return views.letter(clerk.desk.session, number)


@router.post("/letters/receivers/{receiver}/test", dependencies=[WRITER])
def test_receiver(receiver: Annotated[str, Path(max_length=40)], clerk: AsClerk) -> LetterBody:
    """Write a letter of kind `test` to a receiver: whether and what it answers is seen on the letter."""
    number = sending.test(clerk.desk, receiver, by=clerk.name)
    clerk.done()
    return views.letter(clerk.desk.session, number)


@router.get("/letters/tasks/{task}/account", dependencies=[READER])
def compare_task(task: Annotated[str, Path(max_length=64)], receiver: Words, db: Db) -> AccountView:
    """Compare our books of a task with what a receiver has taken."""
    return AccountView.model_validate(reconcile.account(db, task, receiver))


@router.post("/letters/tasks/{task}/account", dependencies=[READER])
def compare_with_theirs(
    task: Annotated[str, Path(max_length=64)], receiver: Words, theirs: Theirs, db: Db
) -> AccountView:
    """Compare our books of a task with what the other side says it holds."""
    side = Side(theirs.concluded, theirs.packed, theirs.sealed)
    return AccountView.model_validate(reconcile.account(db, task, receiver, theirs=side))

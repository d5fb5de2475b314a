"""What somebody wishes for under an Idempotency-Key is done once, and the first answer is given again.

The key is booked in the transaction that does the work, so no kill leaves one without the other; the answer follows it.
A kill between the two leaves a key without an answer: then it is said that the wish was carried out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.context import Context
from api.errors import Problem
from api.security.guard import SAFE, Needs, admit
from wcs.journal import canonical
from wms.marketing import inbox

HEADER, AGAIN = "idempotency-key", "idempotency-replayed"
KEY = r"^[\x21-\x7e]{1,100}$"
BIGGEST_BODY, BIGGEST_ANSWER = 64 * 1024, 1024 * 1024
ANSWERED = range(200, 300)
NUL = "\\u0000"
"""As JSON writes it; databases have no such character."""
Handle = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class Wish:
    """One request under a key; `is_booked` once a transaction holds it."""

    sender: str
    kind: str
    key: str
    text: str
    task: str
    at_ms: int
    session: Session | None = None
    is_booked: bool = False


class OnceRoute(APIRoute):
    """A route that keeps what it has answered to whoever names a key; without one it is an ordinary route."""

    def get_route_handler(self) -> Any:
        """Return the handler, which looks for the key first. Whoever may not come in gets no old answer either."""
        plain = cast("Handle", super().get_route_handler())
        guards = list(_guards(self.dependant))

        async def handle(request: Request) -> Response:
            key = request.headers.get(HEADER, "")
            if request.method in SAFE or not re.match(KEY, key):
                return await plain(request)
            wish = _wish(request, await request.body(), await run_in_threadpool(_caller, request, guards))
            return await _once(request, wish, plain)

        return handle


def remember(request: Request, session: Session) -> None:
    """Have the key of a request, if it has one, booked with the first commit of `session`."""
    wish: Wish | None = getattr(request.state, "wish", None)
    if wish is None:
        return

    wish.session = session

    def book(of: Session) -> None:
        if not wish.is_booked:
            inbox.keep(of, wish.sender, wish.kind, key=wish.key, text=wish.text, task=wish.task, at_ms=wish.at_ms)

    def booked(_of: Session) -> None:
        wish.is_booked = True

    event.listen(session, "before_commit", book)
    event.listen(session, "after_commit", booked)


async def _once(request: Request, wish: Wish, plain: Handle) -> Response:
    context: Context = request.app.state.context
    if (known := await run_in_threadpool(_known, context, wish)) is not None:
        return known
    request.state.wish = wish
    try:
        response = await plain(request)
    except IntegrityError:  # the same wish came twice at the same time, and the other was quicker
        if (known := await run_in_threadpool(_known, context, wish)) is not None:
            return known
        raise
    if wish.session is not None and wish.is_booked and response.status_code in ANSWERED:
        await run_in_threadpool(_keep, wish.session, wish, response)
    return response


def _known(context: Context, wish: Wish) -> Response | None:
    """Return the answer that a wish was given, None for a new one; raises Refused for a key that wished otherwise."""
    with context.reading() as session:
        answer = inbox.answered(session, wish.sender, wish.kind, key=wish.key, text=wish.text)
    if answer is None:
        return None
    if "status" not in answer:
        raise Problem(409, "already_done", key=wish.key)
    said = None if answer["body"] is None else json.dumps(answer["body"], ensure_ascii=False).encode()
    return Response(said, answer["status"], {AGAIN: "true"}, media_type="application/json" if said else None)


def _keep(session: Session, wish: Wish, response: Response) -> None:
    """Book the answer with the session of the request: it may hold the database still, so no other one could."""
    raw = bytes(getattr(response, "body", b""))
    is_json = (response.media_type or "").startswith("application/json")
    if len(raw) > BIGGEST_ANSWER or (raw and not is_json):
        return
    answer = {"status": response.status_code, "body": json.loads(raw) if raw else None}
    session.rollback()  # what the route has not committed was never meant to stay
    inbox.answer(session, wish.sender, wish.key, answer)
    session.commit()


def _caller(request: Request, guards: list[Needs]) -> str:
    names = [admit(request, guard.role, machine=guard.machine).name for guard in guards]
    return names[0] if names else ""


def _wish(request: Request, raw: bytes, caller: str) -> Wish:
    context: Context = request.app.state.context
    query = f"?{request.url.query}" if request.url.query else ""
    kind, text, task = f"{request.method} {request.url.path}{query}", "", request.path_params.get("task", "")
    try:
        body: dict[str, Any] = json.loads(raw if 0 < len(raw) <= BIGGEST_BODY else b"{}")
        text = canonical(body) if isinstance(body, dict) and len(raw) <= BIGGEST_BODY else ""
        task = task or str(body.get("task", ""))
        text.encode()
    except (ValueError, AttributeError, RecursionError):
        text = ""
    if not text or NUL in text:
        text = canonical({"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)})
    return Wish(f"rest:{caller}", kind, request.headers[HEADER], text, task[:64], context.now_ms())


def _guards(dependant: Dependant) -> Iterator[Needs]:
    for one in dependant.dependencies:
        if isinstance(one.call, Needs):
            yield one.call
        yield from _guards(one)

"""What a scheduling platform sends to us: its messages over HTTP POST, answered with {resultFlag, errorInfo}.

The path is the one that such platforms are built for. A message that does not fit is refused whole, with each message,
field and length named; the same message again gets the same answer, by Idempotency-Key or by its own numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.context import Context
from api.marketing.connection import Connection, sender_of
from api.marketing.platform import REFUSED, TAKEN
from api.marketing.wire import object_in
from api.routes.common import Ctx, WriteDb, whole_body
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role
from api.texts import text
from wcs.errors import WcsError
from wms.desk import Desk
from wms.errors import Refused, WmsError
from wms.marketing import inbox
from wms.marketing.platform import incoming, taking
from wms.marketing.platform.codebook import CodeBook, book_of
from wms.stock import code_tables

router = APIRouter(tags=["platform"])
PREFIX = "/restful/sxyk/detectService"
MOST_BYTES = 4 * 1024 * 1024
LONGEST_WORDS = 1024
LANGUAGE = "zh"
NUL = b"\\u0000"
"""As JSON writes it; databases have no such character."""
Raw = Annotated[bytes, Depends(whole_body)]
Named = Annotated[str, Path(pattern=r"^[A-Za-z]{1,40}$")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")]
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


class ReplyView(BaseModel):
    """Whether a message was taken ("1") or refused ("0"), and why, in the words of the field."""

    resultFlag: str
    errorInfo: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came: its name, its body, its key if it has one, and what it is to us."""

    name: str
    body: Mapping[str, Any]
    key: str
    kind: str


@router.post(f"{PREFIX}/{{message}}", openapi_extra=BODY)
def take(
    message: Named, raw: Raw, context: Ctx, db: WriteDb, *, key: Key = None,
    who: Principal = needs(Role.OPERATOR, machine=True),
) -> ReplyView:  # fmt: skip
    """Take a message of the platform, once."""
    line = sender_of(context, who.name)
    try:
        body = _object(message, raw)
        arrived = Arrived(message, body, key or incoming.key_of(message, body), incoming.inbound(message).kind)
        _receive(context, db, line, arrived)
        db.commit()
    except (WmsError, WcsError) as error:
        db.rollback()
        return ReplyView(resultFlag=REFUSED, errorInfo=_words(error))
    context.ring()
    return ReplyView(resultFlag=TAKEN)


def _receive(context: Context, db: Session, line: Connection, arrived: Arrived) -> None:
    """Check, read and do what a message wishes, in one transaction with the note that it came."""

    def handle(session: Session, body: Mapping[str, Any]) -> Mapping[str, Any]:
        said = incoming.read(arrived.name, body, line.site, _book(session, line))
        desk = Desk(session, context.now_ms())
        answer = taking.take(desk, _sender(line), arrived.kind, said)
        desk.close()
        return answer

    inbox.receive(
        db, line.name, arrived.kind, key=arrived.key, body=arrived.body, handler=handle, at_ms=context.now_ms(),
        task=str(arrived.body.get("taskNo", ""))[:32],
    )  # fmt: skip


def _sender(line: Connection) -> taking.Sender:
    return taking.Sender(line.name, approval=line.site.approval, trigger=line.site.trigger)


def _book(session: Session, line: Connection) -> CodeBook:
    generation = line.site.generation
    return book_of(generation, code_tables.rows_of(session, generation))


def _object(message: str, raw: bytes) -> dict[str, Any]:
    """Return the body of a message.

    Raises Refused for what is no JSON object or can be read in two ways, is too big, or holds what is no number or no
    text of any language.
    """
    try:
        body = object_in(raw) if len(raw) <= MOST_BYTES else None
        sound = NUL not in json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        body, sound = None, False
    if not sound or body is None:
        raise Refused("message_not_an_object", message=message, most_bytes=MOST_BYTES)
    return body


def _words(error: WmsError | WcsError) -> str:
    """Return why a message is refused, as long as errorInfo may be: 1,024 bytes."""
    said = text(LANGUAGE, f"problem.{error.code}", dict(error.params))
    return said.encode()[:LONGEST_WORDS].decode(errors="ignore")

"""The journal: page by cursor, or follow it as server-sent events."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.context import Context
from api.routes.common import After, Ctx, Db
from api.security.guard import needs
from api.security.roles import Role
from wcs import journal

router = APIRouter(tags=["facts"])
POLL_S = 0.5
CURSOR = "[0-9]{1,18}"


class FactView(BaseModel):
    """One fact of the journal; `at_ms` is plant time."""

    id: int
    at_ms: int
    kind: str
    subject: str
    payload: dict[str, Any]


@router.get("/facts", dependencies=[needs(Role.VIEWER, machine=True)])
def list_facts(db: Db, after: After = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 200) -> list[FactView]:
    """Return the facts behind the id `after`, oldest first; the last id is the next cursor."""
    return [FactView(**_plain(fact)) for fact in journal.read(db, after, limit)]


@router.get("/facts/stream", dependencies=[needs(Role.VIEWER, machine=True)])
async def follow_facts(request: Request, context: Ctx, after: After = 0) -> StreamingResponse:
    """Follow the journal as server-sent events; a browser that reconnects goes on by Last-Event-ID."""
    last = request.headers.get("last-event-id", "")
    start = int(last) if re.fullmatch(CURSOR, last) else after
    await asyncio.to_thread(_read, context, start)  # a number that no column holds is refused while that can be said
    return StreamingResponse(_events(context, request, start), media_type="text/event-stream")


def _read(context: Context, after: int) -> list[journal.Booked]:
    with context.reading() as session:
        return journal.read(session, after, 200)


async def _events(context: Context, request: Request, after: int) -> AsyncIterator[str]:
    while not await request.is_disconnected():
        found = await asyncio.to_thread(_read, context, after)
        for fact in found:
            after = fact.id
            yield f"id: {fact.id}\nevent: {fact.kind}\ndata: {json.dumps(_plain(fact), ensure_ascii=False)}\n\n"
        if not found:
            yield ": alive\n\n"
            await asyncio.sleep(POLL_S)


def _plain(fact: journal.Booked) -> dict[str, Any]:
    return {"id": fact.id, "at_ms": fact.at_ms, "kind": fact.kind, "subject": fact.subject, "payload": fact.payload}

"""What routers share: the context, and a database session of the request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Query, Request
from sqlalchemy.orm import Session

from api.context import Context
from api.routes.once import KEY, remember


def context_of(request: Request) -> Context:
    """Return the context of the application."""
    return request.app.state.context


def reading_of(request: Request) -> Iterator[Session]:
    """Give a session to read with; it never waits for a writer, and cannot write."""
    with context_of(request).reading() as session:
        yield session


Named = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=KEY,
        description="A name for this wish; sent again, the first answer is given again and nothing is done twice.",
    ),
]


def writing_of(request: Request, key: Named = None) -> Iterator[Session]:
    """Give a session to write with; the router commits it, and with it the key of the request."""
    with context_of(request).session() as session:
        remember(request, session)
        yield session


async def whole_body(request: Request) -> bytes:
    """Return the body as it came; its size is limited by the application."""
    return await request.body()


def file_body(description: str) -> dict[str, Any]:
    """Return what OpenAPI says of a route that takes a file as its body."""
    text = {"schema": {"type": "string", "format": "binary"}}
    content = {"text/csv": text, "application/json": text, "application/octet-stream": text}
    return {"requestBody": {"required": True, "description": description, "content": content}}


Ctx = Annotated[Context, Depends(context_of)]
Db = Annotated[Session, Depends(reading_of)]
WriteDb = Annotated[Session, Depends(writing_of)]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=KEY,
        description="A name for this wish; sent again, the first answer is given again and nothing is done twice.",
    ),
]
Page = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Serial = Annotated[int, Path(ge=0, lt=2**63)]
"""The number of a row in a path, as big as databases count."""
After = Annotated[int, Query(ge=0, lt=2**63, description="Only those behind this number.")]

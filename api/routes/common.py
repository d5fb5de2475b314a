"""What routers share: the context and a database session of the request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.context import Context


def context_of(request: Request) -> Context:
    """Return the context of the application."""
    return request.app.state.context


def session_of(request: Request) -> Iterator[Session]:
    """Give a session to read with; what a router writes it commits itself."""
    with context_of(request).session() as session:
        yield session


Ctx = Annotated[Context, Depends(context_of)]
Db = Annotated[Session, Depends(session_of)]

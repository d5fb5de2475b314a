"""Log in, log out, who am I."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import Problem
from api.routes.common import Ctx
from api.security import accounts
from api.security.accounts import Principal
from api.security.guard import COOKIE, CSRF_HEADER, needs
from api.security.roles import Role

router = APIRouter(tags=["logins"])
_hashing = asyncio.Semaphore(2)  # argon2 takes a tenth of a second and 64 MiB each


class Login(BaseModel):
    """A name and its password."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "operator", "password": "..."}]})
    name: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=128)]


class Who(BaseModel):
    """Who is logged in."""

    name: str
    role: Role


@router.post("/login")
async def log_in(login: Login, request: Request, response: Response, context: Ctx) -> Who:
    """Open a session; the answer sets a cookie that scripts cannot read."""
    throttle, address = request.app.state.throttle, request.client.host if request.client else "?"
    if request.headers.get(CSRF_HEADER) != "console":
        raise Problem(403, "cross_site")
    if throttle.blocked(login.name, address):
        raise Problem(429, "too_many_tries")

    def check() -> tuple[Principal | None, str]:
        with context.session() as session:
            who = accounts.check_password(session, login.name, login.password)
            token = accounts.open_login(session, who.name) if who else ""
            session.commit()
            return who, token

    async with _hashing:
        who, token = await asyncio.to_thread(check)
    if who is None:
        throttle.note(login.name, address)
        raise Problem(401, "wrong_login")
    hours = context.settings.session_hours
    response.set_cookie(
        COOKIE, token, max_age=int(hours * 3600), httponly=True, samesite="strict",
        secure=context.settings.secure_cookies,
    )  # fmt: skip
    return Who(name=who.name, role=who.role)


@router.post("/logout")
def log_out(request: Request, response: Response, context: Ctx, _who: Principal = needs(Role.VIEWER)) -> dict[str, str]:
    """End the session."""
    if token := request.cookies.get(COOKIE):
        with context.session() as session:
            accounts.close_login(session, token)
            session.commit()
    response.delete_cookie(COOKIE)
    return {"state": "logged_out"}


@router.get("/me")
def me(who: Principal = needs(Role.VIEWER, machine=True)) -> Who:
    """Return who is logged in."""
    return Who(name=who.name, role=who.role)

"""Every route says which role it needs: `dependencies=[needs(Role.OPERATOR)]`."""

from __future__ import annotations

import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from api.context import Context
from api.errors import Problem
from api.security import accounts
from api.security.accounts import Principal
from api.security.roles import Role, includes

COOKIE = "metrostack_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-metrostack"  # a foreign page cannot set it without a preflight that we refuse
TRIES, WINDOW_S, NAMES = 8, 300.0, 10_000


class Needs:
    """What a route demands; found again by the test that walks all routes."""

    def __init__(self, role: Role, *, machine: bool) -> None:
        """Demand `role` or more; `machine`: a machine's key will do as well."""
        self.role, self.machine = role, machine

    def __call__(self, request: Request) -> Principal:
        """Return who asks, or refuse with 401 or 403."""
        return admit(request, self.role, machine=self.machine)


def needs(role: Role, *, machine: bool = False) -> Any:
    """Return the dependency that lets only `role` and above in."""
    return Depends(Needs(role, machine=machine))


def admit(connection: HTTPConnection, role: Role, *, machine: bool = False) -> Principal:
    """Return who is at the other end of a request or socket, or raise the Problem to answer with."""
    principal = identify(connection)
    if principal is None:
        raise Problem(401, "not_logged_in")
    if not includes(principal.role, role, machine=machine):
        raise Problem(403, "not_allowed", role=principal.role.value, needed=role.value)
    return principal


def identify(connection: HTTPConnection) -> Principal | None:
    """Return who is at the other end by bearer key or session cookie; a cookie needs our header to change things."""
    context: Context = connection.app.state.context
    kind, _, key = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and key:
        if context.local_token and secrets.compare_digest(key, context.local_token):
            return Principal("local", Role.ADMIN)
        bench_key = context.settings.bench_key.get_secret_value()
        if bench_key and secrets.compare_digest(key.encode(), bench_key.encode()):
            return Principal("bench", Role.BENCH)
        with context.reading() as session:
            return accounts.find_key(session, key)
    token = connection.cookies.get(COOKIE)
    if not token:
        return None
    method = connection.scope.get("method", "GET")
    if method not in SAFE and connection.headers.get(CSRF_HEADER) != "console":
        raise Problem(403, "cross_site")
    hours, idle = context.settings.session_hours, context.settings.session_idle_minutes
    with context.reading() as session:
        found, aged = accounts.find_login(session, token, longest_s=hours * 3600, idle_s=idle * 60)
    if found is not None and aged:
        with context.session() as session:
            accounts.touch_login(session, token)
            session.commit()
    return found


@dataclass(slots=True)
class Throttle:
    """Failed logins by name and by address; too many within five minutes and the next must wait."""

    failed: dict[str, deque[float]] = field(default_factory=dict[str, "deque[float]"])

    def blocked(self, *names: str) -> bool:
        """Return whether one of `names` has failed too often lately."""
        return any(len(self._recent(name)) >= TRIES for name in names)

    def note(self, *names: str) -> None:
        """Count a failure."""
        for name in names:
            self._recent(name).append(time.monotonic())

    def _recent(self, name: str) -> deque[float]:
        if len(self.failed) > NAMES:
            self.failed.clear()
        tries = self.failed.setdefault(name, deque(maxlen=TRIES))
        while tries and time.monotonic() - tries[0] > WINDOW_S:
            tries.popleft()
        return tries

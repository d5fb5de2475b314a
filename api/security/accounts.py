"""Accounts, logins and keys as functions over a session; none of them commits."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from pwdlib import PasswordHash
from sqlalchemy.orm import Session

from api.security.roles import Role
from api.security.tables import AccountRow, KeyRow, LoginRow

SHORTEST, LONGEST = 12, 128
FORGOTTEN_S = 7 * 86_400.0
KEY_PREFIX = "ms_"
COMMON = frozenset({"123456789012", "password1234", "qwertyuiop12", "administrator", "metrostack123"})
_hasher = PasswordHash.recommended()


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who has shown who they are."""

    name: str
    role: Role


class WeakPassword(ValueError):
    """A password that is too short, too long, or known to everybody."""


def add_account(session: Session, name: str, password: str, role: Role) -> None:
    """Create an account, or give an existing one a new password and role; raises WeakPassword."""
    if not SHORTEST <= len(password) <= LONGEST or password.lower() in COMMON:
        raise WeakPassword(f"a password has {SHORTEST} to {LONGEST} characters and is not a common one")
    session.merge(AccountRow(name=name, role=role.value, password_hash=_hasher.hash(password)))
    session.execute(sa.delete(LoginRow).where(sa.column("account") == name))


def check_password(session: Session, name: str, password: str) -> Principal | None:
    """Return who that is, or None; takes as long for an unknown name as for a wrong password."""
    account = session.get(AccountRow, name)
    fits = _hasher.verify(password[:LONGEST], account.password_hash if account else _nobody())
    return Principal(account.name, Role(account.role)) if fits and account and not account.disabled else None


def open_login(session: Session, account: str) -> str:
    """Return the token of a new login; only its digest is stored."""
    token, now_s = secrets.token_urlsafe(32), time.time()
    session.execute(sa.delete(LoginRow).where(sa.column("seen_s") < now_s - FORGOTTEN_S))
    session.add(LoginRow(digest=digest(token), account=account, began_s=now_s, seen_s=now_s))
    return token


def find_login(session: Session, token: str, *, longest_s: float, idle_s: float) -> tuple[Principal | None, bool]:
    """Return whose login `token` is, unless it is too old, idle or of a disabled account; and whether to touch it."""
    login, now_s = session.get(LoginRow, digest(token)), time.time()
    if login is None or now_s - login.began_s > longest_s or now_s - login.seen_s > idle_s:
        return None, False
    account = session.get(AccountRow, login.account)
    if account is None or account.disabled:
        return None, False
    return Principal(account.name, Role(account.role)), now_s - login.seen_s > idle_s / 20


def touch_login(session: Session, token: str) -> None:
    """Note that a login is in use, so that it does not count as idle."""
    used = sa.update(LoginRow).where(sa.column("digest") == digest(token))
    session.execute(used.values(seen_s=time.time()))


def close_login(session: Session, token: str) -> None:
    """End a login."""
    session.execute(sa.delete(LoginRow).where(sa.column("digest") == digest(token)))


def add_key(session: Session, name: str, role: Role, *, days: float | None = None) -> str:
    """Return a new key of a machine, in place of an older one of the same name; it is shown only now."""
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    expires_s = None if days is None else time.time() + days * 86_400
    session.merge(KeyRow(name=name, role=role.value, digest=digest(key), expires_s=expires_s))
    return key


def find_key(session: Session, key: str) -> Principal | None:
    """Return whose key that is, or None if it is unknown or has expired."""
    row = session.execute(sa.select(KeyRow).where(sa.column("digest") == digest(key))).scalar_one_or_none()
    if row is None or (row.expires_s is not None and row.expires_s < time.time()):
        return None
    return Principal(row.name, Role(row.role))


@cache
def _nobody() -> str:
    """Return the hash of a password nobody has, so that an unknown name takes as long as a wrong password."""
    return _hasher.hash(secrets.token_urlsafe())


def digest(token: str) -> str:
    """Return the SHA-256 of a random token; a password needs argon2 instead."""
    return hashlib.sha256(token.encode()).hexdigest()

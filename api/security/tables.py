"""Accounts, sessions and API keys. Secrets are stored as hashes only."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class AccountRow(SQLModel, table=True):
    """A person; the password is an argon2id hash."""

    __tablename__ = "account"
    name: str = Field(primary_key=True)
    role: str
    password_hash: str
    disabled: bool = False
    language: str = "en"


class LoginRow(SQLModel, table=True):
    """A person's session; the cookie's token is stored as its SHA-256."""

    __tablename__ = "login"
    digest: str = Field(primary_key=True)
    account: str = Field(index=True)
    began_s: float = Field(sa_type=sa.Float)
    seen_s: float = Field(sa_type=sa.Float)


class KeyRow(SQLModel, table=True):
    """A machine's key; shown once when it is made, stored as its SHA-256."""

    __tablename__ = "api_key"
    name: str = Field(primary_key=True)
    role: str
    digest: str = Field(unique=True)
    expires_s: float | None = Field(default=None, sa_type=sa.Float)

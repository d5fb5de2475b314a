"""Rows of the archives: what holds now, and every change that led there."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of

KINDS = ("meter", "terminal", "auxiliary", "port")
STATES = ("active", "retired")
ACTIONS = ("add", "change", "retire", "restore")


class ArchiveRow(SQLModel, table=True):
    """A driver with its parameters, or a port, as it holds now. `content` is JSON by its kind."""

    __tablename__ = "archive"
    __table_args__ = (
        sa.CheckConstraint(one_of("kind", KINDS), name="ck_archive_kind"),
        sa.CheckConstraint(one_of("state", STATES), name="ck_archive_state"),
        sa.CheckConstraint("revision > 0", name="ck_archive_revision"),
        sa.UniqueConstraint("kind", "code"),
    )
    number: int | None = Field(default=None, primary_key=True)
    kind: str
    code: str
    state: str = "active"
    revision: int = 1
    content: str
    changed_by: str
    changed_ms: int = Field(sa_type=sa.BigInteger)


class ArchiveChangeRow(SQLModel, table=True):
    """One change of an archive: never altered, never removed."""

    __tablename__ = "archive_change"
    __table_args__ = (
        sa.CheckConstraint(one_of("action", ACTIONS), name="ck_archive_change_action"),
        {"sqlite_with_rowid": False},
    )
    archive: int = Field(primary_key=True, foreign_key="archive.number")
    revision: int = Field(primary_key=True)
    action: str
    content: str
    reason: str = ""
    changed_by: str
    changed_ms: int = Field(sa_type=sa.BigInteger)

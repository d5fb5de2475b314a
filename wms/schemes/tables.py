"""Rows of the library: what is written and in which version, who works on it, who reviewed it, what benches got."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index
from wms.schemes.access_rules import DUTIES

KINDS = ("block", "case", "scheme")
SUBJECTS = (*KINDS, "report")
VISIBILITIES = ("public", "project", "private")
VERSION_STATES = ("draft", "submitted", "approved", "rejected")
OPEN_VERSION = "state IN ('draft','submitted','rejected')"
REVIEW_STATES = ("submitted", "approved", "rejected", "withdrawn")
CONTRIBUTION_STATES = ("open", "merged", "dropped")


class ProjectRow(SQLModel, table=True):
    """People who build schemes together; the lead brings their work together and submits it."""

    __tablename__ = "scheme_project"
    code: str = Field(primary_key=True)
    name: str = ""
    lead: str
    created_ms: int = Field(sa_type=sa.BigInteger)


class MemberRow(SQLModel, table=True):
    """Somebody who works in a project, the lead included."""

    __tablename__ = "scheme_project_member"
    project: str = Field(primary_key=True, foreign_key="scheme_project.code")
    person: str = Field(primary_key=True)


class EntryRow(SQLModel, table=True):
    """A block, case or scheme; what it says stands in its versions."""

    __tablename__ = "library_entry"
    __table_args__ = (
        sa.CheckConstraint(one_of("kind", KINDS), name="ck_library_entry_kind"),
        sa.CheckConstraint(one_of("visibility", VISIBILITIES), name="ck_library_entry_visibility"),
        sa.UniqueConstraint("kind", "code"),
    )
    number: int | None = Field(default=None, primary_key=True)
    kind: str
    code: str
    owner: str
    project: str | None = Field(default=None, foreign_key="scheme_project.code")
    visibility: str = "private"
    created_ms: int = Field(sa_type=sa.BigInteger)


class VersionRow(SQLModel, table=True):
    """One version; at most one of an entry is open, and an approved one is never changed.

    `pins` says which versions of what it builds on were reviewed with it; `authors` everybody who wrote in it.
    """

    __tablename__ = "library_version"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", VERSION_STATES), name="ck_library_version_state"),
        sa.CheckConstraint("version > 0 AND revision > 0", name="ck_library_version_counts"),
        sa.UniqueConstraint("entry", "version"),
        partial_index("uq_library_version_open", "entry", where=OPEN_VERSION, unique=True),
    )
    number: int | None = Field(default=None, primary_key=True)
    entry: int = Field(foreign_key="library_entry.number")
    version: int
    state: str = "draft"
    content: str
    pins: str = "{}"
    authors: str = "[]"
    revision: int = 1
    changed_by: str
    changed_ms: int = Field(sa_type=sa.BigInteger)


class ContributionRow(SQLModel, table=True):
    """What one editor would change in a draft, until the lead has merged it. `original` is what it began from."""

    __tablename__ = "library_contribution"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", CONTRIBUTION_STATES), name="ck_library_contribution_state"),
        partial_index("uq_library_contribution_open", "of_version", "editor", where="state = 'open'", unique=True),
    )
    number: int | None = Field(default=None, primary_key=True)
    of_version: int = Field(foreign_key="library_version.number")
    editor: str
    original: str
    content: str
    revision: int = 1
    state: str = "open"
    changed_ms: int = Field(sa_type=sa.BigInteger)


class DutyRow(SQLModel, table=True):
    """Somebody who holds a reviewing duty."""

    __tablename__ = "reviewing_duty"
    __table_args__ = (sa.CheckConstraint(one_of("duty", DUTIES), name="ck_reviewing_duty"),)
    person: str = Field(primary_key=True)
    duty: str = Field(primary_key=True)
    granted_by: str
    granted_ms: int = Field(sa_type=sa.BigInteger)


class ReviewRow(SQLModel, table=True):
    """A review: of a version in the library, or of a test report by its own name. Decided once."""

    __tablename__ = "review"
    __table_args__ = (
        sa.CheckConstraint(one_of("kind", SUBJECTS), name="ck_review_kind"),
        sa.CheckConstraint(one_of("state", REVIEW_STATES), name="ck_review_state"),
        sa.CheckConstraint("(kind = 'report') = (of_version IS NULL)", name="ck_review_of_version"),
        partial_index("uq_review_open", "kind", "subject", where="state = 'submitted'", unique=True),
        sa.Index("ix_review_kind_subject", "kind", "subject"),
    )
    number: int | None = Field(default=None, primary_key=True)
    kind: str
    subject: str
    title: str = ""
    of_version: int | None = Field(default=None, foreign_key="library_version.number")
    authors: str
    submitted_by: str
    submitted_ms: int = Field(sa_type=sa.BigInteger)
    state: str = "submitted"
    decided_by: str = ""
    duty: str = ""
    reason: str = ""
    decided_ms: int = Field(default=0, sa_type=sa.BigInteger)


class RunSheetRow(SQLModel, table=True):
    """A run sheet as benches get it; never changed, the same content has one number."""

    __tablename__ = "run_sheet"
    number: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True)
    scheme: str = Field(index=True)
    version: int
    formal: bool
    content: str
    compiled_by: str = ""


class ChoiceRow(SQLModel, table=True):
    """Which approved scheme is run for a wiring and a purpose where several would do."""

    __tablename__ = "scheme_choice"
    phase: str = Field(primary_key=True)
    purpose: str = Field(primary_key=True)
    scheme: str
    chosen_by: str = ""
    chosen_ms: int = Field(default=0, sa_type=sa.BigInteger)

"""Rows of what comes back from districts: the note, its boxes and meters as announced and as found, and claims."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index

KINDS = ("refused", "sent_back", "dismantled")
NOTE_STATES = ("announced", "scanning", "closed")
OUTCOMES = ("", "qualified", "sorting", "sorted")
FINDINGS = ("missing", "extra", "unknown", "broken_seal")


class ReturnRow(SQLModel, table=True):
    """What a district says that it sends back: refused, sent back unused, or dismantled from the field."""

    __tablename__ = "return_note"
    __table_args__ = (
        sa.CheckConstraint(one_of("kind", KINDS), name="ck_return_note_kind"),
        sa.CheckConstraint(one_of("state", NOTE_STATES), name="ck_return_note_state"),
        sa.CheckConstraint("empties >= 0 AND empties_found >= 0", name="ck_return_note_empties"),
    )
    number: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    district: str
    kind: str
    state: str = "announced"
    empties: int = 0  # boxes that the district says are empty
    empties_found: int = 0
    created_ms: int = Field(sa_type=sa.BigInteger)
    closed_ms: int = Field(default=0, sa_type=sa.BigInteger)
    closed_by: str = ""


class ReturnBoxRow(SQLModel, table=True):
    """A box of a return as it was scanned, and what became of it."""

    __tablename__ = "return_box"
    __table_args__ = (
        sa.CheckConstraint(one_of("outcome", OUTCOMES), name="ck_return_box_outcome"),
        {"sqlite_with_rowid": False},
    )
    note: int = Field(primary_key=True, foreign_key="return_note.number")
    box: str = Field(primary_key=True)
    pallet: str = ""
    opened: bool = False
    outcome: str = ""
    why: str = ""  # it was not taken as qualified
    scanned_by: str = ""
    scanned_ms: int = Field(default=0, sa_type=sa.BigInteger)


class ReturnMeterRow(SQLModel, table=True):
    """A meter of a return: in which box the district lists it ("": it does not), in which it was found."""

    __tablename__ = "return_meter"
    __table_args__ = (sa.Index("ix_return_meter_bar_code", "bar_code"), {"sqlite_with_rowid": False})
    note: int = Field(primary_key=True, foreign_key="return_note.number")
    bar_code: str = Field(primary_key=True)
    listed: str = ""
    found: str = ""


class ClaimRow(SQLModel, table=True):
    """A difference between a district's list and what was scanned, until it is settled by name."""

    __tablename__ = "return_claim"
    __table_args__ = (
        sa.CheckConstraint(one_of("finding", FINDINGS), name="ck_return_claim_finding"),
        sa.UniqueConstraint("note", "bar_code", "finding"),
        partial_index("ix_return_claim_open", "note", where="settled_ms = 0"),
    )
    number: int | None = Field(default=None, primary_key=True)
    note: int = Field(foreign_key="return_note.number")
    bar_code: str
    finding: str
    box: str = ""
    raised_ms: int = Field(sa_type=sa.BigInteger)
    settled_by: str = ""
    settled_ms: int = Field(default=0, sa_type=sa.BigInteger)
    answer: str = ""

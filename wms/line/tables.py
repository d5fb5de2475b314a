"""Rows of what a line has asked for or set aside."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index

BOX_STATES = ("aside", "bound", "readmitted", "done", "released")


class ExceptionBoxRow(SQLModel, table=True):
    """A box at the exception port of a line: what was scanned in it, why it is there, and what became of it.

    aside: somebody must look; bound: its content is right again; readmitted: the robot takes it up again; done: on
    the line after all; released: taken out of the lot.
    """

    __tablename__ = "exception_box"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", BOX_STATES), name="ck_exception_box_state"),
        partial_index("uq_exception_box_open", "box", where="state IN ('aside','bound','readmitted')", unique=True),
    )
    number: int | None = Field(default=None, primary_key=True)
    line: str
    cell: str
    box: str
    lot: int  # whose verification the box belongs to, by its pallet
    scanned: str  # JSON list of bar codes
    reason: str
    params: str = "{}"
    state: str = "aside"
    by: str = ""
    raised_ms: int = Field(sa_type=sa.BigInteger)


class SupplyRow(SQLModel, table=True):
    """A packing cell that wants empty boxes; `pallet` is under way to it, "" while none is in stock."""

    __tablename__ = "box_supply"
    packer: str = Field(primary_key=True)
    line: str
    pallet: str = ""
    supplies: int = 0  # so far
    wanted: bool = True

"""Rows of what we ask a platform for by a request of our own: meters for a line, empty boxes for its packing."""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index

REQUEST_KINDS = ("meters", "empties")
REQUEST_STATES = ("asked", "answered", "over")
OPEN_REQUEST = "state = 'asked'"
LIVE_REQUEST = "state IN ('asked','answered')"


class SupplyRequestRow(SQLModel, table=True):
    """A request for piles; `request` is its number on the wire, `io_task` the platform's number of the answer.

    asked: nobody has answered; answered: what is given stands in `given`, a JSON list of {pile, box}; over: it has
    come, is not wanted any more, or its task is over.
    """

    __tablename__ = "supply_request"
    __table_args__ = (
        sa.CheckConstraint(one_of("kind", REQUEST_KINDS), name="ck_supply_request_kind"),
        sa.CheckConstraint(one_of("state", REQUEST_STATES), name="ck_supply_request_state"),
        sa.CheckConstraint("piles > 0", name="ck_supply_request_piles"),
        sa.Index("ix_supply_request_task", "task", "kind", "number"),
        partial_index("ix_supply_request_live", "receiver", "kind", where=LIVE_REQUEST),
    )
    number: int | None = Field(default=None, primary_key=True)
    request: str = Field(unique=True)
    receiver: str  # who is asked, and alone may answer
    kind: str
    task: str
    place: str = ""  # the line or cell that it is for; "" for none
    piles: int
    boxes: int = 0  # wanted; 0 where only piles are
    state: str = "asked"
    io_task: str = ""
    given: str = "[]"
    asked_ms: int = Field(sa_type=sa.BigInteger)
    answered_ms: int = Field(default=0, sa_type=sa.BigInteger)

"""Rows of the link to marketing: who is written to, what was written, what came in, and what marketing asks for.

Bodies are JSON texts in our own words; an adapter says the same in the words of a profile. Times are plant time in ms.
"""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index

PROFILES = ("own", "platform", "cim")
LETTER_STATES = ("waiting", "sent", "done", "dead", "mended", "dropped")
OPEN_LETTER = "state IN ('waiting','sent')"
TASK_STATES = ("planned", "running", "paused", "cancelling", "cancelled", "finished")
LIVE_TASK = "state NOT IN ('cancelled','finished')"
PROPOSAL_STATES = ("proposed", "approved", "rejected")
DESTINATION_STATES = ("free", "used")


class ReceiverRow(SQLModel, table=True):
    """Somebody who is written to. `url` is empty for one who fetches the letters by a cursor.

    While nobody answers, `online` is false and one letter alone is tried again at `retry_ms`.
    """

    __tablename__ = "receiver"
    __table_args__ = (sa.CheckConstraint(one_of("profile", PROFILES), name="ck_receiver_profile"),)
    name: str = Field(primary_key=True)
    profile: str
    url: str = ""
    enabled: bool = True
    gates: bool = False  # packing waits for its destination codes
    boxes_open: int = -1  # packing waits while more packed boxes of a task are not taken; -1: for none
    empties_ahead: int = 0  # it is asked for empty boxes when fewer are in the house; 0: never
    online: bool = True
    since_ms: int = Field(default=0, sa_type=sa.BigInteger)  # in this condition
    last_ok_ms: int = Field(default=0, sa_type=sa.BigInteger)
    last_error: str = ""
    failures: int = 0  # in a row
    retry_ms: int = Field(default=0, sa_type=sa.BigInteger)


class LetterRow(SQLModel, table=True):
    """One message to one receiver. `turn` is its place in the line: of the letter that it stands for, else its own.

    waiting: to be sent at `due_ms`; sent: on the wire, or its answer unknown; done: the receiver has it; dead: refused
    or tried too often, `reason` and `answer` say why; mended: another letter stands for it; dropped: given up by hand.
    """

    __tablename__ = "letter"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", LETTER_STATES), name="ck_letter_state"),
        sa.CheckConstraint("state <> 'dead' OR reason <> ''", name="ck_letter_dead_has_a_reason"),
        sa.CheckConstraint("(state IN ('waiting','sent')) = (done_ms = 0)", name="ck_letter_done_ms"),
        sa.UniqueConstraint("receiver", "key"),
        partial_index("ix_letter_open", "receiver", "task", "turn", "number", where=OPEN_LETTER),
        partial_index("ix_letter_dead", "receiver", "task", where="state = 'dead'"),
        partial_index("ix_letter_stands_for", "stands_for", where="stands_for > 0"),
        sa.Index("ix_letter_task", "task", "number"),
        sa.Index("ix_letter_subject", "subject"),
        sa.Index("ix_letter_state", "state", "receiver", "number"),
        sa.Index("ix_letter_kind", "kind", "number"),
    )
    number: int | None = Field(default=None, primary_key=True)
    turn: int = Field(default=0, sa_type=sa.BigInteger)
    receiver: str = Field(foreign_key="receiver.name")
    kind: str
    key: str
    task: str = ""
    subject: str = ""  # box, pallet, order or meter that it is about
    body: str  # JSON, in our own words
    state: str = "waiting"
    attempts: int = 0
    due_ms: int = Field(default=0, sa_type=sa.BigInteger)
    created_ms: int = Field(sa_type=sa.BigInteger)
    done_ms: int = Field(default=0, sa_type=sa.BigInteger)
    answer: str = ""  # the receiver's own words
    reason: str = ""
    stands_for: int = 0  # the letter that was mended or split


class LetterBarRow(SQLModel, table=True):
    """A meter that a letter speaks of, for the log and for the daily comparison."""

    __tablename__ = "letter_bar"
    __table_args__ = (sa.Index("ix_letter_bar_bar_code", "bar_code"), {"sqlite_with_rowid": False})
    letter: int = Field(primary_key=True, foreign_key="letter.number")
    bar_code: str = Field(primary_key=True)


class ReceivedRow(SQLModel, table=True):
    """A message that came in, and what was answered: the same key gets the same answer for ever."""

    __tablename__ = "received_letter"
    __table_args__ = (sa.UniqueConstraint("sender", "key"), sa.Index("ix_received_letter_task", "task", "number"))
    number: int | None = Field(default=None, primary_key=True)
    sender: str
    kind: str
    key: str
    task: str = ""
    body: str
    answer: str
    at_ms: int = Field(sa_type=sa.BigInteger)


class TaskRow(SQLModel, table=True):
    """What marketing asks for: a lot to be verified, sampled, counted, or sent out. `key` is marketing's own number.

    `ending` says what running benches do when it is cancelled: "finish" or "abort". `body` is the wish as it came.
    """

    __tablename__ = "verification_task"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", TASK_STATES), name="ck_verification_task_state"),
        sa.CheckConstraint("quantity >= 0", name="ck_verification_task_quantity"),
        sa.Index("ix_verification_task_lot", "lot", "number"),
        partial_index("ix_verification_task_live", "priority", "number", where=LIVE_TASK),
    )
    number: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    sender: str = ""  # the receiver row that it belongs to
    source: str = ""  # before installation, sampling, re-check of aged stock, ...: a code of the utility
    category: str = ""  # of the equipment, a code of the utility
    kind: str = "verify"
    lot: str = ""
    model: str = ""
    quantity: int = 0
    priority: int = 0
    state: str = "planned"
    line: str = ""
    scheme: str = ""
    purpose: str = "first"
    order: int = 0  # the outbound order that carries it out
    sample: int = 0
    ending: str = ""
    requested: str = "{}"
    body: str = "{}"
    reason: str = ""
    params: str = "{}"
    issued_ms: int = Field(default=0, sa_type=sa.BigInteger)
    due_ms: int = Field(default=0, sa_type=sa.BigInteger)
    created_ms: int = Field(sa_type=sa.BigInteger)
    ended_ms: int = Field(default=0, sa_type=sa.BigInteger)


class ProposalRow(SQLModel, table=True):
    """What the stock proposes for a task, and what marketing says to it. `boxes` is JSON."""

    __tablename__ = "proposal"
    __table_args__ = (sa.CheckConstraint(one_of("state", PROPOSAL_STATES), name="ck_proposal_state"),)
    task: int = Field(primary_key=True, foreign_key="verification_task.number")
    round: int = Field(primary_key=True)
    state: str = "proposed"
    boxes: str
    meters: int = 0
    asked_ms: int = Field(sa_type=sa.BigInteger)
    answered_ms: int = Field(default=0, sa_type=sa.BigInteger)
    answer: str = ""


class DestinationRow(SQLModel, table=True):
    """A destination code fetched ahead: which box of a task goes where, by its verdict."""

    __tablename__ = "destination"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", DESTINATION_STATES), name="ck_destination_state"),
        sa.CheckConstraint("(state = 'used') = (box <> '')", name="ck_destination_used_by_a_box"),
        sa.UniqueConstraint("task", "code"),
        partial_index("ix_destination_free", "task", "verdict", "number", where="state = 'free'"),
    )
    number: int | None = Field(default=None, primary_key=True)
    task: str
    verdict: int
    code: str
    box: str = ""
    state: str = "free"
    fetched_ms: int = Field(default=0, sa_type=sa.BigInteger)
    used_ms: int = Field(default=0, sa_type=sa.BigInteger)

"""Rows of the stock. Units are known by the code that is printed on them.

A box's content has one lot, one model and one verdict, so a meter in a box shares the state of its box; a
meter outside a box (on the line, lost) carries its own. States are roles; what a utility calls them is data
(`code` table).
"""

from __future__ import annotations

# pyright: reportAssignmentType=false
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from wms.rows import one_of, partial_index

ROLES = (
    "expected", "not_delivered", "received", "to_verify", "on_line", "qualified", "rejected", "allocated", "shipped",
    "quarantine", "missing", "empty", "returned", "to_maker", "scrapped",
)  # fmt: skip
WHEREABOUTS = ("announced", "moving", "stored", "on_line", "missing", "gone")
BLOCKS = ("", "occupied", "empty", "manual")
TIDY_STATES = ("planned", "moving", "done", "dropped")
FREE = "pallet IS NULL AND reserved_for IS NULL AND blocked = ''"


class CodeRow(SQLModel, table=True):
    """One entry of a code table: the utility's code, our role for it, and its names."""

    __tablename__ = "code"
    name: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    role: str
    zh: str
    en: str


class ModelRow(SQLModel, table=True):
    """A type of asset, and how it is packed. Lists are JSON."""

    __tablename__ = "model"
    __table_args__ = (
        sa.CheckConstraint("per_box > 0 AND boxes_per_pile > 0 AND piles_per_pallet > 0", name="ck_model_packing"),
    )
    code: str = Field(primary_key=True)
    asset_class: str
    phase: str
    accuracy_classes: str
    rated_voltages: str
    currents: str
    constants: str
    per_box: int
    boxes_per_pile: int
    piles_per_pallet: int
    box_height_mm: int


class LotRow(SQLModel, table=True):
    """A delivery lot; `number` stands for it on the wire."""

    __tablename__ = "lot"
    number: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)


class AisleRow(SQLModel, table=True):
    """An aisle as the put-away rule sees it; the two flags tell why its crane cannot work."""

    __tablename__ = "aisle"
    id: str = Field(primary_key=True)
    crane: str
    plc: str
    infeed: str
    machine_fault: bool = False
    link_lost: bool = False


class StationRow(SQLModel, table=True):
    """A station, line or dock as the WMS must know it; `target` is a picking station's second point.

    `kind` is "line" for one that its maker's control leads, "cells" for one that is led cell by cell; `phase` is
    what such a line verifies.
    """

    __tablename__ = "station"
    id: str = Field(primary_key=True)
    kind: str
    point: str
    target: str = ""
    phase: str = ""
    districts: str = "[]"


class PalletRow(SQLModel, table=True):
    """A pallet, whether it holds anything or not. `place` is where it stands or was last seen."""

    __tablename__ = "pallet"
    __table_args__ = (
        sa.CheckConstraint(one_of("whereabouts", WHEREABOUTS), name="ck_pallet_whereabouts"),
        sa.CheckConstraint("weight_g >= 0 AND height_mm >= 0", name="ck_pallet_size"),
        sa.Index("ix_pallet_lot_arrived_ms", "lot", "arrived_ms"),
        partial_index("ix_pallet_inbound", "inbound", where="inbound IS NOT NULL"),
    )
    code: str = Field(primary_key=True)
    whereabouts: str
    place: str = ""
    lot: int | None = Field(default=None, foreign_key="lot.number")
    inbound: int | None = Field(default=None, foreign_key="inbound_order.number")
    weight_g: int = 0
    height_mm: int = 0
    arrived_ms: int | None = Field(default=None, sa_type=sa.BigInteger)


class BoxRow(SQLModel, table=True):
    """A turnover box. `meters` counts what is in it; `pile` is its stack on the pallet, from 1."""

    __tablename__ = "box"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", ROLES), name="ck_box_state"),
        sa.CheckConstraint("meters >= 0 AND pile >= 0 AND verdict IN (0,1,2)", name="ck_box_content"),
        sa.Index("ix_box_pallet", "pallet"),
        sa.Index("ix_box_model_state_verified_ms", "model", "state", "verified_ms"),
        partial_index("ix_box_inbound", "inbound", where="inbound IS NOT NULL"),
    )
    code: str = Field(primary_key=True)
    pallet: str | None = Field(default=None, foreign_key="pallet.code")
    pile: int = 0
    pile_code: str = ""
    lot: int | None = Field(default=None, foreign_key="lot.number")
    model: str | None = Field(default=None, foreign_key="model.code")
    inbound: int | None = Field(default=None, foreign_key="inbound_order.number")
    meters: int = 0
    state: str
    verdict: int = 0
    verified_ms: int = Field(default=0, sa_type=sa.BigInteger)


class AssetRow(SQLModel, table=True):
    """An asset with a bar code: a meter, terminal, transformer or module, by the class of its model."""

    __tablename__ = "asset"
    __table_args__ = (
        sa.CheckConstraint("(box IS NULL) <> (state IS NULL)", name="ck_asset_in_box_or_own_state"),
        sa.CheckConstraint("state IS NULL OR " + one_of("state", ROLES), name="ck_asset_state"),
        sa.CheckConstraint("verdict IN (0,1,2)", name="ck_asset_verdict"),
        partial_index("ix_asset_box", "box", where="box IS NOT NULL"),
        partial_index("ix_asset_loose", "lot", "state", where="state IS NOT NULL"),
        {"sqlite_with_rowid": False},
    )
    bar_code: str = Field(primary_key=True)
    box: str | None = Field(default=None, foreign_key="box.code")
    lot: int = Field(foreign_key="lot.number")
    model: str = Field(foreign_key="model.code")
    made_on: str = ""
    state: str | None = None
    verdict: int = 0
    seal: str = ""
    verified_ms: int = Field(default=0, sa_type=sa.BigInteger)


class SlotRow(SQLModel, table=True):
    """One place in a rack: at most one pallet stands in it or is promised it, and no pallet has two."""

    __tablename__ = "slot"
    __table_args__ = (
        sa.CheckConstraint("pallet IS NULL OR reserved_for IS NULL", name="ck_slot_one_unit"),
        sa.CheckConstraint(one_of("blocked", BLOCKS), name="ck_slot_blocked"),
        sa.UniqueConstraint("pallet", name="uq_slot_pallet"),
        sa.UniqueConstraint("reserved_for", name="uq_slot_reserved_for"),
        partial_index("ix_slot_free", "aisle", "clear_height_mm", "depth", "travel_ms", "id", where=FREE),
        partial_index("ix_slot_awaiting", "aisle", where="reserved_for IS NOT NULL"),
    )
    id: str = Field(primary_key=True)
    aisle: str = Field(foreign_key="aisle.id")
    travel_ms: int  # of the crane, from the in-feed
    depth: int = Field(default=1, sa_column_kwargs={"server_default": "1"})  # 2 behind 1
    mate: str | None = None  # the other slot of a lane two deep
    clear_height_mm: int
    max_weight_g: int
    pallet: str | None = Field(default=None, foreign_key="pallet.code")
    reserved_for: str | None = Field(default=None, foreign_key="pallet.code")
    blocked: str = ""
    blocked_unit: str = ""  # whom the books had in it when it was found empty
    blocked_ms: int = Field(default=0, sa_type=sa.BigInteger)


class TurnoverRow(SQLModel, table=True):
    """A kind of pallet by model and stage: how many are stored, and the calls a day for all of them at `at_ms`."""

    __tablename__ = "turnover"
    model: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    stored: int = 0
    calls_day: float = 0.0
    at_ms: int = Field(default=0, sa_type=sa.BigInteger)


class SlotPlanRow(SQLModel, table=True):
    """The slot that a pallet of a delivery should have by a plan for all of it; a hope, not a reservation."""

    __tablename__ = "slot_plan"
    __table_args__ = (sa.Index("ix_slot_plan_inbound", "inbound"),)
    pallet: str = Field(primary_key=True)
    inbound: int
    slot: str


class TidyMoveRow(SQLModel, table=True):
    """A move of a stored pallet for a better slot, to be made while its crane has nothing else to do.

    `gain_s` is what it saves over the days that count, beyond what it takes; `why` is "turnover" or "called".
    """

    __tablename__ = "tidy_move"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", TIDY_STATES), name="ck_tidy_move_state"),
        partial_index("ix_tidy_move_planned", "aisle", "number", where="state = 'planned'"),
        partial_index("ix_tidy_move_moving", "aisle", where="state = 'moving'"),
    )
    number: int | None = Field(default=None, primary_key=True)
    aisle: str
    pallet: str
    source: str
    target: str
    takes_s: float
    gain_s: float
    why: str
    state: str = "planned"
    transport: int = 0
    planned_ms: int = Field(sa_type=sa.BigInteger)


class ClarificationRow(SQLModel, table=True):
    """Something that a person must look into."""

    __tablename__ = "clarification"
    __table_args__ = (partial_index("ix_clarification_open", "subject", where="closed_ms = 0"),)
    number: int | None = Field(default=None, primary_key=True)
    subject: str
    reason: str
    params: str = "{}"
    raised_ms: int = Field(sa_type=sa.BigInteger)
    closed_ms: int = Field(default=0, sa_type=sa.BigInteger)


class WaitingRow(SQLModel, table=True):
    """A question of the WCS that could not be answered yet; it is taken up again when something changes."""

    __tablename__ = "waiting_question"
    question: str = Field(primary_key=True)
    asked: str  # the fact's payload
    reason: str

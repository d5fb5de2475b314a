"""What anybody may read of the stock: totals, where a code is, what each slot holds, what a person must look into."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wms.inbound.tables import InboundOrderRow
from wms.rows import table
from wms.stock import barcodes
from wms.stock.tables import (
    ROLES,
    AisleRow,
    AssetRow,
    BoxRow,
    ClarificationRow,
    CodeRow,
    LotRow,
    ModelRow,
    PalletRow,
    SlotRow,
)

_box, _asset, _pallet, _slot = table(BoxRow), table(AssetRow), table(PalletRow), table(SlotRow)
_lot, _model, _code, _aisle = table(LotRow), table(ModelRow), table(CodeRow), table(AisleRow)
_inbound, _clarification = table(InboundOrderRow), table(ClarificationRow)
_hidden = sa.select(_inbound.c.number).where(_inbound.c.state == "staging").scalar_subquery()
UNFINISHED = ("received", "to_verify", "on_line")
NOT_IN = ("expected", "not_delivered")


class Totals(BaseModel):
    """Meters by role, and the sums that the account must come out with: in = in stock + shipped + all the rest."""

    by_role: dict[str, int]
    meters_in: int
    meters_stored: int
    meters_in_stock: int
    meters_shipped: int
    meters_rejected: int
    unfinished: int
    quarantine: int
    missing: int
    slots: int
    slots_used: int
    slots_reserved: int
    slots_blocked: int
    units_per_slot_max: int


class Found(BaseModel):
    """Where a code is. `kind` is asset, box, pile, pallet, lot or slot; fields that say nothing of it are empty."""

    kind: str
    code: str
    state: str = ""
    lot: str = ""
    model: str = ""
    box: str = ""
    pile: int = 0
    pallet: str = ""
    place: str = ""
    meters: int = 0
    verdict: int = 0
    seal: str = ""
    comm_address: str = ""


class SlotView(BaseModel):
    """A slot and what it holds."""

    id: str
    aisle: str
    pallet: str = ""
    lot: str = ""
    reserved_for: str = ""
    blocked: str = ""


class ClarificationView(BaseModel):
    """Something that a person must look into."""

    number: int
    subject: str
    reason: str
    params: dict[str, Any]
    raised_ms: int
    closed_ms: int


class CodeView(BaseModel):
    """One entry of a code table."""

    name: str
    code: str
    role: str
    zh: str
    en: str


def totals(session: Session) -> Totals:
    """Return the account of the stock."""
    count: dict[str, int] = dict.fromkeys(ROLES, 0)
    visible = sa.or_(_box.c.inbound.is_(None), _box.c.inbound.not_in(_hidden))
    boxed = sa.select(_box.c.state, sa.func.sum(_box.c.meters)).where(visible).group_by(_box.c.state)
    loose = sa.select(_asset.c.state, sa.func.count()).where(_asset.c.state.is_not(None)).group_by(_asset.c.state)
    for query in (boxed, loose):
        for state, meters in session.connection().execute(query):
            count[state] += int(meters)
    return Totals(
        by_role=count, meters_in=sum(n for role, n in count.items() if role not in NOT_IN),
        meters_stored=_stored(session), meters_in_stock=count["qualified"] + count["allocated"],
        meters_shipped=count["shipped"], meters_rejected=count["rejected"],
        unfinished=sum(count[role] for role in UNFINISHED), quarantine=count["quarantine"], missing=count["missing"],
        **_slots(session),
    )  # fmt: skip


def find(session: Session, code: str) -> list[Found]:
    """Return everything that goes by `code`: a bar code, an address on the wire, a box, pile, pallet, lot or slot."""
    code = code.strip()
    found = _assets(session, _asset.c.bar_code == code) or _boxes(session, sa.or_(_box.c.code == code))
    if not found and len(code) == barcodes.LENGTH - 10 and code.isdigit():
        found = _assets(session, sa.func.substr(_asset.c.bar_code, 10, 12) == code)
    return found or _pallets(session, code) or _lots(session, code) or _boxes(session, _box.c.pile_code == code)


def phase_of(session: Session, lot: str) -> str:
    """Return the phase of what a lot holds (1ph, 3ph), "" for an unknown lot."""
    query = sa.select(_model.c.phase).join(_box, _box.c.model == _model.c.code).join(_lot, _lot.c.number == _box.c.lot)
    return str(session.connection().execute(query.where(_lot.c.code == lot).limit(1)).scalar() or "")


def slot_map(session: Session) -> list[SlotView]:
    """Return every slot with what it holds, by name."""
    query = (
        sa.select(_slot.c.id, _slot.c.aisle, _slot.c.pallet, _lot.c.code, _slot.c.reserved_for, _slot.c.blocked)
        .outerjoin(_pallet, _pallet.c.code == _slot.c.pallet)
        .outerjoin(_lot, _lot.c.number == _pallet.c.lot)
        .order_by(_slot.c.id)
    )
    return [
        SlotView(id=i, aisle=a, pallet=p or "", lot=lot or "", reserved_for=r or "", blocked=b)
        for i, a, p, lot, r, b in session.connection().execute(query)
    ]


def clarifications(session: Session, *, open_only: bool = True, limit: int = 200) -> list[ClarificationView]:
    """Return what a person must look into, the oldest first."""
    query = sa.select(_clarification).order_by(_clarification.c.number).limit(limit)
    if open_only:
        query = query.where(sa.text("closed_ms = 0"))
    rows = session.connection().execute(query).mappings()
    return [ClarificationView.model_validate(dict(row) | {"params": json.loads(row["params"])}) for row in rows]


def code_table(session: Session, name: str) -> list[CodeView]:
    """Return the entries of a code table."""
    query = sa.select(_code).where(_code.c.name == name).order_by(_code.c.code)
    return [CodeView.model_validate(dict(row)) for row in session.connection().execute(query).mappings()]


def lots(session: Session) -> list[dict[str, Any]]:
    """Return every lot with its meters by state: number, code, and states."""
    boxed = sa.select(_lot.c.number, _lot.c.code, _box.c.state, sa.func.sum(_box.c.meters)).join(
        _box, _box.c.lot == _lot.c.number
    ).group_by(_lot.c.number, _lot.c.code, _box.c.state).order_by(_lot.c.number)  # fmt: skip
    found: dict[int, dict[str, Any]] = {}
    for number, code, state, meters in session.connection().execute(boxed):
        lot = found.setdefault(number, {"number": number, "code": code, "states": {}})
        lot["states"][state] = int(meters)
    return list(found.values())


def _stored(session: Session) -> int:
    query = sa.select(sa.func.sum(_box.c.meters)).join(_slot, _slot.c.pallet == _box.c.pallet)
    return int(session.connection().execute(query).scalar() or 0)


def _slots(session: Session) -> dict[str, int]:
    query = sa.select(
        sa.func.count(), sa.func.count(_slot.c.pallet), sa.func.count(_slot.c.reserved_for),
        sa.func.sum(sa.case((_slot.c.blocked != "", 1), else_=0)),
    )  # fmt: skip
    total, used, reserved, blocked = session.connection().execute(query).one()
    standing = sa.select(sa.func.count().label("n")).where(_pallet.c.whereabouts == "stored").group_by(_pallet.c.place)
    most = session.connection().execute(sa.select(sa.func.max(standing.subquery().c.n))).scalar()
    return {
        "slots": total, "slots_used": used, "slots_reserved": reserved, "slots_blocked": int(blocked or 0),
        "units_per_slot_max": int(most or 0),
    }  # fmt: skip


def _assets(session: Session, where: Any) -> list[Found]:
    query = (
        sa.select(
            _asset.c.bar_code, sa.func.coalesce(_asset.c.state, _box.c.state).label("state"), _asset.c.model,
            _asset.c.verdict, _asset.c.seal, _asset.c.box, _box.c.pile, _box.c.pallet, _pallet.c.place,
            _lot.c.code.label("lot"),
        )
        .outerjoin(_box, _box.c.code == _asset.c.box)
        .outerjoin(_pallet, _pallet.c.code == _box.c.pallet)
        .join(_lot, _lot.c.number == _asset.c.lot)
        .where(where, sa.or_(_box.c.inbound.is_(None), _box.c.inbound.not_in(_hidden)))
        .limit(100)
    )  # fmt: skip
    return [
        Found(
            kind="asset", code=r.bar_code, state=r.state, lot=r.lot, model=r.model, box=r.box or "", pile=r.pile or 0,
            pallet=r.pallet or "", place=r.place or "", meters=1, verdict=r.verdict, seal=r.seal,
            comm_address=barcodes.comm_address(r.bar_code),
        )
        for r in session.connection().execute(query)
    ]  # fmt: skip


def _boxes(session: Session, where: Any) -> list[Found]:
    query = (
        sa.select(_box, _pallet.c.place, _lot.c.code.label("lot_code"))
        .outerjoin(_pallet, _pallet.c.code == _box.c.pallet)
        .outerjoin(_lot, _lot.c.number == _box.c.lot)
        .where(where, sa.or_(_box.c.inbound.is_(None), _box.c.inbound.not_in(_hidden)))
        .order_by(_box.c.code)
        .limit(100)
    )
    return [
        Found(
            kind="box", code=r.code, state=r.state, lot=r.lot_code or "", model=r.model or "", box=r.code,
            pile=r.pile, pallet=r.pallet or "", place=r.place or "", meters=r.meters, verdict=r.verdict,
        )
        for r in session.connection().execute(query)
    ]  # fmt: skip


def _pallets(session: Session, code: str) -> list[Found]:
    meters = sa.select(sa.func.coalesce(sa.func.sum(_box.c.meters), 0)).where(_box.c.pallet == _pallet.c.code)
    query = (
        sa.select(_pallet, _lot.c.code.label("lot_code"), meters.scalar_subquery().label("meters"))
        .outerjoin(_lot, _lot.c.number == _pallet.c.lot)
        .where(sa.or_(_pallet.c.code == code, _pallet.c.code.in_(sa.select(_slot.c.pallet).where(_slot.c.id == code))))
        .where(sa.or_(_pallet.c.inbound.is_(None), _pallet.c.inbound.not_in(_hidden)))
    )
    return [
        Found(
            kind="pallet", code=r.code, state=r.whereabouts, lot=r.lot_code or "", pallet=r.code, place=r.place,
            meters=r.meters,
        )
        for r in session.connection().execute(query)
    ]  # fmt: skip


def _lots(session: Session, code: str) -> list[Found]:
    query = sa.select(_lot.c.number).where(_lot.c.code == code)
    number = session.connection().execute(query).scalar()
    if number is None:
        return []
    meters = session.connection().execute(sa.select(sa.func.count()).where(_asset.c.lot == number)).scalar()
    return [Found(kind="lot", code=code, lot=code, meters=int(meters or 0))]

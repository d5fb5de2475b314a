"""A snapshot in the books of a study's WMS: stock as it stood, deliveries as announced, orders placed again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from simulation.studies.snapshot.document import Owed, Snapshot, Standing
from simulation.study import StudyError
from wms.errors import Refused
from wms.inbound.tables import InboundOrderRow
from wms.outbound import service
from wms.rows import chunks, table, upsert
from wms.stock.tables import AssetRow, BoxRow, LotRow, ModelRow, PalletRow, SlotRow

CHUNK = 5_000
Numbers = dict[str, int]


def book(session: Session, snapshot: Snapshot, *, purpose: str = "first", at_ms: int = 0) -> None:
    """Write a snapshot into the books of a new installation that knows its plant; never commits.

    `purpose` chooses the scheme by which what is to be verified for the first time is. Raises StudyError with every
    order that cannot be placed again.
    """
    connection = session.connection()
    upsert(session, ModelRow, [model.model_dump() for model in snapshot.models])
    names = {pallet.lot for pallet in snapshot.pallets} | {b.lot for p in snapshot.pallets for b in p.boxes}
    lots = _numbered(session, LotRow, "code", [{"code": name} for name in sorted(name for name in names if name)])
    deliveries = _numbered(session, InboundOrderRow, "asn", list(_deliveries(snapshot, at_ms)))
    _insert(session, PalletRow, _pallets(snapshot, lots, deliveries))
    _insert(session, BoxRow, _boxes(snapshot, lots, deliveries))
    _insert(session, AssetRow, _meters(snapshot, lots))
    slot = table(SlotRow)
    held = sa.update(slot).where(slot.c.id == sa.bindparam("at")).values(pallet=sa.bindparam("unit"))
    taken = [{"at": pallet.slot, "unit": pallet.code} for pallet in snapshot.pallets if pallet.slot]
    shut = sa.update(slot).where(slot.c.id == sa.bindparam("at")).values(blocked=sa.bindparam("why"))
    blocked = [{"at": one.slot, "why": one.why} for one in snapshot.blocked]
    for statement, rows in ((held, taken), (shut, blocked)):
        if rows:
            connection.execute(statement, rows)
    _placed_again(session, snapshot, purpose, at_ms)


def _placed_again(session: Session, snapshot: Snapshot, purpose: str, at_ms: int) -> None:
    """Place the open orders again, by the WMS's own rules."""
    refused: list[str] = []
    for order in snapshot.orders:
        try:
            _place(session, order, purpose, at_ms)
        except Refused as no:
            refused.append(f"order {order.key} cannot be placed: {no.code} {no.params}")
    if refused:
        raise StudyError(refused)


def _place(session: Session, order: Owed, purpose: str, at_ms: int) -> None:
    if order.kind == "distribution":
        wishes = [(wish.district, wish.model, wish.quantity) for wish in order.wishes]
        service.create_distribution(session, key=order.key, lines=wishes, at_ms=at_ms)
        return
    why = "recheck" if order.again else purpose
    service.create_verification(session, key=order.key, lot=order.lot or "", line=order.line, purpose=why, at_ms=at_ms)


def _numbered(session: Session, model: Any, key: str, rows: list[dict[str, Any]]) -> Numbers:
    """Insert rows and return their numbers by key."""
    target = table(model)
    if rows:
        session.connection().execute(sa.insert(target), rows)
    found = session.connection().execute(sa.select(target.c[key], target.c.number))
    return {str(name): int(number) for name, number in found}


def _insert(session: Session, model: Any, rows: Iterator[dict[str, Any]]) -> None:
    for part in chunks(rows, CHUNK):
        session.connection().execute(sa.insert(table(model)), part)


def _deliveries(snapshot: Snapshot, at_ms: int) -> Iterator[dict[str, Any]]:
    for name in sorted({pallet.delivery for pallet in snapshot.pallets if pallet.delivery}):
        mine = [pallet for pallet in snapshot.pallets if pallet.delivery == name]
        boxes = [box for pallet in mine for box in pallet.boxes]
        yield {
            "asn": name, "state": "announced", "meters": sum(len(box.meters) for box in boxes), "boxes": len(boxes),
            "expected": len(mine), "received": 0, "short": 0, "extra": 0, "damaged": 0, "reason": "",
            "announced_ms": at_ms, "closed_ms": 0,
        }  # fmt: skip


def _pallets(snapshot: Snapshot, lots: Numbers, deliveries: Numbers) -> Iterator[dict[str, Any]]:
    for pallet in snapshot.pallets:
        yield {
            "code": pallet.code, "whereabouts": "stored" if pallet.slot else "announced", "place": pallet.slot,
            "lot": lots.get(pallet.lot or ""), "inbound": deliveries.get(pallet.delivery),
            "weight_g": pallet.weight_g, "height_mm": pallet.height_mm, "arrived_ms": pallet.arrived_ms,
        }  # fmt: skip


def _boxes(snapshot: Snapshot, lots: Numbers, deliveries: Numbers) -> Iterator[dict[str, Any]]:
    for pallet in snapshot.pallets:
        for box in pallet.boxes:
            yield {
                "code": box.code, "pallet": pallet.code, "pile": box.pile, "pile_code": _pile(pallet, box.pile),
                "lot": lots.get(box.lot or ""), "model": box.model, "inbound": deliveries.get(pallet.delivery),
                "meters": len(box.meters), "state": box.state, "verdict": box.verdict,
                "verified_ms": box.verified_ms,
            }  # fmt: skip


def _pile(pallet: Standing, pile: int) -> str:
    return f"{pallet.code}-{pile}"


def _meters(snapshot: Snapshot, lots: Numbers) -> Iterator[dict[str, Any]]:
    for pallet in snapshot.pallets:
        for box in pallet.boxes:
            for code in box.meters:
                yield {
                    "bar_code": code, "box": box.code, "lot": lots[box.lot or ""], "model": box.model, "made_on": "",
                    "state": None, "verdict": box.verdict, "seal": "", "verified_ms": box.verified_ms,
                }  # fmt: skip

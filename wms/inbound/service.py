"""Deliveries taken in as a whole or not at all, and what has arrived of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.errors import Refused
from wms.inbound.rules import Delivery, read_delivery
from wms.inbound.tables import InboundOrderRow
from wms.reasons import Reason
from wms.rows import table, upsert
from wms.stock import booking, codes
from wms.stock.booking import Between, Wanted
from wms.stock.load import BoxDraft, Problem
from wms.stock.tables import BoxRow, PalletRow

_inbound, _box, _pallet = table(InboundOrderRow), table(BoxRow), table(PalletRow)
WHOLE_FILE = 0


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a delivery file. Counts are of what was accepted; `order` is 0 if nothing was stored."""

    asn: str
    order: int
    rows: int
    meters: int
    boxes: int
    piles: int
    pallets: int
    lots: int
    quarantined: int
    problems: tuple[Problem, ...]


def check_file(path: Path) -> Intake:
    """Check a delivery file as far as the file alone can tell, with the models that come with the software."""
    models = {row["code"]: codes.model_from(row) for row in codes.models_from_file()}
    return _intake(read_delivery(path.read_bytes(), models, codes.roles_from_file("asset_type")), 0, 0)


def import_delivery(
    session: Session, content: bytes, *, at_ms: int, quarantine: bool = False, between: Between = lambda: None
) -> Intake:
    """Take in a delivery as announced; with problems nothing is stored and every bad row is named.

    With `quarantine` the good boxes are accepted, and each bad one is booked for clarification. `between` is
    called after each chunk of rows: pass `session.commit` to keep write transactions short, as nothing becomes
    visible before the last statement.
    """
    models, types = codes.models(session), codes.roles(session, "asset_type")
    between()
    delivery = read_delivery(content, models, types)
    if not delivery.fatal:
        _against_stock(session, delivery, between)
    good = delivery.load.good_boxes()
    if delivery.fatal or not good or (delivery.load.problems and not quarantine):
        return _intake(delivery, 0, 0)
    order = _open(session, delivery.asn, at_ms)
    between()
    wanted = Wanted(good, lambda _: "expected", "announced", order)
    booking.stage(session, delivery.load, wanted, between)
    desk = Desk(session, at_ms)
    set_aside = _quarantine(desk, delivery, order)
    intake = _intake(delivery, order, set_aside)
    _show(desk, intake)
    desk.close()
    return intake


def close_short(session: Session, number: int, *, reason: str, at_ms: int) -> None:
    """Close an inbound order although pallets never came. Raises Refused if it is not open or nothing is short."""
    desk = Desk(session, at_ms)
    row = desk.connection.execute(sa.select(_inbound).where(_inbound.c.number == number)).first()
    if row is None or row.state not in ("announced", "receiving"):
        raise Refused("inbound_not_open", order=number)
    missing = sa.select(_pallet.c.code).where(_pallet.c.inbound == number, _pallet.c.whereabouts == "announced")
    never = sa.update(_box).where(_box.c.pallet.in_(missing), _box.c.state == "expected")
    desk.connection.execute(never.values(state="not_delivered"))
    short = row.expected - row.received
    closed = sa.update(_inbound).where(_inbound.c.number == number)
    values = {"state": "closed_short", "short": short, "reason": reason, "closed_ms": max(1, at_ms)}
    desk.connection.execute(closed.values(**values))
    desk.book("InboundClosedShort", row.asn, order=number, short=short, reason=reason)
    desk.close()


def report_damaged(session: Session, pallet: str, *, reason: str, at_ms: int) -> None:
    """Put a pallet into quarantine: nothing on it is verified or promised. Raises Refused if it is not known here."""
    desk = Desk(session, at_ms)
    row = desk.connection.execute(sa.select(_pallet).where(_pallet.c.code == pallet)).first()
    if row is None or row.whereabouts not in ("announced", "moving", "stored"):
        raise Refused("pallet_not_here", pallet=pallet)
    boxes = sa.update(_box).where(_box.c.pallet == pallet, _box.c.state.in_(["expected", "received", "to_verify"]))
    if desk.connection.execute(boxes.values(state="quarantine")).rowcount == 0:
        raise Refused("nothing_to_set_aside", pallet=pallet)
    damaged = sa.update(_inbound).where(_inbound.c.number == row.inbound)
    desk.connection.execute(damaged.values(damaged=_inbound.c.damaged + 1))
    desk.clarify(pallet, Reason("damaged", {"what": reason}))
    desk.book("PalletDamaged", pallet, reason=reason)
    desk.close()


def accept_extra(session: Session, pallet: str, *, order: int, at_ms: int) -> None:
    """Take in a pallet that nobody announced, as an extra one of an inbound order; what is on it stays unknown."""
    desk = Desk(session, at_ms)
    if desk.connection.execute(sa.select(_pallet.c.code).where(_pallet.c.code == pallet)).first() is not None:
        raise Refused("pallet_known", pallet=pallet)
    extra = sa.update(_inbound).where(_inbound.c.number == order, _inbound.c.state != "staging")
    if desk.connection.execute(extra.values(extra=_inbound.c.extra + 1)).rowcount != 1:
        raise Refused("unknown_inbound_order", order=order)
    row = {"code": pallet, "whereabouts": "moving", "place": "", "inbound": order, "arrived_ms": at_ms}
    upsert(session, PalletRow, [row | {"weight_g": 0, "height_mm": 0}])
    desk.book("PalletExtra", pallet, order=order)
    desk.close()


def discard_staging(session: Session, between: Between = lambda: None) -> None:
    """Take out what an intake left behind that was interrupted."""
    left = session.connection().execute(sa.select(_inbound.c.number).where(_inbound.c.state == "staging"))
    for number in left.scalars().all():
        _discard(session, number, between)


def _against_stock(session: Session, delivery: Delivery, between: Between) -> None:
    """Add what is wrong with a delivery because of what is in the books already."""
    old = session.connection().execute(sa.select(_inbound).where(_inbound.c.asn == delivery.asn)).first()
    if old is not None and old.state != "staging":
        delivery.load.problem(WHOLE_FILE, "asn", delivery.asn, "delivery_known_already", params={"order": old.number})
        delivery.fatal = True
        return
    if old is not None:
        _discard(session, old.number, between)
    delivery.load.problems += booking.clashes(session, delivery.load, between)
    delivery.load.problems.sort(key=lambda p: (p.line, p.column))


def _discard(session: Session, number: int, between: Between) -> None:
    booking.unstage(session, number, between)
    session.connection().execute(sa.delete(_inbound).where(_inbound.c.number == number))
    between()


def _open(session: Session, asn: str, at_ms: int) -> int:
    row = {"asn": asn, "state": "staging", "announced_ms": at_ms}
    counts = dict.fromkeys(("meters", "boxes", "expected", "received", "short", "extra", "damaged", "closed_ms"), 0)
    done = session.connection().execute(sa.insert(_inbound), row | counts | {"reason": ""})
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def _quarantine(desk: Desk, delivery: Delivery, order: int) -> int:
    """Book every box that something is wrong with: its reasons for a person, the box itself as set aside."""
    load, told = delivery.load, dict[str, list[Problem]]()
    for problem in load.problems:
        if problem.box:
            told.setdefault(problem.box, []).append(problem)
    kept = {p.box for p in load.problems if p.code in ("box_in_use", "pallet_in_use") or p.column == "box"}
    used = {draft.claim.pallet for draft in load.good_boxes()}
    aside = [load.boxes[box] for box in told if box not in kept and load.boxes[box].claim.pallet in used]
    upsert(desk.session, BoxRow, [_aside(load.piles, draft, order) for draft in aside])
    for box, problems in told.items():
        lines = ",".join(str(line) for line in sorted({p.line for p in problems})[:20])
        what = ",".join(sorted({p.code for p in problems}))
        desk.clarify(box, Reason("box_not_as_announced", {"asn": delivery.asn, "lines": lines, "what": what}))
    return len(told)


def _aside(piles: Mapping[str, Mapping[str, int]], draft: BoxDraft, order: int) -> dict[str, object]:
    claim = draft.claim
    return {
        "code": claim.box, "pallet": claim.pallet, "pile": piles[claim.pallet][claim.pile], "pile_code": claim.pile,
        "lot": None, "model": None, "inbound": order, "meters": 0, "state": "quarantine", "verdict": 0,
        "verified_ms": 0,
    }  # fmt: skip


def _show(desk: Desk, intake: Intake) -> None:
    """Make a staged delivery visible."""
    counts = {"meters": intake.meters, "boxes": intake.boxes, "expected": intake.pallets}
    desk.connection.execute(
        sa.update(_inbound).where(_inbound.c.number == intake.order).values(state="announced", **counts)
    )
    payload = {"meters": intake.meters, "boxes": intake.boxes, "pallets": intake.pallets, "lots": intake.lots}
    desk.book("DeliveryAnnounced", intake.asn, order=intake.order, quarantined=intake.quarantined, **payload)


def _intake(delivery: Delivery, order: int, quarantined: int) -> Intake:
    load = delivery.load
    claims = [draft.claim for draft in load.good_boxes()]
    intake = Intake(
        delivery.asn, order, delivery.rows, sum(load.boxes[c.box].meters for c in claims), len(claims),
        len({(c.pallet, c.pile) for c in claims}), len({c.pallet for c in claims}), len({c.lot for c in claims}),
        quarantined, tuple(load.problems),
    )  # fmt: skip
    return intake if not delivery.fatal else replace(intake, meters=0, boxes=0, piles=0, pallets=0, lots=0)

"""A lot's way through a verification line: called off pallet by pallet, packed, and closed with its account."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from wcs import orders
from wcs.orders import OrderKind
from wms.desk import Desk
from wms.line.tables import ExceptionBoxRow
from wms.outbound import trips, unverified
from wms.outbound.tables import LIVE_TRIP, OutboundOrderRow, TripRow
from wms.outbound.unverified import UNTESTED, UNVERIFIED
from wms.reasons import NONE, Reason
from wms.results import packing
from wms.rows import table
from wms.stock import units
from wms.stock.tables import AssetRow, BoxRow, PalletRow

_order, _trip, _pallet = table(OutboundOrderRow), table(TripRow), table(PalletRow)
_box, _asset = table(BoxRow), table(AssetRow)
_aside = table(ExceptionBoxRow)
_p = sa.bindparam
ASIDE = ("aside", "bound", "readmitted")
PACK = "pack:"
NOT_VERIFIED, PASSED, FAILED = 0, 1, 2
STATE = {PASSED: "qualified", FAILED: "rejected"}
_outside = (
    sa.select(_pallet.c.code)
    .where(_pallet.c.lot == _p("of_lot"), _pallet.c.whereabouts.in_(["announced", "moving", "stored"]))
    .where(~sa.exists().where(_trip.c.pallet == _pallet.c.code, sa.text(LIVE_TRIP)))
    .where(sa.exists().where(_box.c.pallet == _pallet.c.code, _box.c.state.in_(_p("wanted", expanding=True))))
    .order_by(_pallet.c.arrived_ms.is_(None), _pallet.c.arrived_ms, _pallet.c.code)
)
_put_meter = (
    sa.update(_asset)
    .where(_asset.c.bar_code == _p("code"), _asset.c.lot == _p("of_lot"))
    .values(box=_p("into_box"), state=None, verdict=_p("verdict_is"), seal=_p("seal_is"), verified_ms=_p("judged_ms"))
)
_account = (
    sa.select(_asset.c.verdict, sa.func.coalesce(_asset.c.state, _box.c.state), sa.func.count())
    .outerjoin(_box, _box.c.code == _asset.c.box)
    .where(_asset.c.lot == _p("of_lot"))
    .group_by(_asset.c.verdict, sa.func.coalesce(_asset.c.state, _box.c.state))
)


def outside(desk: Desk, lot: int, only: Collection[str] = ()) -> list[str]:
    """Return the pallets of a lot that wait for verification and belong to no order, in the order of arrival.

    After them those that came back because a station before the bench was silent: they need its finding still.
    With `only` no others than these.
    """
    found = _these(waiting_at(desk, lot, "expected", "received"), only)
    return found + unverified.called(desk, _these(waiting_at(desk, lot, "quarantine"), only), UNTESTED)


def waiting_at(desk: Desk, lot: int, *states: str) -> list[str]:
    """Return the pallets of a lot, of no order, that hold boxes in one of `states`, in the order of arrival."""
    return list(desk.connection.execute(_outside, {"of_lot": lot, "wanted": list(states)}).scalars())


def called(desk: Desk, lot: int, only: Collection[str]) -> list[str]:
    """Return those of some pallets of a lot on which boxes are called to be verified once more."""
    return _these(waiting_at(desk, lot, "to_verify"), only)


def again(desk: Desk, lot: int) -> list[str]:
    """Take the pallets of a lot out of the stock to be verified once more: qualified ones, and those never judged.

    What is promised to a district stays where it is. What no station has tested does not come: no withstand voltage
    belongs to a re-check.
    """
    found = waiting_at(desk, lot, "qualified")
    other = sa.select(_box.c.pallet).where(_box.c.pallet.in_(found), _box.c.state != "qualified")
    mixed = set(desk.connection.execute(other).scalars())
    pallets = [pallet for pallet in found if pallet not in mixed]
    for pallet in pallets:
        units.restate(desk, pallet, ["qualified"], "to_verify")
    return pallets + unverified.called(desk, waiting_at(desk, lot, "quarantine"), UNVERIFIED)


def _these(pallets: list[str], only: Collection[str]) -> list[str]:
    return [pallet for pallet in pallets if not only or pallet in only]


def into_line(desk: Desk, trip: sa.Row[Any], line: str) -> None:
    """A line has unloaded a pallet; one that is led by cells has told of each box already.

    A pallet that was taken back before its first box was opened has come in for nothing: all is on it as it was. A line
    with a control of its own has it in its hands all the same (`cancelling.came_in`).
    """
    for_nothing = trip.state == "cancelled"
    if not for_nothing:
        trips.settle(desk, trip.number, "done")
    if trips.station(desk, line).kind == "cells":
        units.emptied(desk, trip.pallet, line)
    else:
        units.into_line(desk, trip.pallet, line)
    desk.book("PalletUnloaded", trip.pallet, line=line, order=trip.order)
    if not for_nothing:
        pack_if_unloaded(desk, trip.order)


def pack_if_unloaded(desk: Desk, order: int, *, attempt: int = 0) -> None:
    """Have the line pack what it holds of the lot, once no further pallet will come; once for each `attempt`."""
    row = desk.connection.execute(sa.select(_order).where(_order.c.number == order)).one()
    coming = sa.select(sa.func.count()).where(_trip.c.order == order, sa.text(LIVE_TRIP))
    aside = sa.select(sa.func.count()).where(_aside.c.lot == row.lot, _aside.c.state.in_(ASIDE))
    coming_still = desk.connection.execute(coming).scalar() or desk.connection.execute(aside).scalar()
    if row.state == "packing" or row.ended_ms or coming_still:
        return
    done = sa.select(sa.func.count()).where(_trip.c.order == order, _trip.c.state == "done")
    if not desk.connection.execute(done).scalar():
        finish(desk, order, Reason("no_pallet_came"))
        return
    packing = sa.update(_order).where(_order.c.number == order, _order.c.state != "cancelled")
    desk.connection.execute(packing.values(state="packing"))
    orders.submit(
        desk.session, key=f"{PACK}{order}:{attempt}", kind=OrderKind.PACK, unit=None, source=row.line,
        destination=row.line, params={"par1": row.lot},
    )  # fmt: skip


def box_packed(desk: Desk, box: str, payload: Mapping[str, Any]) -> None:
    """Book a box that a line has packed: where it stands, what is in it, and its verdict.

    A box of meters that were never judged is in quarantine: it waits for somebody, or to be verified once more.
    """
    meters, verdict, pallet = payload["meters"], int(payload["verdict"]), str(payload["pallet"])
    lot, model = _kind_of(desk, meters)
    _place(desk, pallet, lot, str(payload["line"]))
    judged_ms = 0 if verdict == NOT_VERIFIED else desk.at_ms
    content = {
        "pallet": pallet, "pile": int(payload["pile"]), "pile_code": "", "lot": lot, "model": model,
        "state": STATE.get(verdict, "quarantine"), "verdict": verdict, "verified_ms": judged_ms,
    }  # fmt: skip
    _ensure_box(desk, box, content)
    rows = [
        {"code": code, "of_lot": lot, "into_box": box, "verdict_is": of_meter, "seal_is": seal or ""}
        | {"judged_ms": judged_ms if of_meter else 0}
        for code, of_meter, seal in meters
    ]
    booked = desk.connection.execute(_put_meter, rows).rowcount if rows else 0
    desk.connection.execute(sa.update(_box).where(_box.c.code == box).values(meters=booked))
    if verdict == NOT_VERIFIED:
        unverified.ask(desk, box, meters=booked, silent=len(payload.get("silent", ())))
    if (why := _impure(desk, box, payload)) is not None:
        desk.connection.execute(sa.update(_box).where(_box.c.code == box).values(state="quarantine"))
        desk.clarify(box, why)
    if booked != len(meters) or any(of_meter != verdict for _, of_meter, _ in meters):
        desk.clarify(box, Reason("box_content_differs", {"announced": len(meters), "booked": booked}))
    lot_name = units.lot_code(desk, lot)
    desk.book("BoxBooked", box, pallet=pallet, lot=lot_name, model=model, verdict=verdict, meters=booked)


def _impure(desk: Desk, box: str, payload: Mapping[str, Any]) -> Reason | None:
    """Return why a box must not go into stock as it is: mixed verdicts or generations, or a meter that is recalled."""
    if payload.get("wrong"):
        return Reason("box_mixes_verdicts", {"box": box, "meters": ", ".join(payload["wrong"][:5])})
    return packing.fault_of_content(desk.session, box, [code for code, _, _ in payload["meters"]])


def lot_packed(desk: Desk, key: str) -> None:
    """The line holds nothing of the lot any more: what did not come out is missing, and the order ends."""
    finish(desk, int(key.removeprefix(PACK).partition(":")[0]), NONE)


def finish(desk: Desk, order: int, why: Reason) -> None:
    """End a verification order with the account of its lot."""
    row = desk.connection.execute(sa.select(_order).where(_order.c.number == order)).one()
    lost = sa.update(_asset).where(_asset.c.lot == row.lot, sa.text("state IS NOT NULL"), _asset.c.state == "on_line")
    lot = units.lot_code(desk, row.lot)
    if (count := desk.connection.execute(lost.values(state="missing")).rowcount) > 0:
        desk.clarify(lot, Reason("meters_left_in_line", {"line": row.line, "meters": count}))
    values: dict[str, Any] = {"ended_ms": max(1, desk.at_ms)}
    if row.state != "cancelled":  # what was taken back stays so, and says why
        values |= {"state": "finished", "reason": why.code, "params": why.params_json()}
    desk.connection.execute(sa.update(_order).where(_order.c.number == order).values(**values))
    passed = failed = missing = unverified = 0
    for verdict, state, n in desk.connection.execute(_account, {"of_lot": row.lot}):
        missing += n if state == "missing" else 0
        passed += n if verdict == PASSED and state != "missing" else 0
        failed += n if verdict == FAILED and state != "missing" else 0
        unverified += n if verdict == NOT_VERIFIED and state == "quarantine" else 0
    desk.changed = True
    counts = {"passed": passed, "failed": failed, "unverified": unverified, "missing": missing}
    desk.book("LotCompleted", lot, order=order, line=row.line, **counts)


def _kind_of(desk: Desk, meters: list[list[Any]]) -> tuple[int | None, str | None]:
    """Return the lot and model of what was packed, as the books know the first meter that they know at all."""
    query = sa.select(_asset.c.lot, _asset.c.model).where(_asset.c.bar_code.in_([code for code, _, _ in meters]))
    row = desk.connection.execute(query.order_by(_asset.c.bar_code).limit(1)).first()
    return (row.lot, row.model) if row is not None else (None, None)


def _place(desk: Desk, pallet: str, lot: int | None, line: str) -> None:
    on_line = sa.update(_pallet).where(_pallet.c.code == pallet)
    if desk.connection.execute(on_line.values(lot=lot, whereabouts="on_line", place=line)).rowcount == 0:
        units.create(desk, pallet, line)
        desk.connection.execute(on_line.values(lot=lot, whereabouts="on_line", place=line))


def _ensure_box(desk: Desk, box: str, content: Mapping[str, Any]) -> None:
    done = desk.connection.execute(sa.update(_box).where(_box.c.code == box).values(**content))
    if done.rowcount == 0:
        desk.connection.execute(sa.insert(_box), {"code": box, "meters": 0, **content})

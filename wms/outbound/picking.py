"""From promised boxes to pallets at the docks: whole pallets go straight, the rest is picked, one job at a station.

A job fills one pallet with boxes of one line and one lot. Its source pallets come to the station and an empty
pallet out of the magazine; each box is moved by one transport order; what is left of a source goes back to a slot.
A pallet whose last boxes all belong to one line is not picked from but sent, so no source ever runs empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from wcs import orders
from wcs.orders import OrderKind
from wms.desk import Desk
from wms.outbound import allocation, trips
from wms.outbound.rules import piles_for
from wms.outbound.tables import LIVE_TRIP, OrderLineRow, PickJobRow, PromiseRow, TripRow
from wms.outbound.trips import Leg
from wms.reasons import Reason
from wms.rows import table
from wms.shipping import gate
from wms.stock import units
from wms.stock.tables import BoxRow, ModelRow, PalletRow, SlotRow, StationRow

_promise, _job, _line, _trip = table(PromiseRow), table(PickJobRow), table(OrderLineRow), table(TripRow)
_box, _slot, _model, _station = table(BoxRow), table(SlotRow), table(ModelRow), table(StationRow)
_pallet = table(PalletRow)
_p = sa.bindparam
BOX, EMPTY = "box:", "empty:"
_moves = sa.exists().where(_trip.c.pallet == _box.c.pallet, sa.text(LIVE_TRIP))
_is_open = sa.text("promise.state = 'promised' AND promise.job IS NULL")
_groups = (
    sa.select(_line.c.number, _line.c.order, _line.c.dock, _line.c.model, _box.c.lot, _box.c.pallet)
    .add_columns(
        _slot.c.id.label("slot"), sa.func.count().label("boxes"), sa.func.min(_promise.c.number).label("first")
    )
    .select_from(_promise)
    .join(_box, _box.c.code == _promise.c.box)
    .join(_slot, _slot.c.pallet == _box.c.pallet)
    .join(_pallet, sa.and_(_pallet.c.code == _box.c.pallet, _pallet.c.whereabouts == "stored"))
    .join(_line, _line.c.number == _promise.c.line)
    .where(_is_open, ~_moves)
    .group_by(_line.c.number, _line.c.order, _line.c.dock, _line.c.model, _box.c.lot, _box.c.pallet, _slot.c.id)
    .order_by(_line.c.number, _box.c.lot, sa.func.min(_promise.c.number))
)
_open_boxes = (
    sa.select(_promise.c.number, _box.c.pallet)
    .join(_box, _box.c.code == _promise.c.box)
    .where(_is_open, _promise.c.line == _p("of_line"), _box.c.pallet.in_(_p("pallets", expanding=True)))
    .order_by(_box.c.pallet, _promise.c.number)
)
_sizes = (
    sa.select(_box.c.pallet, sa.func.count())
    .where(_box.c.pallet.in_(_p("pallets", expanding=True)))
    .group_by(_box.c.pallet)
)
_job_of = sa.select(_job).where(_job.c.number == _p("job_number"))
_to_move = (
    sa.select(_promise.c.number, _promise.c.box)
    .join(_box, _box.c.code == _promise.c.box)
    .where(_promise.c.job == _p("job_number"), _box.c.pallet == _p("source"), _promise.c.state == "promised")
    .order_by(_box.c.pile.desc(), _promise.c.number)
)
_promise_at = (
    sa.select(_promise, _box.c.pallet).join(_box, _box.c.code == _promise.c.box).where(_promise.c.number == _p("n"))
)
_picked = sa.update(_promise).where(_promise.c.number == _p("n")).values(state="picked")
_put_on = sa.update(_box).where(_box.c.code == _p("code_of")).values(pallet=_p("on"), pile=_p("on_pile"), pile_code="")
_left = (
    sa.select(sa.func.count())
    .select_from(_promise.join(_box, _box.c.code == _promise.c.box))
    .where(_promise.c.job == _p("job_number"), _box.c.pallet == _p("source"))
    .where(_promise.c.state.in_(["promised", "moving"]))
)
_counts = sa.select(_promise.c.state, sa.func.count()).where(_promise.c.job == _p("job_number")).group_by(
    _promise.c.state
)  # fmt: skip
_idle = (
    sa.select(_pallet.c.code)
    .where(_pallet.c.place == _p("at"), _pallet.c.whereabouts == "moving")
    .where(~sa.exists().where(_trip.c.pallet == _pallet.c.code, sa.text(LIVE_TRIP)))
    .where(~sa.exists().where(_box.c.pallet == _pallet.c.code))
    .order_by(_pallet.c.code)
)
_free_stations = (
    sa.select(_station)
    .where(_station.c.kind == "picking")
    .where(~sa.exists().where(_job.c.station == _station.c.id, sa.text("pick_job.ended_ms = 0")))
    .order_by(_station.c.id)
)


def advance(desk: Desk) -> None:
    """Send what is promised and not yet on its way: whole pallets at once, picks as stations are free."""
    stations = desk.connection.execute(_free_stations).all()
    if not stations and not desk.supplied:
        return
    groups = desk.connection.execute(_groups).all()
    if not groups:
        return
    sizes, lines = _sizes_of(desk, sorted({g.pallet for g in groups})), Counter(g.pallet for g in groups)
    called = gate.called(desk.session, {g.number for g in groups})
    groups = sorted((g for g in groups if g.number in called), key=lambda g: called[g.number])
    whole = [g for g in groups if lines[g.pallet] == 1 and g.boxes == sizes[g.pallet]]
    for group in sorted(whole, key=lambda g: (called[g.number], g.first)):
        _send_whole(desk, group)
    sent = {g.pallet for g in whole}
    picks = [g for g in groups if g.pallet not in sent]
    for station in stations:
        if picks:
            picks = _start(desk, station, picks)


def source_arrived(desk: Desk, trip: sa.Row[Any]) -> None:
    """A source pallet stands at the station."""
    trips.settle(desk, trip.number, "arrived")
    _move_boxes(desk, trip.job)


def target_arrived(desk: Desk, key: str, pallet: str, at: str) -> None:
    """An empty pallet stands at the station's target point."""
    units.create(desk, pallet, at)
    job = _get(desk, int(key.removeprefix(EMPTY).partition(":")[0]))
    desk.changed = True
    in_need = sa.select(_job.c.number).where(_job.c.station == job.station, _job.c.target == "")
    if (needy := desk.connection.execute(in_need.where(sa.text("ended_ms = 0"))).scalar()) is not None:
        _set_target(desk, needy, pallet)
        _move_boxes(desk, needy)


def no_target(desk: Desk, key: str, why: Reason) -> None:
    """The magazine gave no pallet: a person must look, and then let the order go on."""
    job = _get(desk, int(key.removeprefix(EMPTY).partition(":")[0]))
    if job.ended_ms == 0:
        desk.clarify(job.station, Reason("no_empty_pallet", {"station": job.station, "why": why.code}))


def box_moved(desk: Desk, key: str) -> None:
    """A box stands on the target pallet."""
    promise, source = _promise_of(desk, key)
    job = _get(desk, promise.job)
    desk.connection.execute(_picked, {"n": promise.number})
    desk.connection.execute(_put_on, {"code_of": promise.box, "on": job.target, "on_pile": promise.pile})
    desk.book("BoxPicked", promise.box, source=source, target=job.target, pile=promise.pile, line=promise.line)
    _go_on(desk, job, source)


def box_not_moved(desk: Desk, key: str, why: Reason) -> None:
    """A box could not be moved: it is looked for by a person, and another one is promised in its place."""
    promise, source = _promise_of(desk, key)
    job = _get(desk, promise.job)
    allocation.release(desk, _promise.c.number == promise.number)
    desk.connection.execute(sa.update(_box).where(_box.c.code == promise.box).values(state="quarantine"))
    desk.clarify(promise.box, Reason("box_not_moved", {"pallet": source, "why": why.code}))
    _go_on(desk, job, source)


def source_gone(desk: Desk, trip: sa.Row[Any]) -> None:
    """A source pallet will not come: its job does without."""
    trips.settle(desk, trip.number, "missing")
    _close_if_done(desk, _get(desk, trip.job))


def ask_again(desk: Desk, order: int) -> None:
    """Ask once more for the empty pallets that jobs of an order still lack."""
    query = sa.select(_job).join(_line, _line.c.number == _job.c.line).where(_line.c.order == order)
    for job in desk.connection.execute(query.where(sa.text("pick_job.ended_ms = 0"), _job.c.target == "")).all():
        desk.connection.execute(sa.update(_job).where(_job.c.number == job.number).values(attempt=job.attempt + 1))
        _ask_empty(desk, job.number, trips.station(desk, job.station), attempt=job.attempt + 1)


def _send_whole(desk: Desk, group: sa.Row[Any]) -> None:
    rows = desk.connection.execute(_open_boxes, {"of_line": group.number, "pallets": [group.pallet]}).all()
    picked = sa.update(_promise).where(_promise.c.number.in_([row.number for row in rows]))
    desk.connection.execute(picked.values(state="picked"))
    trip = trips.add(desk, group.pallet, "whole", order=group.order, line=group.number)
    trips.send(desk, Leg(trip, group.pallet, "whole", group.slot, group.dock))


def _start(desk: Desk, station: sa.Row[Any], picks: Sequence[sa.Row[Any]]) -> list[sa.Row[Any]]:
    """Start a job for the first group of picks, as much as one pallet takes; return what other jobs may have."""
    first = picks[0]
    per_pile, room = _packing(desk, first.model)
    slots = {g.pallet: g.slot for g in picks if (g.number, g.lot) == (first.number, first.lot)}
    mine = desk.connection.execute(_open_boxes, {"of_line": first.number, "pallets": list(slots)}).all()[:room]
    row = {"station": station.id, "line": first.number, "lot": first.lot, "target": "", "boxes_per_pile": per_pile}
    done = desk.connection.execute(sa.insert(_job), row | {"attempt": 0, "ended_ms": 0})
    job = int(done.inserted_primary_key[0])  # type: ignore[index]
    numbers = [r.number for r in mine]
    desk.connection.execute(sa.update(_promise).where(_promise.c.number.in_(numbers)).values(job=job))
    idle = desk.connection.execute(_idle, {"at": station.target}).scalar()
    if idle is not None:
        _set_target(desk, job, idle)
    else:
        _ask_empty(desk, job, station, attempt=0)
    sources = list(dict.fromkeys(r.pallet for r in mine))
    for pallet in sources:
        trip = trips.add(desk, pallet, "source", order=first.order, line=first.number, job=job)
        trips.send(desk, Leg(trip, pallet, "source", slots[pallet], station.point))
    desk.book("PickStarted", str(first.order), job=job, line=first.number, boxes=len(mine), sources=len(sources))
    return [g for g in picks if g.pallet not in sources]


def _ask_empty(desk: Desk, job: int, station: sa.Row[Any], *, attempt: int) -> None:
    orders.submit(
        desk.session, key=f"{EMPTY}{job}:{attempt}", kind=OrderKind.EMPTY_PALLET, unit=None, source=station.id,
        destination=station.target,
    )  # fmt: skip


def _move_boxes(desk: Desk, number: int) -> None:
    """Ask for the boxes of every source that has arrived, as soon as the target is there too."""
    job = _get(desk, number)
    if not job.target:
        return
    station = trips.station(desk, job.station)
    arrived = sa.select(_trip.c.pallet).where(_trip.c.job == number, _trip.c.state == "arrived")
    for source in desk.connection.execute(arrived.order_by(_trip.c.number)).scalars().all():
        boxes = desk.connection.execute(_to_move, {"job_number": number, "source": source}).all()
        counts = _count(desk, number)
        piles = piles_for(counts.get("moving", 0) + counts.get("picked", 0), len(boxes), job.boxes_per_pile)
        rows = [{"n": box.number, "on_pile": pile} for box, pile in zip(boxes, piles, strict=True)]
        if rows:
            moving = sa.update(_promise).where(_promise.c.number == _p("n"))
            desk.connection.execute(moving.values(state="moving", pile=_p("on_pile")), rows)
        for box, pile in zip(boxes, piles, strict=True):
            orders.submit(
                desk.session, key=f"{BOX}{box.number}", kind=OrderKind.BOX_MOVE, unit=box.box, source=station.point,
                destination=station.target, params={"par1": pile},
            )  # fmt: skip


def _go_on(desk: Desk, job: sa.Row[Any], source: str) -> None:
    """After each box: send the source back when it has given all, and the target on when the job is done."""
    if desk.connection.execute(_left, {"job_number": job.number, "source": source}).scalar():
        return
    trip = trips.live(desk, source)
    if trip is not None:
        trips.settle(desk, trip.number, "done")
    _close_if_done(desk, job)


def _close_if_done(desk: Desk, job: sa.Row[Any]) -> None:
    counts = _count(desk, job.number)
    if counts.get("promised", 0) + counts.get("moving", 0) or job.ended_ms:
        return
    desk.connection.execute(sa.update(_job).where(_job.c.number == job.number).values(ended_ms=max(1, desk.at_ms)))
    desk.changed = True
    if not counts.get("picked", 0):
        return
    line = desk.connection.execute(sa.select(_line).where(_line.c.number == job.line)).one()
    desk.connection.execute(sa.update(_pallet).where(_pallet.c.code == job.target).values(lot=job.lot))
    trip = trips.add(desk, job.target, "target", order=line.order, line=line.number, job=job.number)
    at = trips.station(desk, job.station).target
    trips.send(desk, Leg(trip, job.target, "target", at, line.dock))


def _packing(desk: Desk, model: str) -> tuple[int, int]:
    query = sa.select(_model.c.boxes_per_pile, _model.c.piles_per_pallet).where(_model.c.code == model)
    row = desk.connection.execute(query).one()
    return int(row[0]), int(row[0] * row[1])


def _sizes_of(desk: Desk, pallets: Sequence[str]) -> dict[str, int]:
    return {code: count for code, count in desk.connection.execute(_sizes, {"pallets": list(pallets)})}


def _set_target(desk: Desk, job: int, pallet: str) -> None:
    desk.connection.execute(sa.update(_job).where(_job.c.number == job).values(target=pallet))


def _get(desk: Desk, job: int) -> sa.Row[Any]:
    return desk.connection.execute(_job_of, {"job_number": job}).one()


def _count(desk: Desk, job: int) -> dict[str, int]:
    return {state: count for state, count in desk.connection.execute(_counts, {"job_number": job})}


def _promise_of(desk: Desk, key: str) -> tuple[sa.Row[Any], str]:
    row = desk.connection.execute(_promise_at, {"n": int(key.removeprefix(BOX))}).one()
    return row, row.pallet

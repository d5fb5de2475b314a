"""The plan of a day: made, changed by people, frozen or taken back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.outbound import service as outbound
from wms.outbound.tables import PromiseRow
from wms.rows import table
from wms.shipping import counting, timetable
from wms.shipping.drafting import Draft, Kept, Placed
from wms.shipping.gathering import loads
from wms.shipping.rules import Load, Parcel, Place, moved, numbered
from wms.shipping.tables import LoadRow, PlanRow, StopRow

_plan, _stop, _load, _promise = table(PlanRow), table(StopRow), table(LoadRow), table(PromiseRow)
DAY = re.compile(r"20\d\d-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A plan as it is asked for: under which key, and for which day ("2026-11-21")."""

    key: str
    day: str


def known(desk: Desk, key: str) -> int | None:
    """Return the plan that was made under a key, or None."""
    found = desk.connection.execute(sa.select(_plan.c.number).where(_plan.c.key == key)).scalar()
    return None if found is None else int(found)


def check_day(day: str) -> None:
    """Raise Refused for what is no day of the calendar."""
    try:
        fit = bool(DAY.fullmatch(day)) and bool(date.fromisoformat(day))
    except ValueError:
        fit = False
    if not fit:
        raise Refused("not_a_day", day=day[:16])


def enter(desk: Desk, wanted: Wanted, made: Draft, *, by: str) -> int:
    """Write a draft and return its number; the same key gives the same number again.

    Raises Refused if another plan has taken some of it meanwhile.
    """
    if (old := known(desk, wanted.key)) is not None:
        return old
    check_day(wanted.day)
    row = {"key": wanted.key, "day": wanted.day, "state": "draft", "metres": made.metres, "bound_m": made.bound_m}
    row |= {"created_by": by, "created_ms": desk.at_ms, "frozen_by": "", "frozen_ms": 0}
    number = int(desk.connection.execute(sa.insert(_plan), row).inserted_primary_key[0])  # type: ignore[index]
    _write(desk, number, made)
    desk.book("DeliveryPlanned", str(number), day=wanted.day, stops=len(made.placed), metres=made.metres, by=by)
    return number


def kept(desk: Desk, plan: int) -> tuple[list[Kept], list[Load]]:
    """Return what people have put on vehicles in a draft, and all else that can be delivered, to plan it anew."""
    _draft(desk, plan)
    rows = timetable.stops_of(desk, plan)
    query = sa.select(_load).where(_load.c.stop.in_([row.number for row in rows]))
    by_line = {row.line: row.stop for row in desk.connection.execute(query)}
    fixed = {row.number: row for row in rows if row.fixed and row.vehicle}
    stays: dict[int, list[Load]] = {}
    rest = loads(desk.session)
    for load in loads(desk.session, only=by_line):
        (stays.setdefault(by_line[load.line], []) if by_line[load.line] in fixed else rest).append(load)
    return [(Parcel(fixed[n].district, tuple(each)), fixed[n].vehicle) for n, each in sorted(stays.items())], rest


def day_of(desk: Desk, plan: int) -> str:
    """Return the day of a draft. Raises Refused for an unknown plan, and one that is no draft."""
    return str(_draft(desk, plan).day)


def loose(desk: Desk, plan: int) -> list[int]:
    """Return the lines of a draft that nobody has put on a vehicle by hand."""
    _draft(desk, plan)
    query = sa.select(_load.c.line).join(_stop, _stop.c.number == _load.c.stop)
    query = query.where(_stop.c.plan == plan, sa.not_(sa.and_(_stop.c.fixed, _stop.c.vehicle != "")))
    return list(desk.connection.execute(query.order_by(_load.c.line)).scalars())


def replace_by(desk: Desk, plan: int, made: Draft, *, by: str) -> None:
    """Put a new draft in the place of one; what people have fixed stays theirs."""
    _draft(desk, plan)
    numbers = [row.number for row in timetable.stops_of(desk, plan)]
    desk.connection.execute(sa.delete(_load).where(_load.c.stop.in_(numbers)))
    desk.connection.execute(sa.delete(_stop).where(_stop.c.plan == plan))
    _write(desk, plan, made)
    desk.book("DeliveryPlanChanged", str(plan), stops=len(made.placed), metres=made.metres, by=by)


def move(desk: Desk, plan: int, to: Place, *, by: str) -> None:
    """Take a stop to another vehicle, trip or position ("" as vehicle: leave it out), and fix it there.

    Raises Refused for a frozen plan, an unknown stop or vehicle, or if the vehicle cannot do it.
    """
    _draft(desk, plan)
    rows = timetable.stops_of(desk, plan)
    if to.stop not in {row.number for row in rows}:
        raise Refused("unknown_stop", stop=to.stop)
    timetable.write(desk, plan, moved(timetable.places_of(rows), to.stop, to))
    values = {"fixed": bool(to.vehicle), "reason": "" if to.vehicle else "left_out_by_hand"}
    desk.connection.execute(sa.update(_stop).where(_stop.c.number == to.stop).values(**values))
    desk.book("StopMoved", str(plan), stop=to.stop, vehicle=to.vehicle, trip=to.trip, position=to.position, by=by)


def freeze(desk: Desk, plan: int, *, by: str) -> None:
    """Freeze a draft: notes are issued, and the pallets are called to the docks, last stops first.

    What was cancelled meanwhile is taken out; what is left out may be planned again.
    """
    row = _draft(desk, plan)
    counting.refresh(desk, plan)
    rows = timetable.stops_of(desk, plan)
    empty = [each.number for each in rows if not each.boxes]
    desk.connection.execute(sa.delete(_stop).where(_stop.c.number.in_(empty)))
    places = numbered([place for place in timetable.places_of(rows) if place.stop not in empty])
    if not any(place.vehicle for place in places):
        raise Refused("nothing_to_deliver")
    timetable.write(desk, plan, places)
    left = [place.stop for place in places if not place.vehicle]
    desk.connection.execute(sa.update(_load).where(_load.c.stop.in_(left)).values(live=False))
    for n, place in enumerate([place for place in places if place.vehicle], 1):
        note = f"DN{row.day.replace('-', '')}-{plan:05}-{n:03}"
        desk.connection.execute(sa.update(_stop).where(_stop.c.number == place.stop).values(note=note))
    done = sa.update(_plan).where(_plan.c.number == plan)
    desk.connection.execute(done.values(state="frozen", frozen_by=by, frozen_ms=max(1, desk.at_ms)))
    desk.book("DeliveryPlanFrozen", str(plan), day=row.day, stops=len(places) - len(left), by=by)
    desk.supplied = True
    outbound.advance(desk)


def cancel(desk: Desk, plan: int, *, by: str) -> None:
    """Take a plan back; its lines wait for another one. Raises Refused once something of it has been called."""
    row = _of(desk, plan)
    stops = sa.select(_stop.c.number).where(_stop.c.plan == plan)
    lines = sa.select(_load.c.line).where(_load.c.stop.in_(stops), _load.c.live)
    called = sa.or_(_promise.c.state.in_(["moving", "picked", "shipped"]), _promise.c.job.is_not(None))
    under_way = sa.select(_promise.c.number).where(_promise.c.line.in_(lines), called, _promise.c.state != "released")
    if row.state == "cancelled" or (row.state == "frozen" and desk.connection.execute(under_way).first() is not None):
        raise Refused("plan_under_way", plan=plan, state=row.state)
    desk.connection.execute(sa.update(_load).where(_load.c.stop.in_(stops)).values(live=False))
    desk.connection.execute(sa.update(_plan).where(_plan.c.number == plan).values(state="cancelled"))
    desk.book("DeliveryPlanCancelled", str(plan), by=by)


def _write(desk: Desk, plan: int, made: Draft) -> None:
    places: list[Place] = []
    lines = [load.line for one in made.placed for load in one.parcel.loads]
    taken = sa.select(_load.c.line).where(_load.c.line.in_(lines), _load.c.live)
    if desk.connection.execute(taken).first() is not None:
        raise Refused("planned_meanwhile")
    for one in made.placed:
        row = _row(plan, one)
        done = desk.connection.execute(sa.insert(_stop), row)
        number = int(done.inserted_primary_key[0])  # type: ignore[index]
        places.append(Place(number, one.vehicle, one.trip, one.position))
        rows = [
            {"stop": number, "line": e.line, "boxes": e.boxes, "meters": e.meters, "weight_kg": e.weight_kg,
             "live": True} for e in one.parcel.loads
        ]  # fmt: skip
        desk.connection.execute(sa.insert(_load), rows)
    timetable.write(desk, plan, places)


def _row(plan: int, one: Placed) -> dict[str, Any]:
    parcel = one.parcel
    row = {"plan": plan, "district": parcel.district, "boxes": parcel.boxes, "meters": parcel.meters}
    row |= {"weight_kg": parcel.weight_kg, "reason": one.reason, "fixed": one.fixed, "vehicle": "", "trip": 0}
    row |= {"position": 0, "leaves_s": 0, "begins_s": 0, "leg_m": 0, "rank": 0, "note": "", "damaged": 0}
    return row | {"received_by": "", "received_ms": 0, "remark": ""}


def _draft(desk: Desk, plan: int) -> sa.Row[Any]:
    row = _of(desk, plan)
    if row.state != "draft":
        raise Refused("plan_not_draft", plan=plan, state=row.state)
    return row


def _of(desk: Desk, plan: int) -> sa.Row[Any]:
    row = desk.connection.execute(sa.select(_plan).where(_plan.c.number == plan)).first()
    if row is None:
        raise Refused("unknown_plan", plan=plan)
    return row

"""What anybody may read of the WCS: orders, missions, units, devices and alarms, and why something waits."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wcs.life import MISSION_FINAL, ORDER_FINAL, MissionState
from wcs.store import AlarmRow, DeviceRow, MissionRow, OrderRow, QuestionRow, UnitRow
from wcs.store import table as table_of

FINAL = [state.value for state in ORDER_FINAL]
MISSION_OVER = [state.value for state in MISSION_FINAL]
WAITS = {
    MissionState.SENT.value: "waiting_for_answer",
    MissionState.UNKNOWN.value: "waiting_for_read_back",
    MissionState.CLARIFY.value: "journal_lost",
    MissionState.HELD.value: "work_held",
}


class Why(BaseModel):
    """Why something does not move: the text `reason.<code>` filled with `params`."""

    code: str
    params: dict[str, Any] = {}


class OrderView(BaseModel):
    """A transport order as it stands; `at` is where its unit is, "" once it has left the floor."""

    number: int
    key: str
    kind: str
    unit: str
    source: str
    destination: str
    priority: int
    state: str
    at: str
    device: str
    mission: int
    why: Why
    since_ms: int
    created_ms: int


class MissionView(BaseModel):
    """A mission as it stands; `why` says what a live one waits for."""

    number: int
    order: int
    device: str
    code: int
    unit: str
    source: str
    target: str
    state: str
    fault: int
    sent_ms: int
    ended_ms: int
    why: Why | None = None


class UnitView(BaseModel):
    """A unit on the floor; `why` says what it waits for if it belongs to no order."""

    id: str
    at: str
    order: int
    weight_g: int
    faults: list[str]
    why: Why | None = None


class AlarmView(BaseModel):
    """An alarm; open while `cleared_ms` is 0. Priority 1 is the most urgent."""

    id: int
    fault: str
    subject: str
    device: str
    code: int
    mission: int
    order: int
    unit: str
    reaction: str
    priority: int
    raised_ms: int
    cleared_ms: int


class DeviceView(BaseModel):
    """What the WCS remembers of a device: its fault code (0: none) and since when."""

    id: str
    fault: int
    fault_ms: int


def orders(
    session: Session, *, live_only: bool = True, unit: str | None = None, after: int = 0, limit: int = 200
) -> list[OrderView]:
    """Return transport orders by number, from behind `after`."""
    table, units = table_of(OrderRow), table_of(UnitRow)
    query = sa.select(table, units.c.at).outerjoin(units, units.c.id == table.c.unit)
    query = query.where(table.c.number > after).order_by(table.c.number).limit(limit)
    if live_only:
        query = query.where(table.c.state.not_in(FINAL))
    if unit is not None:
        query = query.where(table.c.unit == unit)
    return [_order(dict(row)) for row in session.connection().execute(query).mappings()]


def order(session: Session, number: int) -> OrderView | None:
    """Return one transport order, or None."""
    found = orders(session, live_only=False, after=number - 1, limit=1)
    return found[0] if found and found[0].number == number else None


def missions(session: Session, *, of_order: int | None = None, after: int = 0, limit: int = 200) -> list[MissionView]:
    """Return missions by number, from behind `after`."""
    table = table_of(MissionRow)
    query = sa.select(table).where(table.c.number > after).order_by(table.c.number).limit(limit)
    if of_order is not None:
        query = query.where(table.c.order == of_order)
    rows = [dict(row) for row in session.connection().execute(query).mappings()]
    faults = {name: device.fault for name, device in devices(session).items() if device.fault}
    return [MissionView(**row, why=_mission_why(row, faults)) for row in rows]


def mission(session: Session, number: int) -> MissionView | None:
    """Return one mission, or None."""
    found = missions(session, after=number - 1, limit=1)
    return found[0] if found and found[0].number == number else None


def units(session: Session, *, limit: int = 1000) -> list[UnitView]:
    """Return every unit on the floor, by name."""
    table, asked = table_of(UnitRow), table_of(QuestionRow)
    query = sa.select(table, asked.c.reason, asked.c.reason_args).outerjoin(asked, asked.c.id == table.c.question)
    rows = session.connection().execute(query.order_by(table.c.id).limit(limit)).mappings()
    return [_unit(dict(row)) for row in rows]


def alarms(session: Session, *, open_only: bool = True, limit: int = 200) -> list[AlarmView]:
    """Return alarms, the most urgent first and the newest before the older."""
    table = table_of(AlarmRow)
    query = sa.select(table).order_by(table.c.cleared_ms > 0, table.c.priority, table.c.id.desc()).limit(limit)
    if open_only:
        query = query.where(table.c.cleared_ms == 0)
    return [AlarmView.model_validate(dict(row)) for row in session.connection().execute(query).mappings()]


def devices(session: Session) -> dict[str, DeviceView]:
    """Return what is remembered of each device that ever spoke."""
    rows = session.connection().execute(sa.select(table_of(DeviceRow))).mappings()
    return {row["id"]: DeviceView(id=row["id"], fault=row["fault"], fault_ms=row["fault_ms"]) for row in rows}


def open_missions(session: Session) -> int:
    """Return how many missions have not ended."""
    table = table_of(MissionRow)
    query = sa.select(sa.func.count()).where(table.c.state.not_in(MISSION_OVER))
    return int(session.connection().execute(query).scalar() or 0)


def _mission_why(row: dict[str, Any], faults: dict[str, int]) -> Why | None:
    """Return what a live mission waits for: its answer, its read-back, a person, its device's fault, or its end."""
    if row["state"] in MISSION_OVER:
        return None
    code = WAITS.get(row["state"], "")
    if code:
        return Why(code=code, params={"device": row["device"], "mission": row["number"]})
    if fault := faults.get(row["device"]):
        return Why(code="device_fault", params={"device": row["device"], "fault": fault})
    return Why(code="device_works", params={"device": row["device"]})


def _order(row: dict[str, Any]) -> OrderView:
    why = Why(code=row["reason"], params=json.loads(row["reason_args"]))
    names = OrderView.model_fields.keys() - {"why", "at"}
    return OrderView(**{name: row[name] for name in names}, at=row["at"] or "", why=why)


def _unit(row: dict[str, Any]) -> UnitView:
    why = Why(code=row["reason"], params=json.loads(row["reason_args"])) if row["reason"] else None
    if why is None and not row["order"]:
        why = Why(code="waiting_for_scan" if row["stage"] == "scanning" else "waiting_for_clerk")
    return UnitView(
        id=row["id"], at=row["at"], order=row["order"], weight_g=row["weight_g"], faults=json.loads(row["faults"]),
        why=why,
    )  # fmt: skip


def last_mission(session: Session) -> int:
    """Return the highest mission number, which is how many missions there ever were."""
    return int(session.connection().execute(sa.select(sa.func.max(table_of(MissionRow).c.number))).scalar() or 0)


def live_orders(session: Session) -> int:
    """Return how many transport orders have not ended."""
    table = table_of(OrderRow)
    query = sa.select(sa.func.count()).where(table.c.state.not_in(FINAL))
    return int(session.connection().execute(query).scalar() or 0)

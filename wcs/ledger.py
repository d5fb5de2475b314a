"""The floor's rows in the database: written set by set, read back at start."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from plc.plant.model import Plant
from wcs import statements
from wcs.floor import ASKED, Floor
from wcs.life import MISSION_FINAL, ORDER_FINAL, MissionState, OrderState
from wcs.line.rows import BenchMemo, BenchRun, Carrier, DropCarrier, LineLot, LineMeter
from wcs.orders import OrderKind
from wcs.reasons import Reason
from wcs.rows import Alarm, BootMemo, Change, DeviceMemo, DropUnit, Mission, Order, Question, Serial, Unit
from wcs.shapes import SHAPES, Row
from wcs.store import (
    AlarmRow,
    BenchMemoRow,
    BenchRunRow,
    CarrierRow,
    CounterRow,
    DeviceRow,
    LineLotRow,
    MissionRow,
    OrderRow,
    QuestionRow,
    UnitRow,
)
from wcs.store import table as table_of

SERIAL = "serial"
SESSION = "session"
BOOT = "boot "  # and the PLC


TABLES: dict[type, tuple[sa.Table, str]] = {
    Order: (table_of(OrderRow), "number"),
    Mission: (table_of(MissionRow), "number"),
    Unit: (table_of(UnitRow), "id"),
    DeviceMemo: (table_of(DeviceRow), "id"),
    Question: (table_of(QuestionRow), "id"),
    Alarm: (table_of(AlarmRow), "id"),
    Carrier: (table_of(CarrierRow), "id"),
    BenchRun: (table_of(BenchRunRow), "id"),
    LineLot: (table_of(LineLotRow), "id"),
    BenchMemo: (table_of(BenchMemoRow), "id"),
    Serial: (table_of(CounterRow), "name"),
    BootMemo: (table_of(CounterRow), "name"),
}
KEYS: dict[type, Callable[[Any], Any]] = {
    Order: attrgetter("number"),
    Mission: attrgetter("number"),
    Unit: attrgetter("id"),
    DeviceMemo: attrgetter("id"),
    Question: attrgetter("id"),
    Alarm: attrgetter("id"),
    Carrier: attrgetter("id"),
    BenchRun: attrgetter("id"),
    LineLot: attrgetter("id"),
    BenchMemo: attrgetter("id"),
    Serial: lambda _: SERIAL,
    BootMemo: attrgetter("plc"),
}


def write(session: Session, changes: Iterable[Change]) -> None:
    """Write what a batch of decisions changed: one statement a table, the last state of each row."""
    latest: dict[type, dict[Any, Any]] = {kind: {} for kind in TABLES}
    for change in changes:
        if isinstance(change, DropUnit):
            latest[Unit][change.id] = None
        elif isinstance(change, DropCarrier):
            latest[Carrier][change.id] = None
        elif (key := KEYS.get(type(change))) is not None:
            latest[type(change)][key(change)] = change
    connection = session.connection()
    for kind, rows in latest.items():
        if not rows:
            continue
        table, key = TABLES[kind]
        gone = [name for name, row in rows.items() if row is None]
        if gone:
            statements.delete(connection, table, key, gone)
        kept = [to_row(row) for row in rows.values() if row is not None]
        if kept:
            statements.upsert(connection, table, key, kept)


def load(session: Session, plant: Plant) -> Floor:
    """Return the floor as the tables hold it; only what lives is loaded."""
    floor = Floor(plant)
    for row in _rows(session, AlarmRow, AlarmRow.cleared_ms == 0):
        floor.apply([_from(Alarm, row)])
    for row in _rows(session, QuestionRow, sa.column("state").in_(sorted(ASKED))):
        floor.apply([_from(Question, row)])
    _load_lines(session, floor)
    for row in _rows(session, DeviceRow):
        floor.apply([_from(DeviceMemo, row)])
    for row in _rows(session, UnitRow):
        floor.apply([_from(Unit, row)])
    dead = [state.value for state in ORDER_FINAL] + [OrderState.SUBMITTED.value]
    for row in _rows(session, OrderRow, sa.not_(sa.column("state").in_(dead))):
        floor.apply([order_from(row)])
    for row in _rows(session, MissionRow, sa.not_(sa.column("state").in_([s.value for s in MISSION_FINAL]))):
        floor.apply([_from(Mission, row)])
    connection, counter = session.connection(), table_of(CounterRow)
    floor.last_mission = int(connection.execute(sa.select(sa.func.max(table_of(MissionRow).c.number))).scalar() or 0)
    serial = connection.execute(sa.select(counter.c.value).where(counter.c.name == SERIAL)).scalar()
    floor.serial = int(serial or 0)
    for row in _rows(session, CounterRow, counter.c.name.startswith(BOOT)):
        floor.apply([BootMemo(row["name"].removeprefix(BOOT), row["value"])])
    return floor


def _load_lines(session: Session, floor: Floor) -> None:
    for row in _rows(session, CarrierRow):
        floor.apply([_from(Carrier, row)])
    for row in _rows(session, BenchRunRow, sa.column("state") != "cleared"):
        floor.apply([_from(BenchRun, row)])
    for row in _rows(session, LineLotRow, sa.column("flush") != "over"):
        floor.apply([_from(LineLot, row)])
    for row in _rows(session, BenchMemoRow):
        floor.apply([_from(BenchMemo, row)])


def next_session(session: Session) -> int:
    """Return a session id that no earlier start has had; PLCs tell a restarted WCS by it."""
    table = table_of(CounterRow)
    connection = session.connection()
    last = connection.execute(sa.select(table.c.value).where(table.c.name == SESSION)).scalar()
    value = int(last or 0) + 1
    statements.upsert(connection, table, "name", [(SESSION, value)])
    return value


def new_session_id(engine: Engine) -> int:
    """Return the session id of a start, kept before any link can use it."""
    with Session(engine) as session:
        value = next_session(session)
        session.commit()
        return value


def to_row(change: Any) -> Row:
    """Return a floor row as its table has it, column by column."""
    if isinstance(change, Serial):
        return (SERIAL, change.value)
    if isinstance(change, BootMemo):
        return (BOOT + change.plc, change.boot_id)
    return SHAPES[type(change)].row(change)


def order_from(row: Mapping[str, Any]) -> Order:
    """Return an order from its table row."""
    return _from(Order, row)


def mission_from(row: Mapping[str, Any]) -> Mission:
    """Return a mission from its table row."""
    return _from(Mission, row)


def carrier_from(row: Mapping[str, Any]) -> Carrier:
    """Return a carrier from its table row."""
    return _from(Carrier, row)


_DECODE: dict[str, Callable[[Any], Any]] = {
    "params": json.loads,
    "holds": lambda text: tuple(json.loads(text)),
    "faults": lambda text: tuple(json.loads(text)),
    "meters": lambda text: tuple(_meter(values) for values in json.loads(text)),
    "carriers": lambda text: tuple(json.loads(text)),
    "disabled": lambda text: tuple(json.loads(text)),
    "work": json.loads,
}


def _from(kind: type[Any], row: Mapping[str, Any]) -> Any:
    values: dict[str, Any] = {name: _DECODE[name](value) if name in _DECODE else value for name, value in row.items()}
    if "reason_args" in values:
        args = json.loads(values.pop("reason_args"))
        values["reason"] = Reason(values["reason"], tuple(args.items()))
    if kind is Order:
        values |= {"state": OrderState(values["state"]), "kind": OrderKind(values["kind"])}
    if kind is Mission:
        values["state"] = MissionState(values["state"])
    return kind(**values)


def _meter(values: list[Any]) -> LineMeter:
    code, verdict, seal, attempts, aborts, tried, failed, *found = values
    return LineMeter(code, verdict, seal, attempts, aborts, tuple(tried), tuple(failed), tuple(*found))


def _rows(session: Session, model: type[SQLModel], *where: Any) -> list[dict[str, Any]]:
    table = table_of(model)
    key = next(iter(table.primary_key.columns))
    return [dict(r) for r in session.connection().execute(sa.select(table).where(*where).order_by(key)).mappings()]

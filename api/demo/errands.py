"""What marketing wants of the demo: three deliveries, each lot verified, and meters for three districts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from plc.codes import FaultCode
from plc.plant.cells import CellLine, Sealing
from plc.plant.model import Plant
from simulation.study import Study
from wcs import views as floor
from wms.desk import Desk
from wms.inbound import service as inbound
from wms.outbound import service as outbound
from wms.outbound import views as owed
from wms.people import service as people
from wms.results import guard
from wms.seals import service as seals
from wms.standards import service as standards
from wms.stock import views as stock

STRICT = ConfigDict(extra="forbid", frozen=True)
ROLL = 2_000  # seals that staff load at once
Name = Annotated[str, Field(min_length=1, max_length=64)]


class Line(BaseModel):
    """Meters of one model."""

    model_config = STRICT
    model: Name
    quantity: Annotated[int, Field(gt=0, le=10_000_000)]


class Demand(BaseModel):
    """What one district asks for."""

    model_config = STRICT
    district: Name
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]


class ErrandError(Exception):
    """A file of the demo cannot be used; says which and why."""


def read_demand(path: Path) -> tuple[Demand, ...]:
    """Return what the districts ask for; raises ErrandError."""
    try:
        return TypeAdapter(tuple[Demand, ...]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or ())
    except (OSError, ValueError, yaml.YAMLError, ValidationError) as error:
        raise ErrandError(f"{path.name}: {error}") from error


def place(
    session: Session, plant: Plant, study: Study, demand: tuple[Demand, ...], at_ms: int, *, purpose: str = "demo"
) -> None:
    """Announce the deliveries and order what the districts want, once; with a `purpose` ask for each lot as well.

    `purpose` chooses among the approved schemes: "demo" for short ones, "first" for what a first verification takes;
    "" leaves it to marketing to ask.
    """
    if stock.lots(session):
        return
    furnish(session, plant, at_ms)
    for delivery in study.deliveries:
        taken = inbound.import_delivery(session, delivery.file.read_bytes(), at_ms=at_ms)
        if taken.problems:
            raise ErrandError(f"{delivery.file.name}: {len(taken.problems)} problems, the first: {taken.problems[0]}")
    if purpose:
        verify(session, plant, at_ms, purpose=purpose)
    lines = [(d.district, one.model, one.quantity) for d in demand for one in d.lines]
    if lines:
        outbound.create_distribution(session, key="distribute-1", lines=lines, at_ms=at_ms)


def verify(session: Session, plant: Plant, at_ms: int, *, purpose: str) -> None:
    """Ask for each lot to be verified, on the line for its phase."""
    lines = {line.phase: line.id for line in plant.lines.values() if isinstance(line, CellLine)}
    for lot in (row["code"] for row in stock.lots(session)):
        where = lines.get(stock.phase_of(session, lot), next(iter(plant.lines)))
        outbound.create_verification(session, key=f"verify-{lot}", lot=lot, line=where, purpose=purpose, at_ms=at_ms)


def furnish(session: Session, plant: Plant, at_ms: int) -> None:
    """Give the demo's lines what staff give real ones: people on duty, standards with certificates, seals."""
    if not plant.benches:
        return
    people.seed_demo(session, at_ms=at_ms)
    standards.seed_demo(session, list(plant.benches), at_ms=at_ms)
    seals.seed_demo(session, at_ms=at_ms)
    for cell in plant.cells.values():
        if isinstance(cell, Sealing):
            seals.feed(session, cell=cell.id, count=ROLL, by="demo", at_ms=at_ms)


def tend(session: Session, at_ms: int) -> bool:
    """Do what staff do on a line: load seals where they run out. Returns whether anything was done."""
    empty = [alarm.device for alarm in floor.alarms(session) if alarm.code == FaultCode.SEALS_EMPTY]
    for cell in empty:
        seals.feed(session, cell=cell, count=ROLL, by="demo", at_ms=at_ms)
    held = guard.held(session)
    desk = Desk(session, at_ms)
    for number in held:
        guard.release(desk, number, reason="seen", by="demo")
    desk.close()
    return bool(empty or held)


def unfinished(session: Session) -> bool:
    """Return whether anything is still to be done: an order, a transport, or a meter on its way."""
    return bool(
        stock.totals(session).unfinished
        or floor.live_orders(session)
        or any(order.state not in ("finished", "cancelled") for order in owed.orders(session))
    )


def half_done(session: Session) -> bool:
    """Return whether half of the meters that were announced have nothing more before them."""
    totals = stock.totals(session)
    announced = totals.meters_in + totals.by_role["expected"]
    return 2 * (totals.meters_in - totals.unfinished) >= announced > 0


def standing(session: Session) -> list[str]:
    """Return what stands on the floor without an order, and why."""
    units = [unit for unit in floor.units(session) if not unit.order]
    return [f"unit {u.id} at {u.at}: {u.why.code} {u.why.params}" for u in units if u.why is not None]


def reasons(session: Session) -> list[str]:
    """Return why what is unfinished is not finished, a line each: for a run that ended before its time."""
    waiting = [
        f"order {order.number} ({order.key}): {', '.join(why.code for why in owed.why(session, order.number))}"
        for order in owed.orders(session)
        if order.state not in ("finished", "cancelled")
    ]
    moving = [f"transport {o.number} {o.unit} at {o.at}: {o.why.code} {o.why.params}" for o in floor.orders(session)]
    alarms = [f"alarm {a.fault} about {a.subject}: {a.reaction}" for a in floor.alarms(session)]
    return waiting + moving + standing(session) + alarms

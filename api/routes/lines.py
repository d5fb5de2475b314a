"""Verification lines: what stands where, what hangs on the benches, and what a person does about either."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import Problem
from api.routes.common import Ctx, Db, WriteDb
from api.routes.once import OnceRoute
from api.security.accounts import Principal
from api.security.guard import needs
from api.security.roles import Role
from plc.plant.cells import Bench, CellLine
from plc.plant.model import Plant
from wcs import benches
from wcs.line import views
from wcs.line.held import HeldView, held
from wcs.line.settling import Way
from wcs.line.views import LineView
from wms.line import exceptions
from wms.line.exceptions import ExceptionBox

router = APIRouter(tags=["lines"], route_class=OnceRoute)
OPERATOR, ENGINEER = needs(Role.OPERATOR), needs(Role.ENGINEER)
Name = Annotated[str, Path(min_length=1, max_length=64)]
Code = Annotated[str, Field(min_length=1, max_length=64)]


class Rebinding(BaseModel):
    """What is truly in a box, as it was scanned by hand."""

    model_config = ConfigDict(extra="forbid")
    meters: Annotated[list[Code], Field(min_length=1, max_length=60)]


class PositionUse(BaseModel):
    """Whether a position of a bench is used."""

    model_config = ConfigDict(extra="forbid")
    enabled: bool


@router.get("/lines", dependencies=[needs(Role.VIEWER)])
def list_lines(context: Ctx, db: Db) -> list[LineView]:
    """Return every line that is led cell by cell, as it stands."""
    return [views.line(db, spec) for spec in context.plant.lines.values() if isinstance(spec, CellLine)]


@router.get("/lines/{line}", dependencies=[needs(Role.VIEWER)])
def show_line(line: Name, context: Ctx, db: Db) -> LineView:
    """Return a line: its cells and carriers, its benches and what hangs at each position."""
    return views.line(db, _line(context.plant, line))


@router.get("/lines/{line}/exceptions", dependencies=[needs(Role.VIEWER)])
def list_exceptions(line: Name, context: Ctx, db: Db) -> list[ExceptionBox]:
    """Return the boxes at the exception port of a line, each with what was scanned and what is booked."""
    return exceptions.listed(db, line=_line(context.plant, line).id)


@router.put("/exceptions/{box}/meters", status_code=204)
def rebind(box: Name, body: Rebinding, context: Ctx, db: WriteDb, who: Principal = OPERATOR) -> None:
    """Book what is truly in a box at an exception port; it can then be sent on."""
    exceptions.rebind(db, box, body.meters, by=who.name, at_ms=context.now_ms())
    db.commit()
    context.ring()


@router.post("/exceptions/{box}/readmit", status_code=202)
def readmit(box: Name, context: Ctx, db: WriteDb, who: Principal = OPERATOR) -> dict[str, int]:
    """Have the robot take a box up again whose content is right now."""
    order = exceptions.readmit(db, box, by=who.name, at_ms=context.now_ms())
    db.commit()
    context.ring()
    return {"transport": order}


@router.post("/exceptions/{box}/release", status_code=204)
def release_box(box: Name, context: Ctx, db: WriteDb, who: Principal = OPERATOR) -> None:
    """Take a box out of its lot; its meters stay in quarantine."""
    exceptions.release(db, box, by=who.name, at_ms=context.now_ms())
    db.commit()
    context.ring()


@router.get("/benches/{bench}/runs", dependencies=[needs(Role.VIEWER)])
def list_runs(
    bench: Name, context: Ctx, db: Db, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> list[dict[str, Any]]:
    """Return the newest batches of a bench."""
    return views.bench_runs(db, _bench(context.plant, bench).id, limit=limit)


@router.put("/benches/{bench}/positions/{position}", status_code=204)
def use_position(  # noqa: PLR0917  # a route names what it takes
    bench: Name,
    position: Annotated[int, Path(ge=1, le=200)],
    body: PositionUse,
    context: Ctx,
    db: WriteDb,
    who: Principal = OPERATOR,
) -> None:
    """Take a position out of use, or back into it."""
    if position > _bench(context.plant, bench).positions:
        raise Problem(404, "unknown_position", bench=bench, position=position)
    benches.set_position(db, bench=bench, position=position, enabled=body.enabled, by=who.name)
    db.commit()
    context.ring()


@router.post("/benches/{bench}/release", status_code=204)
def release_bench(bench: Name, context: Ctx, db: WriteDb, who: Principal = ENGINEER) -> None:
    """Let a bench work again that was stopped because a run on it was given up."""
    benches.release(db, bench=_bench(context.plant, bench).id, by=who.name)
    db.commit()
    context.ring()


@router.get("/lines/{line}/held", dependencies=[needs(Role.VIEWER)])
def list_held(line: Name, context: Ctx, db: Db) -> list[HeldView]:
    """Return the work of a line that waits for somebody, and what may be decided about each."""
    return held(db, _line(context.plant, line))


@router.post("/missions/{mission}/{way}", status_code=202)
def settle_mission(
    mission: Annotated[int, Path(ge=1, lt=2**63)], way: Way, context: Ctx, db: WriteDb, who: Principal = OPERATOR
) -> dict[str, int]:
    """Say what becomes of work that a cell has forgotten or stopped with; look at the cell first.

    `again` has the cell do it once more, `done` says that it is done, `out` that its meters lie in the reject lane.
    """
    lines = (line for line in context.plant.lines.values() if isinstance(line, CellLine))
    found = next((one for line in lines for one in held(db, line) if one.mission == mission), None)
    if found is None:
        raise Problem(409, "mission_not_waiting", mission=mission)
    if way not in found.ways:
        raise Problem(409, "way_closed", mission=mission, way=way, open=", ".join(found.ways))
    benches.settle(db, mission=mission, way=way, by=who.name)
    db.commit()
    context.ring()
    return {"mission": mission}


def _line(plant: Plant, name: str) -> CellLine:
    line = plant.lines.get(name)
    if not isinstance(line, CellLine):
        raise Problem(404, "unknown_line", line=name)
    return line


def _bench(plant: Plant, name: str) -> Bench:
    bench = plant.benches.get(name)
    if bench is None:
        raise Problem(404, "unknown_bench", bench=name)
    return bench

"""What bench clients ask: the run that stands on a bench, its sheet, and where to put what came out.

Every payload travels in its CRC-16 envelope, both ways; a spoilt one is refused with 400 and sent again.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.bench.picture import BenchShown
from api.errors import Problem
from api.routes.common import Ctx, Db, WriteDb, whole_body
from api.routes.once import OnceRoute
from api.security.guard import needs
from api.security.roles import Role
from plc.bench.envelope import EnvelopeSpoilt, crc16, unseal
from wcs.bench.records import Report
from wms.results import desk
from wms.schemes import sheets

router = APIRouter(tags=["benches"], route_class=OnceRoute)
Bench = Annotated[str, Path(min_length=1, max_length=40)]
Raw = Annotated[bytes, Depends(whole_body)]
Payload = TypeVar("Payload", bound=BaseModel)
NOTHING = "null"


class Envelope(BaseModel):
    """A JSON text with its CRC-16/X-25 in hexadecimal."""

    model_config = ConfigDict(extra="forbid")
    crc16: Annotated[str, Field(pattern="^[0-9a-f]{4}$")]
    payload: str


BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": Envelope.model_json_schema()}}}}


@router.post("/benches/{bench}/next-run", dependencies=[needs(Role.BENCH)])
def next_run(bench: Bench, context: Ctx, session: WriteDb) -> Envelope:
    """Return the run that stands on a bench (`null`: none), the same one until it is reported as ended."""
    run = desk.next_run(session, bench, at_ms=context.now_ms())
    session.commit()
    return _sealed(NOTHING if run is None else run.model_dump_json())


@router.get("/benches/sheets/{number}", dependencies=[needs(Role.BENCH)])
def sheet(number: Annotated[int, Path(ge=1, lt=2**63)], session: Db) -> Envelope:
    """Return a run sheet."""
    return _sealed(sheets.sheet(session, number).model_dump_json())


@router.post("/benches/{bench}/reports", dependencies=[needs(Role.BENCH)], openapi_extra=BODY)
def report(bench: Bench, raw: Raw, context: Ctx, session: WriteDb) -> Envelope:
    """Book a part of a report, once by run and part, and return what the bench shall do."""
    part = _opened(raw, Report)
    if part.bench != bench:
        raise Problem(409, "other_bench", bench=bench, reported=part.bench)
    instruction = desk.receive(session, part, at_ms=context.now_ms())
    session.commit()
    context.ring()
    return _sealed(instruction.model_dump_json())


@router.post("/benches/{bench}/live", dependencies=[needs(Role.BENCH)], openapi_extra=BODY)
def live(bench: Bench, raw: Raw, context: Ctx) -> Envelope:
    """Show what a bench is like at this moment in the live picture; nothing of it is kept."""
    shown = _opened(raw, BenchShown)
    if bench not in context.plant.benches:
        raise Problem(404, "unknown_bench", bench=bench)
    context.picture.put("benches", bench, shown.model_dump(mode="json"))
    return _sealed(NOTHING)


def _opened(raw: bytes, kind: type[Payload]) -> Payload:
    """Return what is in an envelope; raises a problem for a spoilt one or one with something else in it."""
    try:
        return kind.model_validate_json(unseal(raw))
    except EnvelopeSpoilt as error:
        raise Problem(400, "bad_crc") from error
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_context=False)) from error


def _sealed(payload: str) -> Envelope:
    return Envelope(crc16=f"{crc16(payload.encode()):04x}", payload=payload)

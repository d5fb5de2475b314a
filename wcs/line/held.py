"""What anybody may read of work that waits for somebody: which mission, at which cell, why, and what may be decided."""

from __future__ import annotations

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from plc.plant.cells import CellLine
from wcs.faults import OF_MISSION
from wcs.ledger import carrier_from, mission_from
from wcs.line.rows import Carrier
from wcs.line.settling import WAITING, Way, ways
from wcs.store import AlarmRow, CarrierRow, MissionRow, table

_mission, _carrier, _alarm = table(MissionRow), table(CarrierRow), table(AlarmRow)
_waiting = sa.select(_mission).where(_mission.c.order == 0, _mission.c.state.in_(sorted(WAITING)))


class HeldView(BaseModel):
    """A mission of a cell that waits for somebody; `fault` says why, `ways` what may be decided.

    `carrier` is "" if the mission is about none; `code` is the fault code that the cell gave, 0 for none.
    """

    mission: int
    line: str
    cell: str
    fault: str
    code: int
    carrier: str
    meters: list[str]
    ways: list[Way]
    since_ms: int


def held(session: Session, spec: CellLine) -> list[HeldView]:
    """Return the work of a line that waits for somebody, the oldest first."""
    rows = session.connection().execute(
        _waiting.where(_mission.c.device.in_(list(spec.cells))).order_by(_mission.c.number)
    )
    return [_view(session, spec, dict(row)) for row in rows.mappings()]


def _view(session: Session, spec: CellLine, row: dict[str, object]) -> HeldView:
    mission = mission_from(row)
    carrier = _carrier_of(session, mission.unit)
    about = (_alarm.c.mission == mission.number, _alarm.c.cleared_ms == 0, _alarm.c.fault.in_(sorted(OF_MISSION)))
    alarm = session.connection().execute(sa.select(_alarm).where(*about).order_by(_alarm.c.id.desc())).first()
    return HeldView(
        mission=mission.number, line=spec.id, cell=mission.device, fault=alarm.fault if alarm else "",
        code=mission.fault, carrier=carrier.id if carrier else "",
        meters=[meter.code for meter in carrier.meters] if carrier else [],
        ways=list(ways(spec, mission, carrier)), since_ms=alarm.raised_ms if alarm else mission.sent_ms,
    )  # fmt: skip


def _carrier_of(session: Session, name: str) -> Carrier | None:
    row = session.connection().execute(sa.select(_carrier).where(_carrier.c.id == name)).mappings().first()
    return carrier_from(dict(row)) if row is not None else None

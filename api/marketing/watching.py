"""The floor as telemetry sees it: machines by state, and what stands in buffers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.context import Context
from plc.codes import PackML
from plc.plant.cells import CellLine
from plc.plant.model import Plant
from wcs.line import views
from wcs.views import units
from wms.marketing.platform.watch import Machine

WORKING = frozenset({PackML.EXECUTE, PackML.STARTING, PackML.COMPLETING, PackML.UNHOLDING, PackML.UNSUSPENDING})
IN_TROUBLE = frozenset({PackML.ABORTED, PackML.ABORTING, PackML.HELD, PackML.HOLDING})
AWAY = frozenset({"link_lost"})
RUNNING = frozenset({"ordered", "running"})
MOST_UNITS = 1_000


def machines(context: Context) -> list[Machine]:
    """Return every machine that was seen since the start, by the line that it belongs to."""
    seen = context.picture.snapshot()
    alarms = seen.get("alarms", {}).values()
    away = {str(one["device"]) for one in alarms if one["fault"] in AWAY}
    faults = seen.get("faults", {})
    found: list[Machine] = []
    for name, shown in sorted(seen.get("devices", {}).items()):
        state = "offline" if name in away else _state(shown, fault=bool(faults.get(name)))
        found.append(Machine(name, line_of(context.plant, name), state))
    return found


def occupied(session: Session, plant: Plant) -> dict[str, int]:
    """Return how many pallets and carriers wait before and on each line: none of those whose meters are on a bench."""
    standing = [unit.at for unit in units(session, limit=MOST_UNITS)]
    found: dict[str, int] = {}
    for name, spec in plant.lines.items():
        found[name] = standing.count(spec.infeed)
        if isinstance(spec, CellLine):
            found[name] += _carriers(session, spec)
    return found


def lines_of(plant: Plant) -> dict[str, list[str]]:
    """Return the machines of each line: its cells, itself if its maker's own control leads it."""
    return {name: list(spec.cells) if isinstance(spec, CellLine) else [name] for name, spec in plant.lines.items()}


def line_of(plant: Plant, device: str) -> str:
    """Return the line that a machine belongs to, itself if to none."""
    line = plant.line_of.get(device)
    return line.id if line is not None else device


def _state(shown: Mapping[str, Any], *, fault: bool) -> str:
    state = int(shown["state"])
    if fault or shown["fault"] or state in IN_TROUBLE:
        return "alarm"
    return "running" if shown["mission"] or state in WORKING else "idle"


def _carriers(session: Session, spec: CellLine) -> int:
    """Return the carriers that wait: those in a bench are no buffer."""
    line = views.line(session, spec)
    return sum(len(cell.carriers) for cell in line.cells if cell.kind != "bench")

"""What a device is told, and whether it may be told anything."""

from __future__ import annotations

from plc.codes import CmdCode, UnitMode
from plc.plant.places import spot
from plc.telegram import Command
from wcs.floor import Floor
from wcs.reasons import Reason
from wcs.rows import Mission


def not_ready(floor: Floor, device: str) -> Reason | None:
    """Return why a device takes no order at all: its link, its fault or its mode."""
    spec = floor.plant.devices[device]
    link = floor.links.get(spec.plc)
    if link is None or not link.online:
        return Reason.of("link_down", plc=spec.plc, why=link.reason if link else "not_connected")
    if (fault := floor.memo(device).fault) != 0:
        return Reason.of("device_fault", device=device, fault=fault)
    if floor.modes.get(device, UnitMode.PRODUCTION) != UnitMode.PRODUCTION:
        return Reason.of("device_mode", device=device, mode=floor.modes[device])
    return None


def command_for(floor: Floor, mission: Mission, weight_g: int = 0) -> Command:
    """Return the telegram of a mission; the same mission gives the same telegram, also after a restart."""
    order = floor.orders.get(mission.order)
    return Command(
        CmdCode(mission.code),
        mission.number,
        spot(floor.plant, mission.source),
        spot(floor.plant, mission.target),
        priority=max(0, order.priority) if order else 0,
        weight_g=weight_g,
        par1=mission.par1,
        par2=mission.par2,
        load_id=mission.unit[:22],
    )

"""Missions on cells: none of them belongs to a transport order, each belongs to a carrier, a box or a lane."""

from __future__ import annotations

from plc.codes import CmdCode
from plc.values import replace
from wcs.commands import command_for, not_ready
from wcs.decision import Decision, Send
from wcs.floor import Floor
from wcs.happenings import Dispatch
from wcs.journal import Fact
from wcs.line.rows import Carrier
from wcs.rows import Mission


def send(floor: Floor, mission: Mission, now_ms: int) -> Decision:
    """Write a mission and send its telegram; `mission` has no number yet."""
    sent = replace(mission, number=floor.last_mission + 1, sent_ms=now_ms)
    effect = Send(sent.device, command_for(floor, sent))
    return Decision([sent], [Fact("MissionSent", sent.device, payload(sent))], [effect], [Dispatch(sent.device)])


def fetch(floor: Floor, device: str, carrier: Carrier, pars: tuple[int, int], now_ms: int) -> Decision:
    """Let a cell fetch a carrier from the cell where it stands."""
    mission = Mission(0, 0, device, CmdCode.TRANSPORT, carrier.id, carrier.at, device, pars[0], pars[1])
    done = send(floor, mission, now_ms)
    done.changes.append(replace(carrier, moving=True))
    return done


def inside(device: str, code: CmdCode, unit: str = "", *, par1: int = 0, par2: int = 0) -> Mission:
    """Return the mission of a cell that does something with what it holds itself, not numbered yet."""
    return Mission(0, 0, device, code, unit, device, device, par1, par2)


def can_send(floor: Floor, device: str) -> bool:
    """Return whether a cell takes a telegram now: in reach, sound, and nothing unanswered."""
    return not floor.unanswered.get(device) and not_ready(floor, device) is None


def payload(mission: Mission) -> dict[str, str | int]:
    """Return what a fact says of a mission on a cell."""
    return {
        "mission": mission.number, "order": 0, "unit": mission.unit, "code": int(mission.code),
        "source": mission.source, "target": mission.target,
    }  # fmt: skip

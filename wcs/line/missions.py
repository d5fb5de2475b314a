"""Missions on cells: none of them belongs to a transport order, each belongs to a carrier, a box or a lane."""

from __future__ import annotations

from plc.codes import CmdCode
from plc.states import after
from plc.values import replace
from wcs import life
from wcs.alarms import clear_about, clear_of_mission
from wcs.commands import command_for, not_ready
from wcs.decision import Decision, Send
from wcs.faults import CellFault
from wcs.floor import Floor
from wcs.happenings import Dispatch, FaultFound
from wcs.journal import Fact
from wcs.life import MISSION
from wcs.line.rows import Carrier
from wcs.rows import Mission

TRIED = frozenset({CellFault.GAVE_UP.value, CellFault.REFUSED.value})
"""Alarms about what is tried again: over when it succeeds."""


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


def aboard(floor: Floor, mission: Mission) -> Carrier | None:
    """Return the carrier that a cell has taken in by a mission and works on."""
    carrier = floor.carriers.get(mission.unit)
    return carrier if carrier is not None and carrier.at == mission.device else None


def hold(floor: Floor, mission: Mission, fault: CellFault, now_ms: int, *, code: int = 0) -> Decision:
    """Stop a mission until somebody has looked at the cell: its carrier is not worked on as it should be.

    It must not go on as if it was, and no other cell may fetch it.
    """
    kept = replace(mission, state=after(MISSION, mission.state, life.Kept()), fault=code)
    fact = Fact("MissionHeld", mission.device, payload(mission) | {"why": fault.value, "code": code})
    found = FaultFound(fault, mission.device, mission.device, code, mission.number, unit=mission.unit)
    return Decision([kept], [fact]).join(clear_of_mission(floor, mission.number, now_ms)).join(Decision(follow=[found]))


def succeeded(floor: Floor, mission: Mission, now_ms: int) -> Decision:
    """Return the end of the alarms about a mission and about earlier ones of the same purpose that failed."""
    done = clear_of_mission(floor, mission.number, now_ms)
    return done.join(clear_about(floor, purpose(floor, mission), TRIED, now_ms))


def purpose(floor: Floor, mission: Mission) -> str:
    """Return what an alarm about a failed mission is about: a carrier or box, or what the cell holds itself."""
    if mission.source != mission.device or floor.plant.cells[mission.device].kind == "unloading":
        return mission.unit or mission.device
    return f"{mission.device}:{mission.par1}:{mission.par2}"


def can_send(floor: Floor, device: str) -> bool:
    """Return whether a cell takes a telegram now: in reach, sound, and nothing unanswered."""
    return not floor.unanswered.get(device) and not_ready(floor, device) is None


def payload(mission: Mission) -> dict[str, str | int]:
    """Return what a fact says of a mission on a cell."""
    return {
        "mission": mission.number, "order": 0, "unit": mission.unit, "code": int(mission.code),
        "source": mission.source, "target": mission.target,
    }  # fmt: skip

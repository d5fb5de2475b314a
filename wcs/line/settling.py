"""What a person decides about a mission that its cell has forgotten or stopped with: again, done, or out.

Nothing of it is ever decided without somebody: a cell that does not know what it did may do it twice.
"""

from __future__ import annotations

from typing import Literal

from plc.plant.cells import CellLine
from plc.states import after
from plc.values import replace
from wcs import life
from wcs.commands import command_for
from wcs.decision import Decision, Send
from wcs.floor import Floor
from wcs.happenings import Dispatch, SettleAsked
from wcs.journal import Fact
from wcs.life import MISSION, MissionState
from wcs.line import findings, legs, missions, sorting, stations
from wcs.line.missions import payload
from wcs.line.rows import HOLDERS, BenchRun, Carrier
from wcs.rows import Change, Mission

Way = Literal["again", "done", "out"]
WAITING = frozenset({MissionState.CLARIFY, MissionState.HELD})


def ways(line: CellLine, mission: Mission, carrier: Carrier | None) -> tuple[Way, ...]:
    """Return what may be decided about a mission; `carrier` is the one that it is about, if there is one.

    `again` is closed once the cell's finding is booked and whole: no meter gets the withstand voltage or a seal twice.
    `done` is closed where only the cell can say what came out: nobody's word makes a meter good. `out` is open for
    whatever is on a carrier.
    """
    if mission.order or mission.state not in WAITING:
        return ()
    kind = line.cells[mission.device].kind
    silent = carrier is not None and stations.silent(line, mission.device, carrier)
    owed = kind in findings.REPORTING and (not mission.found or silent)
    found: list[Way] = []
    if owed or not mission.found:
        found.append("again")
    if not owed:
        found.append("done")
    if carrier is not None and carrier.stage not in HOLDERS:
        found.append("out")
    return tuple(found)


def settled(floor: Floor, asked: SettleAsked, now_ms: int) -> Decision:
    """Do what somebody has decided; nothing if it is not open, or was decided before."""
    mission = floor.missions.get(asked.mission)
    line = floor.plant.line_of.get(mission.device) if mission is not None else None
    if mission is None or not isinstance(line, CellLine):
        return Decision()
    carrier = floor.carriers.get(mission.unit)
    if asked.way not in ways(line, mission, carrier):
        return Decision()
    said = payload(mission) | {"way": asked.way, "by": asked.by}
    done = Decision(facts=[Fact("MissionSettled", mission.device, said)])
    match asked.way:
        case "again":
            done.join(_again(floor, mission, carrier, now_ms))
        case "done":
            done.join(_done(floor, mission, carrier, now_ms))
        case _:
            done.join(_out(floor, line, mission, now_ms))
    done.follow += [Dispatch(cell) for cell in line.cells]
    return done


def _again(floor: Floor, mission: Mission, carrier: Carrier | None, now_ms: int) -> Decision:
    """Send it once more: under its own number to a cell that has forgotten it, else under a new one."""
    if mission.state is MissionState.CLARIFY:
        again = replace(mission, state=after(MISSION, mission.state, life.SentAgain()), found=False)
        done = Decision([again], [Fact("MissionSentAgain", mission.device, payload(mission))])
        done.effects.append(Send(mission.device, command_for(floor, again)))
        return done.join(missions.succeeded(floor, mission, now_ms))
    done = _given_up(floor, mission, now_ms)
    if carrier is not None:  # what belongs to no carrier comes to its turn by itself
        anew = replace(mission, state=MissionState.SENT, found=False, fault=0, ended_ms=0)
        done.join(missions.send(floor, anew, now_ms))
    return done


def _done(floor: Floor, mission: Mission, carrier: Carrier | None, now_ms: int) -> Decision:
    """Somebody has done it by hand, or sees that it is done."""
    done = legs.finished(floor, mission, mission.unit, now_ms)
    labelled = carrier is not None and stations.LABEL in {item for m in carrier.meters for item in m.failed}
    if labelled:
        done.changes = [_labelled(change) if isinstance(change, Carrier) else change for change in done.changes]
    return done


def _out(floor: Floor, line: CellLine, mission: Mission, now_ms: int) -> Decision:
    carrier = floor.carriers[mission.unit]
    done = _given_up(floor, mission, now_ms).join(sorting.taken_out(floor, line, carrier))
    done.changes += [_without(run, carrier) for run in floor.runs.values() if carrier.id in run.carriers]
    said: dict[str, str | int | list[str]] = {
        "line": line.id, "lot": carrier.lot, "cell": mission.device, "meters": [meter.code for meter in carrier.meters],
    }  # fmt: skip
    done.facts.append(Fact("CarrierTakenOut", carrier.id, said))
    return done


def _given_up(floor: Floor, mission: Mission, now_ms: int) -> Decision:
    gone = replace(mission, state=after(MISSION, mission.state, life.GaveUp()), ended_ms=now_ms)
    fact = Fact("MissionFailed", mission.device, payload(mission) | {"fault": mission.fault})
    return Decision([gone], [fact]).join(missions.succeeded(floor, mission, now_ms))


def _labelled(carrier: Carrier) -> Carrier:
    meters = (replace(m, failed=tuple(item for item in m.failed if item != stations.LABEL)) for m in carrier.meters)
    return replace(carrier, meters=tuple(meters))


def _without(run: BenchRun, carrier: Carrier) -> Change:
    """Free the bay of a carrier; a batch that has lost its last one is over."""
    bays = tuple("" if name == carrier.id else name for name in run.carriers)
    over = run.state == "loading" and not any(bays)
    return replace(run, carriers=bays, state="cleared" if over else run.state)

"""decide(floor, happening): the one function in which every decision of the WCS is made. Pure."""

from __future__ import annotations

from typing import assert_never

from plc.codes import RESULTING, EvtCode
from plc.link import Acked, EventRaised, LinkDown, LinkUp, Scanned, StatusSeen
from plc.values import replace
from wcs import alarms, arrivals, dispatch, journeys, legs, recovery
from wcs.decision import Book, Decision
from wcs.floor import Floor
from wcs.happenings import (
    Asking,
    CameToHalt,
    CancelAsked,
    Deferred,
    Directed,
    Dispatch,
    FaultFound,
    Happening,
    PackingAsked,
    PositionAsked,
    RankAsked,
    ResumeAsked,
    RunReported,
    SettleAsked,
    Standing,
    Started,
    Submitted,
    Tick,
)
from wcs.journal import Fact
from wcs.line import packing, results, settling
from wcs.line import turns as line_turns
from wcs.rows import ModeMemo

SAID = RESULTING | {EvtCode.SPOILT}
"""What a cell of a line reports of boxes, carriers and seals."""


def decide(floor: Floor, happening: Happening, now_ms: int) -> Decision:
    """Return what follows from `happening` at plant time `now_ms`; changes nothing itself."""
    match happening:
        case Dispatch(device):
            return dispatch.dispatch(floor, device, now_ms)
        case EventRaised():
            return _event(floor, happening, now_ms)
        case Acked():
            return legs.acked(floor, happening, now_ms)
        case CameToHalt(order):
            return journeys.came_to_halt(floor, order, now_ms)
        case StatusSeen(device, status):
            return _mode(floor, device, int(status.mode))
        case Submitted(order):
            return journeys.adopt(floor, order, now_ms)
        case Directed():
            return journeys.directed(floor, happening, now_ms)
        case Deferred():
            return journeys.deferred(floor, happening)
        case Asking():
            return arrivals.ask(floor, happening, now_ms)
        case Standing(unit):
            return arrivals.standing(floor, unit)
        case FaultFound():
            return alarms.raise_alarm(floor, happening, now_ms)
        case Scanned():
            return arrivals.scanned(floor, happening, now_ms)
        case CancelAsked():
            return journeys.cancel_asked(floor, happening, now_ms)
        case RunReported():
            return alarms.of_benches(floor, results.reported(floor, happening, now_ms), now_ms)
        case PositionAsked():
            return alarms.of_benches(floor, results.position_asked(floor, happening), now_ms)
        case PackingAsked():
            return packing.asked(floor, happening)
        case SettleAsked():
            return settling.settled(floor, happening, now_ms)
        case ResumeAsked():
            return journeys.resume_asked(floor, happening, now_ms)
        case RankAsked():
            return journeys.rank_asked(floor, happening)
        case LinkUp():
            return recovery.link_up(floor, happening, now_ms)
        case LinkDown():
            return recovery.link_down(floor, happening, now_ms)
        case Started():
            return recovery.started(floor)
        case Tick(names):
            return _tick(floor, names)
        case _:
            assert_never(happening)


def _event(floor: Floor, notice: EventRaised, now_ms: int) -> Decision:
    """Book an event once: what has been booked already is only acknowledged again."""
    memo, book = floor.memo(notice.device), Book(notice.device, notice.seq)
    if notice.seq == memo.booked_seq:
        return Decision(effects=[book])
    happened = Decision([replace(memo, booked_seq=notice.seq)], effects=[book])
    match notice.event.code:
        case EvtCode.PICKED | EvtCode.ENDED | EvtCode.ABORTED:
            done = legs.mission_event(floor, notice, now_ms)
        case EvtCode.ARRIVED:
            done = arrivals.load_arrived(floor, notice, now_ms)
        case _ if notice.device in floor.plant.cells and notice.event.code in SAID:
            done = line_turns.told(floor, notice, now_ms)
        case EvtCode.BOXED:
            done = _boxed(notice)
        case EvtCode.FAULT_RAISED | EvtCode.FAULT_GONE:
            return happened.join(alarms.told(floor, notice, now_ms))
        case _:
            return happened
    memos = [c for c in done.changes if type(c) is type(memo)]
    for written in memos:  # the leg remembers something of the same device: one row, both things
        happened.changes[0] = replace(written, booked_seq=notice.seq)
        done.changes.remove(written)
    return happened.join(done)


def _boxed(notice: EventRaised) -> Decision:
    box = notice.result
    if box is None:
        return Decision()
    payload = {
        "line": notice.device, "box": box.box, "pallet": box.pallet, "pile": box.pile, "verdict": box.verdict,
        "meters": [[m.code, m.verdict, m.seal] for m in box.meters],
    }  # fmt: skip
    return Decision(facts=[Fact("BoxPacked", box.box, payload)])


def _mode(floor: Floor, device: str, mode: int) -> Decision:
    if floor.modes.get(device) == mode:
        return Decision()
    return Decision([ModeMemo(device, mode)], follow=[Dispatch(device)])


def _tick(floor: Floor, names: tuple[str, ...]) -> Decision:
    done = Decision()
    for name in names:
        if name in floor.plant.devices:
            done.follow.append(Dispatch(name))
        else:
            done.join(arrivals.scan_again(floor, name))
    return done

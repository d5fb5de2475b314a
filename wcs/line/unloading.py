"""The unloading cell: a box is open, the WMS says what happens to it; a carrier is filled; a lot ends."""

from __future__ import annotations

from plc.codes import CmdCode
from plc.link import EventRaised
from plc.plant.cells import CellLine
from plc.values import replace
from wcs.decision import Decision
from wcs.floor import Floor
from wcs.happenings import Directed, Dispatch
from wcs.journal import Fact
from wcs.line import missions
from wcs.line.rows import FRESH, Carrier, LineLot, LineMeter, lot_key
from wcs.rows import Mission, Order, Question, Serial

ADMIT = "admit"
ASIDE = "exception"


def begin_lot(floor: Floor, line: CellLine, order: Order) -> Decision:
    """A pallet is on its way: remember how its lot is verified."""
    lot, work = int(order.params.get("par1", 0)), order.params.get("work")
    known = floor.lots.get(lot_key(line.id, lot))
    if known is not None and known.flush == "" and (work is None or known.work == work):
        return Decision()
    return Decision([LineLot(lot_key(line.id, lot), line.id, lot, work or (known.work if known else {}))])


def end_lot(floor: Floor, line: CellLine, lot: int) -> Decision:
    """No further pallet of a lot will come: its last carrier goes on as it is."""
    known = floor.lots.get(lot_key(line.id, lot)) or LineLot(lot_key(line.id, lot), line.id, lot)
    if known.flush:
        return Decision()
    return Decision([replace(known, flush="wanted")], follow=[Dispatch(line.entry)])


def opened(floor: Floor, line: CellLine, notice: EventRaised, now_ms: int) -> Decision:
    """A box is open and scanned: ask the WMS whether its meters may go on the line."""
    box = notice.result
    if box is None:
        return Decision()
    number = floor.serial + 1
    question = Question(f"{ADMIT}:{number}", ADMIT, box.box, notice.device, asked_ms=now_ms)
    payload = {
        "question": question.id, "line": line.id, "cell": notice.device, "box": box.box, "pallet": box.pallet,
        "meters": [meter.code for meter in box.meters],
    }  # fmt: skip
    return Decision([Serial(number), question], [Fact("BoxOpened", box.box, payload)])


def told(question: Question, answer: Directed) -> Decision:
    """The WMS has answered: take the meters, or set the box down at the exception port."""
    if question.state != "open":
        return Decision()
    state = "aside" if answer.destination == ASIDE else "told"
    lot = int(answer.params.get("lot", 0))
    return Decision([replace(question, state=state, order=lot)], follow=[Dispatch(question.station)])


def dispatch(floor: Floor, line: CellLine, device: str, now_ms: int) -> Decision:
    """Tell the robot about the box in its hands, or that a lot ends."""
    out = {(floor.missions[n].code, floor.missions[n].unit) for n in floor.running.get(device, ())}
    asked = [q for q in floor.questions.values() if q.station == device and q.ask == ADMIT]
    for question in asked:
        code = CmdCode.PICK if question.state == "told" else CmdCode.PLACE
        if question.state != "open" and (code, question.unit) not in out:
            return missions.send(floor, missions.inside(device, code, question.unit, par1=question.order), now_ms)
    if asked or any(code == CmdCode.BOX for code, _ in out):
        return Decision()
    wanted = next((lot for lot in floor.lots.values() if lot.line == line.id and lot.flush == "wanted"), None)
    if wanted is None:
        return Decision()
    return missions.send(floor, missions.inside(device, CmdCode.BOX, par1=wanted.lot), now_ms)


def robot_done(floor: Floor, line: CellLine, mission: Mission) -> Decision:
    """The robot has done what it was told: a box is emptied or set aside, or the last carrier of a lot is closed."""
    if mission.code == CmdCode.BOX:
        lot = floor.lots.get(lot_key(line.id, mission.par1))
        return Decision([replace(lot, flush="done")]) if lot is not None else Decision()
    kind = "BoxEmptied" if mission.code == CmdCode.PICK else "BoxAside"
    done = Decision(facts=[Fact(kind, mission.unit, {"line": line.id, "cell": mission.device, "lot": mission.par1})])
    for question in floor.questions.values():
        if (question.station, question.ask, question.unit) == (mission.device, ADMIT, mission.unit):
            done.changes.append(replace(question, state="answered"))
    return done


def filled(line: CellLine, notice: EventRaised, now_ms: int) -> Decision:
    """A carrier is ready to go: from now on the line knows where each of its meters is."""
    found = notice.result
    if found is None:
        return Decision()
    meters = tuple(LineMeter(meter.code) for meter in found.meters)
    carrier = Carrier(found.box, line.id, notice.event.data1, FRESH, notice.device, meters, since_ms=now_ms)
    payload = {"line": line.id, "lot": carrier.lot, "meters": [meter.code for meter in meters]}
    return Decision([carrier], [Fact("CarrierFilled", carrier.id, payload)])

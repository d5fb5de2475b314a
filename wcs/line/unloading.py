"""The unloading cell: a box is open, the WMS says what happens to it; a carrier is filled; a lot ends."""

from __future__ import annotations

from collections.abc import Iterator

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
from wcs.orders import OrderKind
from wcs.reasons import Reason
from wcs.rows import Mission, Order, Question, Serial

ADMIT = "admit"
ASIDE, BACK = "exception", "pallet"
STATES = {ASIDE: "aside", BACK: "back"}
"""What an answer makes of the question about a box; any other one lets its meters go on the line."""
ONTO_PALLET = 1
"""Par2 of PLACE: close the box and set it back onto its pallet."""


def begin_lot(floor: Floor, line: CellLine, order: Order) -> Decision:
    """A pallet is on its way: remember how its lot is verified. A way that is not over yet is never replaced."""
    lot, work = int(order.params.get("par1", 0)), order.params.get("work")
    known = floor.lots.get(lot_key(line.id, lot))
    if must_wait(floor, line, order) is not None:
        return Decision()
    if known is not None and known.flush in ("", "begun") and (work is None or known.work == work):
        return Decision()
    return Decision([LineLot(lot_key(line.id, lot), line.id, lot, work or (known.work if known else {}))])


def must_wait(floor: Floor, line: CellLine, order: Order) -> Reason | None:
    """Return why a pallet must not set out for a line yet: its lot is verified in another way, or is being packed up.

    It goes by itself when that is over. A meter is held against one run sheet from its first station to its box.
    """
    lot, work = int(order.params.get("par1", 0)), order.params.get("work")
    known = floor.lots.get(lot_key(line.id, lot))
    if known is None or known.flush == "over":
        return None
    reason = Reason.of("lot_not_over", line=line.id, lot=str(known.work.get("lot", lot)))
    if known.flush in ("wanted", "done"):
        return reason
    if work is None or known.work == work:
        return None
    same = (o for o in _of_lot(floor, line, lot) if o.number != order.number and o.params.get("work") == known.work)
    return reason if known.flush == "begun" or any(same) else None


def over(floor: Floor, line: CellLine, lot: int) -> list[Dispatch]:
    """Return who is looked at again when a lot, or a pallet of it, is done with: what had to wait for that."""
    return [Dispatch(order.device) for order in _of_lot(floor, line, lot) if order.device]


def _of_lot(floor: Floor, line: CellLine, lot: int) -> Iterator[Order]:
    orders = (order for order in floor.orders.values() if order.kind is OrderKind.VERIFY)
    return (o for o in orders if o.destination == line.id and int(o.params.get("par1", 0)) == lot)


def end_lot(floor: Floor, line: CellLine, lot: int) -> Decision:
    """No further pallet of a lot will come: its last carrier goes on as it is."""
    known = floor.lots.get(lot_key(line.id, lot)) or LineLot(lot_key(line.id, lot), line.id, lot)
    if known.flush not in ("", "begun"):
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


def told(floor: Floor, question: Question, answer: Directed) -> Decision:
    """The WMS has answered: take the meters, set the box down at the exception port, or back onto its pallet."""
    if question.state != "open":
        return Decision()
    state, lot = STATES.get(answer.destination, "told"), int(answer.params.get("lot", 0))
    done = Decision([replace(question, state=state, order=lot)], follow=[Dispatch(question.station)])
    known = floor.lots.get(lot_key(floor.plant.line_of[question.station].id, lot))
    if state == "told" and known is not None and known.flush == "":
        done.changes.append(replace(known, flush="begun"))
    return done


def dispatch(floor: Floor, line: CellLine, device: str, now_ms: int) -> Decision:
    """Tell the robot about the box in its hands, or that a lot ends."""
    out = {(floor.missions[n].code, floor.missions[n].unit) for n in floor.running.get(device, ())}
    asked = [q for q in floor.questions.values() if q.station == device and q.ask == ADMIT]
    for question in asked:
        code = CmdCode.PICK if question.state == "told" else CmdCode.PLACE
        if question.state != "open" and (code, question.unit) not in out:
            where = ONTO_PALLET if question.state == "back" else 0
            said = missions.inside(device, code, question.unit, par1=question.order, par2=where)
            return missions.send(floor, said, now_ms)
    if asked or any(code == CmdCode.BOX for code, _ in out):
        return Decision()
    wanted = next((lot for lot in floor.lots.values() if lot.line == line.id and lot.flush == "wanted"), None)
    if wanted is None:
        return Decision()
    return missions.send(floor, missions.inside(device, CmdCode.BOX, par1=wanted.lot), now_ms)


def robot_done(floor: Floor, line: CellLine, mission: Mission) -> Decision:
    """The robot has done what it was told: a box is emptied, aside or back, or the last carrier of a lot is closed."""
    if mission.code == CmdCode.BOX:
        lot = floor.lots.get(lot_key(line.id, mission.par1))
        return Decision([replace(lot, flush="done")]) if lot is not None else Decision()
    kind = "BoxEmptied" if mission.code == CmdCode.PICK else "BoxAside"
    kind = "BoxReturned" if kind == "BoxAside" and mission.par2 == ONTO_PALLET else kind
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

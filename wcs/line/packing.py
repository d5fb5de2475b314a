"""The packing cell: carriers of one lot and verdict are emptied into boxes; a box holds one lot and one verdict."""

from __future__ import annotations

from collections.abc import Collection

from plc.link import EventRaised
from plc.plant.cells import CellLine
from plc.values import replace
from wcs.decision import Decision
from wcs.floor import Floor
from wcs.happenings import Dispatch, PackingAsked
from wcs.journal import Fact
from wcs.line import missions, ways
from wcs.line.bench_orders import UNTESTED, finding, stations_before
from wcs.line.rows import PACKING, PASSED, REJECTED, Carrier, DropCarrier, LineLot, LineMeter, holder_id, lot_key
from wcs.reasons import Reason
from wcs.rows import Change, Order

NOT_VERIFIED, PASS, FAIL = 0, 1, 2
HELD = "held"
"""Of a lot: verdicts that are not packed for now."""
VERDICTS = {PASSED: PASS, REJECTED: FAIL}


def dispatch(floor: Floor, line: CellLine, device: str, now_ms: int) -> Decision:
    """Fetch the next carrier, if there is one and it finds room."""
    cell = line.cells[device]
    if ways.at_cell(floor, line, device) >= ways.room(line, cell):
        return Decision()
    coming = [one for one in ways.coming_to(floor, line, cell) if _verdict(one) not in held(floor, line, one.lot)]
    if not coming:
        return Decision()
    return missions.fetch(floor, device, coming[0], (coming[0].lot, _verdict(coming[0])), now_ms)


def held(floor: Floor, line: CellLine, lot: int) -> Collection[int]:
    """Return the verdicts of which meters of a lot must not be packed now."""
    known = floor.lots.get(_hold_key(line.id, lot))
    return () if known is None else known.work[HELD]


def asked(floor: Floor, said: PackingAsked) -> Decision:
    """Somebody outside has a say in where packed boxes go: hold what must wait, let the rest go on."""
    line = floor.plant.lines.get(said.line)
    if not isinstance(line, CellLine):
        return Decision()
    state = HELD if said.held else "over"
    hold = LineLot(_hold_key(line.id, said.lot), line.id, said.lot, {HELD: list(said.held)}, state)
    return Decision([hold], follow=[Dispatch(line.packer)])


def _hold_key(line: str, lot: int) -> str:
    """Return the id of what holds a lot back: a row of its own, whatever becomes of the lot meanwhile."""
    return f"{lot_key(line, lot)}:{HELD}"


def taken(floor: Floor, line: CellLine, carrier: Carrier) -> Decision:
    """A carrier is emptied: its meters wait for a box."""
    name = holder_id(line.id, PACKING, carrier.lot, str(_verdict(carrier)))
    held = floor.carriers.get(name) or Carrier(name, line.id, carrier.lot, PACKING, line.packer)
    return Decision([DropCarrier(carrier.id), replace(held, meters=(*held.meters, *carrier.meters))])


def boxed(floor: Floor, line: CellLine, notice: EventRaised) -> Decision:
    """A box is packed: what the line knows of its meters is what counts, not what the cell says of them."""
    box = notice.result
    if box is None:
        return Decision()
    codes = {meter.code for meter in box.meters}
    changes: list[Change] = []
    known: dict[str, tuple[int, str]] = {}
    lots: set[int] = set()
    silent: list[str] = []
    for held in ways.carriers_of(floor, line):
        if held.stage != PACKING or not any(m.code in codes for m in held.meters):
            continue
        verdict = int(held.id.rpartition(":")[2])
        lots.add(held.lot)
        known |= {m.code: (verdict, m.seal) for m in held.meters if m.code in codes}
        silent += [m.code for m in held.meters if m.code in codes and _untested(floor, line, held.lot, m)]
        left = tuple(m for m in held.meters if m.code not in codes)
        changes.append(replace(held, meters=left) if left else DropCarrier(held.id))
    wrong = [code for code in codes if len(lots) > 1 or not _fits(known.get(code), box.verdict)]
    payload = {
        "line": line.id, "box": box.box, "pallet": box.pallet, "pile": box.pile, "verdict": box.verdict,
        "meters": [[m.code, *known.get(m.code, (0, ""))] for m in box.meters], "wrong": sorted(wrong),
        "silent": sorted(silent),
    }  # fmt: skip
    facts = [Fact("BoxPacked", box.box, payload)]
    if notice.event.data2 <= line.packing.call_at:
        facts.append(Fact("EmptiesWanted", line.packer, {"line": line.id, "left": notice.event.data2}))
    return Decision(changes, facts, follow=[Dispatch(line.packer)])


def not_yet(floor: Floor, line: CellLine, order: Order) -> Reason | None:
    """Return why the last boxes of a lot cannot be packed now: meters of it are still on the line."""
    lot = int(order.params.get("par1", 0))
    known = floor.lots.get(lot_key(line.id, lot))
    ahead = ways.meters_ahead(floor, line, lot)
    if ahead and held(floor, line, lot):
        return Reason.of("packing_held", line=line.id, meters=ahead)
    if known is not None and known.flush != "done":
        return Reason.of("lot_not_unloaded", line=line.id, meters=ahead)
    return Reason.of("meters_on_line", line=line.id, meters=ahead) if ahead else None


def packed_up(floor: Floor, line: CellLine, lot: int) -> Decision:
    """A lot is packed to the last meter: the line forgets it."""
    known = floor.lots.get(lot_key(line.id, lot))
    return Decision([replace(known, flush="over")]) if known is not None else Decision()


def _untested(floor: Floor, line: CellLine, lot: int, meter: LineMeter) -> bool:
    """Return whether a station before the bench has said nothing of a meter that it should have tested."""
    known = floor.lots.get(lot_key(line.id, lot))
    before = stations_before(line, known.work if known is not None else {})
    return any(finding(meter, kind) == UNTESTED for kind in before)


def _fits(known: tuple[int, str] | None, verdict: int) -> bool:
    """Return whether a meter may lie in a box of a verdict: it has that verdict, and a seal if it has passed."""
    return known is not None and known[0] == verdict and (verdict != PASS or bool(known[1]))


def _verdict(carrier: Carrier) -> int:
    return VERDICTS.get(carrier.stage, NOT_VERIFIED)

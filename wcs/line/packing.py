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
LIMIT = "limit"
"""Of a lot: how many boxes of it may be packed, where somebody outside has a say in it."""
HELD = "packing_held"
VERDICTS = {PASSED: PASS, REJECTED: FAIL}


def dispatch(floor: Floor, line: CellLine, device: str, now_ms: int) -> Decision:
    """Fetch the next carrier, if there is one and it finds room."""
    cell = line.cells[device]
    if ways.at_cell(floor, line, device) >= ways.room(line, cell):
        return Decision()
    coming = [
        one
        for one in ways.coming_to(floor, line, cell)
        if _is_allowed(floor, line, one.lot, _verdict(one), len(one.meters))
    ]
    if not coming:
        return Decision()
    return missions.fetch(floor, device, coming[0], (coming[0].lot, _verdict(coming[0])), now_ms)


def asked(floor: Floor, said: PackingAsked) -> Decision:
    """Somebody outside has a say in where packed boxes go: remember how many may be packed, and go on as far as that.

    The line counts by itself what it packs, so that an answer that comes late allows nothing twice; what is packed for
    another account is counted from what is said.
    """
    line = floor.plant.lines.get(said.line)
    if not isinstance(line, CellLine):
        return Decision()
    key = _limit_key(line.id, said.lot)
    known = floor.lots.get(key)
    goes_on = known is not None and known.work.get("account", said.account) == said.account
    packed = known.work["packed"] if known is not None and goes_on else said.packed
    work = {"verdict": said.verdict, "boxes": said.boxes, "packed": packed, "per_box": said.per_box}
    work |= {"account": said.account, "why": said.why, "begun": said.begun}
    limit = LineLot(key, line.id, said.lot, work, LIMIT if said.boxes >= 0 else "over")
    return Decision([limit], follow=[Dispatch(line.packer)])


def _limit_key(line: str, lot: int) -> str:
    """Return the id of what limits a lot: a row of its own, whatever becomes of the lot meanwhile."""
    return f"{lot_key(line, lot)}:{LIMIT}"


def _is_allowed(floor: Floor, line: CellLine, lot: int, verdict: int, meters: int) -> bool:
    """Return whether so many meters more may be packed, with those that the cell has in its hands already.

    No meters: whether those in its hands may go into a last box that they do not fill.
    """
    limit = floor.lots.get(_limit_key(line.id, lot))
    if limit is None or limit.work["verdict"] != verdict:
        return True
    hand, per_box = _in_hand(floor, line, lot, verdict) + meters, limit.work["per_box"]
    begun = limit.work.get("begun", True) or not meters
    wanted = -(-hand // per_box) if begun else hand // per_box
    return limit.work["packed"] + wanted <= limit.work["boxes"]


def _why_held(floor: Floor, line: CellLine, lot: int) -> str:
    limit = floor.lots.get(_limit_key(line.id, lot))
    return HELD if limit is None else str(limit.work.get("why", HELD))


def _in_hand(floor: Floor, line: CellLine, lot: int, verdict: int) -> int:
    """Return how many meters of a lot and verdict the packing cell holds, or is fetching."""
    fetched = {floor.missions[number].unit for number in floor.running.get(line.packer, ())}
    mine = (c for c in ways.carriers_of(floor, line) if c.lot == lot and (c.at == line.packer or c.id in fetched))
    return sum(len(c.meters) for c in mine if _holds(c) == verdict)


def _holds(carrier: Carrier) -> int:
    return int(carrier.id.rpartition(":")[2]) if carrier.stage == PACKING else _verdict(carrier)


def _counted(floor: Floor, line: CellLine, lots: Collection[int], verdict: int) -> list[Change]:
    """Return the limits of packed lots with one box more."""
    limits = [floor.lots.get(_limit_key(line.id, lot)) for lot in sorted(lots)]
    return [
        replace(one, work={**one.work, "packed": one.work["packed"] + 1})
        for one in limits
        if one is not None and one.work["verdict"] == verdict
    ]


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
    changes += _counted(floor, line, lots, box.verdict)
    facts = [Fact("BoxPacked", box.box, payload)]
    if notice.event.data2 <= line.packing.call_at:
        facts.append(Fact("EmptiesWanted", line.packer, {"line": line.id, "left": notice.event.data2}))
    return Decision(changes, facts, follow=[Dispatch(line.packer)])


def not_yet(floor: Floor, line: CellLine, order: Order) -> Reason | None:
    """Return why the last boxes of a lot cannot be packed now: meters of it are still on the line."""
    lot = int(order.params.get("par1", 0))
    known = floor.lots.get(lot_key(line.id, lot))
    ahead = ways.meters_ahead(floor, line, lot)
    if not _is_allowed(floor, line, lot, PASS, 1 if ahead else 0):
        return Reason.of(_why_held(floor, line, lot), line=line.id, meters=ahead)
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

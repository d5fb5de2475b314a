"""Returns from a district: announced with a list, scanned meter by meter, taken as qualified or sorted, and claimed.

Everything comes in as quarantine. A box that was never opened, whose meters are exactly those that it left with, with
their seals intact and verified recently enough, is qualified again; every other one goes to sorting.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.errors import Refused
from wms.marketing import about, outbox, sampling
from wms.marketing.ageing import DAYS
from wms.marketing.return_tables import KINDS, ClaimRow, ReturnBoxRow, ReturnMeterRow, ReturnRow
from wms.marketing.returned import PASSED, Found, findings, why_sorted
from wms.reasons import Reason
from wms.results.paper_tables import PaperRow
from wms.rows import chunks, known, table, upsert
from wms.seals.tables import SealRow
from wms.standards import recall
from wms.stock.tables import AssetRow, BoxRow, PalletRow

_note, _box_in, _meter, _claim = table(ReturnRow), table(ReturnBoxRow), table(ReturnMeterRow), table(ClaimRow)
_box, _asset, _pallet = table(BoxRow), table(AssetRow), table(PalletRow)
_paper, _seal = table(PaperRow), table(SealRow)
MOST_METERS = 20_000
MOST_IN_BOX = 200
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in a box of a return: its meters, those of them whose seal is broken, the pallet it is put on."""

    box: str
    meters: tuple[str, ...]
    pallet: str
    opened: bool = False
    broken: tuple[str, ...] = ()


def announce(
    desk: Desk, *, key: str, district: str, kind: str, boxes: Mapping[str, Sequence[str]], empties: int = 0
) -> int:
    """Enter what a district says it sends back, box by box, and return the note's number; the same key the same.

    Raises Refused for a kind that there is none, for nothing or too much, for a meter that is listed twice, and for a
    key that has announced something else.
    """
    listed = [(code, box) for box, codes in boxes.items() for code in codes]
    said = {"district": district, "kind": kind, "empties": empties}
    if (old := _known(desk, key, said, dict(listed))) is not None:
        return old
    if kind not in KINDS:
        raise Refused("unknown_return_kind", kind=kind[:LONGEST])
    if not 0 <= empties <= MOST_METERS or len(listed) > MOST_METERS or not (listed or empties):
        raise Refused("return_out_of_range", meters=len(listed), max=MOST_METERS)
    if len({code for code, _ in listed}) != len(listed):
        twice = next(code for n, (code, _) in enumerate(listed) if code in {c for c, _ in listed[:n]})
        raise Refused("meter_listed_twice", meter=twice[:LONGEST])
    row = {"key": key, "district": district, "kind": kind, "state": "announced", "empties": empties}
    times = {"empties_found": 0, "created_ms": desk.at_ms, "closed_ms": 0, "closed_by": ""}
    number = int(desk.connection.execute(sa.insert(_note), row | times).inserted_primary_key[0])  # type: ignore[index]
    for part in chunks(listed, 500):
        rows = [{"note": number, "bar_code": code, "listed": box, "found": ""} for code, box in part]
        desk.connection.execute(sa.insert(_meter), rows)
    desk.book("ReturnAnnounced", key, note=number, district=district, kind=kind, meters=len(listed), empties=empties)
    return number


def scan(desk: Desk, number: int, found: Scan, *, by: str, days: int = DAYS) -> str:
    """Book a box as it was scanned, set it onto a pallet, and return its outcome: "qualified" or "sorting".

    Raises Refused for a note that is closed, a box scanned before or not out of the house, and a pallet that holds
    another lot or another kind of box.
    """
    note = _open(desk, number)
    box = _box_out(desk, number, found)
    facts = _facts(desk, number, found)
    why = why_sorted(facts, kind=note.kind, verdict=box.verdict, age_ms=desk.at_ms - box.verified_ms, days=days)
    final, outcome = ("returned", "sorting") if why else ("qualified", "qualified")
    _onto(desk, found, box, final)
    _place_meters(desk, number, found, facts)
    stay = {"pallet": found.pallet, "pile": 1, "state": final, "meters": len(found.meters) - len(facts.unknown)}
    desk.connection.execute(sa.update(_box).where(_box.c.code == found.box).values(**stay))
    row = {"note": number, "box": found.box, "pallet": found.pallet, "opened": found.opened, "outcome": outcome}
    desk.connection.execute(sa.insert(_box_in), row | {"why": why, "scanned_by": by, "scanned_ms": desk.at_ms})
    _raise(desk, number, findings(facts, broken=found.broken), found.box)
    desk.connection.execute(sa.update(_note).where(_note.c.number == number).values(state="scanning"))
    bars = sorted(facts.scanned & facts.in_books)
    said = {"lot": about.lot_of(desk.session, bars), "state": final, "box": found.box, "bars": bars}
    outbox.post_all(
        desk, kind="meter_changed", key=f"meter_changed:return:{number}:{found.box}", subject=found.box, bars=bars,
        body=said | {"place": found.pallet, "at_ms": desk.at_ms},
    )  # fmt: skip
    desk.book("ReturnScanned", found.box, note=number, meters=len(found.meters), outcome=outcome, why=why, by=by)
    desk.changed = desk.supplied = True
    return outcome


def close(desk: Desk, number: int, *, empties: int, by: str) -> int:
    """Close a return: what was listed and never found becomes a claim, empty boxes are booked. Return open claims."""
    note = _open(desk, number)
    if not 0 <= empties <= MOST_METERS:
        raise Refused("return_out_of_range", meters=empties, max=MOST_METERS)
    lost = sa.select(_meter.c.bar_code, _meter.c.listed).where(_meter.c.note == number, _meter.c.found == "")
    for row in desk.connection.execute(lost.order_by(_meter.c.bar_code)).all():
        _raise(desk, number, [(row.bar_code, "missing")], row.listed)
    values = {"state": "closed", "empties_found": empties, "closed_ms": max(1, desk.at_ms), "closed_by": by}
    desk.connection.execute(sa.update(_note).where(_note.c.number == number).values(**values))
    count = sa.select(sa.func.count()).where(_claim.c.note == number, sa.text("settled_ms = 0"))
    claims = int(desk.connection.execute(count).scalar() or 0)
    if claims or empties != note.empties:
        params = {"district": note.district, "claims": claims, "empties": empties, "announced": note.empties}
        desk.clarify(note.key, Reason("return_differs", params))
    desk.book("ReturnClosed", note.key, note=number, claims=claims, empties=empties, by=by)
    return claims


def settle_claim(desk: Desk, number: int, *, answer: str, by: str) -> None:
    """Close a claim with what the district has said. Raises Refused for one that is not open."""
    mine = sa.update(_claim).where(_claim.c.number == number, sa.text("settled_ms = 0"))
    values = {"settled_by": by, "settled_ms": max(1, desk.at_ms), "answer": answer}
    if desk.connection.execute(mine.values(**values)).rowcount != 1:
        raise Refused("claim_not_open", claim=number)
    desk.book("ClaimSettled", str(number), answer=answer, by=by)


def _known(desk: Desk, key: str, said: Mapping[str, Any], listed: Mapping[str, str]) -> int | None:
    """Return the note that a key has announced, None for a new key. Raises Refused if that says something else."""
    old = desk.connection.execute(sa.select(_note).where(_note.c.key == key)).mappings().first()
    if old is None:
        return None
    rows = sa.select(_meter.c.bar_code, _meter.c.listed).where(_meter.c.note == old["number"], _meter.c.listed != "")
    before: dict[str, str] = {code: box for code, box in desk.connection.execute(rows)}
    if any(old[name] != value for name, value in said.items()) or before != listed:
        raise Refused("key_with_other_body", key=key, sender=old["district"])
    return int(old["number"])


def _open(desk: Desk, number: int) -> Any:
    row = desk.connection.execute(sa.select(_note).where(_note.c.number == number).with_for_update()).first()
    if row is None:
        raise Refused("unknown_return", note=number)
    if row.state == "closed":
        raise Refused("return_closed", note=number)
    return row


def _box_out(desk: Desk, number: int, found: Scan) -> Any:
    """Return the row of a box that is out of the house."""
    if not 0 < len(found.meters) <= MOST_IN_BOX or len(set(found.meters)) != len(found.meters):
        raise Refused("scan_out_of_range", box=found.box, meters=len(found.meters), max=MOST_IN_BOX)
    if strange := sorted(set(found.broken) - set(found.meters)):
        raise Refused("broken_seal_elsewhere", meter=strange[0])
    row = desk.connection.execute(sa.select(_box).where(_box.c.code == found.box)).first()
    if row is None:
        raise Refused("unknown_box", box=found.box)
    before = sa.select(_box_in.c.box).where(_box_in.c.note == number, _box_in.c.box == found.box)
    if row.state != "shipped" or desk.connection.execute(before).first() is not None:
        raise Refused("box_not_out", box=found.box, state=row.state)
    return row


def _facts(desk: Desk, number: int, found: Scan) -> Found:
    """Return how the meters of a scan compare with the books and with the district's list."""
    here = {
        row.bar_code: row
        for row in known(desk.session, _asset.c.bar_code, found.meters, _asset.c.box, _asset.c.state, _asset.c.lot)
    }
    outside = sa.select(_asset.c.bar_code).outerjoin(_box, _box.c.code == _asset.c.box)
    outside = outside.where(sa.func.coalesce(_asset.c.state, _box.c.state) == "shipped")
    out = set(desk.connection.execute(outside.where(_asset.c.bar_code.in_(found.meters))).scalars())
    inside = sorted(set(here) - out)
    if inside:
        raise Refused("meter_not_out", meter=inside[0], box=found.box)
    own = desk.connection.execute(sa.select(_asset.c.bar_code).where(_asset.c.box == found.box)).scalars()
    said = known(desk.session, _meter.c.bar_code, found.meters, _meter.c.note, _meter.c.found)
    mine = {row.bar_code: row.found for row in said if row.note == number}
    if again := sorted(code for code, box in mine.items() if box):
        raise Refused("meter_scanned_before", meter=again[0], box=mine[again[0]])
    lots = frozenset(int(row.lot) for row in here.values())
    return Found(
        frozenset(found.meters), frozenset(own), frozenset(here), frozenset(mine), lots,
        opened=found.opened, broken=frozenset(found.broken), void=frozenset(_void(desk, found)),
        rejected=_is_rejected(desk, found.box),
    )  # fmt: skip


def _is_rejected(desk: Desk, box: str) -> bool:
    """Return whether the lot of a box is locked for its maker: its last sample that was decided has rejected it."""
    query = sa.select(_box.c.code).where(_box.c.code == box, _box.c.lot.in_(sampling.REJECTED_LOTS))
    return desk.connection.execute(query).first() is not None


def _void(desk: Desk, found: Scan) -> set[str]:
    """Return the meters of a scan of which a seal or paper was made void while they were out, or that were recalled."""
    query = sa.select(_asset.c.bar_code).where(_asset.c.bar_code.in_(found.meters))
    paper = sa.select(_paper.c.serial).where(_paper.c.bar_code == _asset.c.bar_code)
    no_paper = sa.and_(
        paper.exists(), ~paper.where(_paper.c.kind == "certificate", sa.text("state = 'valid'")).exists()
    )
    broken = sa.exists().where(_seal.c.seal == _asset.c.seal, _seal.c.state == "void")
    wrong = sa.or_(_asset.c.verdict != PASSED, no_paper, broken)
    return set(desk.connection.execute(query.where(wrong)).scalars()) | recall.locked(desk.session, found.meters)


def _onto(desk: Desk, found: Scan, box: Any, state: str) -> None:
    """Set a box onto a pallet that goes into stock next; lots and outcomes are not mixed on it."""
    pallet = desk.connection.execute(sa.select(_pallet).where(_pallet.c.code == found.pallet)).first()
    others = sa.select(_box.c.lot, _box.c.state).where(_box.c.pallet == found.pallet, _box.c.state != "shipped")
    rows = desk.connection.execute(others).all()
    in_house = pallet is not None and (pallet.whereabouts != "moving" or pallet.place) and pallet.whereabouts != "gone"
    if not found.pallet or in_house:
        raise Refused("pallet_not_for_returns", pallet=found.pallet[:LONGEST])
    if any((row.lot, row.state) != (box.lot, state) for row in rows):
        raise Refused("pallet_mixes", pallet=found.pallet, box=found.box)
    away = sa.update(_box).where(_box.c.pallet == found.pallet, _box.c.state == "shipped")
    desk.connection.execute(away.values(pallet=None, pile=0, pile_code=""))  # what it took out is not on it any more
    row = {"code": found.pallet, "whereabouts": "moving", "place": "", "lot": box.lot, "inbound": None}
    upsert(desk.session, PalletRow, [row | {"weight_g": 0, "height_mm": 0, "arrived_ms": max(1, desk.at_ms)}])


def _place_meters(desk: Desk, number: int, found: Scan, facts: Found) -> None:
    """Book which meters are in the box now; those of it that are not are with the district still."""
    away = sorted(facts.of_box - facts.scanned)
    out = sa.update(_asset).where(_asset.c.bar_code.in_(away))
    desk.connection.execute(out.values(box=None, state="shipped"))
    strangers = sorted((facts.scanned & facts.in_books) - facts.of_box)
    left = sa.select(_asset.c.box, sa.func.count()).where(_asset.c.bar_code.in_(strangers), _asset.c.box.is_not(None))
    fewer: Collection[Any] = desk.connection.execute(left.group_by(_asset.c.box)).all()
    for box, n in fewer:
        desk.connection.execute(sa.update(_box).where(_box.c.code == box).values(meters=_box.c.meters - n))
    into = sa.update(_asset).where(_asset.c.bar_code.in_(strangers))
    desk.connection.execute(into.values(box=found.box, state=None))
    mine = sa.update(_meter).where(_meter.c.note == number, _meter.c.bar_code.in_(sorted(facts.listed)))
    desk.connection.execute(mine.values(found=found.box))
    extra = sorted(facts.scanned - facts.listed)
    if extra:
        rows = [{"note": number, "bar_code": code, "listed": "", "found": found.box} for code in extra]
        desk.connection.execute(sa.insert(_meter), rows)


def _raise(desk: Desk, number: int, found: Sequence[tuple[str, str]], box: str) -> None:
    for code, finding in found:
        row = {"note": number, "bar_code": code, "finding": finding, "box": box, "raised_ms": desk.at_ms}
        desk.connection.execute(sa.insert(_claim), row | {"settled_by": "", "settled_ms": 0, "answer": ""})
        desk.book("ClaimRaised", code, note=number, finding=finding, box=box)

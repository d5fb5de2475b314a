"""A load into the tables, in chunks: lots, pallets, boxes and assets by a handful of bulk statements.

`between` is called after each chunk. A caller that passes `session.commit` keeps every write transaction short;
what is staged stays invisible as long as its inbound order is in state "staging".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.rows import Row, chunks, known, table, upsert
from wms.stock.load import BoxDraft, Load, Problem
from wms.stock.tables import AssetRow, BoxRow, LotRow, PalletRow

CHUNK = 1_000
_asset, _box, _lot, _pallet = table(AssetRow), table(BoxRow), table(LotRow), table(PalletRow)
_insert_asset = sa.insert(_asset)
Between = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the boxes, pallets and assets of a load are entered as."""

    boxes: Sequence[BoxDraft]
    state: Callable[[BoxDraft], str]
    whereabouts: str
    inbound: int | None = None
    verified: Callable[[BoxDraft], tuple[int, int]] = lambda _: (0, 0)  # verdict, plant ms


def clashes(session: Session, load: Load, between: Between) -> list[Problem]:
    """Return what of a load the stock has already: meters, boxes and pallets that are in use."""
    found: list[Problem] = []
    for part in chunks(sorted(load.line_of), CHUNK):
        for row in known(session, _asset.c.bar_code, part):
            found.append(Problem(load.line_of[row[0]], "bar_code", row[0], "meter_known_already"))
        between()
    for part in chunks(sorted(load.boxes), CHUNK):
        for code, state, meters in known(session, _box.c.code, part, _box.c.state, _box.c.meters):
            if meters and state != "shipped":
                line = load.boxes[code].line
                found.append(Problem(line, "box", code, "box_in_use", {"state": state}, code))
        between()
    lines = _first_lines(load)
    for code, whereabouts in known(session, _pallet.c.code, sorted(load.pallets), _pallet.c.whereabouts):
        if whereabouts != "gone":
            params = {"whereabouts": whereabouts}
            found += [Problem(lines[code], "pallet", code, "pallet_in_use", params, b) for b in _boxes_on(load, code)]
    between()
    box_of = {code: box for code, box, _ in load.meters}
    return [p if p.box else replace(p, box=box_of.get(p.value, "")) for p in found]


def stage(session: Session, load: Load, wanted: Wanted, between: Between) -> None:
    """Enter the wanted boxes of a load with their pallets, lots and assets."""
    lots = lot_numbers(session, sorted({draft.claim.lot for draft in wanted.boxes}))
    between()
    for rows in chunks(_pallet_rows(load, wanted, lots), CHUNK):
        upsert(session, PalletRow, rows)
        between()
    for rows in chunks(_box_rows(load, wanted, lots), CHUNK // 3):
        _release(session, [row["code"] for row in rows])
        upsert(session, BoxRow, rows)
        between()
    for rows in chunks(_asset_rows(load, wanted, lots), CHUNK):
        session.connection().execute(_insert_asset, rows)
        between()


def unstage(session: Session, inbound: int, between: Between) -> None:
    """Take out again what was staged for an inbound order that never became visible."""
    boxes = session.connection().execute(sa.select(_box.c.code).where(_box.c.inbound == inbound)).scalars().all()
    for part in chunks(boxes, CHUNK // 15):
        session.connection().execute(sa.delete(_asset).where(_asset.c.box.in_(part)))
        between()
    session.connection().execute(sa.delete(_box).where(_box.c.inbound == inbound))
    session.connection().execute(sa.delete(_pallet).where(_pallet.c.inbound == inbound))
    between()


def lot_numbers(session: Session, codes: Sequence[str]) -> dict[str, int]:
    """Return the number of each lot; lots that are new get one."""
    have = {code: number for code, number in known(session, _lot.c.code, codes, _lot.c.number)}
    new = [{"code": code} for code in codes if code not in have]
    if new:
        session.connection().execute(sa.insert(_lot), new)
        have = {code: number for code, number in known(session, _lot.c.code, codes, _lot.c.number)}
    return have


def _release(session: Session, boxes: Sequence[str]) -> None:
    """Take what a box held when it was shipped out of it: the box has come back with something else."""
    out = sa.update(_asset).where(_asset.c.box.in_(boxes)).values(box=None, state="shipped")
    session.connection().execute(out)


def _pallet_rows(load: Load, wanted: Wanted, lots: dict[str, int]) -> Iterator[Row]:
    heights, used = load.heights_mm(), {draft.claim.pallet for draft in wanted.boxes}
    for code, claim in load.pallets.items():
        if code in used:
            yield {
                "code": code, "whereabouts": wanted.whereabouts, "place": claim.slot, "lot": lots[claim.lot],
                "inbound": wanted.inbound, "weight_g": 0, "height_mm": heights[code],
                "arrived_ms": 0 if wanted.inbound is None else None,
            }  # fmt: skip


def _box_rows(load: Load, wanted: Wanted, lots: dict[str, int]) -> Iterator[Row]:
    for draft in wanted.boxes:
        claim, (verdict, verified_ms) = draft.claim, wanted.verified(draft)
        yield {
            "code": claim.box, "pallet": claim.pallet, "pile": load.piles[claim.pallet][claim.pile],
            "pile_code": claim.pile, "lot": lots[claim.lot], "model": claim.model, "inbound": wanted.inbound,
            "meters": draft.meters, "state": wanted.state(draft), "verdict": verdict, "verified_ms": verified_ms,
        }  # fmt: skip


def _asset_rows(load: Load, wanted: Wanted, lots: dict[str, int]) -> Iterator[dict[str, Any]]:
    said = {
        draft.claim.box: (lots[draft.claim.lot], draft.claim.model, *wanted.verified(draft)) for draft in wanted.boxes
    }
    for code, box, made_on in load.meters:
        if (of_box := said.get(box)) is not None:
            lot, model, verdict, verified_ms = of_box
            yield {
                "bar_code": code, "box": box, "lot": lot, "model": model, "made_on": made_on, "seal": "",
                "verdict": verdict, "verified_ms": verified_ms,
            }  # fmt: skip


def _first_lines(load: Load) -> dict[str, int]:
    lines: dict[str, int] = {}
    for draft in load.boxes.values():
        lines.setdefault(draft.claim.pallet, draft.line)
    return lines


def _boxes_on(load: Load, pallet: str) -> list[str]:
    return [code for code, draft in load.boxes.items() if draft.claim.pallet == pallet]

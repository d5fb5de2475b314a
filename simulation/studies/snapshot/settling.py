"""What is in motion is set down: pallets into slots, meters of a line back into boxes, promises back into stock.

A study cannot begin in the middle of a crane's move or of a bench's run. What a line holds is verified again from
the beginning, what was under way sets out again: a few minutes of work that a plant at rest would not have.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.loads import BOX_G, METER_G, PALLET_G
from simulation.studies.snapshot.document import Contents, Standing
from simulation.study import StudyError
from wms.rows import chunks
from wms.stock.load import PALLET_DECK_MM

Row = Mapping[str, Any]
STATES = {"to_verify": "received", "on_line": "received", "allocated": "qualified"}
"""What a state comes back to when nothing is under way any more."""
SPARE_BOX = re.compile(r"B[A-Za-z][A-Za-z0-9_]*?\d{5}")


@dataclass(slots=True)
class Books:
    """What the tables say."""

    pallets: list[Row]
    boxes: Mapping[str | None, Sequence[Row]]
    meters: Mapping[str, Sequence[str]]
    loose: list[tuple[int, str, str]]
    """Lot, model and bar code of the meters on lines."""
    slots: list[Row]
    """Nearest to their in-feed first."""
    lots: Mapping[int, str]
    deliveries: Mapping[int, str]
    models: Mapping[str, Row]


@dataclass(slots=True)
class Room:
    """Slots that are free, and those promised to a pallet."""

    free: list[Row]
    reserved: dict[str, Row]
    refused: list[str] = field(default_factory=list[str])

    def take(self, pallet: str, weight_g: int, height_mm: int) -> str:
        """Return a slot for a pallet: the one that it was promised, else the nearest that fits; "" if there is none."""
        if (own := self.reserved.pop(pallet, None)) is not None:
            return str(own["id"])
        for index, slot in enumerate(self.free):
            if slot["clear_height_mm"] >= height_mm and slot["max_weight_g"] >= weight_g:
                return str(self.free.pop(index)["id"])
        self.refused.append(pallet)
        return ""


def settled(books: Books, now_ms: int) -> tuple[Standing, ...]:
    """Return every pallet with its place; raises StudyError if what is in motion finds no slot."""
    usable = [slot for slot in books.slots if not slot["blocked"] and slot["pallet"] is None]
    room = Room(
        [slot for slot in usable if slot["reserved_for"] is None],
        {str(slot["reserved_for"]): slot for slot in usable if slot["reserved_for"] is not None},
    )
    found = [_standing(books, room, row, now_ms) for row in books.pallets]
    loose = [*_strays(books, now_ms), *_loose(books)]
    found += [_made_up(books, room, f"SNAP{number:04}", boxes) for number, boxes in enumerate(loose, 1)]
    if room.refused:
        raise StudyError([f"no slot is free for pallet {pallet}, which is under way" for pallet in room.refused])
    return tuple(sorted((one for one in found if one.boxes or one.slot), key=lambda one: one.code))


def _standing(books: Books, room: Room, row: Row, now_ms: int) -> Standing:
    boxes = tuple(_box(books, box, now_ms) for box in books.boxes.get(row["code"], ()))
    expected = row["whereabouts"] == "announced"
    stored = row["whereabouts"] == "stored"
    slot, was_at = (row["place"], "") if stored else ("", row["place"])
    if not slot and not expected and boxes:
        slot = room.take(row["code"], row["weight_g"], row["height_mm"])
    return Standing(
        code=row["code"], slot=slot, delivery=books.deliveries.get(row["inbound"], "") if expected else "",
        was_at="" if expected else was_at, lot=books.lots.get(row["lot"]), weight_g=row["weight_g"],
        height_mm=row["height_mm"], boxes=boxes,
        arrived_ms=None if row["arrived_ms"] is None else row["arrived_ms"] - now_ms,
    )  # fmt: skip


def _box(books: Books, row: Row, now_ms: int) -> Contents:
    meters = tuple(books.meters.get(row["code"], ()))
    return Contents(
        code=_box_code(row["code"]), pile=max(1, row["pile"]), lot=books.lots.get(row["lot"]), model=row["model"],
        state=_state(row), verdict=row["verdict"], verified_ms=_ago(row["verified_ms"], now_ms), meters=meters,
    )  # fmt: skip


def _state(row: Row) -> str:
    """Return what a box is when nothing is under way: one that was to be verified again is qualified as before."""
    state = str(row["state"])
    state = STATES.get(state, state)
    return "qualified" if state == "received" and row["verdict"] == 1 else state


def _box_code(code: str) -> str:
    """Return a box's code, another one for a spare box of a line: the line of a study counts its own from 1."""
    return f"S{code}" if SPARE_BOX.fullmatch(code) else code


def _strays(books: Books, now_ms: int) -> Iterator[list[Contents]]:
    """Yield pallets full of boxes that hold meters and stand on no pallet, as those that a line has just packed."""
    by_kind: dict[tuple[str, ...], list[Contents]] = defaultdict(list)
    for row in books.boxes.get(None, ()):
        box = _box(books, row, now_ms)
        if box.meters and box.lot and box.model:
            by_kind[box.lot, box.model, box.state].append(box)
    for (_, model, _), boxes in sorted(by_kind.items()):
        packing = books.models[model]
        high = packing["boxes_per_pile"]
        for part in chunks(boxes, high * packing["piles_per_pallet"]):
            yield [box.model_copy(update={"pile": number // high + 1}) for number, box in enumerate(part)]


def _loose(books: Books) -> Iterator[list[Contents]]:
    """Yield pallets full of boxes for the meters that lines hold out of their boxes: to be verified from the start."""
    by_kind: dict[tuple[int, str], list[str]] = defaultdict(list)
    for lot, model, code in books.loose:
        by_kind[lot, model].append(code)
    count = 0
    for (lot, model), codes in sorted(by_kind.items()):
        packing = books.models[model]
        high, boxes = packing["boxes_per_pile"], list(chunks(codes, packing["per_box"]))
        for part in chunks(boxes, high * packing["piles_per_pallet"]):
            yield [
                Contents(
                    code=f"SNAPB{count + number:05}", pile=number // high + 1, lot=books.lots[lot], model=model,
                    state="received", verdict=0, verified_ms=0, meters=tuple(meters),
                )
                for number, meters in enumerate(part)
            ]  # fmt: skip
            count += len(part)


def _made_up(books: Books, room: Room, name: str, boxes: list[Contents]) -> Standing:
    """Return a pallet for boxes that stand on none."""
    packing = books.models[boxes[0].model or ""]
    weight_g = PALLET_G + sum(BOX_G + METER_G * len(box.meters) for box in boxes)
    height_mm = PALLET_DECK_MM + min(len(boxes), packing["boxes_per_pile"]) * packing["box_height_mm"]
    return Standing(
        code=name, slot=room.take(name, weight_g, height_mm), was_at="line", lot=boxes[0].lot, weight_g=weight_g,
        height_mm=height_mm, arrived_ms=-1, boxes=tuple(boxes),
    )  # fmt: skip


def _ago(at_ms: int, now_ms: int) -> int:
    """Return a time counted from now; 0 says "never" of a verification and stays."""
    return at_ms - now_ms if at_ms else 0

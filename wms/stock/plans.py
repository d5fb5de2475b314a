"""The pallets of a delivery and their slots, planned together as the first of them comes. A hope, not a reservation.

What comes in between may take a planned slot; the pallet then gets the best one of the moment. A plan looks at a
bounded number of pallets and slots, so that it takes some milliseconds; what is beyond gets its slot one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import sqlalchemy as sa

from optimizer.slotting.field import Free, Units, Weights
from optimizer.slotting.joint import place
from plc.plant.model import Plant
from wms.desk import Desk
from wms.rows import table
from wms.stock import candidates, lanes, turnover
from wms.stock.candidates import Candidate
from wms.stock.tables import BoxRow, PalletRow, SlotPlanRow, SlotRow

MOST_PALLETS = 100
_pallet, _box, _slot, _plan = table(PalletRow), table(BoxRow), table(SlotRow), table(SlotPlanRow)
_p = sa.bindparam
_planned = sa.select(_plan.c.slot, _slot.c.aisle).join(_slot, _slot.c.id == _plan.c.slot)
_planned = _planned.where(_plan.c.pallet == _p("of_pallet"))
_used = sa.delete(_plan).where(_plan.c.pallet == _p("of_pallet"))
_is_planned = sa.select(_plan.c.pallet).where(_plan.c.inbound == _p("of_inbound")).limit(1)
_model = sa.select(sa.func.min(_box.c.model)).where(_box.c.pallet == _pallet.c.code).scalar_subquery()
_awaited = (
    sa.select(_pallet.c.code, _pallet.c.height_mm, _pallet.c.lot, _model.label("model"))
    .where(_pallet.c.inbound == _p("of_inbound"), _pallet.c.whereabouts == "announced")
    .order_by("model", _pallet.c.code)
    .limit(MOST_PALLETS)
)


def planned(desk: Desk, pallet: str, aisles: set[str]) -> str:
    """Return the slot that a plan has for a pallet if its aisle is among `aisles`, "" if not; the plan is used up."""
    row = desk.connection.execute(_planned, {"of_pallet": pallet}).first()
    if row is None:
        return ""
    desk.connection.execute(_used, {"of_pallet": pallet})
    return row.slot if row.aisle in aisles and lanes.closed(desk, row.slot, pallet) is None else ""


def make(desk: Desk, plant: Plant, inbound: int, aisles: set[str]) -> int:
    """Plan the pallets of an inbound order that are still to come, unless that is done; return how many have a slot."""
    if desk.connection.execute(_is_planned, {"of_inbound": inbound}).first() is not None:
        return 0
    rows = desk.connection.execute(_awaited, {"of_inbound": inbound}).all()
    taken: set[str] = set()
    for model, group in groupby(rows, key=lambda row: row.model):
        pallets = list(group)
        free = _free_slots(desk, plant, aisles, turnover.kind_of(model, "expected"), len(pallets) + len(taken))
        slots = _placed(plant, [each for each in free if each.slot not in taken], pallets)
        new = [{"pallet": p.code, "inbound": inbound, "slot": slot} for p, slot in zip(pallets, slots, strict=True)]
        new = [row for row in new if row["slot"]]
        taken |= {row["slot"] for row in new}
        if new:
            desk.connection.execute(sa.insert(_plan), new)
    if taken:
        desk.book("SlotsPlanned", str(inbound), pallets=len(taken))
    return len(taken)


def _free_slots(desk: Desk, plant: Plant, aisles: set[str], kind: tuple[str, str], most: int) -> list[Candidate]:
    """Return the nearest free slots of every kind from where the pallets belong."""
    kinds, found = turnover.kinds(desk), list[Candidate]()
    calls = kinds[kind].calls_day if kind in kinds else 0.0
    for seek in candidates.seeks(plant):
        if seek.aisle in aisles and seek.depth == plant.aisles[seek.aisle].depth:
            band = turnover.band(plant, seek.aisle, calls, list(kinds.values()))
            found += candidates.nearest_free(desk, seek, from_s=band.low_s, most=most)
    return found


def _placed(plant: Plant, free: Sequence[Candidate], pallets: Sequence[Any]) -> list[str]:
    """Return a slot for each pallet, "" where none is left: near, and each lot spread over the aisles."""
    if not free:
        return [""] * len(pallets)
    number = {name: n for n, name in enumerate(plant.aisles)}
    slots = Free(
        np.array([each.travel_s for each in free]), np.array([number[each.aisle] for each in free], np.int64),
        np.array([each.height_mm for each in free], np.int64), np.full(len(free), np.inf), np.zeros(len(free)),
    )  # fmt: skip
    units = Units(np.ones(len(pallets)), np.array([p.lot or 0 for p in pallets], np.int64),
                  np.array([p.height_mm for p in pallets], np.int64), np.zeros(len(pallets)))  # fmt: skip
    chosen = place(slots, units, Weights(spread_s=plant.rules.spread_s, balance_s=0.0)).slot
    return [free[slot].slot if slot >= 0 else "" for slot in chosen.tolist()]

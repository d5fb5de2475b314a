"""Stock that is there before the software is: taken over from a file as a whole or not at all.

CSV, one row a meter: slot, pallet, pile, box, bar_code, lot, state, verified_on, and model where a lot has none
in the books. `state` is a code of the utility's table; `verified_on` is a day for what was verified, else empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from plc.plant.model import Plant
from wms.desk import Desk
from wms.rows import known, table
from wms.stock import booking, codes, sheet
from wms.stock.booking import Between, Wanted
from wms.stock.load import BoxDraft, Claim, Load, Problem
from wms.stock.rules import Need, SlotState, unfit
from wms.stock.sheet import Sheet, is_date
from wms.stock.tables import BoxRow, LotRow, SlotRow

_slot, _box, _lot = table(SlotRow), table(BoxRow), table(LotRow)
REQUIRED = ("slot", "pallet", "pile", "box", "bar_code", "lot", "state", "verified_on")
IN_STOCK = {"received": 0, "qualified": 1, "rejected": 2, "quarantine": 0}
"""Roles that stock may have, and the verdict that goes with each."""


@dataclass(frozen=True, slots=True)
class StockIntake:
    """What became of a stock file; with `stored` False nothing was written."""

    rows: int
    meters: int
    boxes: int
    pallets: int
    slots: int
    stored: bool
    problems: tuple[Problem, ...]


def import_stock(
    session: Session,
    content: bytes,
    *,
    plant: Plant,
    at_ms: int,
    dry_run: bool = False,
    between: Between = lambda: None,
) -> StockIntake:
    """Take over stock; with problems nothing is stored and every bad row is named. `dry_run` only checks.

    `between` is called after each chunk of look-ups, never between writes: the stock appears at once.
    """
    load = Load(codes.models(session), codes.roles(session, "asset_type"))
    roles, lots = codes.roles(session, "asset_state"), _models_of_lots(session)
    between()
    text = sheet.decoded(content)
    opened = [text] if isinstance(text, Problem) else sheet.read_csv(text, REQUIRED)
    if isinstance(opened, list):
        return StockIntake(0, 0, 0, 0, 0, stored=False, problems=tuple(opened))
    rows = _read(load, opened, roles, lots)
    load.finish()
    load.problems += booking.clashes(session, load, between) + _slot_problems(session, load)
    load.problems.sort(key=lambda p: (p.line, p.column))
    stored = bool(rows) and not load.problems and not dry_run
    if stored:
        _write(session, load, plant, at_ms)
    return StockIntake(
        rows, len(load.meters), len(load.boxes), len(load.pallets), len({c.slot for c in load.pallets.values()}),
        stored, tuple(load.problems),
    )  # fmt: skip


def _read(load: Load, opened: Sheet, roles: Mapping[str, str], lots: Mapping[str, str]) -> int:
    columns, drafts, rows = opened.columns, dict[tuple[str, ...], BoxDraft](), 0
    bar = columns.index("bar_code")
    for line, cells in sheet.good_rows(opened, load.problems):
        rows += 1
        said = (*cells[:bar], *cells[bar + 1 :])
        draft = drafts.get(said)
        if draft is None:
            row = dict(zip(columns, cells, strict=True))
            draft = drafts[said] = _claimed(load, row, line, roles=roles, lots=lots)
        load.add(cells[bar], draft, line)
    if not rows and not load.problems:
        load.problem(0, "", "", "no_rows")
    return rows


def _claimed(
    load: Load, row: Mapping[str, str], line: int, *, roles: Mapping[str, str], lots: Mapping[str, str]
) -> BoxDraft:
    role, day, box = roles.get(row["state"], ""), row["verified_on"], row["box"]
    if role not in IN_STOCK:
        load.problem(line, "state", row["state"], "not_a_state_of_stock", box=box)
    if day and not is_date(day):
        load.problem(line, "verified_on", day, "not_a_date", box=box)
    elif bool(day) != (IN_STOCK.get(role, 0) > 0) and role in IN_STOCK:
        load.problem(line, "verified_on", day, "verified_on_does_not_fit_state", box=box, params={"state": role})
    model = row.get("model") or lots.get(row["lot"], "")
    return load.claim(Claim(row["pallet"], row["pile"], box, row["lot"], model, role, day, row["slot"]), line)


def _slot_problems(session: Session, load: Load) -> list[Problem]:
    """Return why pallets may not stand where the file has them."""
    columns = (_slot.c.clear_height_mm, _slot.c.max_weight_g, _slot.c.pallet, _slot.c.reserved_for, _slot.c.blocked)
    wanted = sorted({claim.slot for claim in load.pallets.values()})
    have = {row[0]: SlotState(*row) for row in known(session, _slot.c.id, wanted, *columns)}
    heights, found, lines = load.heights_mm(), list[Problem](), dict[str, int]()
    for draft in load.boxes.values():
        lines.setdefault(draft.claim.pallet, draft.line)
    by_slot: dict[str, str] = {}
    for pallet, claim in load.pallets.items():
        state, line = have.get(claim.slot), lines[pallet]
        if state is None:
            found.append(Problem(line, "slot", claim.slot, "unknown_slot"))
        elif (why := unfit(state, Need(pallet, heights[pallet], 0))) is not None:
            found.append(Problem(line, "slot", claim.slot, why.code, why.params))
        elif by_slot.setdefault(claim.slot, pallet) != pallet:
            found.append(Problem(line, "slot", claim.slot, "slot_of_two_pallets", {"before": by_slot[claim.slot]}))
    return found


def _write(session: Session, load: Load, plant: Plant, at_ms: int) -> None:
    wanted = Wanted(
        list(load.boxes.values()), lambda draft: draft.claim.state, "stored", verified=_verified(plant.epoch)
    )
    booking.stage(session, load, wanted, lambda: None)
    put = sa.update(_slot).where(_slot.c.id == sa.bindparam("at"), _slot.c.pallet.is_(None))
    rows = [{"at": claim.slot, "unit": pallet} for pallet, claim in load.pallets.items()]
    session.connection().execute(put.values(pallet=sa.bindparam("unit")), rows)
    desk = Desk(session, at_ms, changed=True)
    desk.book("StockTakenOver", "stock", meters=len(load.meters), boxes=len(load.boxes), pallets=len(load.pallets))
    desk.close()


def _verified(epoch: datetime) -> Callable[[BoxDraft], tuple[int, int]]:
    """Return what tells verdict and day of verification, as plant time: days before the epoch are negative."""
    start = epoch.astimezone(UTC)

    def of(draft: BoxDraft) -> tuple[int, int]:
        verdict = IN_STOCK[draft.claim.state]
        if not draft.claim.verified_on:
            return verdict, 0
        day = datetime.fromisoformat(draft.claim.verified_on).replace(tzinfo=UTC)
        return verdict, round((day - start).total_seconds() * 1000)

    return of


def _models_of_lots(session: Session) -> dict[str, str]:
    query = sa.select(_lot.c.code, sa.func.max(_box.c.model)).join(_box, _box.c.lot == _lot.c.number)
    query = query.where(_box.c.model.is_not(None)).group_by(_lot.c.code)
    return {lot: model for lot, model in session.connection().execute(query)}

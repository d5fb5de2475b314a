"""What a demo run came to: one JSON object, and whether the sum is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.demo import account, truth
from api.demo.account import BoxAccount, SealAccount
from api.demo.faults import FaultOutcome, Injection, outcomes
from api.demo.told import MarketingAccount
from api.demo.truth import TruthAccount
from plc.plant.cells import CellLine
from plc.plant.model import Plant
from simulation.benches import NatureOf
from wcs import journal, views
from wcs.journal import Booked
from wcs.line.account import Accountant, LineAccount
from wms.outbound.tables import OutboundOrderRow
from wms.rows import table
from wms.stock import views as stock

PAGE = 5000
_order = table(OutboundOrderRow)


class Telegrams(BaseModel):
    """Telegrams to one PLC."""

    sent: int = 0
    repeated: int = 0
    refused: int = 0


class DemoReport(BaseModel):
    """The outcome of a run. `problems` is empty if everything came out as it must."""

    meters_in: int
    meters_in_stock: int
    meters_shipped: int
    meters_rejected: int
    meters_unverified: int = 0
    """Never judged: they wait in quarantine, in boxes of their own."""
    unfinished: int
    units_per_slot_max: int
    open_missions: int
    trace_hash: str
    plant_seconds: float
    wall_seconds: float
    missions: int
    executed_twice: int
    collisions: int
    telegrams: dict[str, Telegrams]
    faults: list[FaultOutcome]
    lines: list[LineAccount] = []
    boxes: BoxAccount = BoxAccount()
    seals: SealAccount = SealAccount()
    verdicts: TruthAccount = TruthAccount()
    marketing: MarketingAccount | None = None
    """Only of a run on sockets: in memory nobody is written to."""
    problems: list[str] = []


@dataclass(frozen=True, slots=True)
class Physical:
    """What the twin's world says of a run: who was injected, what was executed twice, what collided."""

    injected: list[tuple[str, str, int]]
    executed_twice: int
    collisions: int
    boxes: dict[str, list[str]]
    """What lies in each box that stands on a pallet in the plant."""
    expected: frozenset[str]
    """The kinds of fault that the study brings."""
    nature_of: NatureOf
    """The truth about a meter."""


def make_report(
    session: Session, plant: Plant, world: Physical, telegrams: dict[str, Telegrams], wall_seconds: float
) -> DemoReport:
    """Return the report of a run from its database, its world and what its meters truly are."""
    totals = stock.totals(session)
    cells = [line for line in plant.lines.values() if isinstance(line, CellLine)]
    facts, lines = _read(session, cells)
    report = DemoReport(
        meters_in=totals.meters_in,
        meters_in_stock=totals.meters_in_stock,
        meters_shipped=totals.meters_shipped,
        meters_rejected=totals.meters_rejected,
        meters_unverified=account.unverified(session),
        unfinished=totals.unfinished,
        units_per_slot_max=totals.units_per_slot_max,
        open_missions=views.open_missions(session),
        trace_hash=journal.trace(session),
        plant_seconds=journal.last_ms(session) / 1000,
        wall_seconds=round(wall_seconds, 3),
        missions=views.last_mission(session),
        executed_twice=world.executed_twice,
        collisions=world.collisions,
        telegrams=telegrams,
        faults=outcomes([Injection(*one) for one in world.injected], facts),
        lines=lines,
        boxes=account.boxes(session, world.boxes),
        seals=account.seals(session, _lots_of(session, [line.id for line in cells])),
        verdicts=truth.truth(session, world.nature_of),
    )
    return report.model_copy(update={"problems": problems(report, world.expected)})


def problems(report: DemoReport, expected: frozenset[str] = frozenset()) -> list[str]:
    """Return what did not come out as it must, a line each; `expected` are the kinds of fault that were to happen."""
    accounted = report.meters_in_stock + report.meters_shipped + report.meters_rejected + report.meters_unverified
    checks: Sequence[tuple[bool, str]] = (
        (report.meters_in > 0, "no meter was taken in"),
        (report.meters_in == accounted, f"{report.meters_in} meters came in, {accounted} are accounted for"),
        (report.unfinished == 0, f"{report.unfinished} meters are unfinished"),
        (report.units_per_slot_max <= 1, "a slot holds more than one unit"),
        (report.open_missions == 0, f"{report.open_missions} missions are open"),
        (report.executed_twice == 0, f"{report.executed_twice} missions were executed twice"),
        (report.collisions == 0, f"{report.collisions} collisions"),
        (not report.boxes.differing, f"boxes hold other meters than booked: {', '.join(report.boxes.differing)}"),
        (report.seals.without_seal == 0, f"{report.seals.without_seal} meters passed and have no seal of their own"),
        (not truth.too_many(report.verdicts), f"{report.verdicts.clear_and_wrong} verdicts are not the truth"),
        (report.seals.seals_twice == 0, f"{report.seals.seals_twice} seals are on two meters"),
    )
    found = [text for fine, text in checks if not fine]
    exercised = {f.fault for f in report.faults if f.detected}
    found += [f"fault {kind} was not exercised" for kind in sorted(expected - exercised)]
    found += [f"fault {f.fault} of {f.subject} was not detected" for f in report.faults if not f.detected]
    found += [
        f"fault {f.fault} of {f.subject} never ended" for f in report.faults if f.detected and f.recovered_s is None
    ]
    return found


def _read(session: Session, lines: Sequence[CellLine]) -> tuple[list[Booked], list[LineAccount]]:
    """Read the journal once: what it says of faults, and what each line has done."""
    found: list[Booked] = []
    accountants = [Accountant(line) for line in lines]
    after = 0
    while page := journal.read(session, after, PAGE):
        after = page[-1].id
        found += [fact for fact in page if fact.kind in ("FaultRaised", "FaultCleared")]
        for accountant in accountants:
            for fact in page:
                accountant.read(fact)
    return found, [accountant.account() for accountant in accountants]


def _lots_of(session: Session, lines: Sequence[str]) -> list[int]:
    """Return the lots that were verified on some lines."""
    query = sa.select(_order.c.lot).where(_order.c.line.in_(lines), _order.c.kind == "verification")
    return [int(lot) for lot in session.connection().execute(query).scalars()]

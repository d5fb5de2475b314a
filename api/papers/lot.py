"""What the report of a lot holds, gathered once for PDF and workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from wms.results import bias, lots
from wms.results.lots import LotYield, Spread
from wms.results.rules import Bias
from wms.schemes.service import report_state

REPORT = "lot-report "
"""How the report of a lot is called in the review inbox, before its code."""


@dataclass(frozen=True, slots=True)
class LotReport:
    """Yield, errors and positions of a lot; `state` is that of its newest review, "" if it was never submitted."""

    out: LotYield
    spreads: list[Spread]
    biases: dict[str, list[Bias]]
    state: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """In which language a paper is, and from whom; dates are counted from the plant's epoch."""

    language: str
    laboratory: str
    epoch: datetime


def lot_report(session: Session, lot: str) -> LotReport:
    """Return the report of a lot; raises Refused for one that was never on a bench."""
    out = lots.lot_yield(session, lot)
    biases = {one.bench: bias.of_bench(session, one.bench) for one in out.benches}
    return LotReport(out, lots.spreads(session, lot), biases, report_state(session, f"{REPORT}{lot}"))

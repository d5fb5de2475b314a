"""The monthly demand of districts against stock and the capacity of the lines, with a warning before a shortage.

Month by month: what is available, plus what the lines can verify of what is in the house until the month begins, less
what the months before have taken. Only working hours of a line count.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from plc.plant.cells import CellLine
from plc.plant.model import Plant
from wcs import journal
from wms.desk import Desk
from wms.errors import Refused
from wms.line.planning import meter_s
from wms.marketing import night, promise
from wms.marketing.demand_tables import DemandRow
from wms.reasons import Reason
from wms.rows import table, upsert
from wms.stock.tables import ClarificationRow, ModelRow

_demand, _model, _question = table(DemandRow), table(ModelRow), table(ClarificationRow)
SHORT = {"no_stock": "demand_no_stock", "no_capacity": "demand_no_capacity"}
NIGHT = "nightly_demand"
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
HOURS_A_DAY, DAYS_A_MONTH = 16.0, 21
"""Two shifts; a site says otherwise when it asks."""
MOST_ROWS, MOST_METERS = 5_000, 10_000_000
Wanted = tuple[str, str, str, int]
"""Month, model, district, meters."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A model in a month: `supply` is what there is for it by then, `short` what is missing, `cause` why.

    `verify` must be verified in time for it; the lines have room for `capacity` more in that month.
    """

    month: str
    model: str
    demand: int
    supply: int
    short: int
    verify: int
    capacity: int
    cause: str


def enter(desk: Desk, rows: Sequence[Wanted], *, by: str) -> int:
    """Enter what districts plan to take, replacing what they had planned; 0 takes it out. Return how many rows.

    Raises Refused, and enters nothing, for a month or model that there is not, a district without name, or a figure
    that cannot be.
    """
    if not 0 < len(rows) <= MOST_ROWS:
        raise Refused("too_many_rows", count=len(rows), max=MOST_ROWS)
    models = set(desk.connection.execute(sa.select(_model.c.code)).scalars())
    for month, model, district, meters in rows:
        if not MONTH.fullmatch(month):
            raise Refused("not_a_month", month=month[:16])
        if model not in models:
            raise Refused("unknown_model", model=model[:64])
        if not district.strip() or len(district) > 32:  # noqa: PLR2004 - as orders have it
            raise Refused("not_a_district", district=district[:32])
        if not 0 <= meters <= MOST_METERS:
            raise Refused("quantity_out_of_range", quantity=meters, min=0, max=MOST_METERS)
    last = {(month, model, district): meters for month, model, district, meters in rows}
    upsert(desk.session, DemandRow, [
        {"month": month, "model": model, "district": district, "meters": meters}
        for (month, model, district), meters in last.items()
    ])  # fmt: skip
    desk.book("DemandEntered", by, rows=len(last), meters=sum(last.values()))
    return len(last)


def outlook(
    session: Session, plant: Plant, *, since: str = "", hours_a_day: float = HOURS_A_DAY, days: int = DAYS_A_MONTH
) -> list[Outlook]:
    """Return every model and month that something is planned for, by month; `short` > 0 is a warning.

    Months before `since` are over: what was planned for them takes nothing any more.
    """
    wanted = {key: meters for key, meters in _wanted(session).items() if key[0] >= since}
    stock = {one.model: one for one in promise.available(session)}
    phases: dict[str, str] = {code: phase for code, phase in session.connection().execute(_phases)}
    room = capacity(plant, hours_a_day=hours_a_day, days=days)
    ready = {model: one.available for model, one in stock.items()}
    raw = {model: one.to_verify for model, one in stock.items()}
    found: list[Outlook] = []
    for month in sorted({month for month, _ in wanted}):
        left = dict(room)
        for model in sorted(model for at, model in wanted if at == month):
            phase = phases.get(model, "")
            one = _month(
                month, model, wanted[month, model], (ready.get(model, 0), raw.get(model, 0), left.get(phase, 0))
            )
            ready[model] = max(0, one.supply - one.demand)
            raw[model] = raw.get(model, 0) - one.verify
            left[phase] = left.get(phase, 0) - one.verify
            found.append(one)
    return found


def watch(desk: Desk, plant: Plant) -> int:
    """Tell people of every shortage that the plan has come to, once, and close what is none any more; return how many.

    What is known is told with its newest figures.
    """
    seen = outlook(desk.session, plant, since=night.month(plant, desk.at_ms))
    short = {f"demand:{one.model}:{one.month}": one for one in seen if one.short}
    mine = (_question.c.reason.in_(SHORT.values()), sa.text("closed_ms = 0"))
    open_ = sa.select(_question.c.subject, _question.c.reason).where(*mine)
    known: dict[str, str] = {subject: reason for subject, reason in desk.connection.execute(open_)}
    for subject in sorted(known):
        if subject not in short or known[subject] != SHORT[short[subject].cause]:
            desk.clarified(subject)
    for subject, one in short.items():
        why = _why_short(one)
        desk.clarify(subject, why)
        newest = sa.update(_question).where(_question.c.subject == subject, *mine)
        desk.connection.execute(newest.values(params=why.params_json()))
    return len(short)


def _why_short(one: Outlook) -> Reason:
    figures = {"meters": one.short, "demand": one.demand, "supply": one.supply}
    return Reason(SHORT[one.cause], {"model": one.model, "month": one.month} | figures)


def nightly(desk: Desk, plant: Plant) -> None:
    """Look once a day whether the plan has come to a shortage, also because the time has gone on."""
    today = night.number(plant, desk.at_ms, hour=0)
    if today and today > journal.cursor_get(desk.session, NIGHT):
        journal.cursor_set(desk.session, NIGHT, today)
        watch(desk, plant)


def capacity(plant: Plant, *, hours_a_day: float, days: int) -> dict[str, int]:
    """Return how many meters of each phase the lines verify in a month; a line without phase verifies single-phase."""
    found: dict[str, int] = {}
    for line, spec in plant.lines.items():
        phase = spec.phase if isinstance(spec, CellLine) else "1ph"
        found[phase] = found.get(phase, 0) + int(hours_a_day * 3600 * days / meter_s(plant, line))
    return found


def _month(month: str, model: str, demand: int, have: tuple[int, int, int]) -> Outlook:
    """Return one month: from stock first, then of what is in the house as much as is needed and can be verified."""
    ready, raw, room = have
    needed = max(0, demand - ready)
    verify = max(0, min(needed, raw, room))
    short = needed - verify
    cause = "" if not short else "no_capacity" if room < min(needed, raw) else "no_stock"
    return Outlook(month, model, demand, ready + verify, short, verify, max(0, room), cause)


def _wanted(session: Session) -> Mapping[tuple[str, str], int]:
    query = sa.select(_demand.c.month, _demand.c.model, sa.func.sum(_demand.c.meters))
    rows = session.connection().execute(query.group_by(_demand.c.month, _demand.c.model))
    return {(month, model): int(meters) for month, model, meters in rows if meters}


_phases = sa.select(_model.c.code, _model.c.phase)

"""The best plan of a day from what is promised: lines divided first, then the search, which holds nobody up."""

from __future__ import annotations

from optimizer.effort import Effort
from wms.desk import Desk
from wms.shipping import dividing, service
from wms.shipping.drafting import Draft, draft
from wms.shipping.fleet import fleet
from wms.shipping.gathering import loads


def prepare(desk: Desk, day: str, *, plan: int | None = None) -> int:
    """Divide what no vehicle takes at once, for a new plan or a draft, and return how many lines are new."""
    also = () if plan is None else service.loose(desk, plan)
    return dividing.divide(desk, fleet(desk.session, day, but=plan), also=also)


def propose(desk: Desk, day: str, effort: Effort, *, plan: int | None = None) -> Draft:
    """Return the best plan within the effort: a new one, or a draft once more around what people have fixed.

    Writes nothing. Raises Refused for what is no day, without depot, vehicle or anything to deliver.
    """
    service.check_day(day)
    who = fleet(desk.session, day, but=plan)
    if plan is None:
        return draft(who, loads(desk.session), [], effort)
    fixed, rest = service.kept(desk, plan)
    return draft(who, rest, fixed, effort)

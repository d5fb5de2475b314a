"""The position-bias monitor: a position whose meters read beside all others, run after run, is at fault itself."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wms.desk import Desk
from wms.reasons import Reason
from wms.results.rules import Bias, biases, deviations
from wms.results.tables import OutcomeRow, PositionDeviationRow, RunRow
from wms.rows import table

_run, _outcome, _deviation = table(RunRow), table(OutcomeRow), table(PositionDeviationRow)
RUNS = 20
_errors = sa.select(_outcome.c.position, _outcome.c.point, _outcome.c.value).where(
    _outcome.c.of_run == sa.bindparam("run_is"), _outcome.c.item == "intrinsic_error", _outcome.c.value != ""
)


def look(desk: Desk, *, run: int, bench: str) -> None:
    """Note how the positions read in a run that has ended, and ask a person to look at those that are suspect."""
    errors = [(at, point, float(value)) for at, point, value in desk.connection.execute(_errors, {"run_is": run})]
    rows = [
        {"of_run": run, "position": position, "points": points, "deviation_percent": deviation}
        for position, (points, deviation) in deviations(errors).items()
    ]
    if not rows:
        return
    desk.connection.execute(sa.insert(_deviation), rows)
    for one in of_bench(desk.session, bench):
        if one.suspect:
            params = {"bench": bench, "position": one.position, "percent": f"{one.deviation_percent:+.3f}"}
            desk.clarify(f"position:{bench}:{one.position}", Reason("position_biased", params))


def of_bench(session: Session, bench: str, *, runs: int = RUNS) -> list[Bias]:
    """Return the bias of each position of a bench over its last runs."""
    last = sa.select(_run.c.number).where(_run.c.bench == bench, sa.text("ended_ms > 0"))
    numbers = list(session.connection().execute(last.order_by(_run.c.number.desc()).limit(runs)).scalars())
    query = sa.select(_deviation.c.position, _deviation.c.deviation_percent).where(_deviation.c.of_run.in_(numbers))
    found: dict[int, list[float]] = defaultdict(list)
    for position, deviation in session.connection().execute(query.order_by(_deviation.c.of_run)):
        found[position].append(deviation)
    return biases(found)

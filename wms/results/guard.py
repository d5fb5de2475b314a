"""Keys are held where too many meters of a lot, or on a bench, have failed: a keyed meter cannot easily go back.

Held until a quality engineer releases it; counting begins anew then.
"""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wcs.bench.records import Instruction, Run
from wcs.bench.sheet import Guard
from wms.desk import Desk
from wms.errors import Refused
from wms.marketing.tables import TaskRow
from wms.outbound.tables import OutboundOrderRow
from wms.reasons import Reason
from wms.results.rules import DAY_MS, Share
from wms.results.tables import HoldRow, MeterTestRow, OutcomeRow
from wms.rows import table
from wms.schemes import sheets
from wms.stock.tables import LotRow

_hold, _test, _outcome = table(HoldRow), table(MeterTestRow), table(OutcomeRow)
_order, _lot, _task = table(OutboundOrderRow), table(LotRow), table(TaskRow)
_p = sa.bindparam
_open = sa.select(_hold).where(
    sa.text("released_ms = 0"),
    sa.or_(
        sa.and_(_hold.c.scope == "bench", _hold.c.subject == _p("bench_is")),
        sa.and_(_hold.c.scope == "lot", _hold.c.subject == _p("lot_is")),
    ),
)
_released = sa.select(sa.func.max(_hold.c.released_ms)).where(
    _hold.c.scope == _p("scope_is"), _hold.c.subject == _p("subject_is")
)
_failing = (
    sa.select(_outcome.c.bar_code)
    .where(_outcome.c.of_run == _p("run_is"), _outcome.c.verdict == "fail", _outcome.c.at_ms > _p("since"))
    .distinct()
)
_tallied = (
    sa.select(_test.c.verdict, sa.func.count())
    .where(_test.c.nth > 0, _test.c.of_run != _p("run_is"), _test.c.ended_ms > _p("since"))
    .group_by(_test.c.verdict)
)
_on_bench = _tallied.where(_test.c.bench == _p("bench_is"), _test.c.attempt == 1)
_of_lot = _tallied.where(
    _test.c.lot == _p("lot_is"), sa.text("valid"), _test.c.bar_code.not_in(_p("codes", expanding=True))
)
_ending = (
    sa.select(_task.c.ending)
    .where(_task.c.lot == _p("lot_is"), _task.c.state.in_(["cancelling", "cancelled"]))
    .order_by(_task.c.number.desc())
    .limit(1)
)
"""What marketing has chosen for runs of a task that it took back."""
_asked = (
    sa.select(_order.c.state)
    .join(_lot, _lot.c.number == _order.c.lot)
    .where(_order.c.kind == "verification", _order.c.line == _p("line_is"), _lot.c.code == _p("lot_is"))
    .order_by(_order.c.number.desc())
    .limit(1)
)


def watch(desk: Desk, run: Any, given: Run) -> None:
    """Hold keys if the share of failed meters, with this run as far as it is, is over the limit of its sheet."""
    limits = sheets.sheet(desk.session, run.sheet).guard
    first = {place.bar_code for place in given.places if place.attempt == 1}
    everyone = {place.bar_code for place in given.places}
    last_day = desk.at_ms - DAY_MS
    for scope, subject, counted in (("bench", run.bench, first), ("lot", run.lot, everyone)):
        released = desk.connection.execute(_released, {"scope_is": scope, "subject_is": subject}).scalar() or -1
        since = max(released, last_day) if scope == "bench" else released
        share = _share(desk, run, limits, scope=scope, counted=counted, since=since)
        if share.too_many:
            _raise(desk, run, scope, subject, share)


def instruction(desk: Desk, run: Any) -> Instruction:
    """Return what the bench of a run must know now."""
    held = desk.connection.execute(_open, {"bench_is": run.bench, "lot_is": run.lot}).first()
    state = desk.connection.execute(_asked, {"line_is": run.line, "lot_is": run.lot}).scalar()
    stop: Literal["", "finish", "abort"] = "finish" if state == "cancelled" else ""
    if stop and desk.connection.execute(_ending, {"lot_is": run.lot}).scalar() == "abort":
        stop = "abort"
    reason = "keys_held" if held is not None else "verification_cancelled" if stop else ""
    return Instruction(hold_keys=held is not None, stop=stop, reason=reason)


def held(session: Session) -> list[int]:
    """Return the numbers of the holds that wait for a quality engineer, the oldest first."""
    waiting = sa.select(_hold.c.number).where(sa.text("released_ms = 0")).order_by(_hold.c.number)
    return list(session.connection().execute(waiting).scalars())


def release(desk: Desk, number: int, *, reason: str, by: str) -> None:
    """Let keys be downloaded again: a quality engineer has looked into it and answers for it."""
    row = desk.connection.execute(sa.select(_hold).where(_hold.c.number == number)).first()
    if row is None or row.released_ms:
        raise Refused("unknown_hold", hold=number)
    values = {"released_by": by, "released_ms": max(1, desk.at_ms), "reason": reason}
    desk.connection.execute(sa.update(_hold).where(_hold.c.number == number).values(**values))
    desk.clarified(_subject(row.scope, row.subject))
    desk.book("KeysReleased", row.subject, scope=row.scope, hold=number, reason=reason, by=by)


def _share(desk: Desk, run: Any, limits: Guard, *, scope: str, counted: set[str], since: int) -> Share:
    """Return the share: on a bench of first tests alone (what is tested again was picked), of a lot of what holds."""
    params = {"run_is": run.number, "since": since}
    failing = counted & set(desk.connection.execute(_failing, params).scalars())
    if scope == "bench":
        tally = desk.connection.execute(_on_bench, params | {"bench_is": run.bench})
    else:
        tally = desk.connection.execute(_of_lot, params | {"lot_is": run.lot, "codes": sorted(counted)})
    before: dict[str, int] = {verdict: n for verdict, n in tally}
    failed = before.get("fail", 0) + len(failing)
    return Share(sum(before.values()) + len(counted), failed, limits.reject_share, limits.reject_least)


def _raise(desk: Desk, run: Any, scope: str, subject: str, share: Share) -> None:
    mine = sa.and_(_hold.c.scope == scope, _hold.c.subject == subject, sa.text("released_ms = 0"))
    if desk.connection.execute(sa.select(_hold.c.number).where(mine)).first() is not None:
        return
    row = {
        "scope": scope, "subject": subject, "run": run.run, "tested": share.tested, "failed": share.failed,
        "limit_share": share.limit, "raised_ms": desk.at_ms,
    }  # fmt: skip
    desk.connection.execute(sa.insert(_hold), row)
    percent = f"{100 * share.failed / share.tested:.2f}"
    params = {"subject": subject, "failed": share.failed, "tested": share.tested, "percent": percent}
    desk.clarify(_subject(scope, subject), Reason(f"{scope}_rejects_too_many", params))
    desk.book("KeysHeld", subject, scope=scope, run=run.run, tested=share.tested, failed=share.failed)


def _subject(scope: str, subject: str) -> str:
    return f"keys:{scope}:{subject}"

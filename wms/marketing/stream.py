"""The consumer of the journal that writes letters: facts in, letters out, in one transaction with its cursor.

It never passes a fact that the WMS has still to book, for letters quote its books. The key of a letter is made of the
fact that it tells: the same fact can never become two letters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby, takewhile
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from wcs import journal
from wcs.journal import Booked
from wms import consumer
from wms.desk import Desk
from wms.marketing import about, boxes, empties, gates, outbox, reconcile, requests, results, voided
from wms.marketing.about import About
from wms.marketing.receivers import NAME

Handler = Callable[[Desk, Booked], None]
STATIONS = ("withstand",)
CALLED = "TransportStarted"


def is_wanted(engine: Engine) -> bool:
    """Return whether anybody at the marketing side is written to."""
    with Session(engine) as session:
        return bool(outbox.receivers(session))


def consume(session: Session, at_ms: int, limit: int = 500) -> int:
    """Turn up to `limit` facts into letters and return how many facts were looked at. Never commits."""
    books = journal.cursor_get(session, consumer.NAME)
    facts = journal.read(session, journal.cursor_get(session, NAME), limit)
    facts = list(takewhile(lambda fact: fact.id <= books or fact.kind not in consumer.HEARD, facts))
    if not facts:
        return 0
    desk = Desk(session, at_ms)
    if outbox.receivers(session):
        _write(desk, facts)
        requests.stock_called(desk, [fact for fact in facts if fact.kind == CALLED])
        if any(fact.kind in empties.TURNED_BY for fact in facts):
            empties.look(desk)
        gates.tell(desk)
        reconcile.nightly(desk)
    desk.close()
    journal.cursor_set(session, NAME, facts[-1].id)
    return len(facts)


def _write(desk: Desk, facts: Sequence[Booked]) -> None:
    """Write the letters of facts in their order; what is void is told together as far as nothing comes between."""
    for void, some in groupby(facts, key=lambda fact: fact.kind in voided.KINDS):
        if void:
            voided.tell(desk, list(some))
            continue
        for fact in some:
            if (handler := HANDLERS.get(fact.kind)) is not None:
                handler(desk, fact)


def _run_finished(desk: Desk, fact: Booked) -> None:
    """Sub-items first, then the conclusions; late ones go as well, and say so."""
    found = results.of_run(desk.session, fact.subject)
    if found is None:
        return
    mine = about.lot_in(desk.session, found.lot, fact.at_ms)
    _results(desk, fact, mine, kind="test_result", body=found.tested)
    if found.final_bars:
        _results(desk, fact, mine, kind="conclusion", body=found.final)


def _results(desk: Desk, fact: Booked, mine: About, *, kind: str, body: Mapping[str, Any]) -> None:
    said = {"task": mine.task, **body}
    if mine.late:
        said |= {"late": True, "of": kind}
    outbox.post_all(
        desk, kind="late_result" if mine.late else kind, key=f"{kind}:{fact.id}", body=said, task=mine.task,
        subject=fact.subject, bars=[one["bar_code"] for one in body["meters"]],
    )  # fmt: skip


def _checked(desk: Desk, fact: Booked) -> None:
    """What a withstand station has found on a carrier; other stations are told with the results of the run."""
    said = fact.payload
    if said["kind"] not in STATIONS:
        return
    lot = about.lot_named(desk.session, said["lot"])
    verdicts = {"pass": said.get("passed", []), "fail": said["failed"], "not_tested": said["silent"]}
    meters = [
        {"bar_code": code, "verdict": verdict, "at_ms": fact.at_ms}
        for verdict, codes in verdicts.items()
        for code in codes
    ]
    task = about.lot_in(desk.session, lot, fact.at_ms).task
    body = {"task": task, "lot": lot, "line": said["line"], "cell": said["cell"], "meters": meters}
    outbox.post_all(
        desk, kind="withstand", key=f"withstand:{fact.id}", body=body, task=task, subject=fact.subject,
        bars=[one["bar_code"] for one in meters],
    )  # fmt: skip


def _lot_completed(desk: Desk, fact: Booked) -> None:
    """The last word of a task, after everything that its lot has left behind."""
    mine = about.order_of(desk.session, int(fact.payload["order"]), fact.subject)
    if not mine.task or mine.late:
        return  # what was taken back ends with its counts per stage
    counts = {name: fact.payload[name] for name in ("passed", "failed", "unverified", "missing")}
    body = {"task": mine.task, "lot": fact.subject, "flag": "01", "counts": counts, "at_ms": fact.at_ms}
    outbox.post_all(
        desk, kind="task_finished", key=f"task_finished:{fact.id}", body=body, task=mine.task, subject=fact.subject
    )


HANDLERS: dict[str, Handler] = {
    "RunFinished": _run_finished,
    "CarrierChecked": _checked,
    "BoxOpened": boxes.opened,
    "BoxPacked": boxes.packed,
    "PalletReceived": boxes.received,
    "PalletStored": boxes.stored,
    "PalletShipped": boxes.shipped,
    "LotCompleted": _lot_completed,
}
HEARD = frozenset(HANDLERS) | voided.KINDS | empties.TURNED_BY | {CALLED} | {"OrderCreated", "DestinationsFetched"}
"""The kinds of facts that become letters, or that open and shut a gate."""

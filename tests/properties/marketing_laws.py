"""What must be true of a house that marketing asks things of, whatever happens; each law fails with what breaks it."""

from __future__ import annotations

import json
from collections import defaultdict

from sqlalchemy.orm import Session

from tests.properties.marketing_at_work import MODEL, MarketingAtWork
from wms.desk import Desk
from wms.marketing import promise, stages, task_views
from wms.marketing.proposals import row_of
from wms.outbound import views

LIVE = "('waiting','travelling','arrived','stopped')"


def each_meter_is_in_one_place(at: MarketingAtWork) -> None:
    """A meter is in one box or loose on the line, its box counts it, and a box that is here has a place."""
    assert at.read("SELECT count(*) FROM asset") == [(at.meters,)]
    wrong = "SELECT code FROM box b WHERE meters <> (SELECT count(*) FROM asset a WHERE a.box = b.code)"
    assert at.read(wrong) == []
    loose = {code for (code,) in at.read("SELECT bar_code FROM asset WHERE state = 'on_line'")}
    at.on_line()
    assert loose == {meter for meters in at.pool.values() for meter in meters}, "the line holds others than the books"
    here = "state IN ('received','to_verify','qualified','allocated','rejected','returned') AND meters > 0"
    assert at.read(f"SELECT code FROM box WHERE {here} AND pallet IS NULL") == []
    gone = f"SELECT b.code FROM box b JOIN pallet p ON p.code = b.pallet WHERE b.{here} AND p.whereabouts = 'gone'"
    assert at.read(gone.replace("AND meters", "AND b.meters")) == []
    held = {slot: unit for slot, unit in at.read("SELECT id, pallet FROM slot WHERE pallet IS NOT NULL")}
    assert all(held.get(slot) == unit for slot, unit in at.floor.contents.items())


def a_box_is_held_by_one_task(at: MarketingAtWork) -> None:
    """What a task holds no other one holds, and what is over holds nothing."""
    rows = at.read("SELECT h.box, t.state, h.state, b.state FROM proposal_box h JOIN box b ON b.code = h.box "
                   "JOIN verification_task t ON t.number = h.task WHERE h.state IN ('held','called')")  # fmt: skip
    assert len({row[0] for row in rows}) == len(rows)
    assert not {row[1] for row in rows} & {"cancelled", "finished"}, rows
    assert not {row[3] for row in rows if row[2] == "held"} & {"shipped", "expected", "allocated"}, rows


def stages_add_up(at: MarketingAtWork) -> None:
    """Counts per stage are all the meters of the task's lot."""
    meters = dict(at.read("SELECT l.code, count(*) FROM asset a JOIN lot l ON l.number = a.lot GROUP BY l.code"))
    named = at.read("SELECT key, lot FROM verification_task")
    with Session(at.engine) as session:
        desk = Desk(session, at.floor.now_ms)
        for key, lot in named:
            counts = stages.counts(desk, row_of(desk, key))
            assert sum(counts.values()) == meters.get(lot, 0), (key, counts)


def what_is_promised_can_be_kept(at: MarketingAtWork) -> None:
    """Available = qualified - locked - safety; a promise is the only one of its box, and holds none of a task's."""
    (free,) = at.read(
        "SELECT coalesce(sum(b.meters), 0) FROM box b WHERE b.state = 'qualified' AND NOT EXISTS "
        "(SELECT 1 FROM proposal_box h WHERE h.box = b.code AND h.state = 'held')"
    )[0]
    with Session(at.engine) as session:
        for one in promise.available(session):
            assert one.model == MODEL and one.available >= 0
            assert one.qualified - one.locked == free, (one, free)
            assert one.available == max(0, free - one.safety), (one, free)
    live = at.read("SELECT p.box, b.state, b.verdict FROM promise p JOIN box b ON b.code = p.box "
                   "WHERE p.state IN ('promised','moving','picked')")  # fmt: skip
    assert len({box for box, *_ in live}) == len(live)
    assert {(state, verdict) for _, state, verdict in live} <= {("allocated", 1)}, live


def nothing_waits_without_a_reason(at: MarketingAtWork) -> None:
    """Every task and order has ended, or says why not."""
    with Session(at.engine) as session:
        for task in task_views.tasks(session):
            assert task.ended_ms or task.why, task
            assert bool(task.ended_ms) == (task.state in ("finished", "cancelled")), task
            assert task.order or task.state not in ("running", "cancelling"), task
        for order in views.orders(session, open_only=True):
            assert order.why, order


def what_is_void_is_not_qualified(at: MarketingAtWork) -> None:
    """A meter in a qualified box, here or out, has passed; its seal and certificate hold."""
    good = ("SELECT a.bar_code, a.seal FROM asset a JOIN box b ON b.code = a.box "
            "WHERE b.state IN ('qualified','allocated','shipped')")  # fmt: skip
    assert at.read(f"{good} AND (a.verdict <> 1 OR b.verdict <> 1 OR a.seal = '')") == []
    valid = "SELECT 1 FROM result_paper p WHERE p.bar_code = a.bar_code AND p.state = 'valid'"
    whole = "SELECT 1 FROM seal s WHERE s.bar_code = a.bar_code AND s.state = 'used'"
    if at.on_benches:
        assert at.read(f"{good} AND NOT EXISTS ({valid} AND p.kind = 'certificate')") == []
        assert at.read(f"{good} AND NOT EXISTS ({whole} AND s.seal = a.seal)") == []
    old = (
        "SELECT a.bar_code, b.state FROM asset a JOIN box b ON b.code = a.box WHERE b.state IN ('received','scrapped')"
    )
    assert at.read(f"{old} AND EXISTS ({valid})") == []
    assert at.read(f"{old} AND EXISTS ({whole})") == []
    assert at.read(f"{old} AND (a.verdict <> 0 OR b.verdict <> 0)") == []


def a_rejected_lot_goes_nowhere(at: MarketingAtWork) -> None:
    """Nothing of a lot that its sample has rejected is free for districts."""
    rejected = "SELECT lot FROM lot_sample s WHERE state = 'rejected' AND number = " \
               "(SELECT max(number) FROM lot_sample o WHERE o.lot = s.lot)"  # fmt: skip
    free = f"SELECT b.code FROM box b JOIN lot l ON l.number = b.lot WHERE l.code IN ({rejected})"
    assert at.read(f"{free} AND b.state = 'qualified' AND b.meters > 0") == []


def what_was_taken_back_is_not_qualified(at: MarketingAtWork) -> None:
    """A verdict that a task brought which was taken back counts for nothing, unless its box had left: that is asked."""
    rows = at.read("SELECT key FROM verification_task WHERE state IN ('cancelling','cancelled')")
    over = {key for (key,) in rows}
    asked = "SELECT 1 FROM clarification c WHERE c.subject = b.code AND c.reason = 'cancelled_under_way'"
    good = at.read("SELECT a.bar_code FROM asset a JOIN box b ON b.code = a.box "
                   f"WHERE b.state IN ('qualified','allocated') AND NOT EXISTS ({asked})")  # fmt: skip
    wrong = [bar for (bar,) in good if at.told[bar] and at.told[bar][-1][0] in over]
    assert wrong == []


ALWAYS = (
    each_meter_is_in_one_place, a_box_is_held_by_one_task, stages_add_up, what_is_promised_can_be_kept,
    nothing_waits_without_a_reason, what_is_void_is_not_qualified, what_was_taken_back_is_not_qualified,
    a_rejected_lot_goes_nowhere,
)  # fmt: skip


def no_order_without_acceptance(at: MarketingAtWork, known: set[int]) -> set[int]:
    """A new order to verify a lot for the first time comes after its sample was accepted; return the orders."""
    rows = at.read('SELECT o.number, l.code, t.kind FROM outbound_order o JOIN lot l ON l.number = o.lot '
                   'JOIN verification_task t ON t."order" = o.number')  # fmt: skip
    for number, lot, kind in rows:
        if number not in known and kind == "verify":
            last = at.read("SELECT state FROM lot_sample WHERE lot = :l ORDER BY number DESC LIMIT 1", l=lot)
            assert last in ([], [("accepted",)]), (number, lot, last)
            open_ = "SELECT key FROM verification_task WHERE lot = :l AND kind = 'sample' AND ended_ms = 0"
            assert at.read(f"{open_} AND created_ms < :now", l=lot, now=at.floor.now_ms) == [], (number, lot)
    return {number for number, *_ in rows}


def nothing_is_stuck(at: MarketingAtWork) -> None:
    """When the floor is at rest nothing is being taken back any more, and no meter is left on the line."""
    assert at.read("SELECT key FROM verification_task WHERE state = 'cancelling'") == []
    assert at.read("SELECT bar_code FROM asset WHERE state = 'on_line'") == []


def each_verdict_is_told_once(at: MarketingAtWork) -> None:
    """One conclusion for each final verdict, to the task that the line worked for, and marked if that was too late."""
    said: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    rows = at.read("SELECT kind, task, body FROM letter WHERE kind IN ('conclusion','late_result') ORDER BY number")
    for kind, task, text in rows:
        body = json.loads(text)
        if kind == "conclusion" or body["of"] == "conclusion":
            for one in body["meters"]:
                said[one["bar_code"]].append((task, kind == "late_result"))
    for bar in sorted(set(said) | set(at.told)):
        heard, wanted = said[bar], at.told[bar]
        if not at.prompt:  # a letter that is written after the task was taken back is late as well
            heard, wanted = [(task, True) for task, _ in heard], [(task, True) for task, _ in wanted]
        assert heard == wanted, (bar, heard, wanted)

"""A line asks for its stock and for empty boxes as it works, each request once, and answers find theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from api import database
from simulation.marketing.platform import Platform
from simulation.study import Study
from tests.contract.link_site import SITE, task_of
from tests.contract.platform_letters import BOOK
from tests.system.cells import Site, cells_plant
from tests.system.test_line import Watch, delivery, judge_of
from tests.system.test_line_orders import facts_of
from tests.unit.wms.deliveries import rows
from wcs.store import make_engine
from wms.desk import Desk
from wms.marketing import receivers, stream, task_views, tasks, views
from wms.marketing.platform import incoming, taking
from wms.marketing.platform.messages import calls_for
from wms.marketing.platform.site import site_of
from wms.marketing.receivers import Receiver
from wms.marketing.request_tables import SupplyRequestRow
from wms.marketing.tasks import Wish

NAME, AHEAD, BOXES_PER_PILE = "platform", 40, 5


def take(session: Session, message: str, body: Mapping[str, Any], at_ms: int) -> Mapping[str, Any]:
    """Take a message of the platform as the face does, and return what is kept as the answer."""
    site = site_of(SITE)
    desk = Desk(session, at_ms)
    said = incoming.read(message, body, site, BOOK)
    answer = taking.take(desk, taking.Sender(NAME), incoming.inbound(message).kind, said)
    desk.close()
    return answer


def letters(session: Session, kind: str) -> list[dict[str, Any]]:
    shown = views.letters(session, receiver=NAME, kind=kind, limit=1_000)
    return [views.letter(session, one.number).body for one in shown]


def test_stock_is_asked_for_once_as_its_pallets_set_out_and_empties_when_they_are_short(tmp_path: Path) -> None:
    engine = make_engine("sqlite://")
    truth, books = delivery(tmp_path, rows(lot="LOT-A", pallets=2, boxes=10))
    ended: list[str] = []

    def marketing(session: Session, at_ms: int) -> None:
        task = task_views.task(session, "T1")
        if task is None:
            desk = Desk(session, at_ms)
            tasks.take(desk, Wish("T1", "LOT-A", "first", approval=False, sender=NAME))
            desk.close()
        elif task.state == "finished":
            ended.append(task.state)
        stream.consume(session, at_ms)

    plant = cells_plant()
    database.prepare(engine, plant)
    with Session(engine) as session:
        receivers.seed(session, [Receiver(NAME, "platform", "http://x", empties_ahead=AHEAD)], at_ms=0)
        session.commit()
    site = Site(
        plant, engine, truth, books, judge_of(1), check=Watch(engine), staff=marketing, more=lambda: not ended,
        call_off=False,
    )  # fmt: skip
    site.work(study=Study(seed=1))
    with Session(engine) as session:
        asked = letters(session, "stock_request")
        called = {fact.subject for fact in facts_of(session, "TransportStarted") if fact.payload["kind"] == "verify"}
        assert sorted(code for one in asked for code in one["pallets"]) == sorted(called) and len(called) == 2
        assert sum(one["piles"] for one in asked) == 2 * 10 // BOXES_PER_PILE
        assert {one["place"] for one in asked} == {"VL1"}
        (short,) = letters(session, "empties_request")  # one waits: no other is asked for
        assert short["task"] == "T1" and 0 < short["boxes"] <= AHEAD
        assert short["piles"] == -(-short["boxes"] // BOXES_PER_PILE)
        order = [one.kind for one in views.letters(session, receiver=NAME, limit=1_000)]
        assert order.index("stock_request") < order.index("box_checked")
        heard_by_the_platform(session, [*asked, short])
        answers_find_their_request(session, asked[0], short)


def heard_by_the_platform(session: Session, requests: list[dict[str, Any]]) -> None:
    platform = Platform(":memory:")
    platform.issue(task_of(1, 300))
    for one in requests:
        kind = "empties_request" if "box_type" in one else "stock_request"
        (call,) = calls_for(kind, one, site_of(SITE), BOOK)
        assert platform.hear(call.message, f"{kind}:{one['request']}", call.body)["resultFlag"] == "1"
    words = platform.records.rows("SELECT subject FROM word WHERE what = 'applied' ORDER BY number")
    assert [subject for (subject,) in words] == [one["request"] for one in requests]


def answers_find_their_request(session: Session, stock: dict[str, Any], short: dict[str, Any]) -> None:
    head = {"sysNo": SITE["sys_no"], "taskNo": "T1", "devCls": "01"}
    given = [{"pileNo": "P1", "boxBarCode": f"E{n}"} for n in range(10)]
    empties = head | {"ioTaskNo": "IO-77", "equipDet": given}  # a number of the platform's own
    first = take(session, "setAssistEquipDet", empties, 10**9)
    assert first == {"request": short["request"], "boxes": 10} == take(session, "setAssistEquipDet", empties, 10**9)
    meters = [{"pileNo": "P1", "boxBarCode": "B1", "barCode": "M1"}]
    named = head | {"ioTaskNo": stock["request"], "arriveBatchNo": "LOT-A", "equipDet": meters}
    assert take(session, "setEquipDet", named, 10**9) == {"request": stock["request"], "boxes": 1}
    nobody = take(session, "setAssistEquipDet", empties | {"ioTaskNo": "IO-78"}, 10**9)
    assert nobody == {"kept": 10}
    table = SupplyRequestRow
    row = session.execute(sa.select(table).where(table.request == short["request"])).scalar_one()
    assert (row.state, row.io_task, len(json.loads(row.given))) == ("over", "IO-77", 10)  # its task is over
    told = facts_of(session, "RequestAnswered")
    assert [(one.subject, one.payload["io_task"]) for one in told] == [
        (short["request"], "IO-77"), (stock["request"], stock["request"]),
    ]  # fmt: skip

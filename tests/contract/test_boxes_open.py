"""Packing held by a receiver on a real socket that is gone for a while: letters over HTTP open it again."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from api.marketing.own import OwnAdapter
from api.marketing.sender import Post, Sender
from tests.contract.receiver import Receiver
from tests.contract.test_sender import Times
from wcs.store import LineLotRow, RequestRow
from wms.desk import Desk
from wms.marketing import gates, outbox, receivers
from wms.marketing.tables import TaskRow
from wms.outbound.tables import OutboundOrderRow
from wms.rows import table
from wms.stock.tables import LotRow, StationRow

pytestmark = [pytest.mark.sockets, pytest.mark.usefixtures("swept")]
_request = table(RequestRow)


def packed(engine: Engine, url: str, boxes: int) -> None:
    """Let a line that may have two boxes open have packed some for a task, each told by a letter."""
    with Session(engine) as session:
        told = receivers.Receiver("far", "own", url, boxes_open=1)
        receivers.seed(session, [told], at_ms=0)
        session.add(StationRow(id="CL9", kind="cells", point="LI"))
        session.add(LotRow(number=1, code="LOT-1"))
        session.flush()
        session.add(OutboundOrderRow(key="v1", kind="verification", lot=1, line="CL9", created_ms=1))
        session.add(TaskRow(key="T1", lot="LOT-1", state="running", created_ms=1, order=1))
        work = json.dumps({"verdict": 1, "boxes": 2, "packed": boxes, "per_box": 1, "account": "T1"})
        session.add(LineLotRow(id="CL9:1:limit", line="CL9", lot=1, work=work, flush="limit"))
        desk = Desk(session, 1)
        for n in range(boxes):
            said = {"kind": "box_packed", "key": f"k{n}", "task": "T1", "subject": f"B{n}"}
            outbox.post(desk, receiver="far", **said, body={"box": f"B{n}", "verdict": "pass"})
        desk.close()
        session.commit()


def allowed(engine: Engine) -> list[int]:
    """Return how many boxes the line was told it may pack, word by word."""
    with Session(engine) as session:
        rows = session.connection().execute(sa.select(_request.c.payload).order_by(_request.c.id)).scalars()
        return [int(json.loads(payload)["boxes"]) for payload in rows]


def why(engine: Engine) -> str:
    with Session(engine) as session:
        found = gates.may_pack(Desk(session, 0), "LOT-1", gates.PASSED)
    return "" if found is None else found.code


def test_packing_is_held_while_the_receiver_is_gone_and_goes_on_with_its_answers(engine: Engine) -> None:
    async def play() -> None:
        far, times = Receiver(), Times(engine)
        await far.start()
        url = f"http://127.0.0.1:{far.port}/hook"
        await far.stop()
        packed(engine, url, 2)
        post = Post("far", url, OwnAdapter("a key of the test", "S1"), timeout_s=0.5)
        sender = Sender(post, lambda: Session(engine), lambda: Session(engine), times.now_ms)
        async with httpx.AsyncClient(timeout=0.5) as client:
            for _ in range(3):
                await sender.round(client)
                times.skip()
            assert why(engine) == "boxes_not_taken" and allowed(engine) == []
            await far.start()
            while len(far.taken) < 2:
                await sender.round(client)
                times.skip()
        await far.stop()
        assert why(engine) == "" and allowed(engine) == [3, 4]
        assert set(far.calls) == {"S1:k0", "S1:k1"} and len(far.taken) == 2

    asyncio.run(play())

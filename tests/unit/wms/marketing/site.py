"""A site with a lot in stock and somebody who hears of everything, for tests of what marketing asks for."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.plants import small_plant
from tests.unit.wms.deliveries import delivery
from tests.unit.wms.played_floor import PlayedFloor
from wms.desk import Desk
from wms.inbound.service import import_delivery
from wms.marketing import receivers, stream
from wms.marketing.receivers import Receiver
from wms.marketing.tables import LetterRow, TaskRow
from wms.rows import table

_task, _letter = table(TaskRow), table(LetterRow)


def a_site(engine: Engine, *, pallets: int = 2, boxes: int = 20, lot: str = "LOT-1", first: int = 1) -> PlayedFloor:
    """Return a floor on which the pallets of a lot stand in stock, and one receiver who hears everything."""
    floor = PlayedFloor(engine, small_plant())
    with Session(engine) as session:
        receivers.seed(session, [Receiver("marketing", "own")], at_ms=0)
        content = delivery(asn=f"ASN-{lot}", lot=lot, pallets=pallets, boxes=boxes, first=first)
        assert import_delivery(session, content, at_ms=0).problems == ()
        session.commit()
    for n in range(pallets):
        floor.arrive(f"P{first:03}{n:04}")
    floor.settle()
    return floor


def do(floor: PlayedFloor, act: Any, *args: Any, **more: Any) -> Any:
    """Do something at a desk in its own transaction, and let the floor hear of it."""
    with Session(floor.engine) as session:
        desk = Desk(session, floor.now_ms)
        found = act(desk, *args, **more)
        desk.close()
        session.commit()
    floor.listen()
    return found


def write(floor: PlayedFloor) -> None:
    """Let what has happened become letters."""
    with Session(floor.engine) as session:
        while stream.consume(session, floor.now_ms):
            session.commit()


def row(floor: PlayedFloor, key: str) -> Any:
    with Session(floor.engine) as session:
        return session.connection().execute(sa.select(_task).where(_task.c.key == key)).one()


def letters(floor: PlayedFloor, kind: str) -> list[Any]:
    with Session(floor.engine) as session:
        query = sa.select(_letter.c.body).where(_letter.c.kind == kind).order_by(_letter.c.number)
        return [json.loads(body) for body in session.connection().execute(query).scalars()]


def states(floor: PlayedFloor) -> dict[str, int]:
    with Session(floor.engine) as session:
        found = session.connection().execute(sa.text("SELECT state, sum(meters) FROM box GROUP BY state"))
        return {state: int(meters) for state, meters in found if meters}

"""Empty boxes a shift ahead: told to the platform when the house has fewer than it packs into, one request at a time.

Our own stock brings empties by itself (wms/line/supply.py). What a platform has promised counts until it is here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from wms.desk import Desk
from wms.line.tables import SupplyRow
from wms.marketing import requests
from wms.marketing.request_tables import LIVE_REQUEST, SupplyRequestRow
from wms.marketing.tables import LIVE_TASK, ReceiverRow, TaskRow
from wms.rows import chunks, table
from wms.stock.tables import AssetRow, BoxRow, LotRow, ModelRow, StationRow

_request, _task, _receiver = table(SupplyRequestRow), table(TaskRow), table(ReceiverRow)
_box, _asset, _lot = table(BoxRow), table(AssetRow), table(LotRow)
_model, _station, _supply = table(ModelRow), table(StationRow), table(SupplyRow)
TURNED_BY = frozenset({"TaskStarted", "EmptiesWanted", "EmptiesSent", "BoxPacked", "LotCompleted", "EmptiesSupplied"})
"""Facts after which there may be too few empty boxes, or enough again."""
THREE_PHASES = "3"
"""How the name of a phase begins, of a line ("3ph") as of a model ("3p4w")."""
LOOKUP = 1_000


def look(desk: Desk) -> int:
    """Ask every receiver that wants to be asked, if empty boxes are short, and return how many were asked."""
    query = sa.select(_receiver.c.name, _receiver.c.empties_ahead).where(
        _receiver.c.enabled, _receiver.c.empties_ahead > 0
    )
    asked = 0
    for name, ahead in desk.connection.execute(query.order_by(_receiver.c.name)).all():
        have = count(desk)
        coming, waiting = _settle(desk, name, enough=have >= ahead)
        if waiting or have + coming >= ahead or (task := _working(desk, name)) is None:
            continue
        _ask(desk, task, boxes=ahead - have - coming)
        asked += 1
    return asked


def count(desk: Desk) -> int:
    """Return how many empty boxes the house has, in stock, on the way and in magazines."""
    query = sa.select(sa.func.count()).select_from(_box).where(_box.c.state == "empty")
    return int(desk.connection.execute(query).scalar() or 0)


def _ask(desk: Desk, task: Any, *, boxes: int) -> None:
    last = sa.select(sa.func.coalesce(sa.func.max(_request.c.number), 0)).select_from(_request)
    number = f"E{int(desk.connection.execute(last).scalar_one()) + 1}"
    query = sa.select(_model.c.boxes_per_pile, _model.c.phase).join(_asset, _asset.c.model == _model.c.code)
    query = query.join(_lot, _lot.c.number == _asset.c.lot).where(_lot.c.code == task.lot).limit(1)
    model = desk.connection.execute(query).first()
    phase = desk.connection.execute(sa.select(_station.c.phase).where(_station.c.id == task.line)).scalar()
    of_pile = model.boxes_per_pile if model is not None else 1
    place = sa.select(_supply.c.packer).where(_supply.c.line == task.line, _supply.c.wanted, _supply.c.pallet == "")
    cell = desk.connection.execute(place.order_by(_supply.c.packer).limit(1)).scalar()
    wires = str(phase or (model.phase if model is not None else ""))
    box_type = "meter_3ph" if wires.startswith(THREE_PHASES) else "meter_1ph"
    requests.ask(
        desk, task, number, kind="empties", piles=math.ceil(boxes / of_pile), place=str(cell or ""), boxes=boxes,
        box_type=box_type,
    )  # fmt: skip


def _working(desk: Desk, sender: str) -> Any:
    """Return the task that is most urgent among those of a platform that a line is at work on."""
    query = sa.select(_task).where(_task.c.sender == sender, _task.c.state == "running", _task.c.kind != "count")
    return desk.connection.execute(query.order_by(_task.c.priority.desc(), _task.c.number).limit(1)).first()


def _settle(desk: Desk, name: str, *, enough: bool) -> tuple[int, bool]:
    """Let requests be over that nobody waits for; return how many given boxes are to come, and whether one waits."""
    live = sa.select(_task.c.key).where(sa.text(LIVE_TASK))
    query = sa.select(_request, _request.c.task.in_(live).label("wanted")).where(_request.c.receiver == name)
    query = query.where(_request.c.kind == "empties", sa.text(f"supply_request.{LIVE_REQUEST}"))
    coming, waiting = 0, False
    for row in desk.connection.execute(query.order_by(_request.c.number)).all():
        away = _away(desk, [str(one["box"]) for one in json.loads(row.given)])
        if enough or not row.wanted or (row.state == "answered" and not away):
            requests.over(desk, row.number)
            continue
        coming, waiting = coming + away, waiting or row.state == "asked"
    return coming, waiting


def _away(desk: Desk, codes: Sequence[str]) -> int:
    """Return how many of some boxes the house does not know yet."""
    known: set[str] = set()
    for part in chunks(codes, LOOKUP):
        known |= set(desk.connection.execute(sa.select(_box.c.code).where(_box.c.code.in_(part))).scalars())
    return len(set(codes) - known)

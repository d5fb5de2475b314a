"""Letters about boxes and pallets: received, opened, packed, stored, handed over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from wcs.journal import Booked
from wms.desk import Desk
from wms.line.tables import ExceptionBoxRow
from wms.marketing import about, gates, outbox, results
from wms.reasons import Reason
from wms.rows import chunks, table
from wms.seals.tables import SealRow
from wms.stock.tables import AssetRow

_aside, _asset, _seal = table(ExceptionBoxRow), table(AssetRow), table(SealRow)
STATE = {1: "qualified", 2: "rejected"}
PACKED = ("qualified", "rejected")
AT_ONCE = 500
"""Meters in one letter about a delivery."""


def received(desk: Desk, fact: Booked) -> None:
    """Tell of meters that came into the house: those of a pallet, by lot and model."""
    codes = [row.code for row in about.boxes_on(desk.session, fact.subject)]
    inside = [code for found in about.bars_in(desk.session, codes).values() for code in found]
    columns = (_asset.c.bar_code, _asset.c.model, _asset.c.made_on)
    rows: list[Any] = []
    for part in chunks(inside, AT_ONCE):
        rows += desk.connection.execute(sa.select(*columns).where(_asset.c.bar_code.in_(part)))
    lot = about.lot_of(desk.session, inside)
    for n, (model, mine) in enumerate(_by_model(rows)):
        meters = [{"bar_code": row.bar_code, "made_on": row.made_on} for row in mine]
        body = {"lot": lot, "model": model, "pallet": fact.subject, "meters": meters, "at_ms": fact.at_ms}
        outbox.post_all(
            desk, kind="meter_created", key=f"meter_created:{fact.id}.{n}", body=body, subject=fact.subject,
            bars=[row.bar_code for row in mine],
        )  # fmt: skip


def opened(desk: Desk, fact: Booked) -> None:
    """Tell what was found in a box at the unloading cell; an empty one is no news."""
    bars = [str(code) for code in fact.payload["meters"]]
    if not bars:
        return
    set_aside = sa.select(_aside.c.reason, _aside.c.lot).where(_aside.c.box == fact.subject)
    row = desk.connection.execute(set_aside.where(_aside.c.state == "aside")).first()
    lot = about.lot_of(desk.session, bars)
    task = about.lot_in(desk.session, lot, fact.at_ms).task
    said = {"task": task, "lot": lot, "box": fact.subject, "at_ms": fact.at_ms}
    said |= {"ok": row is None, "why": "" if row is None else row.reason}
    where: dict[str, Any] = {"task": task, "subject": fact.subject, "bars": bars}
    outbox.post_all(desk, kind="box_checked", key=f"box_checked:{fact.id}", body=said, **where)
    meters = said | {"bars": bars}
    outbox.post_all(desk, kind="meters_checked", key=f"meters_checked:{fact.id}", body=meters, **where)


def packed(desk: Desk, fact: Booked) -> None:
    """Tell of a packed box: verdicts that no bench gave, seals, what is in it, and what its meters are now."""
    meters = [(str(code), str(seal or "")) for code, _, seal in fact.payload["meters"]]
    if not meters:
        return
    bars, number = [code for code, _ in meters], int(fact.payload["verdict"])
    lot = about.lot_of(desk.session, bars)
    work = about.lot_in(desk.session, lot, fact.at_ms)
    task, late = work.task, work.late
    where: dict[str, Any] = {"task": task, "subject": fact.subject}
    head = {"task": task, "lot": lot}
    if plain := results.untested(desk.session, bars, work.since_ms):
        told = [{"bar_code": one, "verdict": results.WORDS[number], "failed": [], "at_ms": fact.at_ms} for one in plain]
        body = head | {"meters": told} | ({"late": True, "of": "conclusion"} if late else {})
        kind = "late_result" if late else "conclusion"
        outbox.post_all(desk, kind=kind, key=f"conclusion:{fact.id}", body=body, bars=plain, **where)
    if sealed := _sealed(desk, meters, fact.at_ms):
        mine = [one["bar_code"] for one in sealed]
        body = head | {"seals": sealed}
        outbox.post_all(desk, kind="seals_used", key=f"seals_used:{fact.id}", body=body, bars=mine, **where)
    body = head | _content(desk, fact, task, bars)
    outbox.post_all(desk, kind="box_packed", key=f"box_packed:{fact.id}", body=body, bars=bars, **where)
    state = "received" if late and number == gates.PASSED else STATE.get(number, "quarantine")
    changed = {"lot": lot, "state": state, "box": fact.subject, "bars": bars}
    body = changed | {"place": fact.payload["line"], "at_ms": fact.at_ms}
    outbox.post_all(desk, kind="meter_changed", key=f"meter_changed:{fact.id}", body=body, bars=bars, **where)


def _content(desk: Desk, fact: Booked, task: str, bars: Sequence[str]) -> dict[str, Any]:
    said, number = fact.payload, int(fact.payload["verdict"])
    code = gates.take(desk, task, number, fact.subject) if task else ""
    if task and not code and number == gates.PASSED and gates.has_gates(desk):
        desk.clarify(fact.subject, Reason("no_destination_code", {"task": task, "verdict": number}))
    return {
        "box": fact.subject, "pallet": said["pallet"], "pile": said["pile"], "verdict": results.WORDS[number],
        "bars": list(bars), "packed_ms": fact.at_ms,
        "code": code,
    }  # fmt: skip


def stored(desk: Desk, fact: Booked) -> None:
    """Tell which packed boxes stand in a pile, once: that the pile is moved to another slot is nobody's business."""
    rows = [row for row in about.boxes_on(desk.session, fact.subject) if row.state in PACKED and row.verified_ms]
    for pile, mine in groupby(rows, lambda row: row.pile):
        boxes = list(mine)
        lot = str(boxes[0].lot_name or "")
        task = about.lot_in(desk.session, lot, int(boxes[0].verified_ms)).task
        key = f"pile_stored:{_same_pile(fact.subject, boxes)}"
        body = {
            "task": task, "lot": lot, "pallet": fact.subject, "pile": pile, "boxes": [row.code for row in boxes],
            "verdict": results.WORDS[boxes[0].verdict], "place": fact.payload["slot"], "at_ms": fact.at_ms,
        }  # fmt: skip
        for receiver in outbox.listeners(desk, "pile_stored", task):
            if not outbox.is_said(desk, receiver, key):
                said = {"receiver": receiver, "kind": "pile_stored", "key": key, "body": body}
                outbox.post(desk, **said, task=task, subject=fact.subject)


def shipped(desk: Desk, fact: Booked) -> None:
    """Tell what has left at a dock, for which district."""
    said, codes = fact.payload, [row.code for row in about.boxes_on(desk.session, fact.subject)]
    inside = about.bars_in(desk.session, codes)
    bars = [code for box in codes for code in inside[box]]
    body = {
        "order": said["order"], "district": said["district"], "dock": said["dock"], "pallet": fact.subject,
        "boxes": codes, "bars": bars, "at_ms": fact.at_ms,
    }  # fmt: skip
    outbox.post_all(desk, kind="dispatched", key=f"dispatched:{fact.id}", body=body, subject=fact.subject, bars=bars)


def _sealed(desk: Desk, meters: Sequence[tuple[str, str]], at_ms: int) -> list[dict[str, Any]]:
    """Return the seals of a packed box as letters say them, each with the position at which its meter was verified.

    One that was void before its box was packed, for its task was taken back on the way, is void from the beginning.
    """
    seals = [seal for _, seal in meters if seal]
    columns = (_seal.c.seal, _seal.c.position, _seal.c.state, _seal.c.void_ms, _seal.c.reason)
    query = sa.select(*columns).where(_seal.c.seal.in_(seals))
    known: dict[str, Any] = {row.seal: row for row in desk.connection.execute(query)} if seals else {}
    found: list[dict[str, Any]] = []
    for code, seal in meters:
        row = known.get(seal)
        said = {"bar_code": code, "seal": seal, "position": row.position if row else "", "at_ms": at_ms}
        if row is not None and row.state == "void" and row.void_ms <= at_ms:
            said |= {"void": True, "reason": row.reason}
        found += [said] if seal else []
    return found


def _same_pile(pallet: str, boxes: Sequence[Any]) -> str:
    """Return a name of what stands in a pile: the same boxes, packed at the same time, have the same."""
    text = json.dumps([pallet, *([row.code, row.verified_ms] for row in boxes)])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _by_model(rows: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    ordered = sorted(rows, key=lambda row: (row.model, row.bar_code))
    groups = ((model, list(mine)) for model, mine in groupby(ordered, lambda row: row.model))
    return [(model, part) for model, mine in groups for part in chunks(mine, AT_ONCE)]

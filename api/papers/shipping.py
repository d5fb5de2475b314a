"""The two notes of a stop as PDF: the delivery note goes with the boxes, the receipt note comes back signed."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any, Literal

import segno

from api.papers.lot import Letterhead
from api.papers.press import print_pdf
from api.papers.words import day, words
from wcs.store import instant
from wms.shipping.views import Note, NoteBox

Kind = Literal["delivery", "receipt"]
COLUMNS = ("box", "model", "lot", "pallet", "meters")


def shipping_note(note: Note, kind: Kind, head: Letterhead) -> bytes:
    """Return a note as PDF, with its number as QR code (ISO/IEC 18004) for the scanner."""
    said, stop = words(head.language), note.stop
    title = said[f"{kind}_note"]
    filled: dict[str, Any] = {
        "lang": head.language, "title": title, "number": stop.note, "words": said, "laboratory": head.laboratory,
        "footer": f"{title} · {stop.note}", "code": qr_svg(stop.note), "facts": _facts(note, head),
        "models": [[model, str(boxes), str(meters)] for model, boxes, meters in totals(note.boxes)],
        "model_columns": [said[name] for name in ("model", "boxes", "meters")],
        "columns": [said[name] for name in COLUMNS], "receipt": kind == "receipt",
        "boxes": [[one.box, one.model, one.lot, one.pallet, str(one.meters)] for one in note.boxes],
        "received": _received(note, head),
    }  # fmt: skip
    return print_pdf("shipping.typ", filled, dated=instant(head.epoch, note.plan.frozen_ms))


def qr_svg(content: str) -> str:
    """Return a QR code as SVG, a quarter of which may be spoilt (level Q)."""
    target = io.BytesIO()
    segno.make_qr(content, error="q").save(target, kind="svg", border=2)
    return target.getvalue().decode()


def totals(boxes: list[NoteBox]) -> list[tuple[str, int, int]]:
    """Return boxes and meters by model."""
    counted = Counter(one.model for one in boxes)
    meters: Counter[str] = Counter()
    for one in boxes:
        meters[one.model] += one.meters
    return [(model, counted[model], meters[model]) for model in sorted(counted)]


def _facts(note: Note, head: Letterhead) -> list[tuple[str, str]]:
    said, stop = words(head.language), note.stop
    return [
        (said["day"], note.plan.day), (said["arrival"], stop.begins),
        (said["district"], stop.district), (said["address"], stop.address),
        (said["contact"], stop.contact or said["none"]), (said["docks"], ", ".join(stop.docks)),
        (said["vehicle"], f"{stop.vehicle} ({said['trip']} {stop.trip}, {said['stop']} {stop.position})"),
        (said["driver"], note.driver or said["none"]),
        (said["boxes"], str(len(note.boxes))), (said["meters"], f"{sum(one.meters for one in note.boxes):,}"),
        (said["weight"], f"{stop.weight_kg:,} kg"), (said["released_by"], note.plan.frozen_by),
    ]  # fmt: skip


def _received(note: Note, head: Letterhead) -> list[tuple[str, str]]:
    """Return what a receipt asks for; what is booked already is printed."""
    said, stop = words(head.language), note.stop
    done = stop.received_ms > 0
    return [
        (said["boxes_received"], str(len(note.boxes) - stop.damaged) if done else ""),
        (said["boxes_damaged"], str(stop.damaged) if done else ""),
        (said["received_on"], day(head.epoch, stop.received_ms) if done else ""),
        (said["remark"], stop.remark),
        (said["driver_signs"], ""), (said["district_signs"], stop.received_by),
    ]  # fmt: skip

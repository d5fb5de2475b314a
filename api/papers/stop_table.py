"""The stop table of a plan, as CSV and as Excel workbook."""

from __future__ import annotations

import csv
import io

import xlsxwriter

from api.papers.words import words
from api.texts import text
from wms.shipping.views import PlanView, StopView

COLUMNS = (
    "vehicle", "trip", "stop", "district", "address", "contact", "leaves", "arrival", "kilometres", "boxes", "meters",
    "weight_kg", "docks", "loading_turn", "number", "remark",
)  # fmt: skip
WIDE = 18
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones as Chinese input has them
Cell = str | int | float


def stops_csv(plan: PlanView, language: str) -> bytes:
    """Return the stop table as CSV in UTF-8 with its mark, as spreadsheets expect; no cell is read as a formula."""
    target = io.StringIO()
    out = csv.writer(target, lineterminator="\r\n")
    out.writerow(_heads(language))
    for stop in plan.stops:
        out.writerow([_plain(cell) for cell in _cells(stop, language)])
    return target.getvalue().encode("utf-8-sig")


def stops_workbook(plan: PlanView, language: str) -> bytes:
    """Return the stop table as an Excel workbook (OOXML). No cell is read as a formula or a link."""
    said, target = words(language), io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, safe) as book:
        sheet = book.add_worksheet(said["stop_table"][:31])
        facts = f"{said['stop_table']} {plan.day} · {plan.number} · {plan.metres / 1000:,.1f} km"
        sheet.write_string(0, 0, facts, book.add_format({"bold": True, "font_size": 13}))
        sheet.write_row(1, 0, _heads(language), book.add_format({"bold": True, "bg_color": "#DDE6F0"}))
        for row, stop in enumerate(plan.stops, 2):
            sheet.write_row(row, 0, _cells(stop, language))
        sheet.freeze_panes(2, 0)
        sheet.set_column(0, len(COLUMNS) - 1, WIDE)
        sheet.autofilter(1, 0, 1 + len(plan.stops), len(COLUMNS) - 1)
    return target.getvalue()


def _heads(language: str) -> list[str]:
    said = words(language)
    return [said[name] for name in COLUMNS]


def _cells(stop: StopView, language: str) -> list[Cell]:
    why = text(language, f"reason.{stop.reason}", {}) if stop.reason else stop.remark
    return [
        stop.vehicle, stop.trip or "", stop.position or "", stop.district, stop.address, stop.contact, stop.leaves,
        stop.begins, round(stop.leg_m / 1000, 1), stop.boxes, stop.meters, stop.weight_kg, ", ".join(stop.docks),
        stop.rank or "", stop.note, why,
    ]  # fmt: skip


def _plain(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula.

    >>> _plain("=1+1"), _plain(-3)
    ("'=1+1", -3)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell

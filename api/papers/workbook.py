"""The report of a lot as a workbook: summary, every meter, errors, and positions, each with its plot."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from api.papers.lot import Letterhead, LotReport
from api.papers.lot_pdf import facts
from api.papers.words import item, verdict, words
from wcs.store import instant
from wms.results.lots import BINS, Spread
from wms.results.rules import Bias
from wms.results.views import MeterLine

WIDE = 24


def lot_workbook(report: LotReport, meters: Iterable[MeterLine], head: Letterhead) -> bytes:
    """Return the report as an Excel workbook (OOXML). No cell is read as a formula or a link."""
    said, target = words(head.language), io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, safe) as book:
        made_on = instant(head.epoch, report.out.until_ms).replace(tzinfo=None)
        book.set_properties({"title": f"{said['lot_report']} {report.out.lot}", "created": made_on})
        _summary(book, report, head)
        _meters(book, meters, head)
        _errors(book, report.spreads, said)
        _positions(book, report.biases, said)
    return target.getvalue()


def _summary(book: Workbook, report: LotReport, head: Letterhead) -> None:
    said, out = words(head.language), report.out
    sheet = _sheet(book, said["summary"], (said["quantity"], ""))
    for row, pair in enumerate(facts(out, head), 1):
        sheet.write_row(row, 0, pair)
    top = len(facts(out, head)) + 2
    if report.state != "approved":
        sheet.write(top, 0, said["not_approved"], book.add_format({"font_color": "red"}))
    sheet.write_row(top + 1, 0, (said["bench"], said["tested"], said["passed"], said["yield"]))
    last = top + 1
    for last, one in enumerate(out.benches, top + 2):
        sheet.write_row(last, 0, (one.bench, one.tested, one.passed, one.passed / one.tested))
    chart = _chart(book, "column")
    chart.add_series(
        {"categories": [said["summary"], top + 2, 0, last, 0], "values": [said["summary"], top + 2, 3, last, 3]}
    )
    _place(sheet, chart, "F2", said["yield_title"])
    for row, (code, count) in enumerate(out.items.items(), last + 2):
        sheet.write_row(row, 0, (item(head.language, code), count))


def _meters(book: Workbook, meters: Iterable[MeterLine], head: Letterhead) -> None:
    said = words(head.language)
    names = ("bar_code", "verdict", "item", "bench", "position", "attempt", "standard", "papers", "seals")
    sheet = _sheet(book, said["meter_sheet"], [said[name] for name in names])
    for row, one in enumerate(meters, 1):
        failed = ", ".join(item(head.language, code) for code in one.failed)
        cells = (one.bar_code, verdict(head.language, one.verdict), failed, one.bench, one.position, one.attempt)
        sheet.write_row(row, 0, (*cells, one.standard, one.paper, one.seals))
    sheet.autofilter(0, 0, 0, len(names) - 1)


def _errors(book: Workbook, spreads: Sequence[Spread], said: dict[str, str]) -> None:
    shares = [f"{-1 + 2 * n / BINS:+.1f} ... {-1 + 2 * (n + 1) / BINS:+.1f}" for n in range(BINS)]
    names = [said[name] for name in ("point", "meters", "mean", "least", "most", "limit")]
    title = said["errors_title"][:31]
    sheet = _sheet(book, title, [*names, "< -1", *shares, "> +1"])
    chart = _chart(book, "line")
    for row, one in enumerate(spreads, 1):
        figures = (one.meters, one.mean_percent, one.least_percent, one.most_percent, one.limit_percent)
        sheet.write_row(row, 0, (one.point, *figures, *one.counts))
        first = len(names)
        chart.add_series({
            "name": [title, row, 0], "categories": [title, 0, first, 0, first + BINS + 1],
            "values": [title, row, first, row, first + BINS + 1],
        })  # fmt: skip
    if spreads:
        _place(sheet, chart, f"A{len(spreads) + 4}", said["errors_title"])


def _positions(book: Workbook, biases: dict[str, list[Bias]], said: dict[str, str]) -> None:
    title = said["bias_title"][:31]
    columns = ("bench", "position", "runs", "deviation", "sigmas", "suspect")
    sheet = _sheet(book, title, [said[name] for name in columns])
    chart, row = _chart(book, "column"), 1
    for bench, found in biases.items():
        first = row
        for row, one in enumerate(found, first):
            mark = said["suspect"] if one.suspect else ""
            sheet.write_row(row, 0, (bench, one.position, one.runs, one.deviation_percent, one.sigmas, mark))
        if found:
            row += 1
            chart.add_series({
                "name": bench, "categories": [title, first, 1, row - 1, 1], "values": [title, first, 3, row - 1, 3],
            })  # fmt: skip
    if row > 1:
        _place(sheet, chart, "H2", said["bias_title"])


def _sheet(book: Workbook, title: str, columns: Sequence[str]) -> Worksheet:
    sheet = book.add_worksheet(title)
    sheet.write_row(0, 0, columns, book.add_format({"bold": True, "bg_color": "#DDE6F0"}))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, WIDE)
    return sheet


def _chart(book: Workbook, kind: str) -> Any:
    return book.add_chart({"type": kind})


def _place(sheet: Worksheet, chart: Any, cell: str, title: str) -> None:
    chart.set_title({"name": title, "name_font": {"size": 11}})
    chart.set_size({"width": 760, "height": 300})
    sheet.insert_chart(cell, chart)

"""Tables as one HTML file that fetches nothing, and as a workbook: calculations, calibrations."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from simulation.studies.report.page import LANG, asset, policy
from simulation.studies.report.tables import Table

SHEET_NAME = 31
STYLE = "td,th{overflow-wrap:normal;word-break:normal}.wide{margin-block:0 2rem}"  # no number in two lines
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def write_page(tables: Sequence[Table], path: Path, *, title: str, language: str) -> None:
    """Write tables as an HTML page of one language; a file at `path` is replaced at once. Raises OSError."""
    style = asset("page.css") + STYLE
    body = "".join(table.html() for table in tables)
    text = Template(asset("page.html")).substitute(
        lang=LANG[language], language=language, policy=escape(policy("", style)), title=escape(title), style=style,
        languages="", mains=f"<h1>{escape(title)}</h1>{body}", replay="", script="",
    )  # fmt: skip
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def write_book(tables: Sequence[Table], path: Path) -> None:
    """Write tables as a workbook, a sheet each; what reads as a number is one. Raises OSError."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    for number, table in enumerate(tables, 1):
        name = f"{number} {table.caption}".translate(FORBIDDEN)[:SHEET_NAME]
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, table.head, bold)
        for at, row in enumerate(table.rows, 1):
            for column, cell in enumerate(row):
                value = _number(cell)
                if value is None:
                    sheet.write_string(at, column, cell)
                else:
                    sheet.write_number(at, column, value)
        sheet.freeze_panes(1, 1)
        sheet.autofit()
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if value - value == 0 else None  # what is infinite or no number stays text

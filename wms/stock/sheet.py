"""Tables as files: bytes in, named columns out, with line numbers. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from wms.stock.load import MAX_LENGTH, Problem

MAX_BYTES = 256 * 1024 * 1024
MAX_ROWS = 1_000_000
Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file below its header; each row is (line number, cells)."""

    columns: tuple[str, ...]
    rows: Iterable[tuple[int, Cells]]


def decoded(content: bytes) -> str | Problem:
    """Return a file as text: UTF-8, or GB 18030 as older systems write it."""
    if len(content) > MAX_BYTES:
        return Problem(0, "", "", "file_too_big", {"max_bytes": MAX_BYTES, "bytes": len(content)})
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if "\0" not in text else Problem(0, "", "", "not_text")
    return Problem(0, "", "", "not_text")


def read_csv(text: str, required: Sequence[str]) -> Sheet | list[Problem]:
    """Return the sheet of a CSV file, or why it has none: no header, columns missing or named twice."""
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = tuple(name.strip() for name in next(reader, []))
    except csv.Error as error:
        return [Problem(1, "", "", "not_csv", {"what": str(error)})]
    found = missing(header, required)
    return found if found else Sheet(header, _numbered(reader))


def missing(columns: Sequence[str], required: Sequence[str]) -> list[Problem]:
    """Return a problem for each required column that is missing, and for each that is named twice."""
    gone = [Problem(1, name, "", "missing_column") for name in required if name not in columns]
    return gone + [Problem(1, name, "", "column_twice") for name in required if columns.count(name) > 1]


def good_rows(sheet: Sheet, problems: list[Problem]) -> Iterator[tuple[int, Cells]]:
    """Yield the rows that have as many cells as the header, none over-long; note the others."""
    width, count = len(sheet.columns), 0
    try:
        for line, cells in sheet.rows:
            count += 1
            if count > MAX_ROWS:
                problems.append(Problem(line, "", "", "too_many_rows", {"max": MAX_ROWS}))
                return
            if len(cells) != width:
                problems.append(Problem(line, "", "", "row_width", {"cells": len(cells), "columns": width}))
                continue
            if len(max(cells, key=len)) > MAX_LENGTH:
                column = next(c for c, value in zip(sheet.columns, cells, strict=True) if len(value) > MAX_LENGTH)
                problems.append(Problem(line, column, "", "too_long", {"max": MAX_LENGTH}))
                continue
            yield line, cells
    except csv.Error as error:
        problems.append(Problem(count + 2, "", "", "not_csv", {"what": str(error)}))


def is_date(text: str) -> bool:
    """Return whether `text` is a day, written 2026-10-17.

    >>> is_date("2026-10-17"), is_date("20261017"), is_date("2026-02-30")
    (True, False, False)
    """
    if len(text) != len("2026-10-17"):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, Cells]]:
    lines = reader
    for cells in lines:
        if cells:
            yield lines.line_num, cells  # type: ignore[attr-defined]

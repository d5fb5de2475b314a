"""The tables of a study as an Excel workbook: numbers are numbers, text is text and never a formula or a link."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from simulation.studies.findings import Findings, Interval
from simulation.studies.replica import STATES
from simulation.studies.report.summary import measure_of, summarise
from simulation.studies.report.words import Words

Cell = str | int | float | None
WIDE, BROAD, NAME = 28, 90, 31
MOST_ROWS = 1_000_000


def write_excel(findings: Findings, path: Path, *, words: Words) -> None:
    """Write the workbook in the language of `words`; a file at `path` is replaced at once.

    Figures keep the units that they were measured in, as a column says: seconds stay seconds.
    """
    import xlsxwriter

    beside = path.with_name(f".{path.name}.new")
    with xlsxwriter.Workbook(str(beside), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "top"})
        for key, rows in SHEETS.items():
            sheet = book.add_worksheet(words.say(f"study.sheet.{key}")[:NAME])
            _fill(sheet, rows(findings, words), bold)
            sheet.set_column(0, 0, BROAD if key == "summary" else WIDE)
            sheet.freeze_panes(1, 0)
    os.replace(beside, path)


def _fill(sheet: Any, rows: Iterator[Sequence[Cell]], bold: Any) -> None:
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            return
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, cell[:32_000], bold if number == 0 else None)
            elif cell is not None and math.isfinite(cell):
                sheet.write_number(number, column, cell)


def _heads(words: Words, *names: str) -> list[Cell]:
    return [words.say(f"study.{name}") for name in names]


def _summary(findings: Findings, words: Words) -> Iterator[Sequence[Cell]]:
    said = summarise(findings, words)
    yield [words.say("study.report", name=findings.name)]
    for sentence in (said.asked, *said.answers, *said.bottlenecks, *said.warnings):
        yield [sentence]
    yield [words.say("study.made_of", seed=findings.seed, content=findings.content, runs="", cpu="").strip()]


def _responses(findings: Findings, words: Words) -> Iterator[Sequence[Cell]]:
    yield _heads(words, "scenario", "response", "code", "unit", "mean", "half_width", "count", "confidence")
    for one in findings.scenarios:
        for name, found in one.responses.items():
            measure = measure_of(findings, name)
            unit = measure.unit if measure else ""
            yield [one.name, words.response(name), name, unit, *_interval(found), found.count, found.confidence]


def _shares(findings: Findings, words: Words) -> Iterator[Sequence[Cell]]:
    yield [*_heads(words, "scenario", "device"), *(words.say(f"study.state.{state}") for state in STATES)]
    for one in findings.scenarios:
        for device, states in one.shares.items():
            yield [one.name, device, *(states[state].mean if state in states else 0.0 for state in STATES)]


def _comparisons(findings: Findings, words: Words) -> Iterator[Sequence[Cell]]:
    yield _heads(words, "first", "second", "response", "code", "difference", "half_width", "count", "better_one")
    for one in findings.comparisons:
        found = one.difference
        named = [one.first, one.second, words.response(one.response), one.response]
        yield [*named, *_interval(found), found.count, one.better or words.say("study.not_told")]


def _sweep(findings: Findings, words: Words) -> Iterator[Sequence[Cell]]:
    yield _heads(words, "path", "response", "code", "low", "high", "at_low", "at_high")
    for one in findings.effects:
        named = [one.path, words.response(one.response), one.response]
        yield [*named, one.low, one.high, one.at_low, one.at_high]


def _series(findings: Findings, words: Words) -> Iterator[Sequence[Cell]]:
    yield _heads(words, "scenario", "response", "code", "unit", "plant_hours", "mean", "half_width")
    for one in findings.scenarios:
        for name, found in one.series.items():
            for at_s, mean, half in zip(found.at_s, found.mean, found.half_width, strict=True):
                yield [one.name, words.response(name), name, found.unit, at_s / 3600, mean, half]


def _interval(found: Interval) -> list[Cell]:
    return [found.mean, found.half_width]


SHEETS = {
    "summary": _summary, "responses": _responses, "shares": _shares, "comparisons": _comparisons, "sweep": _sweep,
    "series": _series,
}  # fmt: skip

"""The workbook of a study: numbers one can reckon with, and text that stays text."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from api.papers.study import words_of, write_reports
from simulation.studies.report.workbook import SHEETS, write_excel
from tests.findings import BINS, made

FORMULA = '=HYPERLINK("http://x","y")'


@pytest.mark.parametrize(("language", "first"), [("en", "Summary"), ("zh", "概要")])
def test_every_table_has_its_sheet(tmp_path: Path, language: str, first: str) -> None:
    path = tmp_path / "study.xlsx"
    write_excel(made(), path, words=words_of(language))
    book = load_workbook(path)
    assert book.sheetnames[0] == first
    assert len(book.sheetnames) == len(SHEETS)
    series = book.worksheets[-1]
    assert series.max_row == 1 + 3 * 2 * len(BINS)


def test_figures_are_numbers_in_the_unit_they_were_measured_in(tmp_path: Path) -> None:
    path = tmp_path / "study.xlsx"
    write_excel(made(), path, words=words_of("en"))
    rows = [[cell.value for cell in row] for row in load_workbook(path)["Responses"].iter_rows()]
    lead = next(row for row in rows if row[0] == "base" and row[2] == "lead.out_s")
    assert lead[3:] == ["s", 1000, 22, 8, 0.95]
    shares = [[cell.value for cell in row] for row in load_workbook(path)["Shares"].iter_rows()][1:]
    assert all(sum(row[2:]) == pytest.approx(1.0) for row in shares)


def test_a_name_is_never_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "study.xlsx"
    write_excel(made(name=FORMULA, third=FORMULA), path, words=words_of("en"))
    cells = [cell for sheet in load_workbook(path).worksheets for row in sheet.iter_rows() for cell in row]
    assert FORMULA in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]


def test_a_study_gets_its_page_and_a_book_in_each_language(tmp_path: Path) -> None:
    files = write_reports(made(), tmp_path, language="zh")
    assert sorted(file.name for file in files) == ["report-en.xlsx", "report-zh.xlsx", "report.html"]
    assert '<html lang="zh-CN"' in files[0].read_text(encoding="utf-8")[:100]

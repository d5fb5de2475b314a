"""The report of a study, in the words of the face: one HTML file in both languages, one workbook."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from api.texts import LANGUAGES, catalogue
from simulation.studies.findings import Findings
from simulation.studies.report.page import write_html
from simulation.studies.report.words import Words
from simulation.studies.report.workbook import write_excel
from simulation.studies.scenario import Scenario

HTML, EXCEL = "report.html", "report-{language}.xlsx"
FONT = "NotoSansSC-Regular.ttf"
PREFIXES = ("study.", "language.", "nav.language")


@cache
def words_of(language: str) -> Words:
    """Return the words of a study's report. Raises KeyError for a language that we do not have."""
    texts = {key: text for key, text in catalogue(language).items() if key.startswith(PREFIXES)}
    return Words(language, texts, Path(str(files("api.papers").joinpath("fonts", FONT))))


def replay_of(scenario: Scenario) -> Mapping[str, Any]:
    """Return the first replication of a scenario for the animation of its report; runs it once more."""
    from simulation.studies.report.replay import shown  # the whole twin: only who runs one waits for it to load
    from simulation.studies.trail import trail

    return shown(trail(scenario, 0), scenario.plant)


def write_reports(
    findings: Findings, folder: Path, *, trail: Mapping[str, Any] | None = None, language: str = "en"
) -> list[Path]:
    """Write the page (both languages, `language` shown first) and a workbook in each; return the files.

    `trail` is one run for the animation, as `replay_of` makes it.
    """
    ordered = [language, *(one for one in LANGUAGES if one != language)]
    page = folder / HTML
    write_html(findings, page, words=[words_of(one) for one in ordered], trail=trail)
    books = [folder / EXCEL.format(language=one) for one in LANGUAGES]
    for one, book in zip(LANGUAGES, books, strict=True):
        write_excel(findings, book, words=words_of(one))
    return [page, *books]

"""The report as a page: it needs nothing else, says everything in both languages, and takes names as they are."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api.papers.study import words_of
from simulation.studies.findings import Comparison, Findings, Interval, from_json, to_json
from simulation.studies.report import plots
from simulation.studies.report.page import digest, page, write_html
from simulation.studies.report.replay import shown
from simulation.studies.report.sections import SECTIONS
from tests.findings import HOSTILE, hall, made, trail

WORDS = [words_of("en"), words_of("zh")]
HEADING = re.compile(r'<h2 id="en-(\w+)">')


class Seen(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.blocks: dict[str, list[str]] = {"script": [], "style": []}
        self.said: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self._open = tag if tag in self.blocks and ("type", "application/json") not in attrs else ""

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.blocks[self._open].append(data)
        else:
            self.said.append(data)


def little() -> Findings:
    """Return the findings of one scenario that asks for nothing by name."""
    bare = made()
    return Findings(bare.name, bare.plant, 1, 8.0, (), bare.measures, bare.scenarios[:1])


@pytest.fixture(scope="module")
def text() -> str:
    return page(made(name=HOSTILE, third=HOSTILE), words=WORDS, trail=shown(trail(hall()), hall()))


@pytest.fixture(scope="module")
def seen(text: str) -> Seen:
    return Seen(text)


def test_names_of_a_study_stay_text(seen: Seen) -> None:
    assert HOSTILE in "".join(seen.said)
    assert "img" not in seen.tags
    assert not [name for name, _ in seen.attributes if name.startswith("on")]


def test_its_policy_lets_its_own_script_and_style_in_and_nothing_else(seen: Seen) -> None:
    policy = next(value for name, value in seen.attributes if name == "content" and "default-src" in value)
    script, style = seen.blocks["script"], seen.blocks["style"]
    assert (len(script), len(style)) == (1, 1)
    assert policy == (
        f"default-src 'none'; script-src '{digest(script[0])}'; style-src '{digest(style[0])}'; base-uri 'none'; "
        "form-action 'none'"
    )
    assert "style" not in {name for name, _ in seen.attributes}  # the policy would ignore them


def test_nothing_is_fetched(seen: Seen) -> None:
    links = [value for name, value in seen.attributes if name in ("src", "href", "xlink:href", "action", "data")]
    assert links
    assert [link for link in links if not link.startswith("#")] == []


def test_every_id_stands_once(seen: Seen) -> None:
    ids = [value for name, value in seen.attributes if name == "id"]
    assert len(ids) == len(set(ids)) > 100
    used = {value for name, value in seen.attributes if name == "xlink:href"}
    assert {link.removeprefix("#") for link in used} <= set(ids)


def test_every_text_is_known_in_both_languages(seen: Seen) -> None:
    said = "".join(seen.said)
    assert re.findall(r"study\.(?!remark)[a-z_.]+", said) == []
    assert "base: the bottleneck is CR1" in said
    assert "base：瓶颈是 CR1" in said


def test_a_page_of_one_language_has_no_choice() -> None:
    alone = Seen(page(little(), words=[words_of("zh")]))
    assert ("lang", "zh-CN") in alone.attributes
    assert "button" not in alone.tags


def test_each_section_is_there_when_it_has_something_to_show(text: str) -> None:
    assert HEADING.findall(text) == list(SECTIONS)
    left = HEADING.findall(page(little(), words=WORDS[:1]))
    assert {"comparisons", "selection", "sweep"}.isdisjoint(left)
    assert {"summary", "responses", "shares", "queues", "leads", "warm_up", "method"} <= set(left)


def test_every_plot_says_what_it_shows(text: str) -> None:
    plots = re.findall(
        r'<svg class="plot"[^>]*role="img" aria-labelledby="([^"]+)"[^>]*><title id="([^"]+)">([^<]+)<', text
    )
    assert len(plots) == text.count('<svg class="plot"') > 20
    assert all(named == title and said.strip() for named, title, said in plots)


def test_the_numbers_of_the_findings_are_in_it(text: str) -> None:
    said = "".join(Seen(text).said)
    assert "near: " in said
    assert "72.0 ± 1.8 pallets/h (95 % confidence, 8 replications)" in said
    assert "difference 12.0 ± 2.2 pallets/h" in said
    assert "16.67 ± 0.37" in said  # minutes of 1000 ± 22 s


def test_the_same_findings_make_the_same_plot() -> None:
    first, second = (plots.responses(made(), "out.pallets_h", WORDS[1], "k") for _ in range(2))
    assert first == second


def test_a_page_replaces_the_one_before_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    write_html(little(), path, words=WORDS[:1])
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_findings_are_read_as_they_were_written() -> None:
    assert from_json(to_json(made())) == made()


def test_a_study_without_replications_enough_says_so() -> None:
    bare = little()
    found = {"out.pallets_h": Interval(60.0, None, 1, 0.95)}
    once = replace(bare.scenarios[0], responses=found, bottleneck=None, shares={}, series={}, spreads={}, welch=None)
    said = "".join(Seen(page(replace(bare, scenarios=(once,)), words=WORDS[:1])).said)
    assert "in 1 replication: no interval, so no certainty" in said
    assert "base: no device holds the others up" in said


def test_a_sweep_of_a_thousand_scenarios_stays_a_page() -> None:
    bare = little()
    lean = replace(bare.scenarios[0], shares={}, series={}, spreads={}, welch=None)
    many = tuple(replace(lean, name=f"speed={n}") for n in range(1000))
    pairs = tuple(Comparison("speed=0", one.name, "out.pallets_h", Interval(1.0, 2.0, 8, 0.95), None) for one in many)
    made_of = page(replace(bare, scenarios=many, comparisons=pairs), words=WORDS[:1])
    assert len(made_of) < 500_000
    assert "And 2988 more; the workbook has them all." in made_of

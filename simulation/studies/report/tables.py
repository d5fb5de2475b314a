"""Tables of the report, as rows of text: the page and the workbook print the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from simulation.studies.findings import Findings, ScenarioFinding, Selection
from simulation.studies.replica import STATES
from simulation.studies.report.shares import share, shown_devices
from simulation.studies.report.summary import OF_DEVICES, asked_of, difference, headed, scale_of
from simulation.studies.report.words import Scale, Words, estimate, figure

MOST_COLUMNS, MOST_ROWS = 10, 200
"""What a page bears; the workbook has everything."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the first cell of each row names it; `marked` rows stand out."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: frozenset[int] = frozenset()

    def html(self) -> str:
        """Return the table as HTML with everything escaped."""
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.head)
        rows = "".join(self._row(n, row) for n, row in enumerate(self.rows))
        caption = f"<caption>{escape(self.caption)}</caption>"
        table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return f'<div class="wide" tabindex="0" role="region" aria-label="{escape(self.caption)}">{table}</div>'

    def _row(self, number: int, row: Sequence[str]) -> str:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        mark = ' class="marked"' if number in self.marked else ""
        return f'<tr{mark}><th scope="row">{escape(row[0])}</th>{cells}</tr>'


def listed(findings: Findings) -> list[str]:
    """Return the responses of the table; figures of single devices have plots of their own."""
    names = dict.fromkeys(name for one in findings.scenarios for name in one.responses)
    asked = [name for name in findings.asked if name in names]
    rest = [name for name in names if not name.startswith(OF_DEVICES) and name not in asked]
    return asked + rest


def responses(findings: Findings, words: Words) -> Table:
    """Return every response of every scenario with half the width of its interval; of many only what was asked."""
    if len(findings.scenarios) > MOST_COLUMNS:
        return _long(findings, words)
    rows = [(headed(findings, name, words), *_cells(findings, name)) for name in listed(findings)]
    names = [one.name for one in findings.scenarios]
    asked = frozenset(range(sum(name in findings.asked for name in listed(findings))))
    return Table(words.say("study.responses"), (words.say("study.response"), *names), tuple(rows), asked)


def _long(findings: Findings, words: Words) -> Table:
    """Return the scenarios as rows where they are too many for columns."""
    names = asked_of(findings)
    scales = [scale_of(findings, name) for name in names]
    rows = [
        (one.name, *(_cell(one, name, shown) for name, shown in zip(names, scales, strict=True)))
        for one in findings.scenarios[:MOST_ROWS]
    ]
    head = (words.say("study.scenario"), *(headed(findings, name, words) for name in names))
    return Table(words.say("study.responses"), head, tuple(rows))


def _cells(findings: Findings, name: str) -> list[str]:
    shown = scale_of(findings, name)
    return [_cell(one, name, shown) for one in findings.scenarios]


def _cell(scenario: ScenarioFinding, name: str, shown: Scale) -> str:
    return estimate(scenario.responses[name], shown) if name in scenario.responses else ""


def comparisons(findings: Findings, words: Words) -> Table:
    """Return the paired differences; rows in which one is surely better stand out."""
    rows = [
        (
            words.say("study.less", second=one.second, first=one.first), words.response(one.response),
            difference(findings, one, words), one.better or words.say("study.not_told"),
        )
        for one in findings.comparisons[:MOST_ROWS]
    ]  # fmt: skip
    head = tuple(words.say(f"study.{name}") for name in ("scenarios", "response", "difference", "better_one"))
    sure = frozenset(n for n, one in enumerate(findings.comparisons) if one.better)
    return Table(words.say("study.comparisons"), head, tuple(rows), sure)


def candidates(findings: Findings, words: Words) -> Table:
    """Return which scenarios may be the best; the chosen one stands out."""
    chosen = findings.selection
    if chosen is None:
        return Table(words.say("study.selection"), (), ())
    shown = scale_of(findings, chosen.response)
    rows = [
        (one.name, estimate(one.responses[chosen.response], shown), words.say(_standing(chosen, one.name)))
        for one in findings.scenarios[:MOST_ROWS]
        if chosen.response in one.responses
    ]  # fmt: skip
    head = (words.say("study.scenario"), headed(findings, chosen.response, words), words.say("study.standing"))
    best = frozenset(n for n, row in enumerate(rows) if row[0] == chosen.best)
    return Table(words.say("study.selection"), head, tuple(rows), best)


def _standing(chosen: Selection, name: str) -> str:
    if name == chosen.best:
        return "study.is_best"
    return "study.may_be_best" if name in chosen.candidates else "study.is_worse"


def effects(findings: Findings, words: Words) -> Table:
    """Return what each swept value does to each response."""
    rows = [
        (
            one.path,
            words.response(one.response),
            f"{one.low} … {one.high}",
            *(_scaled(findings, one.response, v) for v in (one.at_low, one.at_high, one.at_high - one.at_low)),
        )
        for one in findings.effects[:MOST_ROWS]
    ]
    names = ("path", "response", "range", "at_low", "at_high", "difference")
    return Table(words.say("study.sweep"), tuple(words.say(f"study.{name}") for name in names), tuple(rows))


def _scaled(findings: Findings, response: str, measured: float) -> str:
    return figure(measured * scale_of(findings, response).factor)


def shares(scenario: ScenarioFinding, words: Words) -> Table:
    """Return how machines spend their time, in per cent."""
    rows = [
        (name, *(f"{100 * share(scenario.shares[name], state):.1f}" for state in STATES))
        for name in shown_devices(scenario.shares)
    ]
    head = (words.say("study.device"), *(words.say(f"study.state.{state}") for state in STATES))
    return Table(words.say("study.plot.shares", scenario=scenario.name), head, tuple(rows))


def settings(findings: Findings, words: Words) -> Table:
    """Return what each scenario sets, and how long and how often it ran."""
    rows = [
        (
            one.name,
            "; ".join(f"{path} = {setting}" for path, setting in one.settings.items()) or words.say("study.as_is"),
            str(one.replications),
            *(figure(seconds / 3600) for seconds in (one.warm_s, one.horizon_s)),
        )
        for one in findings.scenarios[:MOST_ROWS]
    ]
    names = ("scenario", "settings", "replications", "warm_h", "horizon_h")
    return Table(words.say("study.scenarios"), tuple(words.say(f"study.{name}") for name in names), tuple(rows))

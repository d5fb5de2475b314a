"""The sections of the page in one language, each as HTML; one that has nothing to show is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from simulation.studies.findings import Findings, Spread
from simulation.studies.report import plots, shares, tables, time_plots
from simulation.studies.report.canvas import Plot
from simulation.studies.report.summary import OF_DEVICES, Summary, asked_of, measure_of, summarise
from simulation.studies.report.words import Words, figure

MOST_QUEUES, MOST_SCENARIOS, MOST_PLOTS = 8, 6, 6

Section = Callable[[Findings, Words], Iterator[str]]


def body(findings: Findings, words: Words) -> str:
    """Return the report in one language, without the replay."""
    parts = [_head(findings, words)]
    for key, section in SECTIONS.items():
        content = "".join(section(findings, words))
        if content:
            name = f"{words.language}-{key}"
            title = f'<h2 id="{name}">{escape(words.say(f"study.section.{key}"))}</h2>'
            parts.append(f'<section aria-labelledby="{name}">{title}{content}</section>')
    return "".join(parts)


def _head(findings: Findings, words: Words) -> str:
    return f"<h1>{escape(words.say('study.report', name=findings.name))}</h1>"


def _summary(findings: Findings, words: Words) -> Iterator[str]:
    said: Summary = summarise(findings, words)
    yield f"<p>{escape(said.asked)}</p>"
    yield _list(said.answers, "answer")
    yield _list(said.bottlenecks, "")
    if said.warnings:
        yield f'<div class="warning"><h3>{escape(words.say("study.warnings"))}</h3>{_list(said.warnings, "")}</div>'


def _scenarios(findings: Findings, words: Words) -> Iterator[str]:
    yield tables.settings(findings, words).html()


def _responses(findings: Findings, words: Words) -> Iterator[str]:
    yield tables.responses(findings, words).html()
    if len(findings.scenarios) == 1:
        return
    names = [*asked_of(findings), *(name for name in tables.listed(findings) if name not in asked_of(findings))]
    for n, name in enumerate(names[:MOST_PLOTS]):
        yield _figure(plots.responses(findings, name, words, f"{words.language}-r{n}"))


def _comparisons(findings: Findings, words: Words) -> Iterator[str]:
    if not findings.comparisons:
        return
    yield f"<p>{escape(words.say('study.comparisons_say'))}</p>"
    names = dict.fromkeys(one.response for one in findings.comparisons)
    for n, name in enumerate(list(names)[:MOST_PLOTS]):
        found = [one for one in findings.comparisons if one.response == name][:40]
        yield _figure(plots.differences(found, measure_of(findings, name), words, f"{words.language}-c{n}"))
    yield tables.comparisons(findings, words).html()


def _selection(findings: Findings, words: Words) -> Iterator[str]:
    if findings.selection is not None:
        yield f"<p>{escape(words.say('study.selection_say', percent=figure(100 * findings.selection.chance)))}</p>"
        yield tables.candidates(findings, words).html()


def _sweep(findings: Findings, words: Words) -> Iterator[str]:
    names = dict.fromkeys(one.response for one in findings.effects)
    for n, name in enumerate(list(names)[:MOST_PLOTS]):
        found = [one for one in findings.effects if one.response == name]
        yield _figure(plots.tornado(found, measure_of(findings, name), words, f"{words.language}-e{n}"))
    if findings.effects:
        yield tables.effects(findings, words).html()


def _shares(findings: Findings, words: Words) -> Iterator[str]:
    for n, one in enumerate(findings.scenarios[:MOST_SCENARIOS]):
        if one.shares:
            yield _figure(shares.split(one, words, f"{words.language}-u{n}"))
            yield _folded(tables.shares(one, words), words)


def _queues(findings: Findings, words: Words) -> Iterator[str]:
    scenarios = findings.scenarios[:MOST_SCENARIOS]
    for n, name in enumerate(longest(findings)):
        yield _figure(time_plots.series(name, scenarios, words, f"{words.language}-q{n}"))


def longest(findings: Findings) -> list[str]:
    """Return the series that are drawn: what waits first, the longest queue before the others; none that is empty."""
    tallest: dict[str, float] = {}
    for one in findings.scenarios:
        for name, found in one.series.items():
            top = max((value for value in found.mean if value is not None), default=0.0)
            tallest[name] = max(tallest.get(name, 0.0), top)
    some = [name for name, top in tallest.items() if top > 0 and not name.startswith("lead.")]  # those lie elsewhere
    waits = [name for name in some if name.startswith(("queue", "waiting"))]
    rest = [name for name in some if name not in waits]
    first = [name for name in findings.asked if name in rest]
    ordered = [*first, *(name for name in rest if name not in first)]
    return sorted(waits, key=lambda name: -tallest[name])[:MOST_QUEUES] + ordered[:MOST_QUEUES]


def _leads(findings: Findings, words: Words) -> Iterator[str]:
    all_of_them = dict.fromkeys(name for one in findings.scenarios for name in one.spreads)
    names = [name for name in all_of_them if not name.startswith(OF_DEVICES)]
    for n, name in enumerate(names[:MOST_PLOTS]):
        found: list[tuple[str, Spread]] = [
            (one.name, one.spreads[name]) for one in findings.scenarios[:MOST_SCENARIOS] if name in one.spreads
        ]
        yield _figure(time_plots.spread(name, found, words, f"{words.language}-l{n}"))


def _warm_up(findings: Findings, words: Words) -> Iterator[str]:
    for n, one in enumerate(findings.scenarios[:MOST_SCENARIOS]):
        if one.welch is not None:
            said = words.say("study.warm_up_say", scenario=one.name, hours=figure(one.warm_s / 3600))
            yield f"<p>{escape(said)}</p>"
            yield _figure(time_plots.welch(one.welch, words, f"{words.language}-w{n}"))


def _method(findings: Findings, words: Words) -> Iterator[str]:
    yield f"<p>{escape(words.say('study.method'))}</p>"
    cpu = sum(one.cpu_s for one in findings.scenarios)
    runs = sum(one.replications for one in findings.scenarios)
    said = words.say("study.made_of", seed=findings.seed, content=findings.content, runs=runs, cpu=figure(cpu))
    yield f"<p>{escape(said)}</p>"


def _figure(plot: Plot) -> str:
    return f"<figure><figcaption>{escape(plot.title)}</figcaption>{plot.svg}</figure>"


def _folded(table: tables.Table, words: Words) -> str:
    return f"<details><summary>{escape(words.say('study.as_table'))}</summary>{table.html()}</details>"


def _list(sentences: Sequence[str], kind: str) -> str:
    mark = f' class="{kind}"' if kind else ""
    return f"<ul{mark}>" + "".join(f"<li>{escape(one)}</li>" for one in sentences) + "</ul>" if sentences else ""


SECTIONS: dict[str, Section] = {
    "summary": _summary, "scenarios": _scenarios, "responses": _responses, "comparisons": _comparisons,
    "selection": _selection, "sweep": _sweep, "shares": _shares, "queues": _queues, "leads": _leads,
    "warm_up": _warm_up, "method": _method,
}  # fmt: skip

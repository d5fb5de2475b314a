"""The report in words: what was asked, the answer with its certainty, the bottleneck with its evidence, warnings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulation.studies.findings import Bottleneck, Comparison, Findings, Measure, Remark, ScenarioFinding
from simulation.studies.replica import STATES
from simulation.studies.report.words import Scale, Words, estimate, figure, scale

PARTS = frozenset({"momentary", "active", *STATES})
"""Evidence that is a part of the time; shown in per cent."""
MOST_TOLD = 12
OF_DEVICES = ("share.", "queue.", "active.")
"""How the names of figures begin that single devices have."""
SURE = 8
"""Comparisons that are told in words at most."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences, by what they are about."""

    asked: str
    answers: tuple[str, ...]
    bottlenecks: tuple[str, ...]
    warnings: tuple[str, ...]


def summarise(findings: Findings, words: Words) -> Summary:
    """Return the summary of a study in one language."""
    return Summary(
        asked=_asked(findings, words),
        answers=(
            *told(list(_answers(findings, words)), words),
            *_selected(findings, words),
            *_compared(findings, words),
        ),
        bottlenecks=told([_held(one, words) for one in findings.scenarios], words),
        warnings=told([_careful(one, words) for one in findings.warnings], words),
    )


def told(sentences: Sequence[str], words: Words) -> tuple[str, ...]:
    """Return so many sentences as people read, and how many more there are."""
    more = len(sentences) - MOST_TOLD
    return (*sentences[:MOST_TOLD], words.say("study.more", count=more)) if more > 0 else tuple(sentences)


def _careful(remark: Remark, words: Words) -> str:
    named = {"response": words.response(str(remark.params["response"]))} if "response" in remark.params else {}
    return words.say(f"study.remark.{remark.code}", **{**remark.params, **named})


def asked_of(findings: Findings) -> tuple[str, ...]:
    """Return the responses that the study is about: those it names, else the first that every scenario has."""
    named = tuple(name for name in findings.asked if any(name in one.responses for one in findings.scenarios))
    if named or not findings.scenarios:
        return named
    return tuple(name for name in findings.scenarios[0].responses if not name.startswith(OF_DEVICES))[:3]


def scale_of(findings: Findings, name: str) -> Scale:
    """Return how a response is shown, the same for every scenario."""
    most = max((abs(one.responses[name].high) for one in findings.scenarios if name in one.responses), default=0.0)
    return scale(measure_of(findings, name), most)


def measure_of(findings: Findings, name: str) -> Measure | None:
    """Return unit and better way of a response; a quantile has those of its mean."""
    return findings.measures.get(name) or findings.measures.get(name.removesuffix(".p95"))


def value(findings: Findings, scenario: ScenarioFinding, name: str, words: Words) -> str:
    """Return a response of a scenario with interval and unit."""
    shown = scale_of(findings, name)
    return with_unit(estimate(scenario.responses[name], shown), shown.label(words))


def with_unit(text: str, unit: str) -> str:
    """Return a figure with its unit behind it.

    >>> with_unit("3 ± 1", "%"), with_unit("3", "")
    ('3 ± 1 %', '3')
    """
    return f"{text} {unit}" if unit else text


def _asked(findings: Findings, words: Words) -> str:
    names = words.say("study.and").join(words.response(name) for name in asked_of(findings))
    return words.say(
        "study.asked", responses=names, plant=findings.plant, hours=figure(findings.hours),
        scenarios=len(findings.scenarios), seed=findings.seed,
    )  # fmt: skip


def _answers(findings: Findings, words: Words) -> Iterator[str]:
    for name in asked_of(findings):
        for one in findings.scenarios:
            if name not in one.responses:
                continue
            found = one.responses[name]
            key = "study.answer" if found.half_width is not None else "study.answer_once"
            yield words.say(
                key, scenario=one.name, response=words.response(name), value=value(findings, one, name, words),
                count=found.count, percent=figure(100 * found.confidence),
            )  # fmt: skip


def _selected(findings: Findings, words: Words) -> Iterator[str]:
    chosen = findings.selection
    if chosen is None:
        return
    others = [name for name in chosen.candidates if name != chosen.best]
    yield words.say(
        "study.selected_of" if others else "study.selected", best=chosen.best, response=words.response(chosen.response),
        percent=figure(100 * chosen.chance), others=words.say("study.and").join(others),
    )  # fmt: skip


def _compared(findings: Findings, words: Words) -> Iterator[str]:
    asked = asked_of(findings)
    sure = [one for one in findings.comparisons if one.better and one.response in asked]
    for one in sure[:SURE]:
        yield words.say(
            "study.better", better=one.better, other=_other(one), response=words.response(one.response),
            difference=difference(findings, one, words),
        )  # fmt: skip
    if len(sure) > SURE:
        yield words.say("study.better_more", count=len(sure) - SURE)


def headed(findings: Findings, name: str, words: Words) -> str:
    """Return the name of a response with its unit, as a table is headed."""
    unit = scale_of(findings, name).label(words)
    return f"{words.response(name)} ({unit})" if unit else words.response(name)


def difference(findings: Findings, one: Comparison, words: Words) -> str:
    """Return a difference with interval and unit, shown as the response itself is."""
    shown = scale_of(findings, one.response)
    return with_unit(estimate(one.difference, shown), shown.label(words))


def _other(one: Comparison) -> str:
    return one.first if one.better == one.second else one.second


def _held(scenario: ScenarioFinding, words: Words) -> str:
    found = scenario.bottleneck
    if found is None:
        return words.say("study.no_bottleneck", scenario=scenario.name)
    return words.say(
        "study.held", scenario=scenario.name, device=found.device, why=words.say(f"study.bottleneck.{found.why}"),
        evidence=words.say("study.and").join(evidence(found, words)),
    )  # fmt: skip


def evidence(found: Bottleneck, words: Words) -> Sequence[str]:
    """Return what speaks for a bottleneck, each with its figure; shares (up to 1) in per cent."""
    said: list[str] = []
    for name, measured in found.evidence.items():
        key = f"study.evidence.{name}"
        label = words.say(key) if words.knows(key) else words.response(name)
        part = name in PARTS or name.startswith("share")
        said.append(f"{label} {100 * measured:.1f} %" if part else f"{label} {figure(measured)}")
    return said

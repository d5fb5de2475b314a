"""Dots with whiskers: responses by scenario, differences of rules with their zero line, and what a sweep moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulation.studies.findings import Comparison, Effect, Findings, Interval, Measure
from simulation.studies.report.canvas import COLOURS, INK, MARKS, QUIET, Plot, drawing, finish, short
from simulation.studies.report.summary import scale_of
from simulation.studies.report.words import Words, scale

ROW_IN, FRAME_IN = 0.32, 0.95
MOST_EFFECTS, MOST_ROWS = 20, 40


def responses(findings: Findings, name: str, words: Words, key: str) -> Plot:
    """Return one response of every scenario as dots with the whiskers of their intervals."""
    found = [(one.name, one.responses[name]) for one in findings.scenarios if name in one.responses][:MOST_ROWS]
    shown = scale_of(findings, name)
    with drawing(words, height_in=FRAME_IN + ROW_IN * len(found)) as (made, axes):
        for row, (_, interval) in enumerate(found):
            _whisker(axes, row, interval, factor=shown.factor, style=row)
        _rows(axes, [scenario for scenario, _ in found])
        axes.set_xlabel(_label(words, name, shown.label(words)))
        return finish(made, key, words.say("study.plot.responses", response=words.response(name)))


def differences(found: Sequence[Comparison], measure: Measure | None, words: Words, key: str) -> Plot:
    """Return paired differences of one response with a line at zero: an interval that leaves it out is sure."""
    response = found[0].response
    shown = scale(measure, max(max(abs(one.difference.low), abs(one.difference.high)) for one in found))
    with drawing(words, height_in=FRAME_IN + ROW_IN * len(found)) as (made, axes):
        axes.axvline(0.0, color=INK, linewidth=1.2)
        for row, one in enumerate(found):
            _whisker(axes, row, one.difference, factor=shown.factor, style=0 if one.better else 6)
        _rows(axes, [words.say("study.less", second=one.second, first=one.first) for one in found])
        axes.set_xlabel(_label(words, response, shown.label(words)))
        return finish(made, key, words.say("study.plot.differences", response=words.response(response)))


def tornado(found: Sequence[Effect], measure: Measure | None, words: Words, key: str) -> Plot:
    """Return how far each swept value moves one response, the widest on top."""
    rows = sorted(found, key=lambda one: abs(one.at_high - one.at_low), reverse=True)[:MOST_EFFECTS]
    response = rows[0].response
    shown = scale(measure, max(max(abs(one.at_low), abs(one.at_high)) for one in rows))
    middle = sum(one.at_low + one.at_high for one in rows) / (2 * len(rows)) * shown.factor
    with drawing(words, height_in=FRAME_IN + ROW_IN * len(rows)) as (made, axes):
        for row, one in enumerate(rows):
            for side, (value, label) in enumerate(((one.at_low, one.low), (one.at_high, one.high))):
                _beam(axes, row, middle, value * shown.factor, label=label, side=side)
        axes.axvline(middle, color=INK, linewidth=1.0)
        _rows(axes, [one.path for one in rows])
        axes.margins(x=0.15)
        axes.set_xlabel(_label(words, response, shown.label(words)))
        return finish(made, key, words.say("study.plot.effects", response=words.response(response)))


def _beam(axes: Any, row: int, middle: float, value: float, *, label: str, side: int) -> None:
    axes.barh(row, value - middle, left=middle, height=0.6, color=COLOURS[side], alpha=0.85)
    right = value >= middle
    axes.annotate(
        short(label, 20), (value, row), xytext=(3 if right else -3, 0), textcoords="offset points", va="center",
        ha="left" if right else "right", fontsize=8, color=QUIET,
    )  # fmt: skip


def _whisker(axes: Any, row: int, interval: Interval, *, factor: float, style: int) -> None:
    width = (interval.half_width or 0.0) * factor
    axes.errorbar(
        interval.mean * factor, row, xerr=width, fmt=MARKS[style % len(MARKS)], color=COLOURS[style % len(COLOURS)],
        capsize=4, markersize=6, linewidth=1.8,
    )  # fmt: skip


def _rows(axes: Any, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [short(name) for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")


def _label(words: Words, response: str, unit: str) -> str:
    name = words.response(response)
    return f"{name} ({unit})" if unit and unit not in name else name

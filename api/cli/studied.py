"""What a study found, as text and as one JSON value."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape

from api.cli.say import out, table, tell
from api.papers.study import words_of
from simulation.studies.findings import Findings, Interval
from simulation.studies.report.summary import asked_of, difference, headed, scale_of, summarise
from simulation.studies.report.words import estimate

MOST_ROWS = 40


def tell_findings(findings: Findings, folder: Path, files: Sequence[Path]) -> None:
    """Print what a study found as one JSON value; all of it is in `findings.json`."""
    tell(
        {
            "name": findings.name,
            "folder": str(folder),
            "report": str(files[0]) if files else None,
            "content": findings.content,
            "scenarios": [
                {
                    "name": one.name,
                    "replications": one.replications,
                    "warm_s": one.warm_s,
                    "responses": {name: _interval(of) for name, of in one.responses.items()},
                    "bottleneck": one.bottleneck.device if one.bottleneck else None,
                    "evidence": dict(one.bottleneck.evidence) if one.bottleneck else {},
                    "settings": dict(one.settings),
                }
                for one in findings.scenarios
            ],
            "comparisons": [
                {
                    "first": c.first, "second": c.second, "response": c.response, "better": c.better,
                    **_interval(c.difference),
                }
                for c in findings.comparisons
            ],
            "selection": None if findings.selection is None else {
                "response": findings.selection.response, "best": findings.selection.best,
                "candidates": findings.selection.candidates, "chance": findings.selection.chance,
            },
            "effects": [
                {"path": e.path, "response": e.response, "low": e.low, "high": e.high, "at_low": e.at_low,
                 "at_high": e.at_high}
                for e in findings.effects
            ],
            "warnings": [{"code": w.code, **w.params} for w in findings.warnings],
        }
    )  # fmt: skip


def _interval(of: Interval) -> dict[str, Any]:
    return {"mean": of.mean, "half_width": of.half_width, "count": of.count, "confidence": of.confidence}


def show_findings(findings: Findings, folder: Path, files: Sequence[Path], *, language: str) -> None:
    """Print what a study found for people."""
    words, asked = words_of(language), asked_of(findings)
    shown = {name: scale_of(findings, name) for name in asked}
    out.print(escape(words.say("study.report", name=findings.name)), style="bold", highlight=False)
    rows = [
        (one.name, one.replications,
         *(estimate(one.responses[r], shown[r]) if r in one.responses else "-" for r in asked),
         one.bottleneck.device if one.bottleneck else "-")
        for one in findings.scenarios[:MOST_ROWS]
    ]  # fmt: skip
    heads = (words.say("study.scenario"), words.say("study.replications"), *(headed(findings, r, words) for r in asked))
    table((*heads, words.say("study.bottleneck")), [tuple(escape(str(cell)) for cell in row) for row in rows])
    _show_comparisons(findings, language)
    summary = summarise(findings, words)
    for line in (*summary.bottlenecks[:MOST_ROWS], *summary.answers[len(asked) * len(findings.scenarios) :]):
        out.print(escape(line), highlight=False)
    for line in summary.warnings[:MOST_ROWS]:
        out.print(f"[yellow]![/] {escape(line)}", highlight=False)
    for file in files or [folder]:
        out.print(escape(str(file)), highlight=False, soft_wrap=True)


def _show_comparisons(findings: Findings, language: str) -> None:
    words = words_of(language)
    mine = [one for one in findings.comparisons if one.response in asked_of(findings)][:MOST_ROWS]
    if not mine:
        return
    rows = [
        (words.response(one.response), words.say("study.less", second=one.second, first=one.first),
         difference(findings, one, words), one.better or words.say("study.not_told"))
        for one in mine
    ]  # fmt: skip
    out.print()
    heads = ("study.response", "study.scenario", "study.difference", "study.better_one")
    table([words.say(key) for key in heads], [tuple(escape(cell) for cell in row) for row in rows])

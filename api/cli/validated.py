"""What came of a validation: as JSON, as a table, and as the page of the documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from api.cli.say import out, table
from simulation.validate.page import Subject
from simulation.validate.rack import Rack
from simulation.validate.rows import CONFIDENCE, Row
from simulation.validate.textbook import approximations

_SUFFIX = {"s": "_s", "1/h": "_per_h"}
_WORDS = {True: "holds", False: "fails"}
_HEAD = ("figure", "theory", "twin", "±", "unit", "tolerance", "verdict", "theory is")
_BOOK_HEAD = ("single s", "off by", "dual s", "off by", "source")
_INTRO = """# Validation

What theory says, what the machines of the twin do, and whether they agree. This page is printed by

    metrostack validate --markdown > docs/validation.md

and any row can be asked for with other numbers (`metrostack validate crane --help`; `--json` for scripts):

    metrostack validate crane --length-m 60 --height-m 12 --columns 60 --levels 12 --vx 3 --ax 0.5 --vy 1 --ay 0.6 \\
        --fork-s 8 --cycles 20000 --json
    metrostack validate fem --plant plants/demo.yaml --crane SC1
    metrostack validate queue --load 0.5,0.95
    metrostack validate line --buffer 3 --mean-1-s 20 --mean-2-s 30
    metrostack validate storage --curve 20/80 --classes 2,3

The twin's side is the twin's own machines (`simulation/devices/crane.py`, `conveyor.py`) in the twin's own hall, driven
by telegrams and timed by what they report. The theory's side (`simulation/validate/`) shares no formula with them.
`tests/unit/simulation/validate/test_broken.py` breaks the physics on purpose (no acceleration, one axis after the
other, all moves 2 % slower, no fork, a belt with room for one more, storage at random) and sees the rows fail.

**The rule.** A row holds if the theory lies in the interval of the twin. The intervals of all rows that are shown
together hold at once with 95 % confidence (Bonferroni: each of m rows at 1 - 0.05 / m; Student's t), so that a page
does not fail for having many rows. A row that misses is looked at once more, with new draws and four times as many, and
fails if it misses again: by luck on less than one page in four hundred, whatever the seed. A tolerance is what the
theory itself leaves open, known beforehand: that a rack has slots, that a belt takes time. `--seed` draws anew.
"""
_ABOUT = {
    "crane": """
Single and dual cycles to random slots, a dual cycle to two distinct ones; input and output at (0, 0).
""",
    "fem": """
Test cycles of FEM 9.851 with a crane of a plant file, at the slots nearest to P1 and P2, and cycles to any slot of one
side.
""",
    "queue": """
Orders come at random (Poisson), first come first served, one single cycle each: M/G/1. An order waits until the crane
sets out for it.
""",
    "line": """
Two stations, exponential, and a belt with room for B loads between them. Station 1 always has work, station 2 can
always hand on. A birth-death chain of B + 3 levels gives a throughput of (B + 2) / (B + 3) of a station's own, and
blocked and starved 1 / (B + 3) of the time each.
""",
    "storage": """
One way from the door to a wanted unit in a rack square in time, T to its end, by classes that end in steps of 0.01 T.
Against random storage the paper has 18.1 % less with two classes and 22.4 % with three for a 20/60 curve, and 35.9 %
and 43.8 % for 20/80.
""",
}
_BESIDE = """
Textbook means for the first rack, forks included, and what they are off by. They take loads to stand anywhere, and most
of them know nothing of acceleration; none is held against the twin but where it is exact, at constant speed.

"""


def by_name(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the figures by name; of several experiments of a kind, by their keys first."""
    keys = list(dict.fromkeys(row.experiment.key for row in rows))
    nested = {key: {r.figure.name: _value(r) for r in rows if r.experiment.key == key} for key in keys}
    return nested if len(keys) > 1 else nested[keys[0]]


def verdict(rows: Sequence[Row]) -> dict[str, Any]:
    """Return what is to be said of all rows together."""
    return {"verdict": _WORDS[all(row.holds for row in rows)], "confidence": CONFIDENCE, "figures": len(rows)}


def by_subject(subjects: Iterable[Subject], rows: Sequence[Row]) -> dict[str, Any]:
    """Return the figures by subject, then by key, then by name."""
    return {subject.name: by_name(_of(subject, rows)) for subject in subjects}


def beside(rack: Rack) -> dict[str, Any]:
    """Return the rack as asked for, and what textbooks say of it with what they are off by."""
    single_s, dual_s = rack.grid().single_s(), rack.grid().dual_s()
    asked = {name: str(value) if value == float("inf") else value for name, value in asdict(rack).items()}
    books = {
        each.name: {
            "single_s": each.single_s, "single_error": each.single_s / single_s - 1,
            "dual_s": each.dual_s, "dual_error": each.dual_s / dual_s - 1, "source": each.source,
        }
        for each in approximations(rack)
    }  # fmt: skip
    return {"rack": asked, "beside": books}


def as_table(rows: Sequence[Row]) -> None:
    """Print the rows for people, and what is to be said of all of them."""
    for title, its in groupby(rows, key=lambda row: row.experiment.title):
        out.print(f"\n{title}", highlight=False, style="bold")
        table(_HEAD, [_cells(row) for row in its])
    failing = [row for row in rows if not row.holds]
    said = f"{len(failing)} of {len(rows)} rows fail" if failing else f"all {len(rows)} rows hold"
    out.print(f"\n{said}; the intervals hold at once with {CONFIDENCE:.0%} confidence", highlight=False)


def books_table(rack: Rack) -> None:
    """Print what textbooks say beside."""
    out.print("\nbeside, as approximations: loads anywhere in the rack", highlight=False)
    table(_BOOK_HEAD, _books(rack))


def as_page(subjects: Sequence[Subject], rows: Sequence[Row], seed: int) -> str:
    """Return the page of the documents, in Markdown."""
    held = sum(row.holds for row in rows)
    parts = [_INTRO, f"\n**{held} of {len(rows)} rows hold**, with seed {seed}.\n"]
    for subject in subjects:
        parts.append(f"\n## {subject.name}\n{_ABOUT[subject.name]}")
        for title, its in groupby(_of(subject, rows), key=lambda row: row.experiment.title):
            shown = list(its)
            parts.append(f"\n{title}; interval from {shown[0].experiment.samples}:\n\n")
            parts.append(_marked(_HEAD, [_cells(row) for row in shown]))
        if subject.name == "crane":
            parts.append(_BESIDE + _marked(_BOOK_HEAD, _books(Rack())))
    return "".join(parts)


def _of(subject: Subject, rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if any(row.experiment is each for each in subject.experiments)]


def _value(row: Row) -> dict[str, Any]:
    suffix = _SUFFIX.get(row.figure.unit, "")
    numbers = {"theory": row.figure.theory, "twin": row.mean, "half_width": row.half_width}
    named: dict[str, Any] = {name + suffix: number for name, number in numbers.items()}
    tolerance = {"tolerance" + suffix: row.figure.tolerance} if row.figure.tolerance else {}
    words = {"verdict": _WORDS[row.holds], "looks": row.looks, "theory_is": row.figure.source}
    return named | tolerance | words | {"interval_from": row.experiment.samples}


def _cells(row: Row) -> list[str]:
    figure = row.figure
    numbers = [f"{number:.4f}" for number in (figure.theory, row.mean, row.half_width)]
    tolerance = f"{figure.tolerance:.1g}" if figure.tolerance else ""
    verdict = _WORDS[row.holds] + (", second look" if row.looks > 1 else "")
    return [figure.name, *numbers, figure.unit, tolerance, verdict, figure.source]


def _books(rack: Rack) -> list[list[str]]:
    single_s, dual_s = rack.grid().single_s(), rack.grid().dual_s()
    lines: list[list[str]] = []
    for book in approximations(rack):
        off = f"{book.single_s / single_s - 1:+.2%}", f"{book.dual_s / dual_s - 1:+.2%}"
        lines.append([f"{book.single_s:.3f}", off[0], f"{book.dual_s:.3f}", off[1], book.source])
    return lines


def _marked(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)

"""The audit at the end: whether what the stand-in has heard is what happened, thing by thing, each exactly once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulation.marketing.records import Records

COMPARED = ("concluded", "packed", "sealed")
NEWEST = """
SELECT subject, value FROM word WHERE number IN (
    SELECT max(number) FROM word WHERE what = ? AND task = ? GROUP BY subject
) ORDER BY subject
"""
TWICE = """
SELECT what, task, subject, value FROM word WHERE what NOT IN ('given', 'stage')
GROUP BY what, task, subject, value HAVING count(*) > 1 ORDER BY what, task, subject
"""


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened for a task, by those who did it: verdict, box and seal by bar code."""

    concluded: Mapping[str, str] = field(default_factory=dict[str, str])
    packed: Mapping[str, str] = field(default_factory=dict[str, str])
    sealed: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A meter of which the stand-in has heard something else than happened; "" where one side has nothing."""

    task: str
    what: str
    bar_code: str
    happened: str
    heard: str


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit has found. `doubles` were told twice under different keys, `clashes` are keys with two contents.

    `repeats` are calls that came again under their key and took no effect: what bad manners have caused.
    """

    meters: int
    boxes: int
    seals: int
    calls: int
    repeats: int
    disagreements: Sequence[Disagreement]
    doubles: Sequence[tuple[str, ...]]
    clashes: Sequence[str]
    unfinished: Sequence[str]

    @property
    def is_clean(self) -> bool:
        """Whether both sides hold the same, each thing once."""
        return not (self.disagreements or self.doubles or self.clashes)


def audit(records: Records, happened: Mapping[str, Happened]) -> Audit:
    """Compare what was heard with what happened, by task; tasks that the stand-in has not issued count as well."""
    tasks = sorted(set(happened) | set(records.all_filed("task")))
    found = [one for task in tasks for one in _compare(task, heard(records, task), happened.get(task, Happened()))]
    return Audit(
        meters=_count(records, "concluded"), boxes=_count(records, "boxed"), seals=_count(records, "sealed"),
        calls=int(records.rows("SELECT count(*) FROM call WHERE message <> 'given'")[0][0]),
        repeats=int(records.rows("SELECT coalesce(sum(times - 1), 0) FROM call WHERE message <> 'given'")[0][0]),
        disagreements=found, doubles=[tuple(map(str, row)) for row in records.rows(TWICE)],
        clashes=[str(row[0]) for row in records.rows("SELECT key FROM clash")],
        unfinished=[task for task in tasks if not records.rows(NEWEST, "finished", task)],
    )  # fmt: skip


def heard(records: Records, task: str) -> Happened:
    """Return what the stand-in holds of a task: the newest word on each meter."""
    said = {what: {str(code): str(value) for code, value in records.rows(NEWEST, what, task)} for what in COMPARED}
    return Happened(**said)


def _compare(task: str, heard_: Happened, happened: Happened) -> list[Disagreement]:
    found: list[Disagreement] = []
    for what in COMPARED:
        mine: Mapping[str, str] = getattr(happened, what)
        theirs: Mapping[str, str] = getattr(heard_, what)
        for code in sorted(mine.keys() | theirs.keys()):
            if mine.get(code, "") != theirs.get(code, ""):
                found.append(Disagreement(task, what, code, mine.get(code, ""), theirs.get(code, "")))
    return found


def _count(records: Records, what: str) -> int:
    return int(records.rows("SELECT count(DISTINCT subject) FROM word WHERE what = ?", what)[0][0])

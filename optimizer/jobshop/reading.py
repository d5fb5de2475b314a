"""Reads the usual text format of flexible job shops.

The first line holds the number of jobs, of machines and, in most files, the average number of choices, which says
nothing new. Then follows each job: its number of operations, and for each of them the number of choices with as many
pairs of machine (from 1) and time. Files are found with a job a line, with jobs broken over lines, and with
all in one line; blank lines and any white space are free (Brandimarte 1993, Annals of Operations Research 41).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from optimizer.jobshop.shop import Choice, Operation, Shop

MOST_BYTES, MOST_CHOICES = 8_000_000, 200_000
MOST_JOBS, MOST_MACHINES, MOST_OPERATIONS, LONGEST = 5_000, 5_000, 20_000, 1_000_000
_HEAD = 2


class BadShop(Exception):
    """A file that is no flexible job shop; `problems` names the lines, each as "line N: what"."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems[:3]))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class _Word:
    line: int
    text: str


_Line = list[_Word]


class _Short(Exception):
    """The words cannot be read on: at which line, and why."""


@dataclass(slots=True)
class _Reader:
    """Reads whole numbers off words, and notes what is wrong with them."""

    words: _Line
    machines: int
    problems: list[str]
    at: int = 0

    def number(self, what: str, least: int, most: int) -> int:
        """Return the next number; one out of range is noted and brought into range, so that reading can go on."""
        if self.at >= len(self.words):
            raise _Short(f"line {self.words[-1].line if self.words else 1}: ends before {what}")
        word, self.at = self.words[self.at], self.at + 1
        try:
            value = int(word.text) if word.text.isascii() else None
        except ValueError:
            value = None
        if value is None:
            raise _Short(f"line {word.line}: {what} is no whole number: {word.text[:20]}")
        if not least <= value <= most:
            self.problems.append(f"line {word.line}: {what} is {value}, not {least} to {most}")
            if what.startswith("the number"):
                raise _Short("")
        return min(max(value, least), most)

    def job(self, named: str) -> tuple[Operation, ...]:
        """Return the operations of the next job."""
        count = self.number(f"the number of operations of {named}", 1, MOST_OPERATIONS)
        return tuple(self._operation(f"operation {o + 1} of {named}") for o in range(count))

    def _operation(self, named: str) -> Operation:
        count = self.number(f"the number of choices of {named}", 1, MOST_MACHINES)
        pairs = [
            (self.number(f"a machine of {named}", 1, self.machines), self.number(f"a time of {named}", 0, LONGEST))
            for _ in range(count)
        ]
        best = {machine: min(time for m, time in pairs if m == machine) for machine in dict(pairs)}
        return tuple(Choice(machine - 1, time) for machine, time in best.items())


def read(text: str) -> Shop:
    r"""Return the shop that a file holds; raises BadShop with every line that is wrong.

    >>> read("1 2 1.5\n 2  2 1 3 2 5  1 2 4").jobs
    (((Choice(machine=0, time=3), Choice(machine=1, time=5)), (Choice(machine=1, time=4),)),)
    """
    if len(text) > MOST_BYTES:
        raise BadShop([f"line 1: the file is longer than {MOST_BYTES} characters"])
    rows = [(number, row.split()) for number, row in enumerate(text.removeprefix("\ufeff").splitlines(), 1)]
    lines = [[_Word(number, word) for word in words] for number, words in rows if words]
    if not lines:
        raise BadShop(["line 1: the file is empty"])
    jobs, machines, body = _head(lines)
    return Shop(machines, _by_line(jobs, machines, body) or _in_stream(jobs, machines, lines))


def _head(lines: list[_Line]) -> tuple[int, int, list[_Line]]:
    """Return jobs, machines, and the lines after the first."""
    reader = _Reader(lines[0], 1, [])
    try:
        jobs = reader.number("the number of jobs", 1, MOST_JOBS)
        machines = reader.number("the number of machines", 1, MOST_MACHINES)
    except _Short as short:
        raise BadShop(reader.problems or [str(short)]) from None
    return jobs, machines, lines[1:]


def _by_line(jobs: int, machines: int, body: list[_Line]) -> tuple[tuple[Operation, ...], ...]:
    """Return the jobs if there is one to a line, empty if that is not how the file goes; raises BadShop.

    A line that breaks off or runs over may be a job broken over lines by chance as many: the stream decides first.
    """
    if len(body) != jobs:
        return ()
    problems, found, whole = list[str](), list[tuple[Operation, ...]](), True
    for number, line in enumerate(body, 1):
        reader = _Reader(line, machines, problems)
        try:
            found.append(reader.job(f"job {number}"))
            if reader.at < len(line):
                whole = False
                problems.append(f"line {line[0].line}: job {number} has {len(line) - reader.at} numbers too many")
        except _Short as short:
            whole = False
            problems += [str(short)] if str(short) else []
    if whole and not problems:
        return _checked(tuple(found), body)
    if not whole and _fits(jobs, machines, list(chain.from_iterable(body))):
        return ()
    raise BadShop(problems)


def _in_stream(jobs: int, machines: int, lines: list[_Line]) -> tuple[tuple[Operation, ...], ...]:
    """Return the jobs read word by word; the average after the head may be there or not."""
    words = list(chain.from_iterable(lines))
    plain, averaged = words[_HEAD:], words[_HEAD + 1 :]
    first = (
        averaged
        if len(lines[0]) == _HEAD + 1 or (len(lines[0]) > _HEAD and not _fits(jobs, machines, plain))
        else plain
    )
    found, problems = _stream(jobs, machines, first)
    if problems:
        raise BadShop(problems)
    return _checked(found, lines)


def _fits(jobs: int, machines: int, words: _Line) -> bool:
    return not _stream(jobs, machines, words)[1]


def _stream(jobs: int, machines: int, words: _Line) -> tuple[tuple[tuple[Operation, ...], ...], list[str]]:
    """Return the jobs and what is wrong with them."""
    reader, found = _Reader(words, machines, []), list[tuple[Operation, ...]]()
    try:
        for number in range(1, jobs + 1):
            found.append(reader.job(f"job {number}"))
    except _Short as short:
        return (), [*reader.problems, *([str(short)] if str(short) else [])]
    if reader.at < len(words):
        reader.problems.append(f"line {words[reader.at].line}: {len(words) - reader.at} numbers after the last job")
    return tuple(found), reader.problems


def _checked(jobs: tuple[tuple[Operation, ...], ...], lines: list[_Line]) -> tuple[tuple[Operation, ...], ...]:
    last = lines[-1][0].line
    if sum(len(job) for job in jobs) > MOST_OPERATIONS:
        raise BadShop([f"line {last}: the file has more than {MOST_OPERATIONS} operations"])
    if sum(len(operation) for job in jobs for operation in job) > MOST_CHOICES:
        raise BadShop([f"line {last}: the file has more than {MOST_CHOICES} choices"])
    return jobs

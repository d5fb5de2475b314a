"""judge: check verdicts by the rules, one record a line."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from api.cli.say import Trouble, err
from api.judge.answers import answer
from api.judge.records import schema_text

_LONGEST = 100_000  # bytes of a record
_LONG_FILE = 4_000_000
_NAMED = 20


def judge(
    file: Annotated[Path | None, typer.Argument(help="Records as JSON lines; - reads standard input.")] = None,
    *,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a record instead.")] = False,
) -> None:
    """Judge readings and times by the rules of verification: one JSON record a line in, one answer a line out.

    metrostack judge records.jsonl

    A record, all on one line: {"id": "a1", "rules": "JJG596-2012", "item": "intrinsic_error", "accuracy_class": "1",
    "phase": "1p2w", "connection": "direct", "current_spec": "5(60)", "current_a": 0.5, "power_factor": "0.5L",
    "readings_percent": [0.61, 0.72]}; its answer has limit, mean, rounded value, verdict and clause.

    rules: JJG596-2012, GBT17215.321-2021, QGDW10364-2020, OIML-R46-2012.

    item: intrinsic_error, standard_deviation, unbalanced_difference, starting, creep, daily_timing, constant;
    starting and creep with "ask":"limit_time" answer how long they take.

    A record that cannot be judged is answered with an error that names the field, the others are judged all the same.
    Ends with 0 if every record was judged, pass or fail; 1 if some were not; 2 if there was nothing to read.
    Fields and rules: docs/judge.md.
    """
    if schema:
        typer.echo(schema_text(), nl=False)
        return
    if file is None:
        raise Trouble("no file was named", remedy="metrostack judge records.jsonl, or - for standard input")
    _judge(file)


def _judge(file: Path) -> None:
    """Answer every record of a file, in order."""
    judged, bad, named = 0, 0, list[int]()
    with closing(_opened(file)) as stream, _bar(file) as progress:
        bar = progress.add_task("judged", total=None if str(file) == "-" else file.stat().st_size)
        for number, raw, size in _lines(stream):
            progress.advance(bar, size)
            if not raw.strip():
                continue
            judged, found = judged + 1, _answered(raw, number)
            if "error" in found:
                bad += 1
                named += [number] if bad <= _NAMED else []
            _write(_written(found), at_once=str(file) == "-")
    _write(b"", at_once=True)
    _end(file, judged, bad, named)


def _opened(file: Path) -> BinaryIO:
    if str(file) == "-":
        if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison]
            raise Trouble("standard input is closed", remedy="Name a file of JSON lines, or pipe one in")
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        named = f"{escape(str(file))}: {error.strerror}"
        raise Trouble(named, remedy="Name a file of JSON lines, or - for standard input") from error


def _bar(file: Path) -> Progress:
    """Return a bar that shows only where a person would wait for it."""
    shown = str(file) != "-" and file.stat().st_size > _LONG_FILE and err.is_terminal and not sys.stdout.isatty()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not shown)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes, int]]:
    """Yield each line with its number and its length; of a line that is too long no more than shows it."""
    number = 0
    while raw := _read(stream):
        number, size = number + 1, len(raw)
        while not raw.endswith(b"\n") and (rest := _read(stream)):
            size += len(rest)
            if rest.endswith(b"\n"):
                break
        yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw, size


def _read(stream: BinaryIO) -> bytes:
    """Return a line or the next part of a long one; raises Trouble where it cannot be read."""
    try:
        return stream.readline(_LONGEST + 1)
    except OSError as error:
        raise Trouble(f"the records cannot be read: {error.strerror}", remedy="Name a file of JSON lines") from error


def _answered(raw: bytes, number: int) -> dict[str, object]:
    if len(raw) > _LONGEST:
        return _unreadable(number, f"is longer than {_LONGEST} bytes")
    try:
        return answer(raw.decode(), number)
    except UnicodeDecodeError:
        return _unreadable(number, "is not UTF-8")


def _written(found: dict[str, object]) -> bytes:
    """Return an answer as a line in UTF-8, whatever the terminal's own code page is.

    Half a character in an id, which UTF-8 cannot write, is escaped as it came.
    """
    try:
        return json.dumps(found, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(found).encode() + b"\n"


def _write(line: bytes, *, at_once: bool) -> None:
    """Write a line; raises Trouble where it cannot be written."""
    try:
        sys.stdout.buffer.write(line)
        if at_once:
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        _forget_output()
        raise  # whoever read the answers has seen enough
    except OSError as error:
        _forget_output()
        raise Trouble(
            f"the answers cannot be written: {error.strerror}", remedy="Make room, and judge again"
        ) from error


def _forget_output() -> None:
    """Let what is still unwritten go nowhere, or the interpreter would try once more as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unreadable(number: int, message: str) -> dict[str, object]:
    problems = [{"field": "record", "message": message}]
    return {"line": number, "error": f"record: {message}", "field": "record", "problems": problems}


def _end(file: Path, judged: int, bad: int, named: list[int]) -> None:
    """Say which records were not judged, and end non-zero if there are any."""
    if not judged:
        raise Trouble(
            f"{escape(str(file))} has no records", remedy="One JSON object a line; see metrostack judge --schema"
        )
    if bad:
        lines = ", ".join(map(str, named)) + (", ..." if bad > len(named) else "")
        err.print(f"{bad} of {judged} records could not be judged: line {lines}", highlight=False, soft_wrap=True)
        raise typer.Exit(1)

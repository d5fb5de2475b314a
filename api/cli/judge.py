"""judge: check verdicts by the rules, one record a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
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

    A record that cannot be judged is answered with an error that names the field; then the command ends with 1.
    Records, answers and rules: docs/judge.md.
    """
    if schema:
        typer.echo(schema_text(), nl=False)
        return
    if file is None:
        raise Trouble("no file was named", remedy="metrostack judge records.jsonl, or - for standard input")
    with closing(_opened(file)) as stream, _bar(file) as progress:
        bar = progress.add_task("judged", total=None if str(file) == "-" else file.stat().st_size)
        judged, bad = 0, list[int]()
        for number, raw, size in _lines(stream):
            progress.advance(bar, size)
            if not raw.strip():
                continue
            judged += 1
            found = _answered(raw, number)
            if "error" in found:
                bad.append(number)
            typer.echo(_written(found))
    _end(file, judged, bad)


def _opened(file: Path) -> BinaryIO:
    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise Trouble(
            f"{file}: {error.strerror}", remedy="Name a file of JSON lines, or - for standard input"
        ) from error


def _bar(file: Path) -> Progress:
    """Return a bar that shows only where a person would wait for it."""
    shown = str(file) != "-" and file.stat().st_size > _LONG_FILE and err.is_terminal
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not shown)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes, int]]:
    """Yield each line with its number and its length; of a line that is too long no more than shows it."""
    number = 0
    while raw := stream.readline(_LONGEST + 1):
        number, size = number + 1, len(raw)
        while not raw.endswith(b"\n") and (rest := stream.readline(_LONGEST)):
            size += len(rest)
            if rest.endswith(b"\n"):
                break
        yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw, size


def _answered(raw: bytes, number: int) -> dict[str, object]:
    if len(raw) > _LONGEST:
        return _unreadable(number, f"is longer than {_LONGEST} bytes")
    try:
        return answer(raw.decode(), number)
    except UnicodeDecodeError:
        return _unreadable(number, "is not UTF-8")


def _written(found: dict[str, object]) -> str:
    """Return an answer as text; half a character in an id, which UTF-8 cannot write, is escaped as it came."""
    text = json.dumps(found, ensure_ascii=False)
    return json.dumps(found) if any("\ud800" <= char <= "\udfff" for char in text) else text


def _unreadable(number: int, message: str) -> dict[str, object]:
    problems = [{"field": "record", "message": message}]
    return {"line": number, "error": f"record: {message}", "field": "record", "problems": problems}


def _end(file: Path, judged: int, bad: list[int]) -> None:
    """Say which records were not judged, and end non-zero if there are any."""
    if not judged:
        raise Trouble(f"{file} has no records", remedy="One JSON object a line; see metrostack judge --schema")
    if bad:
        lines = ", ".join(map(str, bad[:_NAMED])) + (", ..." if len(bad) > _NAMED else "")
        err.print(f"{len(bad)} of {judged} records could not be judged: line {lines}", highlight=False)
        raise typer.Exit(1)

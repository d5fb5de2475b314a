"""What stands in the folder of a study: its state, how far it is with estimates of the moment, and its files."""

from __future__ import annotations

import html
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.papers.study import EXCEL, HTML
from api.studies import wishes
from api.texts import LANGUAGES

FINDINGS, PROGRESS = "findings.json", "progress.json"
MOST_FINDINGS = 64 * 1024 * 1024
POLICY = re.compile(
    r"default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; "
    r"base-uri 'none'; form-action 'none'"
)
SHUT = "default-src 'none'"


class Estimate(BaseModel):
    """A mean of the moment, with half the width of its interval where there is one yet."""

    mean: float | None
    half_width: float | None = None
    count: int = 0


class Progress(BaseModel):
    """How far a study is; `done` and `planned` count replications of all scenarios, `planned` at most."""

    model_config = ConfigDict(extra="ignore")
    done: Annotated[int, Field(ge=0)] = 0
    planned: Annotated[int, Field(ge=0)] = 0
    running: int = 0
    phase: str = ""
    estimates: dict[str, dict[str, Estimate]] = {}


class Standing(BaseModel):
    """One study: who asked for it, its state, how far it is, what can be opened.

    `state` is `elsewhere` for a folder that a command has begun and not finished.
    """

    run: str
    file: str = ""
    by: str = ""
    asked_at: datetime | None = None
    state: str
    workers: int = 0
    replications: int | None = None
    said: str = ""
    progress: Progress | None = None
    findings: bool = False
    report: bool = False
    books: list[str] = []


def standing(run: str, folder: Path) -> Standing:
    """Return how a study stands."""
    wish, kept = wishes.read(folder), wishes.kept(folder)
    findings = (kept / FINDINGS).is_file()
    found = Standing(
        run=run, state="done" if findings else "elsewhere", progress=_progress(kept), findings=findings,
        report=(kept / HTML).is_file(),
        books=[code for code in LANGUAGES if (kept / EXCEL.format(language=code)).is_file()],
    )  # fmt: skip
    if wish is None:
        return found
    told = {"file", "by", "asked_at", "state", "workers", "replications", "said"}
    return found.model_copy(update={name: getattr(wish, name) for name in told})


def _progress(folder: Path) -> Progress | None:
    try:
        return Progress.model_validate_json(wishes.bounded(folder / PROGRESS))
    except (OSError, ValidationError):
        return None


def policy_of(page: bytes) -> str:
    """Return the policy that a report is served with: in a sandbox, with just the script and style that it names.

    >>> policy_of(b"<html>")
    "sandbox; default-src 'none'; frame-ancestors 'none'"
    """
    found = POLICY.search(html.unescape(page[:4096].decode("utf-8", errors="replace")))
    sandbox, allowed = ("sandbox allow-scripts", found[0]) if found else ("sandbox", SHUT)
    return f"{sandbox}; {allowed}; frame-ancestors 'none'"

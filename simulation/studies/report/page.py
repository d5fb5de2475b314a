"""The report as one HTML file: no network, no foreign script; its own policy names its script and style by hash."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from simulation.studies.findings import Findings
from simulation.studies.replica import STATES
from simulation.studies.report.sections import body
from simulation.studies.report.words import Words

REPLAY = ("title", "say", "play", "pause", "speed", "time", "label", "units")
LANG = {"en": "en", "zh": "zh-CN"}


def write_html(
    findings: Findings, path: Path, *, words: Sequence[Words], trail: Mapping[str, Any] | None = None
) -> None:
    """Write the report in the languages of `words`, the first one shown first; a file at `path` is replaced at once.

    `trail` is one run as `replay.shown` makes it; without one there is no animation.
    """
    text = page(findings, words=words, trail=trail)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def page(findings: Findings, *, words: Sequence[Words], trail: Mapping[str, Any] | None = None) -> str:
    """Return the report as HTML."""
    first, style, script = words[0], asset("page.css"), asset("page.js")
    if trail is not None:
        script += asset("replay.js")
    mains = "".join(_main(findings, one, shown=one is first) for one in words)
    return Template(asset("page.html")).substitute(
        lang=LANG[first.language], language=first.language, policy=escape(policy(script, style)),
        title=escape(first.say("study.report", name=findings.name)), style=style, languages=_languages(words),
        mains=mains, replay=_replay(words, trail), script=script,
    )  # fmt: skip


def policy(script: str, style: str) -> str:
    """Return the policy of a page with one script and one style of its own and nothing else."""
    allowed = f"script-src '{digest(script)}'; style-src '{digest(style)}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def digest(text: str) -> str:
    """Return the hash of a script or style as a content security policy names it.

    >>> digest("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def asset(name: str) -> str:
    """Return a file of this package that stands in every page."""
    return files("simulation.studies.report").joinpath(name).read_text(encoding="utf-8")


def _main(findings: Findings, words: Words, *, shown: bool) -> str:
    lang, hidden = LANG[words.language], "" if shown else " hidden"
    opening = f'<div class="language" lang="{lang}" data-language="{words.language}"{hidden}>'
    return f"{opening}{body(findings, words)}</div>"


def _languages(words: Sequence[Words]) -> str:
    if len(words) == 1:
        return ""
    buttons = "".join(_language(one, pressed=one is words[0]) for one in words)
    return f'<header><div role="group" aria-label="{escape(words[0].say("nav.language"))}">{buttons}</div></header>'


def _language(words: Words, *, pressed: bool) -> str:
    name, state = escape(words.say(f"language.{words.language}")), str(pressed).lower()
    marks = f'lang="{LANG[words.language]}" data-choose="{words.language}" aria-pressed="{state}"'
    return f'<button type="button" {marks}>{name}</button>'


def _replay(words: Sequence[Words], trail: Mapping[str, Any] | None) -> str:
    if trail is None:
        return ""
    said = {one.language: _replay_words(one) for one in words}
    blocks = _block("replay-words", said) + _block("replay-trail", trail)
    shown = {key: escape(text) for key, text in said[words[0].language].items() if "." not in key}
    return Template(asset("replay.html")).substitute(shown, blocks=blocks)


def _replay_words(words: Words) -> dict[str, str]:
    said = {key: words.say(f"study.replay.{key}") for key in REPLAY}
    return said | {f"state.{name}": words.say(f"study.state.{name}") for name in STATES}


def _block(name: str, content: Any) -> str:
    """Return values for the script; nothing in them can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f'<script type="application/json" id="{name}">{safe}</script>'

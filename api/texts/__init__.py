"""What people read, in English and Chinese: flat catalogues, keys by what they are about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

LANGUAGES = ("en", "zh")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every text of a language by key; raises KeyError for one that we do not have."""
    if language not in LANGUAGES:
        raise KeyError(language)
    return json.loads(files(__name__).joinpath(f"{language}.json").read_text(encoding="utf-8"))


def text(language: str, key: str, params: Mapping[str, Any] | None = None) -> str:
    """Return a text filled with `params`; an unknown key is shown as it is, a missing value as its name."""
    pattern = catalogue(language).get(key)
    if pattern is None:
        return key
    known = dict(params or {})
    return "".join(
        literal + ("" if name is None else str(known.get(name, f"{{{name}}}")))
        for literal, name, _spec, _conversion in Formatter().parse(pattern)
    )

"""What a platform means by the words of errorInfo: data, since its flag knows only yes and no."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import yaml


def means(sort: str, words: str) -> bool:
    """Return whether the words of a platform mean "again" (it could not now) or "known" (it has it already).

    >>> means("again", "System BUSY, try later"), means("known", "barCode not in task")
    (True, False)
    """
    said = words.casefold()
    return any(word in said for word in _words()[sort])


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, ...]]:
    text = files("wms.marketing.platform").joinpath("words.yaml").read_text(encoding="utf-8")
    return {sort: tuple(str(word).casefold() for word in words) for sort, words in yaml.safe_load(text).items()}

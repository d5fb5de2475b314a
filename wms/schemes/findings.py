"""What is wrong with a scheme, named so that both languages can say it: the text is `finding.<code>`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from wms.errors import Refused, WmsError

PYDANTIC = {
    "missing": "missing", "extra_forbidden": "unknown_field", "union_tag_invalid": "unknown_step",
    "union_tag_not_found": "unknown_step", "string_pattern_mismatch": "wrong_form", "literal_error": "not_one_of",
    "greater_than": "out_of_range", "greater_than_equal": "out_of_range", "less_than": "out_of_range",
    "less_than_equal": "out_of_range", "too_short": "too_few", "too_long": "too_many", "string_too_long": "too_many",
}  # fmt: skip
SHOWN = 80
"""Characters of a bad value that are shown."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One bad place: where it stands, what is wrong, and the line of the file (0: not from a file)."""

    place: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict[str, str | int])
    line: int = 0

    def plain(self) -> dict[str, Any]:
        """Return it as JSON types."""
        return asdict(self)


class Unsound(Refused):
    """A scheme, case or block that cannot be taken: `findings` names every bad place at once."""

    def __init__(self, code: str, findings: Iterable[Finding], **params: str | int) -> None:
        self.findings = tuple(findings)
        super().__init__(code, count=len(self.findings), **params)


def params_of(error: WmsError) -> dict[str, Any]:
    """Return what fills the text of a refusal, with every bad place where it names them."""
    found = {"findings": [one.plain() for one in error.findings]} if isinstance(error, Unsound) else {}
    return {**error.params, **found}


def of_validation(error: ValidationError, place: str) -> list[Finding]:
    """Return what a model says is wrong with its input."""
    found: list[Finding] = []
    for one in _apart(error.errors()):
        at = ".".join([place, *(str(part) for part in one["loc"])]) if place else ".".join(map(str, one["loc"]))
        code, context = PYDANTIC.get(one["type"], "invalid"), one.get("ctx", {})
        params: dict[str, str | int] = {"value": str(one["input"])[:SHOWN], "what": one["msg"][:200]}
        if code == "not_one_of":
            params["expected"] = str(context.get("expected", ""))
        found.append(Finding(at, code, params))
    return found


def _apart(errors: Sequence[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Yield errors without lists that only seem too short because an entry of theirs is bad."""
    for one in errors:
        inside = (other for other in errors if len(other["loc"]) > len(one["loc"]))
        if one["type"] != "too_short" or not any(other["loc"][: len(one["loc"])] == one["loc"] for other in inside):
            yield one

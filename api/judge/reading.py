"""From a line of text to a record, or to all that keeps it from being one, in words that say what would do."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, get_args

from pydantic import ValidationError

from api.judge.records import CHOICES, MODELS, Record

Problem = tuple[str, str]
_MOST_PROBLEMS = 20
_SHOWN = 40


class Unjudged(Exception):
    """A line that cannot be judged; `problems` are pairs of field and message."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in problems))
        self.problems = problems


def parsed(line: str) -> dict[str, Any]:
    """Return the JSON object of a line, with numbers by their decimal text."""
    try:
        found = json.loads(line, parse_float=Decimal, parse_constant=str, object_pairs_hook=_unique)
    except RecursionError as error:
        raise Unjudged(("record", "is nested too deeply")) from error
    except json.JSONDecodeError as error:
        said = f"is not JSON at column {error.colno}: {error.msg}; each line is one JSON object"
        raise Unjudged(("record", said)) from error
    except ValueError as error:
        raise Unjudged(("record", f"is not JSON that can be read: {str(error)[:200]}")) from error
    if not isinstance(found, dict):
        raise Unjudged(("record", 'is not a JSON object, as {"id": ..., "rules": ..., "item": ...}'))
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unjudged((twice[:_SHOWN], "is there twice"))
    return found


def record_of(found: dict[str, Any]) -> Record:
    """Return the record of an object, by the model of its item; raises Unjudged with all of its problems."""
    item = found.get("item")
    known = list(dict.fromkeys(name for name, _ in MODELS))
    if item not in known:
        raise Unjudged(("item", _unlike(item, known)))
    field, default = CHOICES.get(item, ("", ""))
    choice = found.get(field, default) if field else ""
    model = MODELS.get((item, choice)) if isinstance(choice, str) else None
    if model is None:
        raise Unjudged((field, _unlike(choice, [name for owner, name in MODELS if owner == item])))
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise Unjudged(*_problems(error, model)) from error


def _problems(error: ValidationError, model: type[Record]) -> list[Problem]:
    """Return every problem by its field; the members of a union count once."""
    found: dict[str, str] = {}
    for one in error.errors(include_url=False):
        first, *rest = one["loc"] or ("record",)
        place = ".".join([str(first)[:_SHOWN], *(str(part) for part in rest if isinstance(part, int))])
        said = _SAID.get(one["type"])
        found.setdefault(place, said(model, one) if said else one["msg"].removeprefix("Value error, "))
    return list(found.items())[:_MOST_PROBLEMS]


def _missing(model: type[Record], problem: Any) -> str:
    """Return what a field should have said, from the words of its model."""
    field = model.model_fields[problem["loc"][0]]
    if known := [one for one in get_args(field.annotation) if isinstance(one, str)]:
        return _unlike(None, known)
    return "is missing" + (f": {field.description}" if field.description else "")


def _extra(model: type[Record], _: Any) -> str:
    item = get_args(model.model_fields["item"].annotation)[0]
    return f"is not a field of {item}; its fields are {', '.join(sorted(model.model_fields))}"


def _choice(model: type[Record], problem: Any) -> str:
    known = [one for one in get_args(model.model_fields[problem["loc"][0]].annotation) if isinstance(one, str)]
    return _unlike(problem["input"], known) if known else problem["msg"]


def _unlike(told: object, known: list[str]) -> str:
    text = "is missing" if told is None else f'"{str(told)[:_SHOWN]}" is not known'
    return f"{text}; known are {', '.join(known)}"


_SAID: dict[str, Callable[[type[Record], Any], str]] = {
    "missing": _missing,
    "extra_forbidden": _extra,
    "literal_error": _choice,
    "too_short": lambda _, one: f"needs {one['ctx']['min_length']} or more readings, has {one['ctx']['actual_length']}",
    "too_long": lambda _, one: f"has more than {one['ctx']['max_length']} readings",
    "list_type": lambda _, one: "must be a list of numbers, as [0.61, 0.72]",
    "bool_type": lambda _, one: "must be true or false",
    "string_type": lambda _, one: "must be a text",
    "string_too_short": lambda _, one: "is empty",
    "string_too_long": lambda _, one: f"is longer than {one['ctx']['max_length']} characters",
}
"""What each kind of problem is called."""

"""What pydantic has against a plant file, in the words of somebody who wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from plc.plant.cells import Cell
from plc.plant.model import SECTIONS, Plant
from plc.plant.problems import Finding, Path, nearest
from plc.plant.storage import HeightClass

CELLS_OF: tuple[type[BaseModel], ...] = get_args(Cell)
REMEDIES = {
    "float_type": "give a number",
    "float_parsing": "give a number",
    "finite_number": "give a finite number",
    "int_type": "give a whole number",
    "int_parsing": "give a whole number",
    "int_from_float": "give a whole number",
    "string_type": "give a text, in quotes if it looks like a number",
    "string_pattern_mismatch": "use letters, digits and _, a letter first (a segment is `<from>-<to>`)",
    "string_too_long": "give a shorter one",
    "string_too_short": "give one",
    "too_short": "give at least one",
    "dict_type": "give keys with values",
    "model_type": "give keys with values",
    "model_attributes_type": "give keys with values",
    "tuple_type": "give a list: [a, b]",
    "timezone_aware": "add the time zone: 2026-01-01T00:00:00Z",
    "union_tag_not_found": "add `kind`",
}


def explain(error: ValidationError, tree: Mapping[str, Any]) -> list[Finding]:
    """Return one finding for each of pydantic's errors about `tree`."""
    return [_finding(details, tree) for details in error.errors(include_url=False)]


def _finding(details: ErrorDetails, tree: Mapping[str, Any]) -> Finding:
    path = _in_file(details["loc"], tree)
    key = str(details["loc"][-1]) if details["loc"] else ""
    match details["type"]:
        case "missing":
            return Finding(path, f"`{key}` is missing", f"add `{key}: ...`")
        case "extra_forbidden":
            return Finding(path, "nobody knows this key", nearest(key, known_keys(path[:-1], tree)))
        case "union_tag_invalid":
            return Finding(path, "there is no such `kind`", _remedy("", details))
        case kind:
            return Finding(path, _lower(details["msg"]), _remedy(kind, details))


def _remedy(kind: str, details: ErrorDetails) -> str:
    """Return what would do: from the error's own limits where it has some."""
    context = details.get("ctx", {})
    for limit, words in (("gt", "more than"), ("ge", "at least"), ("lt", "less than"), ("le", "at most")):
        if limit in context:
            return f"give {words} {context[limit]:g}"
    if "expected_tags" in context:
        return f"use one of {context['expected_tags']}"
    if "expected" in context:
        return f"use {context['expected']}"
    if kind.startswith("datetime"):
        return "give an instant such as 2026-01-01T00:00:00Z"
    return REMEDIES.get(kind, "see `metrostack schema` for what is allowed")


def _in_file(loc: tuple[int | str, ...], tree: Mapping[str, Any]) -> Path:
    """Return where an error stands in the file: pydantic's location without the names of union members."""
    at: Any = tree
    path: list[str | int] = []
    for part in loc:
        if (isinstance(at, Mapping) and part in at) or (isinstance(at, list) and isinstance(part, int)):
            at = cast(Any, at)[part]
            path.append(part)
    return tuple(path)


def known_keys(path: Path, tree: Mapping[str, Any]) -> list[str]:
    """Return the keys that a mapping at `path` may have."""
    match path:
        case ():
            return list(Plant.model_fields)
        case (str(section), str(name)) if section in SECTIONS:
            return _keys(_model(section, tree[section][name]))
        case ("lines", str(line), "cells", str(name)):
            return _keys(_one_of(CELLS_OF, tree["lines"][line]["cells"][name]))
        case (*_, "height_classes", int()):
            return _keys(HeightClass)
        case _:
            return []


def _model(section: str, thing: Mapping[str, Any]) -> type[BaseModel]:
    if section == "lines":
        return SECTIONS[section][1 if "cells" in thing else 0]
    return _one_of(SECTIONS[section], thing)


def _one_of(models: tuple[type[BaseModel], ...], thing: Mapping[str, Any]) -> type[BaseModel]:
    kinds = {model: model.model_fields["kind"].annotation for model in models if "kind" in model.model_fields}
    return next(
        (model for model, kind in kinds.items() if thing.get("kind") in getattr(kind, "__args__", ())), models[0]
    )


def _keys(model: type[BaseModel]) -> list[str]:
    return [key for key in model.model_fields if key != "id"]


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]

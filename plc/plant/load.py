"""From a YAML file to a Plant, or to everything that is wrong with the file at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path as File
from typing import Any, cast

from pydantic import ValidationError

from plc.plant.checks import Draft, cross_check
from plc.plant.explain import explain
from plc.plant.model import SECTIONS, Plant
from plc.plant.problems import Finding, Path, PlantError, Problem, dotted
from plc.plant.source import Source, read

PLACEHOLDERS = {"name": "unnamed", "epoch": "2026-01-01T00:00:00Z"}


def load(path: File) -> Plant:
    """Return the plant that the file at `path` describes; raises PlantError, with every problem, or OSError."""
    plant = check(path.read_text(encoding="utf-8", errors="replace"), file=str(path))
    if isinstance(plant, Plant):
        return plant
    raise PlantError(plant)


def check(text: str, *, file: str = "plant.yaml") -> Plant | tuple[Problem, ...]:
    """Return the plant that `text` describes, or all that is wrong with it, in the order of the file."""
    source = read(text)
    if not source.tree and source.findings:
        return _told(source, source.findings, file)
    findings = [*source.findings, *_own_ids(source.tree)]
    plant, wrong = _validate(source.tree)
    findings += wrong
    if plant is None:
        plant = _without(source.tree, wrong)
    if plant is not None:
        names = {section: _names(source.tree, section) for section in (*SECTIONS, "reactions")}
        findings += cross_check(Draft(plant, names, frozenset(str(f.path[0]) for f in wrong if f.path)))
    return plant if plant is not None and not findings else _told(source, findings, file)


def _validate(tree: Mapping[str, Any]) -> tuple[Plant | None, list[Finding]]:
    try:
        return Plant.model_validate(tree), []
    except ValidationError as error:
        return None, explain(error, tree)


def _without(tree: Mapping[str, Any], wrong: Iterable[Finding]) -> Plant | None:
    """Return the plant without the things that are wrong in themselves, so that the rest can be checked as well."""
    rest: dict[str, Any] = {
        key: dict(cast(Mapping[str, Any], value)) if isinstance(value, Mapping) else value
        for key, value in tree.items()
        if key in Plant.model_fields
    }
    for finding in wrong:
        key, name = (*map(str, finding.path[:2]), "", "")[:2]
        section = rest.get(key)
        if name and isinstance(section, dict):
            cast(dict[str, Any], section).pop(name, None)
        else:
            rest.pop(key, None)
    empty: dict[str, Any] = {section: {} for section in (*SECTIONS, "reactions")}
    return _validate({**PLACEHOLDERS, **empty, **rest})[0]


def _own_ids(tree: Mapping[str, Any]) -> list[Finding]:
    """Return the things that carry an `id` beside their key."""
    return [
        Finding((section, name, "id"), "the key above is the name already", "remove `id`")
        for section in SECTIONS
        for name in sorted(_names(tree, section))
        if "id" in (tree[section][name] if isinstance(tree[section][name], Mapping) else ())
    ]


def _names(tree: Mapping[str, Any], section: str) -> frozenset[str]:
    things = tree.get(section)
    return frozenset(cast(Mapping[str, Any], things)) if isinstance(things, Mapping) else frozenset()


def _told(source: Source, findings: Iterable[Finding], file: str) -> tuple[Problem, ...]:
    problems = [
        Problem(file, source.line(f.path), dotted(f.path), _short(source, f.path), f.message, f.remedy)
        for f in dict.fromkeys(findings)
    ]
    return tuple(sorted(problems, key=lambda problem: problem.line))


def _short(source: Source, path: Path) -> str:
    value = source.value(path)
    return "" if value is None or isinstance(value, Mapping | list) else str(value)[:40]

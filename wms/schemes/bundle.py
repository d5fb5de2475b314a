"""Schemes, cases and blocks as one YAML file: read whole or refused with every bad place, and written again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

import yaml

from plc.plant.source import Source, read
from wms.schemes.content import KINDS, Block, Content, Kind, Scheme, TestCase, plain, read_content
from wms.schemes.findings import Finding, Unsound
from wms.schemes.resolve import Parts, inspect

FORMAT = "metrostack-schemes/1"
MAX_BYTES = 1_000_000
MAX_ENTRIES = 500
"""Blocks, cases or schemes in one file."""
CODE_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a file holds, by code."""

    blocks: dict[str, Block] = field(default_factory=dict[str, Block])
    cases: dict[str, TestCase] = field(default_factory=dict[str, TestCase])
    schemes: dict[str, Scheme] = field(default_factory=dict[str, Scheme])
    lines: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int], compare=False)
    """Where each (kind, code) begins in the file that was read."""

    def of(self, kind: str) -> dict[str, Any]:
        """Return the part of a kind."""
        return {"block": self.blocks, "case": self.cases, "scheme": self.schemes}[kind]

    def each(self) -> Iterable[tuple[Kind, str, Content]]:
        """Yield everything in it, what others build on first."""
        return [(kind, code, content) for kind in KINDS for code, content in self.of(kind).items()]


NOTHING = Parts()


def parse(content: bytes | str, known: Parts = NOTHING) -> Bundle:
    """Return what a file says; its cases may use what is `known` beside what stands in the file.

    Raises Unsound, which names every bad place of the file with its line.
    """
    text, findings = _decoded(content)
    if findings:
        raise Unsound("scheme_file_refused", findings)
    source = read(text)
    bundle, findings = _bundle(source)
    if not findings:
        findings = _located(check_bundle(bundle, known), source)
    if findings:
        raise Unsound("scheme_file_refused", findings)
    return bundle


def check_bundle(bundle: Bundle, known: Parts = NOTHING) -> list[Finding]:
    """Return what the rules say of everything in a bundle, each thing once."""
    parts = Parts({**known.blocks, **bundle.blocks}, {**known.cases, **bundle.cases})
    found = [finding for _, code, content in bundle.each() for finding in inspect(code, content, parts)]
    return list({(f.place, f.code, str(f.params)): f for f in found}.values())


def write(bundle: Bundle) -> str:
    """Return a bundle as YAML; `parse` of it gives the same bundle again."""
    tree: dict[str, Any] = {"format": FORMAT}
    for kind in KINDS:
        if entries := bundle.of(kind):
            tree[f"{kind}s"] = [{"code": code, **_flowing(plain(content))} for code, content in entries.items()]
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=116)


def _decoded(content: bytes | str) -> tuple[str, list[Finding]]:
    size = len(content)
    if size > MAX_BYTES:
        return "", [Finding("", "file_too_big", {"bytes": size, "max": MAX_BYTES})]
    if isinstance(content, str):
        return content, []
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        return "", [Finding("", "not_utf8", {"byte": error.start})]


def _bundle(source: Source) -> tuple[Bundle, list[Finding]]:
    """Return what the tree of a file says, and what of it cannot be read."""
    if source.findings and not source.tree:
        return Bundle(), [Finding("", "not_a_scheme_file", {"what": source.findings[0].message}, source.line(()))]
    found = [Finding(_dotted(f.path), "not_yaml", {"what": f.message}, source.line(f.path)) for f in source.findings]
    if source.tree.get("format") != FORMAT:
        found.append(Finding("format", "wrong_format", {"expected": FORMAT}, source.line(("format",))))
    for name in source.tree.keys() - {"format", *(f"{kind}s" for kind in KINDS)}:
        found.append(Finding(name, "unknown_field", {"value": name}, source.line((name,))))
    bundle = Bundle()
    for kind in KINDS:
        found += _entries(source, kind, bundle)
    if not found and not any(bundle.each()):
        found.append(Finding("", "empty_file", {}, 1))
    return bundle, found


def _entries(source: Source, kind: Kind, bundle: Bundle) -> list[Finding]:
    name, found, into = f"{kind}s", list[Finding](), bundle.of(kind)
    entries: Any = source.tree.get(name, [])
    if not isinstance(entries, list) or len(entries) > MAX_ENTRIES:
        return [Finding(name, "not_a_list", {"max": MAX_ENTRIES}, source.line((name,)))]
    for index, entry in enumerate(entries):
        line = source.line((name, index))
        code = entry.get("code") if isinstance(entry, dict) else None
        if not is_code(code):
            found.append(Finding(f"{name}.{index}", "no_code", {"value": str(code)[:40]}, line))
            continue
        if code in into:
            found.append(Finding(f"{kind}.{code}", "code_twice", {"code": code}, line))
        said = read_content(kind, {key: value for key, value in entry.items() if key != "code"}, f"{kind}.{code}")
        if isinstance(said, list):
            found += [replace(f, line=source.line(_path(f.place, index))) for f in said]
        else:
            into[code], bundle.lines[kind, code] = said, line
    return found


def is_code(code: object) -> TypeGuard[str]:
    """Return whether something may be the code of a block, case or scheme.

    >>> is_code("jjg-creep"), is_code("-x"), is_code("a.b"), is_code(7)
    (True, False, False, False)
    """
    if not isinstance(code, str) or not 0 < len(code) <= LONGEST_CODE:
        return False
    return code[0] not in "_-" and set(code) <= CODE_LETTERS


def _located(findings: Iterable[Finding], source: Source) -> list[Finding]:
    """Return findings with the lines of the places that they name."""
    index = {
        (kind, entry["code"]): number
        for kind in KINDS
        for number, entry in enumerate(source.tree.get(f"{kind}s", []))
    }  # fmt: skip
    located: list[Finding] = []
    for finding in findings:
        kind, code, *_ = [*finding.place.split("."), ""]
        number = index.get((kind, code))  # type: ignore[call-overload]
        line = 0 if number is None else source.line(_path(finding.place, number))
        located.append(replace(finding, line=line))
    return located


def _path(place: str, index: int) -> tuple[str | int, ...]:
    """Return the path in the file of "case.<code>.steps.3", the entry being the `index`-th of its kind.

    >>> _path("case.creep.steps.3.wait.seconds", 4)
    ('cases', 4, 'steps', 3, 'seconds')
    """
    kind, _, *rest = place.split(".")
    path = [int(part) if part.isdecimal() else part for part in rest]
    if len(path) > 2 and path[0] == "steps" and isinstance(path[2], str):  # noqa: PLR2004
        path.pop(2)  # the name of the step's type, which pydantic puts in
    return (f"{kind}s", index, *path)


def _dotted(path: Iterable[object]) -> str:
    return ".".join(str(part) for part in path)


class _Flow(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Writes steps on one line each, and never an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        return True


def _flow(dumper: yaml.SafeDumper, data: _Flow) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)


_Dumper.add_representer(_Flow, _flow)


def _flowing(tree: Mapping[str, Any]) -> dict[str, Any]:
    return {key: [_Flow(step) for step in value] if key == "steps" else value for key, value in tree.items()}

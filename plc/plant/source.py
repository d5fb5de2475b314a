"""A YAML file as plain values, and the line on which each of them stands."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from plc.plant.problems import Finding, Path

MAX_DEPTH = 12
MAX_NODES = 100_000


@dataclass(slots=True)
class Source:
    """What a file says; `lines` has the line (from 1) of every path, `findings` what is no proper YAML."""

    tree: dict[str, Any] = field(default_factory=dict[str, Any])
    lines: dict[Path, int] = field(default_factory=dict[Path, int])
    findings: list[Finding] = field(default_factory=list[Finding])

    def line(self, path: Path) -> int:
        """Return the line of `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def value(self, path: Path) -> object:
        """Return the value at `path`; None where there is none."""
        at: Any = self.tree
        for part in path:
            try:
                at = at[part]
            except (KeyError, IndexError, TypeError):
                return None
        return at


def read(text: str) -> Source:
    """Return what `text` says; what is wrong with it as YAML stands in `findings`, never in an exception."""
    source = Source()
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            source.findings.append(Finding((), "this is no plant file", "begin with `name: ...`"))
            return source
        source.findings += _repeated_keys(root, (), set())
        source.tree = _Reader(loader, source).mapping(root, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        source.lines[()] = mark.line + 1 if mark else 1
        source.findings.append(Finding((), f"this is no YAML: {error.problem}", "mend what stands just before"))
    except (yaml.YAMLError, RecursionError) as error:
        first = str(error).partition("\n")[0] or "it is nested without end"
        source.findings.append(Finding((), f"this is no YAML: {first}", "mend or remove it"))
    return source


class _Reader:
    """Walks the nodes of one file."""

    def __init__(self, loader: yaml.SafeLoader, source: Source) -> None:
        self.loader = loader
        self.source = source
        self.nodes = 0

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        """Return a mapping with text as keys, `<<` merged in."""
        self.loader.flatten_mapping(node)
        found: dict[str, Any] = {}
        for key, value in _pairs(node):
            at = (*path, str(key.value))
            if isinstance(key, yaml.ScalarNode):
                self.source.lines[at] = _line(key)
                found[str(key.value)] = self.value(value, at)
            else:
                self.source.lines.setdefault(path, _line(key))
                self.source.findings.append(Finding(path, "a key must be a name", "write `key: value`"))
        return found

    def value(self, node: yaml.Node, path: Path) -> object:
        """Return any value; what cannot be read counts as a finding, and as None."""
        self.nodes += 1
        if len(path) > MAX_DEPTH or self.nodes > MAX_NODES:
            raise yaml.YAMLError(f"{'.'.join(map(str, path[:3]))} is too large or nested too deep")
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            items = cast("list[yaml.Node]", node.value)
            for index, item in enumerate(items):
                self.source.lines[*path, index] = _line(item)
            return [self.value(item, (*path, index)) for index, item in enumerate(items)]
        try:
            return cast(object, self.loader.construct_object(node))  # pyright: ignore[reportUnknownMemberType]
        except (yaml.YAMLError, ValueError, OverflowError, ArithmeticError, LookupError):
            self.source.findings.append(Finding(path, "this value cannot be read", "write it in quotes"))
            return None


def _repeated_keys(node: yaml.Node, path: Path, seen: set[int]) -> Iterator[Finding]:
    """Yield the keys that stand twice in one mapping: YAML would take the last and say nothing."""
    if id(node) in seen or len(path) > MAX_DEPTH:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(cast("list[yaml.Node]", node.value)):
            yield from _repeated_keys(item, (*path, index), seen)
    elif isinstance(node, yaml.MappingNode):
        names: set[Hashable] = set()
        for key, value in _pairs(node):
            name = str(key.value)
            if name in names:
                yield Finding((*path, name), "this key stands here twice", f"remove one (see line {_line(key)})")
            names.add(name)
            yield from _repeated_keys(value, (*path, name), seen)


def _pairs(node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
    return cast("list[tuple[yaml.Node, yaml.Node]]", node.value)


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1

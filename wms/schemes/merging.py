"""What two people made of one draft, brought together step by step. Pure.

Three-way: what only one of them has changed is taken over; where both have changed the same steps differently the
lead says whose hold. Every such place is named at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

from wms.schemes.content import Content, plain, read_content
from wms.schemes.findings import Finding, Unsound

Side = Literal["draft", "theirs"]
Tree = dict[str, Any]
LISTS = ("steps", "cases")
"""Fields that are merged entry by entry; all others are taken as one."""
SHOWN = 1000


@dataclass(slots=True)
class _Merge:
    """A merge at work: what was chosen, what of that was needed, and what is still in conflict."""

    choices: Mapping[str, Side]
    used: set[str] = field(default_factory=set[str])
    conflicts: list[Finding] = field(default_factory=list[Finding])

    def settle(self, place: str, three: tuple[Any, Any, Any]) -> Any:
        """Return what holds at a place: (original, draft, theirs)."""
        original, draft, theirs = three
        if theirs in (original, draft):
            return draft
        if draft == original:
            return theirs
        if place in self.choices:
            self.used.add(place)
            return draft if self.choices[place] == "draft" else theirs
        texts = [json.dumps(one, ensure_ascii=False)[:SHOWN] for one in three]
        params: dict[str, str | int] = dict(zip(("original", "draft", "theirs"), texts, strict=True))
        self.conflicts.append(Finding(place, "merge_conflict", params))
        return draft


def merge(
    kind: str, original: Content, draft: Content, theirs: Content, *, choices: Mapping[str, Side] | None = None
) -> Content:
    """Return the draft with what `theirs` changed in `original`.

    `choices` says for places of conflict which side holds. Raises Unsound with every conflict that it leaves open,
    every choice for a place without one, or what the merged content breaks.
    """
    work = _Merge(choices or {})
    trees = plain(original), plain(draft), plain(theirs)
    merged = {name: value for name, value in _fields(work, trees) if value is not None}
    idle = set(work.choices) - work.used
    found = work.conflicts + [Finding(place, "no_such_conflict", {"place": place}) for place in sorted(idle)]
    if found:
        raise Unsound("merge_conflicts", found)
    content = read_content(kind, merged)
    if isinstance(content, list):
        raise Unsound("scheme_unsound", content)
    return content


def _fields(work: _Merge, trees: tuple[Tree, Tree, Tree]) -> Iterator[tuple[str, Any]]:
    for name in dict.fromkeys(name for tree in trees for name in tree):
        three = tuple(tree.get(name) for tree in trees)
        if name in LISTS:
            yield name, list(_entries(work, name, [list(one or ()) for one in three]))
        elif name == "guard":
            limits = [one or {} for one in three]
            names = dict.fromkeys(limit for one in limits for limit in one)
            said = {key: work.settle(f"guard.{key}", _three([one.get(key) for one in limits])) for key in names}
            yield name, {key: value for key, value in said.items() if value is not None}
        else:
            yield name, work.settle(name, _three(three))


def _entries(work: _Merge, name: str, three: Sequence[list[Any]]) -> Iterator[Any]:
    """Yield the entries of a list: what all three share, and between it what is settled."""
    original, draft, theirs = three
    at = [0, 0, 0]
    for anchor in [*_anchors(original, draft, theirs), (len(original), len(draft), len(theirs))]:
        chunk = [one[begin:end] for one, begin, end in zip(three, at, anchor, strict=True)]
        if any(chunk):
            yield from work.settle(f"{name}.{at[0]}", _three(chunk))
        if anchor[0] < len(original):
            yield original[anchor[0]]
        at = [place + 1 for place in anchor]


def _anchors(original: list[Any], draft: list[Any], theirs: list[Any]) -> Iterator[tuple[int, int, int]]:
    """Yield where an entry of the original stands in both others."""
    in_draft, in_theirs = _matches(original, draft), _matches(original, theirs)
    for index in sorted(in_draft.keys() & in_theirs.keys()):
        yield index, in_draft[index], in_theirs[index]


def _matches(original: list[Any], other: list[Any]) -> dict[int, int]:
    keys = [[json.dumps(one, sort_keys=True) for one in side] for side in (original, other)]
    blocks = SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


def _three(values: Sequence[Any]) -> tuple[Any, Any, Any]:
    original, draft, theirs = values
    return original, draft, theirs

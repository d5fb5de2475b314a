"""One message to the platform as it is built, and what most of them begin with. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wms.marketing.platform.codebook import CodeBook
from wms.marketing.platform.site import Site
from wms.marketing.platform.values import CODES, Body, in_parts

Letter = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One message to the platform; `checked_as` is its name in the field list."""

    message: str
    body: Body
    checked_as: str
    group: str = "service"


def call(message: str, body: Body, *, group: str = "service") -> list[Call]:
    """Return a letter that is one message."""
    return [Call(message, body, message, group)]


def at(letter: Letter, site: Site, *names: str) -> str:
    """Return the first time that a letter says by one of some names, as the interface writes it; "" for none."""
    found = next((letter[name] for name in (*names, "at_ms") if letter.get(name) is not None), None)
    return "" if found is None else site.stamp(int(found))


def task(letter: Letter, site: Site) -> Body:
    """Return the head of a message about a task."""
    return {"sysNo": site.sys_no, "taskNo": str(letter.get("task", ""))}


def bars(letter: Letter) -> str:
    """Return the bar codes of a letter as one text."""
    return CODES.join(letter.get("bars") or ())


def parted(name: str, body: Body, field: str, codes: Sequence[object], book: CodeBook) -> list[Call]:
    """Return one call, or as many as a field needs for all of its codes; each of several says which part it is.

    A part is the same whatever becomes of the parts behind it: a receiver that has it already can see that.
    """
    parts = in_parts(codes, name, field)
    if len(parts) == 1:
        return call(name, body | {field: CODES.join(parts[0])})
    last = [book.code("yes_no", "yes" if number == len(parts) else "no") for number in range(1, len(parts) + 1)]
    marked = [{"partSn": str(number), "lastFlag": flag} for number, flag in enumerate(last, 1)]
    return [Call(name, body | {field: CODES.join(part)} | mark, name) for part, mark in zip(parts, marked, strict=True)]

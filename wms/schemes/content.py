"""What a block, a case and a scheme say: the three levels as they are written, edited and reviewed. Pure."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from wcs.bench.sheet import Guard, Item
from wcs.bench.steps import STRICT, BenchStep, Step
from wms.schemes.findings import Finding, of_validation

Kind = Literal["block", "case", "scheme"]
KINDS: tuple[Kind, ...] = ("block", "case", "scheme")
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Title = Annotated[str, Field(max_length=200)]
Rules = Literal["JJG596-2012", "GBT17215.321-2021", "QGDW10364-2020", "OIML-R46-2012"]
Wiring = Literal["1p2w", "3p3w", "3p4w"]
Purpose = Literal["first", "recheck", "sampling", "demo"]
PURPOSES: tuple[str, ...] = ("first", "recheck", "sampling", "demo")
AssetClass = Literal["meter", "terminal", "module"]


class Block(BaseModel):
    """A block: steps that several cases share. A block uses no other block."""

    model_config = STRICT
    zh: Title = ""
    en: Title = ""
    steps: Annotated[tuple[BenchStep, ...], Field(min_length=1, max_length=100)]


class TestCase(BaseModel):
    """A case: one item by one method."""

    __test__ = False
    model_config = STRICT
    item: Item
    zh: Title = ""
    en: Title = ""
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=200)]


class Scheme(BaseModel):
    """A scheme: cases in their order, for one kind of asset and one purpose."""

    model_config = STRICT
    zh: Title = ""
    en: Title = ""
    asset_class: AssetClass = "meter"
    phases: Annotated[tuple[Wiring, ...], Field(min_length=1, max_length=3)] = ("1p2w",)
    """Wirings that it serves; of no meaning for modules."""
    purpose: Purpose = "first"
    """first: first verification; recheck: subsequent verification; sampling: acceptance of a lot; demo: short."""
    rules: Rules = "JJG596-2012"
    accuracy_classes: Annotated[tuple[Annotated[str, Field(max_length=8)], ...], Field(max_length=12)] = ()
    """Accuracy classes that it serves; none named: all that its rules know."""
    guard: Guard = Guard()
    cases: Annotated[tuple[Code, ...], Field(min_length=1, max_length=300)]


Content = Block | TestCase | Scheme
MODELS: dict[str, type[Block] | type[TestCase] | type[Scheme]] = {"block": Block, "case": TestCase, "scheme": Scheme}


def read_content(kind: str, tree: object, place: str = "") -> Content | list[Finding]:
    """Return the content that `tree` (plain values) says, or everything that is wrong with it."""
    try:
        return MODELS[kind].model_validate(tree, strict=False)
    except ValidationError as error:
        return of_validation(error, place)


def plain(content: Content) -> dict[str, Any]:
    """Return a content as plain values, without what is default anyway; a scheme always says what it is for.

    >>> plain(Block(steps=({"do": "wait", "seconds": 5},)))
    {'steps': [{'do': 'wait', 'seconds': 5.0}]}
    """
    tree = content.model_dump(mode="json", exclude_defaults=True)
    if isinstance(content, Scheme):
        head = {"asset_class", "phases", "purpose", "rules"}
        tree = {**content.model_dump(mode="json", include={"zh", "en", *head}), **tree}
    else:
        steps = zip(content.steps, tree["steps"], strict=True)
        tree["steps"] = [{"do": step.do, **said} for step, said in steps]
    return tree


def text_of(content: Content) -> str:
    """Return the one JSON text of a content."""
    return json.dumps(plain(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_text(kind: str, text: str) -> Content:
    """Return the content that a table holds."""
    return MODELS[kind].model_validate_json(text)


def named(kind: str, content: Content) -> tuple[str, ...]:
    """Return the codes that a content builds on: a scheme's cases, a case's blocks, in their order, each once."""
    if isinstance(content, Scheme):
        return tuple(dict.fromkeys(content.cases))
    if kind == "block":
        return ()
    return tuple(dict.fromkeys(step.block for step in content.steps if step.do == "use_block"))


BELOW: dict[str, Kind] = {"scheme": "case", "case": "block"}
"""What a kind builds on."""

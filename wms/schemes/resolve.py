"""Blocks put in place: from the three levels as written to the cases that a bench runs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from wcs.bench.sheet import Case, RunSheet
from wms.schemes.content import Block, Content, Scheme, TestCase
from wms.schemes.findings import Finding, of_validation
from wms.schemes.rules import Plan, check
from wms.schemes.step_rules import check_steps


@dataclass(frozen=True, slots=True)
class Parts:
    """What cases and schemes may build on, by code.

    `whole` holds cases with the blocks of their own version in place, and `within` those blocks by case.
    """

    blocks: Mapping[str, Block] = field(default_factory=dict[str, Block])
    cases: Mapping[str, TestCase] = field(default_factory=dict[str, TestCase])
    whole: Mapping[str, Case] = field(default_factory=dict[str, Case])
    within: Mapping[str, Mapping[str, Block]] = field(default_factory=dict[str, Mapping[str, Block]])


def expand(code: str, case: TestCase, blocks: Mapping[str, Block]) -> Case | list[Finding]:
    """Return a case with its blocks put in place, or what stands in the way."""
    steps: list[object] = []
    gone: list[Finding] = []
    for index, step in enumerate(case.steps):
        if step.do != "use_block":
            steps.append(step)
        elif (block := blocks.get(step.block)) is None:
            gone.append(Finding(f"case.{code}.steps.{index}", "unknown_block", {"block": step.block}))
        else:
            steps += block.steps
    if gone:
        return gone
    try:
        return Case.model_validate({"code": code, "item": case.item, "zh": case.zh, "en": case.en, "steps": steps})
    except ValidationError as error:
        return of_validation(error, f"case.{code}")


def plan_of(scheme: Scheme, parts: Parts) -> Plan | list[Finding]:
    """Return the scheme with everything in place, or what is missing."""
    found: list[Finding] = []
    expanded: list[Case] = []
    for index, code in enumerate(scheme.cases):
        whole = _whole(code, parts) or [Finding(f"cases.{index}", "unknown_case", {"case": code})]
        if isinstance(whole, Case):
            expanded.append(whole)
        else:
            found += whole
    return found or Plan(scheme.asset_class, scheme.purpose, scheme.rules, tuple(expanded))


def inspect(code: str, content: Content, parts: Parts) -> list[Finding]:
    """Return everything that is wrong with a block, case or scheme, each place as its author wrote it."""
    if isinstance(content, Block):
        return []
    if isinstance(content, TestCase):
        whole = expand(code, content, parts.blocks)
        found = check_steps(whole) if isinstance(whole, Case) else whole
        return [_as_written(finding, Parts(parts.blocks, {code: content})) for finding in found]
    plan = plan_of(content, parts)
    found = check(plan) if isinstance(plan, Plan) else plan
    return [_of_scheme(_as_written(finding, parts), code) for finding in found]


def sheet_of(code: str, version: int, scheme: Scheme, plan: Plan, *, formal: bool) -> RunSheet:
    """Return the run sheet of a plan; its number is not known yet."""
    return RunSheet(
        scheme=code, version=version, formal=formal, rules=scheme.rules, cases=plan.cases, guard=scheme.guard
    )


def _whole(code: str, parts: Parts) -> Case | list[Finding] | None:
    if code in parts.whole:
        return parts.whole[code]
    return expand(code, parts.cases[code], parts.blocks) if code in parts.cases else None


def _of_scheme(finding: Finding, code: str) -> Finding:
    return finding if finding.place.startswith("case.") else replace(finding, place=f"scheme.{code}.{finding.place}")


def _as_written(finding: Finding, built_on: Parts) -> Finding:
    """Return the finding with the step counted as in the case, where a block is one step."""
    parts = finding.place.split(".")
    if len(parts) < 4 or parts[0] != "case" or parts[2] != "steps" or parts[1] not in built_on.cases:  # noqa: PLR2004
        return finding
    if finding.code == "unknown_block":
        return finding
    left, blocks = int(parts[3]), built_on.within.get(parts[1], built_on.blocks)
    for index, step in enumerate(built_on.cases[parts[1]].steps):
        size = len(blocks[step.block].steps) if step.do == "use_block" else 1
        if left < size:
            return replace(finding, place=".".join(["case", parts[1], "steps", str(index), *parts[4:]]))
        left -= size
    return finding

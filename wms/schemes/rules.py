"""In what order a scheme may test, and what it may not leave out. Pure.

Sources: JJG 596-2012 (items of first and subsequent verification; creep and starting before the intrinsic error;
intrinsic error by decreasing current, single-phase loads after balanced ones); the requirement of the house
(authentication before encrypted commands, key download last, no second withstand test).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wcs.bench.sheet import Case
from wcs.bench.steps import ApplySource
from wms.schemes.findings import Finding
from wms.schemes.step_rules import check_steps

MANDATORY = ("appearance", "withstand", "creep", "starting", "intrinsic_error", "constant", "daily_timing")
"""Items of a first verification by JJG 596-2012, table of verification items."""
BEFORE_ENERGY = ("appearance", "withstand")
"""Items that need no bench; they are found at stations before it."""
EARLY = ("creep", "starting")
NOMINAL = {"Imax": "4", "Ib": "1", "In": "1", "Itr": "0.1", "Imin": "0.05", "Ist": "0.004"}
"""Rated currents in Ib: only for their order. 4 Ib is the least Imax at which 0.5 Imax is tested."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A scheme with its cases expanded, as far as the rules must know it."""

    asset_class: str
    purpose: str
    rules: str
    cases: tuple[Case, ...]


def check(plan: Plan) -> list[Finding]:
    """Return everything that is wrong with a plan: its order, what is missing, and steps that make no sense."""
    found = [finding for case in plan.cases for finding in check_steps(case)]
    found += _twice(plan.cases)
    found += _order(plan)
    found += _loads(plan.cases)
    found += _items(plan)
    return found


def remarks(plan: Plan) -> list[Finding]:
    """Return what a reader should know although nothing is wrong: a demo scheme leaves mandatory items out."""
    gone = _missing(plan) if plan.purpose == "demo" else []
    return [Finding("purpose", "demo_is_exempt", {"items": ", ".join(gone)})] if gone else []


def rank(current: str) -> Decimal:
    """Return where a current stands among others, in Ib.

    >>> rank("0.5Imax") > rank("10Itr") == rank("Ib") > rank("0.1Ib")
    True
    """
    symbol = next((name for name in NOMINAL if current.endswith(name)), "")
    if not symbol:
        return Decimal(0)
    return Decimal(current.removesuffix(symbol) or "1") * Decimal(NOMINAL[symbol])


def _twice(cases: Sequence[Case]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, case in enumerate(cases):
        if case.code in seen:
            yield Finding(f"cases.{index}", "case_twice", {"case": case.code})
        seen.add(case.code)


def _order(plan: Plan) -> Iterator[Finding]:
    items = [case.item for case in plan.cases]
    for index, item in enumerate(items):
        place, before, behind = f"cases.{index}", items[:index], items[index + 1 :]
        if item == "fee_control" and "security" not in before:
            yield Finding(place, "fee_control_before_security", {"case": plan.cases[index].code})
        if item == "key_download" and any(one != "key_download" for one in behind):
            yield Finding(place, "key_download_not_last", {"case": plan.cases[index].code})
        if item in EARLY and plan.rules == "JJG596-2012" and "intrinsic_error" in before:
            yield Finding(place, "after_intrinsic_error", {"case": plan.cases[index].code, "item": item})
        if item == "withstand" and plan.purpose == "recheck":
            yield Finding(place, "withstand_in_recheck", {"case": plan.cases[index].code})
        if item == "withstand" and any(one not in BEFORE_ENERGY for one in before):
            yield Finding(place, "withstand_not_first", {"case": plan.cases[index].code})


def _loads(cases: Sequence[Case]) -> Iterator[Finding]:
    """Yield loads of the intrinsic error that come too late: a greater current, or balanced after single-phase."""
    last: dict[str, str] = {}
    for case in cases:
        if case.item != "intrinsic_error":
            continue
        for index, source in _measured(case):
            place = f"case.{case.code}.steps.{index}"
            if source.phase == "all" and set(last) - {"all"}:
                yield Finding(place, "balanced_after_unbalanced", {"current": source.current})
            before = last.get(source.phase)
            if before is not None and rank(source.current) > rank(before):
                yield Finding(place, "load_increases", {"current": source.current, "before": before})
            last[source.phase] = source.current


def _measured(case: Case) -> Iterator[tuple[int, ApplySource]]:
    """Yield each load at which an error is measured, with the place of its source step."""
    on: tuple[int, ApplySource] | None = None
    for index, step in enumerate(case.steps):
        if isinstance(step, ApplySource):
            on = (index, step)
        elif step.do == "measure_error" and on is not None:
            yield on


def _items(plan: Plan) -> Iterator[Finding]:
    if plan.purpose in ("first", "recheck"):
        for item in _missing(plan):
            yield Finding("cases", "item_missing", {"item": item})


def _missing(plan: Plan) -> list[str]:
    """Return the items of JJG 596-2012 that a meter's scheme leaves out."""
    if plan.asset_class != "meter" or plan.rules != "JJG596-2012":
        return []
    have = {case.item for case in plan.cases}
    wanted = [item for item in MANDATORY if item != "withstand" or plan.purpose != "recheck"]
    return [item for item in wanted if item not in have]

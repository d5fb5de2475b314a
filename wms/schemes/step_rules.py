"""Whether the steps of a case make sense one after another: nothing is measured without load, judged unread. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from plc.meters.identifiers import identifiers
from wcs.bench.records import MeterType
from wcs.bench.sheet import Case
from wcs.bench.steps import (
    ApplySource,
    BenchStep,
    Compare,
    CountPulses,
    JudgeSpread,
    MeasureError,
    ReadValue,
    SourceOff,
    TakeOver,
    WriteValue,
)
from wms.schemes.findings import Finding

NEEDS_LOAD = frozenset({"measure_error", "measure_deviation", "measure_demand", "run_register"})
NEEDS_NO_SUPPLY = frozenset({"apply_source", "source_off", "wait", "take_over", "compare", "judge_spread"})
ARCHIVE = "archive."
ARCHIVE_FIELDS = frozenset({"bar_code", "comm_address", "lot", "constant", *MeterType.model_fields})
"""What the books say of a meter, as `archive.<field>`."""
PAIRS = frozenset({"variation", "rising_falling", "unbalanced_difference"})
ONLY_IN = {"relay": ("fee_control",), "download_key": ("key_download",), "authenticate": ("security", "fee_control")}
STATION_OF = {"withstand": ("withstand",), "imaging": ("appearance", "parameters")}
PROOF: dict[str, tuple[str, ...]] = {
    "appearance": ("take_over",), "withstand": ("take_over",), "parameters": ("compare", "take_over"),
    "communication": ("read",), "creep": ("count_pulses creep",), "starting": ("count_pulses starting",),
    "intrinsic_error": ("measure_error",), "standard_deviation": ("measure_deviation",),
    "variation": ("judge_spread variation",), "consistency": ("judge_spread consistency",),
    "rising_falling": ("judge_spread rising_falling",), "repeatability": ("judge_spread repeatability",),
    "constant": ("count_pulses constant", "run_register"), "daily_timing": ("measure_timing",),
    "clock": ("compare_clock",), "time_switching": ("measure_switching",), "demand": ("measure_demand",),
    "security": ("authenticate",), "fee_control": ("relay",), "clearing": ("clear",), "key_download": ("download_key",),
}  # fmt: skip
"""Steps of which a case of an item must have at least one, else it would pass without having tested anything."""


@dataclass(slots=True)
class _Bench:
    """What the steps so far have done."""

    voltage: bool = False
    current: bool = False
    read: set[str] = field(default_factory=set[str])
    kept: set[str] = field(default_factory=set[str])


def check_steps(case: Case) -> list[Finding]:
    """Return what makes no sense in a case whose blocks are in place."""
    bench, found = _Bench(), list[Finding]()
    for index, step in enumerate(case.steps):
        place = f"case.{case.code}.steps.{index}"
        for code, params in chain(_supply(bench, step), _names(bench, step), _belongs(case, step)):
            found.append(Finding(place, code, {"step": step.do, **params}))
        _advance(bench, step)
    if not {_kind(step) for step in case.steps} & set(PROOF[case.item]):
        params = {"item": case.item, "steps": ", ".join(PROOF[case.item])}
        found.append(Finding(f"case.{case.code}.steps", "item_without_proof", params))
    return found


Said = Iterator[tuple[str, dict[str, str]]]


def _supply(bench: _Bench, step: BenchStep) -> Said:
    wants_load = step.do in NEEDS_LOAD or (isinstance(step, CountPulses) and step.rule != "creep")
    if wants_load and not bench.current:
        yield "needs_load", {}
    elif step.do not in NEEDS_NO_SUPPLY and not bench.voltage:
        yield "needs_voltage", {}
    if isinstance(step, CountPulses):
        if step.rule == "creep" and bench.current:
            yield "creep_with_current", {}
        if step.rule == "constant" and step.energy_kwh is None:
            yield "constant_without_energy", {}


def _names(bench: _Bench, step: BenchStep) -> Said:
    if isinstance(step, ReadValue | WriteValue):
        known = identifiers().get(step.name)
        if known is None:
            yield "unknown_identifier", {"name": step.name}
        elif isinstance(step, WriteValue) and not known.writable:
            yield "not_writable", {"name": step.name}
    archived = step.to if isinstance(step, Compare) else step.value if isinstance(step, WriteValue) else ""
    if archived.startswith(ARCHIVE) and archived.removeprefix(ARCHIVE) not in ARCHIVE_FIELDS:
        yield "unknown_archive_field", {"name": archived}
    if isinstance(step, Compare) and step.name not in bench.read:
        yield "compared_before_read", {"name": step.name}
    if isinstance(step, MeasureError) and step.keep_as in bench.kept:
        yield "kept_twice", {"name": str(step.keep_as)}
    if isinstance(step, JudgeSpread):
        for name in (step.first, step.second):
            if name is not None and name not in bench.kept:
                yield "judged_before_kept", {"name": name}
        if step.rule in PAIRS and step.second is None:
            yield "judge_needs_second", {"rule": step.rule}


def _belongs(case: Case, step: BenchStep) -> Said:
    if step.do in ONLY_IN and case.item not in ONLY_IN[step.do]:
        yield "step_in_wrong_item", {"item": case.item}
    if isinstance(step, TakeOver) and case.item not in STATION_OF[step.station]:
        yield "station_in_wrong_item", {"station": step.station, "item": case.item}


def _advance(bench: _Bench, step: BenchStep) -> None:
    match step:
        case ApplySource():
            bench.voltage, bench.current = step.voltage_percent > 0, _flows(step.current)
        case SourceOff():
            bench.voltage = bench.current = False
        case ReadValue():
            bench.read.add(step.name)
        case MeasureError() if step.keep_as is not None:
            bench.kept.add(step.keep_as)
        case _:
            pass


def _kind(step: BenchStep) -> str:
    return f"{step.do} {step.rule}" if isinstance(step, CountPulses | JudgeSpread) else step.do


def _flows(current: str) -> bool:
    """Return whether a current is more than none.

    >>> _flows("Imax"), _flows("0.1Ib"), _flows("0"), _flows("0.0Imax")
    (True, True, False, False)
    """
    return current.startswith("I") or any(digit in current for digit in "123456789")

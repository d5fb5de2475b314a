"""A calibration as tables: machines against their data, spread, faults, batches, work of cells, test cases."""

from __future__ import annotations

from collections.abc import Sequence

from api.texts import text
from simulation.studies.calibrate.findings import AS_COMPUTED, TOO_FEW, Calibration, Estimate, Timed
from simulation.studies.calibrate.laws import Looked
from simulation.studies.calibrate.studyfile import told
from simulation.studies.report.tables import Table
from simulation.studies.report.words import figure


def tables(found: Calibration, language: str) -> list[Table]:
    """Return all tables in one language that have rows."""
    made = [
        _machines(found, language), _travels(found, language), _failing(found, language),
        _timed(found.batches, "batches", "minutes", language), _timed(found.cells, "cells", "seconds", language),
        _timed(found.cases, "cases", "seconds", language),
    ]  # fmt: skip
    return [table for table in made if table.rows]


def _head(language: str, *keys: str) -> tuple[str, ...]:
    return tuple(text(language, f"calibrate.{key}") for key in keys)


def _machines(found: Calibration, language: str) -> Table:
    rows = tuple(
        (
            one.device, text(language, f"calibrate.leg.{one.leg}"), str(one.ratio.count), figure(one.computed_s),
            figure(one.measured_s), _ends(one.ratio), text(language, f"calibrate.verdict.{one.verdict}"),
        )
        for one in found.machines
    )  # fmt: skip
    head = _head(language, "device", "leg", "count", "computed", "measured", "ratio", "verdict")
    marked = frozenset(n for n, one in enumerate(found.machines) if one.verdict not in (AS_COMPUTED, TOO_FEW))
    return Table(text(language, "calibrate.machines"), head, rows, marked)


def _travels(found: Calibration, language: str) -> Table:
    rows = [(str(one.kind), text(language, f"calibrate.leg.{one.leg}"), *_looked(one.ratio)) for one in found.travels]
    if found.noise is not None:
        name = text(language, "calibrate.noise")
        rows.append((name, "", str(found.noise.count), figure(found.noise.value), _ends(found.noise, mean=False), ""))
    head = _head(language, "device", "leg", "count", "mean", "interval", "law")
    return Table(text(language, "calibrate.travels"), head, tuple(rows))


def _failing(found: Calibration, language: str) -> Table:
    rows = tuple(
        (
            str(one.kind), str(one.mtbf_h.count), _ends(one.mtbf_h), _ends(one.mttr_min),
            told(one.between_h) if one.between_h else "", told(one.repair_min) if one.repair_min else "",
        )
        for one in found.failing
    )  # fmt: skip
    laws = (text(language, "calibrate.law"), text(language, "calibrate.law"))
    head = _head(language, "device", "stops", "mtbf", "mttr")
    return Table(text(language, "calibrate.failing"), (*head, f"{laws[0]}: MTBF", f"{laws[1]}: MTTR"), rows)


def _timed(timed: Sequence[Timed], key: str, unit: str, language: str) -> Table:
    rows = tuple((one.device or "*", one.what, *_looked(one.took)) for one in timed)
    head = _head(language, "device", "what", "count", unit, "interval", "law")
    return Table(text(language, f"calibrate.{key}"), head, rows)


def _looked(one: Looked) -> tuple[str, str, str, str]:
    return str(one.count), figure(one.mean), f"{figure(one.low)} – {figure(one.high)}", told(one)


def _ends(one: Estimate, *, mean: bool = True) -> str:
    ends = f"{figure(one.low)} – {figure(one.high)}"
    return f"{figure(one.value)} ({ends})" if mean else ends

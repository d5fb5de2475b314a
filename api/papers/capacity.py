"""The capacity calculation as tables: the three main parameters, year by year, and every figure with its formula."""

from __future__ import annotations

from api.texts import catalogue, text
from simulation.studies.capacity.check import Checked
from simulation.studies.capacity.figures import Figure
from simulation.studies.capacity.sizing import Sizing
from simulation.studies.report.tables import Table
from simulation.studies.report.words import figure

MAIN = (
    "in.mean", "in.peak", "out.mean", "out.peak", "slots.needed", "slots", "slot.width", "slot.height", "slot.depth",
    "slot.load", "rack.length", "rack.width", "rack.height",
)  # fmt: skip
YEARLY = (
    "meters", "in.pallets", "in.peak", "out.pallets", "out.peak", "stock", "slots.needed", "cranes", "crane.load",
    "crane.wait", "benches", "lines", "docks", "goods_in", "loop.flow",
)  # fmt: skip
"""What is shown year by year; a key stands for all its figures."""


def tables(sizing: Sizing, language: str, checked: tuple[Checked, ...] = (), *, columns: int = 0) -> list[Table]:
    """Return all tables in one language; with `columns`, no more years than that side by side."""
    found = [_main(sizing, language), _years(sizing, language, columns), _every(sizing, language)]
    return [*found, _check(checked, language)] if checked else found


def named(one: Figure, language: str) -> str:
    """Return what people call a figure."""
    return text(language, f"capacity.figure.{one.key}", {"of": of(one.of, language)})


def of(name: str, language: str) -> str:
    """Return what people call a flow or phase; a model by its code."""
    key = f"capacity.of.{name}"
    return text(language, key) if key in catalogue(language) else name


def _main(sizing: Sizing, language: str) -> Table:
    first, design = sizing.years[0], sizing.design
    head = _head(language, "figure", years=(first.number, design.number))
    rows = [_across(first.figure(name), [first.value(name), design.value(name)], language) for name in MAIN]
    return Table(text(language, "capacity.main"), head, tuple(rows))


def _years(sizing: Sizing, language: str, columns: int) -> Table:
    step = -(-(len(sizing.years) - 1) // (columns - 1)) if columns > 1 else 1
    years = sizing.years[:: max(1, step)]
    years = years if years[-1] is sizing.years[-1] else (*years, sizing.years[-1])
    head = _head(language, "figure", years=tuple(year.number for year in years))
    figures = [one for key in YEARLY for one in sizing.design.figures if one.key == key]
    rows = [_across(one, [year.value(one.name) for year in years], language) for one in figures]
    return Table(text(language, "capacity.years"), head, tuple(rows))


def _every(sizing: Sizing, language: str) -> Table:
    head = tuple(text(language, f"capacity.{key}") for key in ("figure", "value", "formula", "inputs", "from"))
    rows = tuple(
        (
            named(one, language),
            f"{figure(one.value)} {_unit(one.unit, language)}".strip(),
            one.formula,
            "; ".join(
                f"{symbol} = {figure(value)} {_unit(unit, language)}".strip() for symbol, value, unit in one.inputs
            ),
            text(language, f"capacity.source.{one.source}"),
        )
        for one in sizing.design.figures
    )
    return Table(text(language, "capacity.every", {"year": sizing.design.number}), head, rows)


def _check(checked: tuple[Checked, ...], language: str) -> Table:
    keys = ("figure", "derived", "measured", "difference", "verdict")
    rows = tuple(
        (
            text(language, f"capacity.check.{one.key}", {"of": of(one.of, language)}),
            figure(one.derived),
            _with_half(one.measured.mean, one.measured.half_width),
            _with_half(one.measured.mean - one.derived, one.measured.half_width),
            text(language, f"capacity.verdict.{one.verdict}"),
        )
        for one in checked
    )
    return Table(text(language, "capacity.check"), tuple(text(language, f"capacity.{key}") for key in keys), rows)


def _head(language: str, first: str, years: tuple[int, ...]) -> tuple[str, ...]:
    return text(language, f"capacity.{first}"), *(text(language, "capacity.year", {"year": year}) for year in years)


def _across(one: Figure, values: list[float], language: str) -> tuple[str, ...]:
    unit = _unit(one.unit, language)
    return named(one, language) + (f" ({unit})" if unit else ""), *(figure(value) for value in values)


def _unit(unit: str, language: str) -> str:
    """Return a unit as people write it; nothing for a plain number."""
    key = f"capacity.unit.{unit}"
    return "" if unit == "1" else text(language, key) if key in catalogue(language) else unit


def _with_half(mean: float, half: float | None) -> str:
    return figure(mean) if half is None else f"{figure(mean)} ± {figure(half)}"

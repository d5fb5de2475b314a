"""The whole calculation: a flow plan in, the figures of every year and the store to be built out."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.studies.capacity.figures import Figure, Sheet
from simulation.studies.capacity.flows import put_flows
from simulation.studies.capacity.plan import FlowPlan
from simulation.studies.capacity.rack import Rack, build, put_cranes, put_rack
from simulation.studies.capacity.stations import put_stations
from simulation.studies.capacity.stock import put_stock


@dataclass(frozen=True, slots=True)
class Year:
    """The figures of one year; year 0 is the plan's own."""

    number: int
    figures: tuple[Figure, ...]

    def figure(self, name: str) -> Figure:
        """Return a figure by its name; raises KeyError."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(name)

    def value(self, name: str) -> float:
        """Return the value of a figure by its name; raises KeyError."""
        return self.figure(name).value


@dataclass(frozen=True, slots=True)
class Sizing:
    """What comes of a flow plan: `rack` is built for the year that needs the most, and stays."""

    plan: FlowPlan
    rack: Rack
    years: tuple[Year, ...]
    design: Year
    """The year that the centre is built for: the one with the most machines."""


def size(plan: FlowPlan) -> Sizing:
    """Return the figures of every year of a plan, and what is to be built.

    Raises PlanError where the plan's limits leave no way.
    """
    sheets: list[Sheet] = []
    for year in range(plan.years + 1):
        sheet = Sheet()
        put_flows(plan, year, sheet)
        put_stock(plan, sheet)
        sheets.append(sheet)
    fullest = max(sheets, key=lambda sheet: sheet.value("slots.needed"))
    busiest = max(sheets, key=lambda sheet: sheet.value("in.peak") + sheet.value("out.peak"))
    rack = build(plan, fullest.value("slots.needed"), busiest.value("in.peak"), busiest.value("out.peak"))
    for sheet in sheets:
        put_rack(plan, rack, sheet)
        put_cranes(plan, rack, sheet)
        put_stations(plan, sheet)
    years = tuple(Year(number, tuple(sheet.figures.values())) for number, sheet in enumerate(sheets))
    return Sizing(plan, rack, years, years[sheets.index(busiest)])

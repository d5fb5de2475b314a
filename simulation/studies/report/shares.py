"""What machines do with their time: a stacked bar for each, the busiest on top."""

from __future__ import annotations

from collections.abc import Mapping

from simulation.studies.findings import Interval, ScenarioFinding
from simulation.studies.replica import STATES
from simulation.studies.report.canvas import Plot, drawing, finish, short
from simulation.studies.report.words import Words

MOST_DEVICES, LEAST = 40, 0.002
FILLS = {
    "busy": ("#0072b2", ""), "blocked": ("#d55e00", "//"), "starved": ("#e69f00", "\\\\"),
    "down": ("#000000", "xx"), "idle": ("#dfe4e8", ""),
}  # fmt: skip
"""Colour and hatching of each state: both say it, so that a grey print does as well."""


def shown_devices(shares: Mapping[str, Mapping[str, Interval]]) -> list[str]:
    """Return the devices that are drawn: those with the most time not idle, and none that stood nearly always."""
    ordered = sorted(shares, key=lambda name: (share(shares[name], "idle"), name))
    at_work = [name for name in ordered if share(shares[name], "idle") < 1 - LEAST]
    return (at_work or ordered[:1])[:MOST_DEVICES]


def share(states: Mapping[str, Interval], state: str) -> float:
    """Return the mean share of a state; 0 where it never was."""
    return states[state].mean if state in states else 0.0


def split(scenario: ScenarioFinding, words: Words, key: str) -> Plot:
    """Return how the machines of a scenario spend their time."""
    names = shown_devices(scenario.shares)
    with drawing(words, height_in=1.1 + 0.24 * len(names)) as (made, axes):
        left = [0.0] * len(names)
        for state in STATES:
            widths = [100 * share(scenario.shares[name], state) for name in names]
            colour, hatch = FILLS[state]
            axes.barh(
                range(len(names)), widths, left=left, height=0.78, color=colour, hatch=hatch, edgecolor="white",
                linewidth=0.4, label=words.say(f"study.state.{state}"),
            )  # fmt: skip
            left = [before + width for before, width in zip(left, widths, strict=True)]
        axes.set_yticks(range(len(names)), [short(name, 24) for name in names], fontsize=8)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlim(0, 100)
        axes.set_xlabel(words.say("study.share_of_time"))
        made.legend(loc="outside upper center", ncols=len(STATES), fontsize=9)
        return finish(made, key, words.say("study.plot.shares", scenario=scenario.name))

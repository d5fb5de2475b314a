"""What goes with time: queues with their bands, how a response settles (Welch), and how lead times lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulation.studies.findings import Measure, ScenarioFinding, Series, Spread, Welch
from simulation.studies.report.canvas import COLOURS, DASHES, INK, QUIET, Plot, drawing, finish, short
from simulation.studies.report.words import Words, scale

HOUR_S = 3600.0
LONG_H, TICKS = 72.0, 13
STEPS_H = (0.25, 0.5, 1.0, 2.0, 3.0, 6.0)
NAN = float("nan")


def series(name: str, scenarios: Sequence[ScenarioFinding], words: Words, key: str) -> Plot:
    """Return one figure over plant time for every scenario that has it, each with the band of its interval."""
    shown = [(one.name, one.series[name], one.warm_s) for one in scenarios if name in one.series]
    measure = scale(Measure(shown[0][1].unit, ""), max(_most(one) for _, one, _ in shown))
    with drawing(words, height_in=2.9) as (made, axes):
        for place, (scenario, one, _) in enumerate(shown):
            _banded(axes, one, label=scenario, style=place, factor=measure.factor)
        axes.axvspan(0, max(warm for _, _, warm in shown) / HOUR_S, color=QUIET, alpha=0.12, linewidth=0)
        _time(axes, words)
        axes.set_ylim(bottom=0)
        axes.set_ylabel(measure.label(words))
        if len(shown) > 1:
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)
        return finish(made, key, words.say("study.plot.series", series=words.response(name)))


def welch(found: Welch, words: Words, key: str) -> Plot:
    """Return a response averaged over replications, its moving average, and where the warm-up was cut."""
    shown = scale(Measure(found.unit, ""), max((abs(v) for v in found.mean if v is not None), default=1.0))
    hours = [at / HOUR_S for at in found.at_s]
    with drawing(words, height_in=2.9) as (made, axes):
        axes.plot(hours, _times(found.mean, shown.factor), color=QUIET, linewidth=0.9, label=words.say("study.raw"))
        axes.plot(
            hours, _times(found.moving, shown.factor), color=COLOURS[0], linewidth=2, label=words.say("study.moving")
        )
        axes.axvline(
            found.cut_s / HOUR_S, color=COLOURS[1], linewidth=1.5, linestyle="--", label=words.say("study.cut")
        )
        _time(axes, words)
        axes.set_ylabel(shown.label(words))
        axes.legend(loc="lower right", fontsize=8)
        return finish(made, key, words.say("study.plot.welch", response=words.response(found.response)))


def spread(name: str, found: Sequence[tuple[str, Spread]], words: Words, key: str) -> Plot:
    """Return how single values lie, a histogram for each scenario, with the median and the 95 % quantile."""
    shown = scale(Measure(found[0][1].unit, ""), max(one.quantiles.get("0.95", one.edges[-1]) for _, one in found))
    with drawing(words, height_in=0.6 + 1.5 * len(found), rows=len(found)) as (made, axes):
        rows = axes if len(found) > 1 else [axes]
        most = max(one.edges[-1] for _, one in found) * shown.factor
        for place, (scenario, one) in enumerate(found):
            _histogram(rows[place], one, factor=shown.factor, style=place)
            rows[place].set_title(short(scenario, 80), fontsize=9, loc="left")
            rows[place].set_xlim(left=0, right=most)  # the same for all, or nobody could compare them
        rows[-1].set_xlabel(f"{words.response(name)} ({shown.label(words)})")
        return finish(made, key, words.say("study.plot.spread", response=words.response(name)))


def _histogram(axes: Any, one: Spread, *, factor: float, style: int) -> None:
    edges = [edge * factor for edge in one.edges]
    all_of_them = max(1, sum(one.counts))
    axes.stairs(
        [100 * count / all_of_them for count in one.counts], edges, fill=True, color=COLOURS[style % 8], alpha=0.8
    )
    axes.set_ylabel("%")
    for share, dash in (("0.5", "-"), ("0.95", "--")):
        if share in one.quantiles:
            axes.axvline(one.quantiles[share] * factor, color=INK, linewidth=1.1, linestyle=dash)


def _banded(axes: Any, one: Series, *, label: str, style: int, factor: float) -> None:
    hours, mean = [at / HOUR_S for at in one.at_s], _times(one.mean, factor)
    half = [0.0 if width is None else width * factor for width in one.half_width]
    colour = COLOURS[style % len(COLOURS)]
    axes.plot(hours, mean, color=colour, linestyle=DASHES[style % len(DASHES)], linewidth=1.6, label=short(label, 24))
    low, high = ([m + sign * h for m, h in zip(mean, half, strict=True)] for sign in (-1, 1))
    axes.fill_between(hours, low, high, color=colour, alpha=0.2, linewidth=0)


def _time(axes: Any, words: Words) -> None:
    from matplotlib.ticker import MultipleLocator

    last = axes.get_xlim()[1]
    axes.set_xlim(left=0)
    if last <= LONG_H:
        axes.xaxis.set_major_locator(MultipleLocator(next((s for s in STEPS_H if last / s <= TICKS), STEPS_H[-1])))
    axes.set_xlabel(words.say("study.plant_hours"))


def _times(values: Sequence[float | None], factor: float) -> list[float]:
    return [NAN if value is None else value * factor for value in values]


def _most(one: Series) -> float:
    return max((abs(value) for value in one.mean if value is not None), default=0.0)

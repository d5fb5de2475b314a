"""Words of one language, and numbers as people read them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from simulation.studies.findings import Interval, Measure

DIGITS = 4
"""Significant digits of a figure in text."""
HOURS_FROM_S, MINUTES_FROM_S = 3 * 3600.0, 180.0
BARE = ("", "1", "share")
"""Units that are none to people."""


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language by key; `font` draws them where the machine has none that does."""

    language: str
    texts: Mapping[str, str]
    font: Path | None = None

    def say(self, key: str, **params: Any) -> str:
        """Return a text filled with `params`; an unknown key is shown as it is, a missing value as its name."""
        pattern = self.texts.get(key)
        return key if pattern is None else _filled(pattern, params)

    def knows(self, key: str) -> bool:
        """Return whether there is such a text."""
        return key in self.texts

    def response(self, name: str) -> str:
        """Return what people call a response; a quantile by its mean's name, a device's by its family.

        >>> texts = {"study.response.queue": "Queue", "study.named": "{device}: {name}", "study.p95": "{name}, 95 %"}
        >>> words = Words("en", texts)
        >>> words.response("queue.GI1"), words.response("lead.out_s.p95"), words.response("x.y")
        ('GI1: Queue', 'lead.out_s, 95 %', 'x.y')
        """
        if f"study.response.{name}" in self.texts:
            return self.say(f"study.response.{name}")
        if name.endswith(".p95"):
            return self.say("study.p95", name=self.response(name.removesuffix(".p95")))
        family, _, device = name.partition(".")
        if family == "share" and device.count(".") >= 1:
            machine, _, state = device.rpartition(".")
            return self.say("study.named", device=machine, name=self.say(f"study.state.{state}"))
        key = f"study.response.{family}"
        return self.say("study.named", device=device, name=self.say(key)) if device and key in self.texts else name


@dataclass(frozen=True, slots=True)
class Scale:
    """How values of a unit are shown: times `factor`, with `unit` behind (a text `study.unit.<unit>`)."""

    factor: float
    unit: str

    def label(self, words: Words) -> str:
        """Return the unit in words; as it is where no text is known."""
        if self.unit in BARE:
            return ""
        key = f"study.unit.{self.unit}"
        return words.say(key) if words.knows(key) else self.unit


def scale(measure: Measure | None, most: float) -> Scale:
    """Return how values up to `most` are shown: seconds as minutes or hours, shares in per cent.

    >>> scale(Measure("s", "less"), 600.0).unit, scale(Measure("s", "less"), 90.0).unit
    ('min', 's')
    >>> scale(Measure("share", ""), 0.5)
    Scale(factor=100.0, unit='%')
    """
    unit = measure.unit if measure else ""
    if unit == "s" and abs(most) >= MINUTES_FROM_S:
        return Scale(1 / 3600, "h") if abs(most) >= HOURS_FROM_S else Scale(1 / 60, "min")
    return Scale(100.0, "%") if unit == "share" else Scale(1.0, unit)


def figure(value: float) -> str:
    """Return a number with four significant digits, without an exponent where people can do without.

    >>> figure(1234.5678), figure(0.0123), figure(0.0), figure(18000.0), figure(-2.5)
    ('1235', '0.0123', '0', '18000', '-2.5')
    """
    if not math.isfinite(value):
        return "–"  # what people write where there is no number
    if value == 0 or abs(value) >= 10**DIGITS:
        return f"{value:.0f}"
    places = DIGITS - 1 - math.floor(math.log10(abs(value)))
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def estimate(interval: Interval, shown: Scale) -> str:
    """Return a mean with half the width of its interval, the mean no more exact than that.

    >>> plain = Scale(1.0, "")
    >>> estimate(Interval(10.0, 0.25, 5, 0.95), plain), estimate(Interval(1234.5, 31.0, 5, 0.95), plain)
    ('10.00 ± 0.25', '1234 ± 31')
    """
    mean, half = interval.mean * shown.factor, interval.half_width
    if half is None or not math.isfinite(half):
        return figure(mean)
    half *= shown.factor
    if half <= 0:
        return f"{figure(mean)} ± {figure(half)}"
    places = max(0, 1 - math.floor(math.log10(half)))  # two digits of half a width: more would be pretence
    return f"{mean:.{places}f} ± {half:.{places}f}"


def _filled(pattern: str, params: Mapping[str, Any]) -> str:
    return "".join(
        literal + ("" if name is None else str(params.get(name, f"{{{name}}}")))
        for literal, name, _spec, _conversion in Formatter().parse(pattern)
    )

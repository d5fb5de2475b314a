"""What may be asked: each parameter with its bounds, and every one that is out of them named at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


class OutOfBounds(ValueError):
    """Parameters that cannot be: `problems` names each with its bounds."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Take the problems, at least one."""
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a parameter may be, both ends included."""

    low: float
    high: float
    unit: str = ""


def problems(values: Mapping[str, float], bounds: Mapping[str, Bounds]) -> list[str]:
    """Return a line for each value out of its bounds, named as on the command line; NaN is out of any.

    >>> problems({"ax": -1.0, "vx": 3.0}, {"ax": Bounds(0.01, 20, "m/s2"), "vx": Bounds(0.01, 20, "m/s")})
    ['--ax is -1, not 0.01 to 20 m/s2']
    """
    return [
        f"--{name.replace('_', '-')} is {values[name]:.10g}, not {b.low:.10g} to {b.high:.10g} {b.unit}".rstrip()
        for name, b in bounds.items()
        if not b.low <= values[name] <= b.high
    ]

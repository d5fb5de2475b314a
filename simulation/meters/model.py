"""What is printed on the meters of a model, and the amperes and limits that follow from it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

SPEC = re.compile(r"(?:(?P<imin>[\d.]+)-)?(?P<rated>[\d.]+)\((?P<imax>[\d.]+)\)")
TANGENT = {"1": 0.0, "0.5L": math.sqrt(3), "0.8C": -0.75, "0.25L": math.sqrt(15), "0.5C": -math.sqrt(3), "0.8L": 0.75}
COSINE = {"1": 1.0, "0.5L": 0.5, "0.8C": 0.8, "0.25L": 0.25, "0.5C": 0.5, "0.8L": 0.8}

# Percent, JJG 596-2012 and GB/T 17215.321-2021: at the main loads with power factor 1, and with 0.5 lagging.
LIMIT = {"2": 2.0, "1": 1.0, "0.5S": 0.5, "0.2S": 0.2, "A": 2.0, "B": 1.0, "C": 0.5, "D": 0.2, "E": 0.1}
LIMIT_LAGGING = {"2": 2.0, "1": 1.0, "0.5S": 0.6, "0.2S": 0.3, "A": 2.0, "B": 1.0, "C": 0.6, "D": 0.3, "E": 0.15}
# Percent: by how much a meter may lie beside the mean of its bench at the basic current; a maker adjusts better.
CONSISTENT = {"2": 0.3, "1": 0.3, "0.5S": 0.15, "0.2S": 0.06, "A": 0.3, "B": 0.3, "C": 0.15, "D": 0.06, "E": 0.03}
# Starting current in parts of the basic or transitional current: direct, by transformer.
STARTING = {
    "2": (0.005, 0.003), "1": (0.004, 0.002), "0.5S": (0.001, 0.001), "0.2S": (0.001, 0.001),
    "A": (0.05, 0.05), "B": (0.04, 0.04), "C": (0.04, 0.02), "D": (0.04, 0.02), "E": (0.02, 0.02),
}  # fmt: skip
SYSTEMS = {"1p2w": (1, 1.0), "3p3w": (3, math.sqrt(3)), "3p4w": (3, 3.0)}  # phases, factor of power


@dataclass(frozen=True, slots=True)
class MeterModel:
    """What is printed on a meter. `current_spec` as "5(60)" (JJG) or "0.25-0.5(60)" (newer editions)."""

    name: str = "DDZY2026"
    accuracy_class: str = "2"
    phase: Literal["1p2w", "3p3w", "3p4w"] = "1p2w"
    connection: Literal["direct", "ct"] = "direct"
    rated_voltage_v: float = 220.0
    current_spec: str = "5(60)"
    constant_imp_kwh: float = 1200.0
    protocol: Literal["645", "698"] = "645"

    def __post_init__(self) -> None:
        """Refuse what no meter says of itself."""
        _amperes(self.current_spec)
        if self.accuracy_class not in LIMIT:
            raise ValueError(f"no meter is of class {self.accuracy_class!r}")

    @property
    def phases(self) -> int:
        """How many phases it has."""
        return SYSTEMS[self.phase][0]

    @property
    def power_factor_of_system(self) -> float:
        """Full power in units of rated voltage times current: 1, root 3 or 3."""
        return SYSTEMS[self.phase][1]

    @property
    def max_a(self) -> float:
        """The maximum current."""
        return _amperes(self.current_spec)[1]

    @property
    def rated_a(self) -> float:
        """What stands before the bracket: basic, rated or transitional current."""
        return _amperes(self.current_spec)[0]

    @property
    def reference_a(self) -> float:
        """The current that a meter is adjusted at: basic, rated, or 10 (by transformer 20) transitional currents."""
        if "-" not in self.current_spec:
            return self.rated_a
        return self.rated_a * (10 if self.connection == "direct" else 20)

    @property
    def starting_a(self) -> float:
        """The starting current of its class."""
        return self.rated_a * STARTING[self.accuracy_class][self.connection == "ct"]


@cache
def _amperes(spec: str) -> tuple[float, float]:
    """Return the current before the bracket, and the maximum current."""
    found = SPEC.fullmatch(spec)
    if found is None:
        raise ValueError(f"{spec!r} is no current of a meter")
    return float(found["rated"]), float(found["imax"])

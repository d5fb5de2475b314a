"""What a study file says about work and weather: what comes and is wanted by the hour, stock, benches, breakdowns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from simulation.study import STRICT, Seconds, Share

HOURS = 24
Name = Annotated[str, Field(min_length=1, max_length=64)]
District = Annotated[str, Field(min_length=1, max_length=32)]
Weight = Annotated[float, Field(ge=0, le=1_000_000)]
PerDay = Annotated[float, Field(gt=0, le=1_000_000)]
Positive = Annotated[float, Field(gt=0, le=1_000_000)]


class Demand(BaseModel):
    """One kind of work for one family of meters, as a daily figure and its shape over the day."""

    model_config = STRICT
    kind: Literal["inbound", "verification", "distribution"]
    """Deliveries that arrive, lots called to a line, or meters that districts order."""
    family: Name
    """Code of a model, e.g. DDZY2026."""
    pallets: PerDay | None = None
    """Pallets a day; or give `meters`."""
    meters: PerDay | None = None
    """Meters a day, in full pallets."""
    by_hour: Annotated[tuple[Weight, ...], Field(min_length=HOURS, max_length=HOURS)] = (1.0,) * HOURS
    """Weight of each hour of the day; only their ratios count."""
    arrivals: Literal["poisson", "fixed"] = "poisson"
    """At random with that mean, or evenly spaced in work by it."""
    together: Annotated[int, Field(ge=1, le=40)] = 4
    """Pallets of one truck, lot or order."""
    gap_s: Seconds = 60
    """Inbound: between two pallets of a truck."""
    districts: Annotated[tuple[District, ...], Field(min_length=1)] = ("north",)
    """Distribution: each order is for one of them, by equal chance."""
    lines: tuple[Name, ...] = ()
    """Verification: the lines that may take it; the one with the least to do does. Empty: every line that fits."""

    @model_validator(mode="after")
    def _one_figure(self) -> Self:
        """Want exactly one of `pallets` and `meters`, and an hour with some weight."""
        if (self.pallets is None) == (self.meters is None):
            raise ValueError("give either `pallets` or `meters` a day")
        if not any(self.by_hour):
            raise ValueError("by_hour: one hour at least needs a weight above 0")
        return self


class Start(BaseModel):
    """The warehouse at plant time 0: a fill level made up, or a snapshot of a live one."""

    model_config = STRICT
    fill: Share = 0.0
    """Share of the slots that hold a pallet."""
    verified: Share = 0.5
    """Share of these pallets that are qualified; the others wait to be verified."""
    families: dict[Name, Weight] = {}
    """Weight of each family in stock; empty: as in `demand`."""
    piles: Annotated[int, Field(ge=1, le=12)] = 1
    """Piles on each pallet, in stock and in deliveries; never more than the model allows."""
    lot: Annotated[int, Field(ge=1, le=100)] = 4
    """Pallets of a lot."""
    days: Annotated[int, Field(ge=1, le=3_650)] = 30
    """Verified stock was verified over so many days before."""
    snapshot: Path | None = None
    """A snapshot file (see `metrostack snapshot`), relative to the study file; it replaces the rest."""


class BenchTimes(BaseModel):
    """How long a batch takes on the benches of lines that are led cell by cell."""

    model_config = STRICT
    purpose: Name = "first"
    """Purpose of the scheme that lots are verified by; its run sheet tells how long a batch takes."""
    batch_min: dict[Literal["1ph", "3ph"], Positive] = {}
    """Minutes of a batch by phase, instead of what the run sheet says."""
    spread: Annotated[float, Field(ge=0, le=0.5)] = 0.03
    """Share by which a batch may take longer or shorter."""


class Breakdown(BaseModel):
    """How often machines of a kind fail, and how long the repair takes."""

    model_config = STRICT
    mtbf_h: Positive
    """Mean hours between the end of a repair and the next failure."""
    mttr_min: Positive
    """Mean minutes of a repair."""
    distribution: Literal["exponential", "fixed", "lognormal"] = "exponential"
    """Of the time to failure and of the repair; lognormal: the repair has a coefficient of variation of 1."""

"""A flow plan: what a centre is to verify and to store over the years, in which rhythm, and with what machines."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, Field, ValidationError, model_validator

from simulation.studies.capacity.machines import STRICT, Conveyor, Crane, Dock, Lines, Span, Store, Unit

Share = Annotated[float, Field(ge=0, lt=1)]
Peak = Annotated[float, Field(ge=1, le=20)]
Growth = Annotated[float, Field(ge=-0.5, le=1)]
Pieces = Annotated[int, Field(ge=1, le=10_000)]
Phase = Literal["1ph", "3ph"]
PHASES: tuple[Phase, ...] = ("1ph", "3ph")
USUAL_PILES, HIGHEST = 4, 12  # piles on a pallet, boxes in a pile: what a packing cell takes


class PlanError(Exception):
    """The flow plan cannot be used; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems, one a line."""
        super().__init__("\n".join(problems))
        self.problems = problems


class Rhythm(BaseModel):
    """When a flow flows: working days of a year, hours of a day, and how far the busiest is above the mean."""

    model_config = STRICT
    days: Annotated[float, Field(ge=1, le=366)] = 250
    hours: Annotated[float, Field(gt=0, le=24)] = 8
    month: Peak = 1.0
    day: Peak = 1.0
    hour: Peak = 1.0

    @property
    def peak(self) -> float:
        """Return how far the busiest hour of the busiest day of the busiest month is above the mean hour."""
        return self.month * self.day * self.hour


class Flows(BaseModel):
    """The rhythm of each flow: deliveries from makers, verification with its empties, distribution to districts."""

    model_config = STRICT
    arrival: Rhythm = Rhythm(month=1.3, day=1.5, hour=1.5)
    verification: Rhythm = Rhythm(hours=16, month=1.15, day=1.05, hour=1.1)
    delivery: Rhythm = Rhythm(month=1.3, day=1.3, hour=1.5)


class Cover(BaseModel):
    """How much stands in stock: `days` of the mean day's flow, or what a service level needs under review."""

    model_config = STRICT
    days: Annotated[float, Field(ge=0, le=1_000)] | None = None
    service: Annotated[float, Field(gt=0.5, lt=1)] | None = None
    """Chance that a review period with its lead time ends without a shortage."""
    lead_days: Annotated[float, Field(ge=0, le=1_000)] = 10
    """From the order to the goods."""
    review_days: Annotated[float, Field(ge=0, le=1_000)] = 5
    """Between two orders."""
    variation: Annotated[float, Field(ge=0, le=5)] = 0.3
    """Standard deviation of a day's demand as a share of its mean."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.days is None) == (self.service is None):
            raise ValueError("give either `days` or `service`")
        return self


class Stock(BaseModel):
    """Cover before verification and after it."""

    model_config = STRICT
    unverified: Cover = Cover(days=15)
    verified: Cover = Cover(days=20)


class Family(BaseModel):
    """Meters that are packed, verified and stored alike; `growth` is its own, else the plan's."""

    model_config = STRICT
    model: Annotated[str, Field(min_length=1, max_length=40)]
    phase: Phase
    meters_a_year: Annotated[float, Field(gt=0, le=1e9)]
    growth: Growth | tuple[Growth, ...] | None = None
    per_box: Pieces
    boxes_per_pallet: Pieces
    run_min: Span
    """One run of a bench by the family's scheme, wiring up and unwiring included."""
    lot_pallets: Annotated[int, Field(ge=1, le=40)] = 4
    """Pallets of a lot: a bench takes meters of one lot at a time."""
    retest_share: Share = 0.01
    """Meters that go through a bench once more."""
    recheck_share: Share = 0.0
    """Verified meters that get too old in stock and come to a line once more."""
    reject_share: Share = 0.003
    """Meters that are sent back to their maker instead of to a district."""
    stock: Stock = Stock()

    @property
    def per_pallet(self) -> int:
        """Return the meters on a full pallet."""
        return self.per_box * self.boxes_per_pallet

    @property
    def lot(self) -> int:
        """Return the meters of a lot."""
        return self.per_pallet * self.lot_pallets

    def runs(self, positions: int) -> float:
        """Return the runs of a bench that a lot takes: full ones, the rest, and one more if any meter is tested again.

        >>> f = Family(model="A", phase="1ph", meters_a_year=1, per_box=15, boxes_per_pallet=20, run_min=1)
        >>> round(f.runs(60), 3), f.model_copy(update={"retest_share": 0.0}).runs(60)
        (21.0, 20.0)
        """
        return math.ceil(self.lot / positions) + 1 - (1 - self.retest_share) ** self.lot

    @property
    def piles(self) -> int:
        """Return the piles on a pallet, four or fewer if it can be, all of the same height; 0 if there is no way."""
        ways = [n for n in range(1, HIGHEST + 1) if self.boxes_per_pallet % n == 0]
        fitting = [n for n in ways if self.boxes_per_pallet // n <= HIGHEST]
        return max((n for n in fitting if n <= USUAL_PILES), default=min(fitting, default=0))


class FlowPlan(BaseModel):
    """A flow plan as its file says."""

    model_config = STRICT
    name: Annotated[str, Field(min_length=1, max_length=80)] = "flow plan"
    years: Annotated[int, Field(ge=0, le=40)] = 10
    growth: Growth | tuple[Growth, ...] = 0.0
    """Per year, or one for each year."""
    families: tuple[Family, ...] = Field(min_length=1, max_length=50)
    flows: Flows = Flows()
    unit: Unit = Unit()
    store: Store = Store()
    crane: Crane = Crane()
    lines: dict[Phase, Lines] = {}
    dock: Dock = Dock()
    conveyor: Conveyor = Conveyor()

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Return the phases that are verified."""
        return tuple(phase for phase in PHASES if any(family.phase == phase for family in self.families))

    def line(self, phase: Phase) -> Lines:
        """Return the kind of line for a phase; three-phase benches are smaller if the plan says nothing."""
        usual = Lines() if phase == "1ph" else Lines(positions=20, places=5, box_s=4, meter_s=1.5)
        return self.lines.get(phase, usual)


def load_plan(path: Path) -> FlowPlan:
    """Return the flow plan in the file at `path`; raises PlanError with everything that is wrong with it."""
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PlanError([f"{path.name}: {error}"]) from error
    if not isinstance(raw, dict):
        raise PlanError([f"{path.name}: a flow plan is a mapping with at least `families`"])
    try:
        plan = FlowPlan.model_validate(raw)
    except ValidationError as error:
        told = [e for e in error.errors() if not (e["type"] == "too_short" and e["input"])]  # what is in it is bad
        found = [f"{path.name}: {'.'.join(map(str, e['loc'])) or 'plan'}: {e['msg']}" for e in told]
        raise PlanError(found) from error
    if found := contradictions(plan):
        raise PlanError([f"{path.name}: {problem}" for problem in found])
    return plan


def contradictions(plan: FlowPlan) -> list[str]:
    """Return what no single field can tell."""
    twice = [model for model, times in Counter(f.model for f in plan.families).items() if times > 1]
    found = [f"families: {model} stands there more than once" for model in twice]
    found += [f"families: boxes_per_pallet of {f.model} make no even piles" for f in plan.families if not f.piles]
    rates = [("growth", plan.growth), *((f"families: growth of {f.model}", f.growth) for f in plan.families)]
    for where, rate in rates:
        if isinstance(rate, tuple) and len(rate) != plan.years:
            found.append(f"{where}: {len(rate)} values for {plan.years} years")
    store, unit = plan.store, plan.unit
    if store.base_m + unit.height_m + unit.above_m + store.top_m > store.height_m:
        found.append("store.height_m: not even one level finds room")
    if store.ends_m + unit.width_m + unit.beside_m > store.longest_m:
        found.append("store.longest_m: not even one column finds room")
    for phase, line in plan.lines.items():
        if line.positions % line.places:
            found.append(f"lines.{phase}.positions: not a whole number of carriers with {line.places} places")
    return found

"""What happens to the plant from outside: one YAML file with deliveries, chances, people's times and faults.

Only the twin reads it, so nobody who controls the plant can know the future.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plc.codes import FaultCode
from plc.plant.kinds import FaultKind
from plc.plant.model import Plant
from plc.plant.stations import Clarification, GoodsIn
from simulation.physics import Physics

STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=10_000_000)]
Occasions = Annotated[int, Field(ge=0)]
Duration = Annotated[float, Field(gt=0, le=86_400)]


class StudyError(Exception):
    """The study file cannot be used; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems, one a line."""
        super().__init__("\n".join(problems))
        self.problems = problems


class Delivery(BaseModel):
    """One truck: the pallets of an ASN file."""

    model_config = STRICT
    file: Path
    """Relative to the study file."""
    at_s: Seconds = 0
    """Plant time at which the truck is there."""
    gap_s: Seconds = 60
    """Between two pallets."""
    order: Literal["file", "reversed", "shuffled"] = "file"
    station: str | None = None
    """The goods-in station; the first of the plant if none is named."""


class Meters(BaseModel):
    """How good the meters are."""

    model_config = STRICT
    reject_rate: Share = 0
    retest_share: Share = 0


class Noise(BaseModel):
    """How far the plant is from what is computed."""

    model_config = STRICT
    no_read: Share = 0
    travel: Annotated[float, Field(ge=0, le=0.5)] = 0
    weigh: Annotated[float, Field(ge=0, le=0.1)] = 0


class Clerk(BaseModel):
    """Who works at a clarification station."""

    model_config = STRICT
    mend_s: Duration = 180


class Truck(BaseModel):
    """Who takes away what is handed over; with `pallets` 0 a truck always waits."""

    model_config = STRICT
    pallets: Occasions = 0
    change_s: Seconds = 0


class Spoilt(BaseModel):
    """A pallet that arrives with a bad label, too heavy, or hanging over."""

    model_config = STRICT
    kind: Literal[FaultKind.NO_READ, FaultKind.WEIGHT, FaultKind.PROFILE]
    station: str | None = None
    after: Occasions = 0
    """Occasions to let pass first."""
    at_s: Seconds = 0
    """Not before this plant time."""


class WrongSlot(BaseModel):
    """Somebody's hands: a strange pallet in the slot of the next put, or the pallet of the next get taken away."""

    model_config = STRICT
    kind: Literal[FaultKind.SLOT_OCCUPIED, FaultKind.SLOT_EMPTY]
    crane: str
    after: Occasions = 0
    at_s: Seconds = 0


class MachineFault(BaseModel):
    """A machine stops in the middle of a mission and goes on later."""

    model_config = STRICT
    kind: Literal[FaultKind.MACHINE_FAULT]
    device: str
    code: str = FaultCode.DRIVE_TRAVEL.name
    seconds: Duration
    after: Occasions = 0
    at_s: Seconds = 0


class LinkLost(BaseModel):
    """The cable to a PLC is out for some seconds of plant time."""

    model_config = STRICT
    kind: Literal[FaultKind.LINK_LOST]
    plc: str
    at_s: Seconds
    seconds: Duration


Fault = Annotated[Spoilt | WrongSlot | MachineFault | LinkLost, Field(discriminator="kind")]


class Study(BaseModel):
    """A study as its file says; an empty one brings nothing and breaks nothing."""

    model_config = STRICT
    name: str = "study"
    seed: int = 0
    deliveries: tuple[Delivery, ...] = ()
    meters: Meters = Meters()
    noise: Noise = Noise()
    clerk: Clerk = Clerk()
    truck: Truck = Truck()
    faults: tuple[Fault, ...] = ()

    def physics(self) -> Physics:
        """Return the chances of this study."""
        return Physics(
            seed=self.seed, travel_noise=self.noise.travel, weigh_noise=self.noise.weigh, no_read=self.noise.no_read,
            reject_rate=self.meters.reject_rate, retest_share=self.meters.retest_share, mend_s=self.clerk.mend_s,
            truck_pallets=self.truck.pallets, truck_change_s=self.truck.change_s,
        )  # fmt: skip


def load_study(path: Path, plant: Plant | None = None) -> Study:
    """Return the study in the file at `path`, its delivery files found and checked against `plant`.

    Raises StudyError with everything that is wrong with it.
    """
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        study = Study.model_validate(raw)
    except (OSError, yaml.YAMLError) as error:
        raise StudyError([f"{path.name}: {error}"]) from error
    except ValidationError as error:
        problems = [f"{path.name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise StudyError(problems) from error
    found = tuple(d.model_copy(update={"file": (path.parent / d.file).resolve()}) for d in study.deliveries)
    study = study.model_copy(update={"deliveries": found})
    problems = [f"deliveries: there is no file {d.file.name}" for d in found if not d.file.is_file()]
    problems += check_study(study, plant) if plant is not None else []
    if problems:
        raise StudyError([f"{path.name}: {problem}" for problem in problems])
    return study


def check_study(study: Study, plant: Plant) -> list[str]:
    """Return what the study names that the plant does not have."""
    goods_in = {s.id for s in plant.stations.values() if isinstance(s, GoodsIn)}
    clarify = any(isinstance(s, Clarification) for s in plant.stations.values())
    problems = [
        f"deliveries: no goods-in station {d.station}"
        for d in study.deliveries
        if d.station and d.station not in goods_in
    ]
    if study.deliveries and not goods_in:
        problems.append("deliveries: the plant has no goods-in station")
    for number, fault in enumerate(study.faults):
        if problem := _misnamed(fault, plant, goods_in):
            problems.append(f"faults.{number}: {problem}")
        if fault.kind is FaultKind.SLOT_EMPTY and not clarify:
            problems.append(f"faults.{number}: slot_empty needs a clarification station, where the pallet turns up")
    return problems


def _misnamed(fault: Spoilt | WrongSlot | MachineFault | LinkLost, plant: Plant, goods_in: set[str]) -> str:
    match fault:
        case Spoilt(station=station) if station and station not in goods_in:
            return f"no goods-in station {station}"
        case WrongSlot(crane=crane) if crane not in plant.cranes:
            return f"no crane {crane}"
        case MachineFault(device=device) if device not in plant.devices:
            return f"no device {device}"
        case MachineFault(code=code) if code not in FaultCode.__members__:
            return f"no fault code {code}"
        case LinkLost(plc=plc) if plc not in plant.plcs:
            return f"no PLC {plc}"
        case _:
            return ""

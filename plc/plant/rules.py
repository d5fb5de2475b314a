"""By which rules a plant stores, sequences, batches and tidies up. A plant file need not say any of it.

A study compares rules by setting these keys (`rules.sequencing: near`); the same plant file runs either way.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from plc.plant.kinds import STRICT, Seconds

Weight = Annotated[float, Field(ge=0, le=86_400)]
Hour = Annotated[int, Field(ge=0, le=23)]


class Putaway(StrEnum):
    """How a pallet gets its slot."""

    NEAREST = "nearest"  # the nearest slot of all aisles
    BALANCED = "balanced"  # the aisle with the fewest pallets on their way, then of the lot; in it the nearest slot
    CLASSES = "classes"  # as far back as the pallet's turnover allows, balanced over the aisles
    JOINT = "joint"  # as `classes`, the pallets of a delivery together as its first one comes


class Sequencing(StrEnum):
    """Whom a crane serves next."""

    TURN = "turn"  # the oldest, storage and retrieval in turn
    NEAR = "near"  # storage and retrieval near each other, unless something is due or has waited too long


class Batching(StrEnum):
    """Which lot a line verifies next."""

    GREEDY = "greedy"
    PLANNED = "planned"  # a plan made aside, followed while it holds


class Tidying(StrEnum):
    """Whether pallets are moved while nothing else is to be done."""

    OFF = "off"
    NIGHTLY = "nightly"


class Rules(BaseModel):
    """The rules of a plant and what they weigh; every weight is in seconds of crane time."""

    model_config = STRICT
    putaway: Putaway = Putaway.BALANCED
    balance_s: Weight = 60.0
    """What each pallet on its way to an aisle counts against it beside the aisle with the fewest."""
    spread_s: Weight = 10.0
    """What each pallet of the same lot counts against its aisle beside the aisle with the fewest."""
    height_s: Weight = 5.0
    """What each 100 mm counts that a slot is higher than it need be."""
    dig_s: Weight = 60.0
    """What a move out of the way takes in a rack two deep."""
    sequencing: Sequencing = Sequencing.NEAR
    starved_s: Seconds = 1800.0
    """A transport that has waited this long for a crane goes first, however far it is."""
    slack_s: Seconds = 180.0
    """A transport that is due within this time goes first."""
    batches: Batching = Batching.GREEDY
    plan_s: Annotated[float, Field(gt=0, le=600)] = 5.0
    """Seconds of search for a plan of the lines."""
    relocation: Tidying = Tidying.OFF
    relocation_moves: Annotated[int, Field(ge=1, le=1_000)] = 50
    """The most moves of one night."""
    relocation_days: Annotated[float, Field(gt=0, le=365)] = 7.0
    """Days for which the gain of a move counts."""
    relocation_from_hour: Hour = 0
    """The hour of the day, in the time zone of `epoch`, from which idle cranes tidy up."""
    relocation_to_hour: Hour = 5
    """The hour at which they stop; the same hour as the first means all day."""
    recheck_days: Annotated[int, Field(ge=0, le=3_650)] = 0
    """Qualified stock that was verified longer ago is called back for a re-check every night; 0: only when asked."""
    recheck_hour: Hour = 1
    """The hour of the day, in the time zone of `epoch`, at which that is looked for."""

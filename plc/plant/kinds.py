"""The words of a plant file that are chosen from a list, and what one model has in common with the next."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)
"""A key nobody knows is a mistake in the file, and a number is finite."""

Id = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=20)]
"""A name in the plant; no hyphen, which joins names into segments and slots."""

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Metres = Annotated[float, Field(gt=0, le=1_000)]
Speed = Annotated[float, Field(gt=0, le=20)]
Acceleration = Annotated[float, Field(gt=0, le=20)]
Kilograms = Annotated[float, Field(gt=0, le=10_000)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Index = Annotated[int, Field(ge=0, le=255)]
TcpPort = Annotated[int, Field(ge=1, le=65_535)]


class DeviceKind(StrEnum):
    """What a device is, and so which commands it takes."""

    CONVEYOR = "conveyor"
    CRANE = "crane"
    GOODS_IN = "goods_in"
    CLARIFICATION = "clarification"
    PICKING = "picking"
    LINE = "line"
    UNLOADING = "unloading"
    WITHSTAND = "withstand"
    IMAGING = "imaging"
    BENCH = "bench"
    SORTING = "sorting"
    SEALING = "sealing"
    LABELLING = "labelling"
    PACKING = "packing"
    DOCK = "dock"


CELLS = frozenset(
    {
        DeviceKind.UNLOADING, DeviceKind.WITHSTAND, DeviceKind.IMAGING, DeviceKind.BENCH, DeviceKind.SORTING,
        DeviceKind.SEALING, DeviceKind.LABELLING, DeviceKind.PACKING,
    }
)  # fmt: skip
"""What a line is made of, if the WCS leads its cells."""
TELLING = (CELLS - {DeviceKind.BENCH}) | {DeviceKind.LINE}
"""Devices with a result block: what is on a carrier or in a box, meter by meter."""


class FaultKind(StrEnum):
    """What can go wrong with a unit or a device, as far as the plant file says what happens then."""

    NO_READ = "no_read"
    WEIGHT = "weight"
    PROFILE = "profile"
    SLOT_OCCUPIED = "slot_occupied"
    SLOT_EMPTY = "slot_empty"
    MACHINE_FAULT = "machine_fault"
    LINK_LOST = "link_lost"


class Reaction(StrEnum):
    """What the WCS does about a fault."""

    CLARIFY = "clarify"  # send the unit to the clarification station
    OTHER_SLOT = "other_slot"  # ask for another slot in the same aisle
    SUBSTITUTE = "substitute"  # ask for another unit with the same contents
    HOLD = "hold"  # wait for somebody
    RETRY = "retry"  # try again
    RESYNC = "resync"  # read the device back, then go on


FITTING: dict[FaultKind, tuple[Reaction, ...]] = {
    FaultKind.NO_READ: (Reaction.CLARIFY, Reaction.RETRY, Reaction.HOLD),
    FaultKind.WEIGHT: (Reaction.CLARIFY, Reaction.HOLD),
    FaultKind.PROFILE: (Reaction.CLARIFY, Reaction.HOLD),
    FaultKind.SLOT_OCCUPIED: (Reaction.OTHER_SLOT, Reaction.HOLD),
    FaultKind.SLOT_EMPTY: (Reaction.SUBSTITUTE, Reaction.HOLD),
    FaultKind.MACHINE_FAULT: (Reaction.HOLD, Reaction.RETRY),
    FaultKind.LINK_LOST: (Reaction.RESYNC, Reaction.HOLD),
}
"""Which reactions make sense for which fault; the first is the usual one."""

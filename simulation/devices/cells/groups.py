"""What the packing cell remembers: who came, meters that wait for a box, and the pallets being built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from plc.telegram import BoxResult
from simulation.devices.drive import Stoppage


@dataclass(slots=True)
class Stay:
    """A carrier or a pallet of empty boxes that was sent to the cell."""

    mission: int
    load: str
    lot: int = 0
    verdict: int = 0
    pallet: bool = False
    stage: Literal["coming", "queued", "working"] = "coming"
    due_s: float = 0.0


@dataclass(slots=True)
class Group:
    """Meters of one lot and verdict that wait for a box, and the pallet that is being built for them."""

    lot: int
    verdict: int
    meters: list[str] = field(default_factory=list[str])
    pallet: str = ""


@dataclass(slots=True)
class PackerRecord:
    """The cell as it stands."""

    stays: list[Stay] = field(default_factory=list[Stay])
    groups: list[Group] = field(default_factory=list[Group])
    boxes: list[str] | None = None  # empty ones in the magazine; None before the first start
    pallets: list[str] = field(default_factory=list[str])
    packing: tuple[int, int, float] | None = None  # lot, verdict, due
    unbooked: bool = False
    result: BoxResult | None = None
    flushes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    leaving: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    waiting: bool = False
    starved: bool = False
    stoppage: Stoppage | None = None

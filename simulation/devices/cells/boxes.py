"""What the unloading cell remembers, and what happens to the box in the robot's hands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from plc.telegram import BoxResult
from simulation.devices.drive import Stoppage
from simulation.hall import Hall
from simulation.loads import Box, Load


@dataclass(slots=True)
class Intake:
    """A pallet that was sent to the line; `boxes` are still to be opened."""

    mission: int
    load: str
    load_id: str
    stage: Literal["standing", "entering", "working"] = "standing"
    due_s: float = 0.0
    boxes: list[str] = field(default_factory=list[str])
    meters: int = 0


@dataclass(slots=True)
class Hand:
    """The box in the robot's hands; `pallet` is empty for one from the exception port."""

    box: str
    pallet: str
    stage: Literal["opening", "telling", "open", "filling", "setting", "returning"] = "opening"
    due_s: float = 0.0
    mission: int = 0
    lot: int = 0


@dataclass(slots=True)
class UnloaderRecord:
    """The cell as it stands."""

    intakes: list[Intake] = field(default_factory=list[Intake])
    hand: Hand | None = None
    taken_up: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])  # missions on boxes of the port
    port: list[Box] = field(default_factory=list[Box])
    filling: str = ""  # the carrier that is being filled
    closed: list[str] = field(default_factory=list[str])  # carriers to be told, the first is being told
    result: BoxResult | None = None
    unbooked: bool = False
    flushes: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])  # mission, lot
    leaving: list[str] = field(default_factory=list[str])
    waiting: bool = False
    stoppage: Stoppage | None = None


def in_hand(hall: Hall, record: UnloaderRecord, hand: Hand) -> Box:
    """Return the box in the robot's hands, from its pallet or from the exception port."""
    boxes: Iterable[Box] = hall.world.loads[hand.pallet].boxes() if hand.pallet else record.port
    return next(box for box in boxes if box.code == hand.box)


def strike_off(hall: Hall, record: UnloaderRecord, hand: Hand, *, keep: bool = False) -> None:
    """Strike a box off the list of its pallet; unless it is kept there, empty, it is gone from the pallet."""
    load = hall.world.loads[hand.pallet]
    for intake in record.intakes:
        if intake.load == hand.pallet:
            intake.boxes = [code for code in intake.boxes if code != hand.box]
    if not keep:
        load.piles = [[box for box in pile if box.code != hand.box] for pile in load.piles]
    hall.world.touch("load", load.code, load)


def keep_empty(hall: Hall, cell: str, record: UnloaderRecord, box: Box) -> None:
    """Put an emptied box from the exception port on the next pallet that leaves."""
    load = next((hall.world.loads[i.load] for i in record.intakes if i.stage == "working"), None)
    if load is None:
        load = Load(f"P{cell}{hall.world.count(f'spare P{cell}'):05}")
        hall.world.add(load, cell)
        record.leaving.append(load.code)
    load.piles.append([box])
    hall.world.touch("load", load.code, load)

"""A verification line as a chain of cells: each cell is a device with its own block, and the WCS leads them all.

Meters leave their boxes at the unloading cell, travel on carriers of one lot from cell to cell, and are put into
boxes again by the packing cell, by lot and verdict. Carriers that are empty find back by themselves.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from plc.plant.kinds import STRICT, Count, Id, Index, Seconds

CARRIER_PLACES = 20
"""Meters that one result block holds, and so the most that a carrier takes."""

Places = Annotated[int, Field(ge=1, le=CARRIER_PLACES)]
Room = Annotated[int, Field(ge=1, le=12)]
Port = Annotated[str, Field(min_length=1, max_length=120)]


class Unloading(BaseModel):
    """Takes boxes off a pallet, opens and scans them, and puts their meters on carriers (上料)."""

    model_config = STRICT
    id: str = ""
    kind: Literal["unloading"]
    box_s: Seconds
    """Takes one box, opens it and scans what is in it."""
    meter_s: Seconds
    """Puts one meter on a carrier."""
    exceptions: Room = 4
    """Boxes that find room at the exception port."""
    plc: Id
    index: Index


class Withstand(BaseModel):
    """Tests the insulation of all meters of some carriers at once (耐压)."""

    model_config = STRICT
    id: str = ""
    kind: Literal["withstand"]
    capacity: Room = 2
    at_once: Room = 1
    """Carriers that are tested side by side."""
    seconds: Seconds = 80
    """Ramp up, 60 s, ramp down (JJG 596-2012)."""
    leakage_ma: Annotated[float, Field(gt=0, le=100)] = 5
    plc: Id
    index: Index


class Imaging(BaseModel):
    """Looks at the meters of a carrier: brand, name plate, display, damage (图像识别)."""

    model_config = STRICT
    id: str = ""
    kind: Literal["imaging"]
    capacity: Room = 2
    meter_s: Seconds = 1.0
    plc: Id
    index: Index


class Bench(BaseModel):
    """A verification bench (检定装置): carriers stand in its bays while their meters are pressed on and verified."""

    model_config = STRICT
    id: str = ""
    kind: Literal["bench"]
    positions: Annotated[int, Field(ge=1, le=200)]
    enter_s: Seconds = 10
    """A carrier moves into its bay."""
    press_s: Seconds = 20
    """All terminals are pressed on, or let go."""
    equipment: Port
    """Source, standard, error boards and positions: "tcp://host:port"."""
    channel: Port
    """Serial line to the meter at a position, "{position}" put in: "/dev/ttyS{position}", "ptys/BN1-{position:03}"."""
    baud: Literal[1200, 2400, 4800, 9600, 19200] = 2400
    parity: Literal["E", "N"] = "E"
    plc: Id
    index: Index


class Sorting(BaseModel):
    """Takes meters off the carriers that come from the benches: to the retest lane or the reject lane (分拣)."""

    model_config = STRICT
    id: str = ""
    kind: Literal["sorting"]
    capacity: Annotated[int, Field(ge=2, le=12)] = 2
    """Two at least: one that came from a lane may wait for a bench while the benches are cleared past it."""
    meter_s: Seconds = 3
    plc: Id
    index: Index


class Sealing(BaseModel):
    """Seals the meters that have passed, and reads each seal (封印)."""

    model_config = STRICT
    id: str = ""
    kind: Literal["sealing"]
    capacity: Room = 2
    meter_s: Seconds = 3
    plc: Id
    index: Index


class Labelling(BaseModel):
    """Puts the certificate label on the meters that have passed, or lasers it (贴标 / 激光)."""

    model_config = STRICT
    id: str = ""
    kind: Literal["labelling"]
    capacity: Room = 2
    meter_s: Seconds = 2
    plc: Id
    index: Index


class Packing(BaseModel):
    """Fills boxes by lot and verdict, and pallets with them; gets its empty boxes from the store (下料装箱)."""

    model_config = STRICT
    id: str = ""
    kind: Literal["packing"]
    supply: Id
    """The point at which pallets with empty boxes come in."""
    capacity: Room = 4
    meter_s: Seconds = 2
    box_s: Seconds = 4
    boxes_per_pile: Room = 5
    piles_per_pallet: Room = 4
    magazine: Count
    """Empty boxes in stock at the start, and as many places for them."""
    call_at: Count
    """Empty boxes left at which the next pallet of them is called from the store."""
    plc: Id
    index: Index


Cell = Unloading | Withstand | Imaging | Bench | Sorting | Sealing | Labelling | Packing

CHAIN = ("unloading", "withstand", "imaging", "bench", "sorting", "sealing", "labelling", "packing")
"""The kinds in the order in which a new meter passes them."""
OPTIONAL = frozenset({"withstand", "imaging", "labelling"})


class CellLine(BaseModel):
    """A line whose cells the WCS leads one by one."""

    model_config = STRICT
    id: str = ""
    kind: Literal["cells"] = "cells"
    infeed: Id
    outfeed: Id
    scanner: Id
    """Reads the pallets that leave at `outfeed`."""
    queue: Count
    """Pallets that may be under way to the line or wait before it."""
    phase: Literal["1ph", "3ph"]
    places: Places
    """Meters on a carrier."""
    carriers: Count
    batch_wait_s: Seconds = 900
    """How long a bench that is not full waits for more meters of its lot."""
    cells: dict[Id, Annotated[Cell, Field(discriminator="kind")]]

    def of(self, kind: str) -> tuple[Cell, ...]:
        """Return the cells of a kind, in the order of the file."""
        return tuple(cell for cell in self.cells.values() if cell.kind == kind)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of cells that the line has."""
        return frozenset(cell.kind for cell in self.cells.values())

    @cached_property
    def benches(self) -> tuple[Bench, ...]:
        """The benches, in the order of the file."""
        return tuple(cell for cell in self.cells.values() if isinstance(cell, Bench))

    @cached_property
    def entry(self) -> str:
        """The device that takes pallets in."""
        return next(cell.id for cell in self.cells.values() if isinstance(cell, Unloading))

    @cached_property
    def packer(self) -> str:
        """The device that packs."""
        return self.packing.id

    @cached_property
    def packing(self) -> Packing:
        """The packing cell."""
        return next(cell for cell in self.cells.values() if isinstance(cell, Packing))

"""Stations of a plant file: places of work or hand-over, each a device with its own block."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from plc.plant.kinds import STRICT, Count, Id, Index, Kilograms, Seconds

Check = Literal["scan", "weight", "profile"]
District = Annotated[str, Field(min_length=1, max_length=32)]


class GoodsIn(BaseModel):
    """Where pallets enter: scanned, weighed and measured before anybody decides where they go."""

    model_config = STRICT
    id: str = ""
    kind: Literal["goods_in"]
    point: Id
    scanner: Id
    max_weight_kg: Kilograms
    checks: tuple[Check, ...] = ("scan", "weight", "profile")
    plc: Id
    index: Index


class Clarification(BaseModel):
    """Where a clerk mends what could not be read or was too heavy, and releases it."""

    model_config = STRICT
    id: str = ""
    kind: Literal["clarification"]
    point: Id
    scanner: Id
    capacity: Count
    plc: Id
    index: Index


class Picking(BaseModel):
    """Where boxes are moved from the pallet at `source` to the pallet at `target`."""

    model_config = STRICT
    id: str = ""
    kind: Literal["picking"]
    source: Id
    target: Id
    magazine: Count
    """Empty pallets in stock at the start."""
    pallet_s: Seconds
    """Hands out one empty pallet."""
    box_s: Seconds
    """Moves one box."""
    plc: Id
    index: Index


Station = GoodsIn | Clarification | Picking


class TurnkeyLine(BaseModel):
    """A line that its maker's own control leads, one device to us: pallets in at `infeed`, out at `outfeed`."""

    model_config = STRICT
    id: str = ""
    kind: Literal["turnkey"] = "turnkey"
    infeed: Id
    outfeed: Id
    scanner: Id
    """Reads the finished pallets at `outfeed`."""
    positions: Count
    """Meters on the benches at once."""
    batch_s: Seconds
    """One run of the benches, wiring up and unwiring included."""
    unload_s: Seconds
    """Takes one box off its pallet, opens it and scans its meters."""
    pack_s: Seconds
    """Fills one box and puts it on its pallet."""
    queue: Count
    """Pallets that may be under way to the line or wait before it."""
    plc: Id
    index: Index

    @property
    def entry(self) -> str:
        """The device that takes pallets in: the line itself."""
        return self.id

    @property
    def packer(self) -> str:
        """The device that packs: the line itself."""
        return self.id


class Dock(BaseModel):
    """Where units leave the plant, for some districts or, with none named, for any."""

    model_config = STRICT
    id: str = ""
    point: Id
    handover_s: Seconds
    districts: tuple[District, ...] = ()
    plc: Id
    index: Index


class Scanner(BaseModel):
    """A bar-code scanner on its own serial line; `port` is a device path or "socket://host:port"."""

    model_config = STRICT
    id: str = ""
    point: Id
    port: str
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 9600

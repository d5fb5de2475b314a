"""The machines and the building that a flow plan is carried by: their limits, speeds and how busy they may get.

Every default is an ordinary value of the trade: pallet cranes of meter warehouses, 60 positions to a bench, chain
conveyors of 18 m/min.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)
Load = Annotated[float, Field(gt=0, lt=1)]
Span = Annotated[float, Field(gt=0, le=10_000)]
Metres = Annotated[float, Field(gt=0, le=500)]


class Unit(BaseModel):
    """The storage unit: a loaded pallet, its depth into the rack, and the air that it needs round it."""

    model_config = STRICT
    depth_m: Metres = 1.2
    width_m: Metres = 1.0
    height_m: Metres = 1.25
    weight_kg: Annotated[float, Field(gt=0, le=10_000)] = 600
    beside_m: Metres = 0.15
    above_m: Metres = 0.35
    """Lift of the fork, beam and play."""


class Store(BaseModel):
    """The building's limits and how full and how busy the store may become."""

    model_config = STRICT
    height_m: Metres = 20
    longest_m: Metres = 120
    sides: Annotated[int, Field(ge=1, le=2)] = 2
    aisle_m: Metres = 1.6
    """Clear width for the crane."""
    base_m: Metres = 0.6
    """Lowest level above the floor."""
    top_m: Metres = 0.8
    """Above the highest unit."""
    ends_m: Metres = 12
    """In-feed, out-feed and buffer at both ends of an aisle, together."""
    fill: Load = 0.9
    """Slots that may be taken: the rest is room to put away and to relocate."""
    empties_days: Annotated[float, Field(ge=0, le=100)] = 1
    """Cover of empty boxes, in days of verification."""
    utilisation: Load = 0.75
    """Of a crane in the peak hour."""
    aisles_most: Annotated[int, Field(ge=1, le=40)] = 20


class Crane(BaseModel):
    """A stacker crane of the trade; `dual` is the share of moves in dual cycles, else what chance alone gives."""

    model_config = STRICT
    speed_x_m_s: Annotated[float, Field(gt=0, le=20)] = 2.7
    accel_x_m_s2: Annotated[float, Field(gt=0, le=20)] = 0.45
    speed_y_m_s: Annotated[float, Field(gt=0, le=20)] = 0.8
    accel_y_m_s2: Annotated[float, Field(gt=0, le=20)] = 0.45
    fork_s: Annotated[float, Field(gt=0, le=600)] = 9.0
    positioning_s: Annotated[float, Field(ge=0, le=60)] = 1.5
    dual: Annotated[float, Field(ge=0, le=1)] | None = None
    availability: Annotated[float, Field(gt=0, le=1)] = 0.98


class Lines(BaseModel):
    """The verification lines of one phase."""

    model_config = STRICT
    positions: Annotated[int, Field(ge=1, le=200)] = 60
    places: Annotated[int, Field(ge=1, le=20)] = 15
    """Meters on a carrier."""
    benches_most: Annotated[int, Field(ge=1, le=40)] = 12
    """That one line can have."""
    change_min: Annotated[float, Field(ge=0, le=600)] = 5
    """Between two runs of a bench."""
    availability: Annotated[float, Field(gt=0, le=1)] = 0.95
    utilisation: Annotated[float, Field(gt=0, le=1)] = 0.9
    box_s: Span = 3
    """The robot at the entry takes a box and opens it."""
    meter_s: Span = 0.8
    """And puts one meter on a carrier."""


class Dock(BaseModel):
    """Docks and goods-in stations."""

    model_config = STRICT
    handover_s: Span = 60
    receive_s: Span = 45
    utilisation: Load = 0.7


class Conveyor(BaseModel):
    """The loop that joins everything."""

    model_config = STRICT
    speed_m_s: Annotated[float, Field(gt=0, le=5)] = 0.3
    gap_m: Metres = 0.6
    utilisation: Load = 0.7

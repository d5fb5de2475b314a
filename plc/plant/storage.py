"""Storage of a plant file: aisles with their racks, and the cranes that serve them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from plc.plant.kinds import STRICT, Acceleration, Id, Index, Kilograms, Metres, Seconds, Speed

Column = Annotated[int, Field(ge=1, le=99)]
Level = Annotated[int, Field(ge=1, le=99)]


class HeightClass(BaseModel):
    """Levels with the same clear height."""

    model_config = STRICT
    name: Id
    from_level: Level
    to_level: Level
    height_m: Metres


class Aisle(BaseModel):
    """An aisle with a rack on each side; column 1 is nearest to the in-feed, level 1 is the lowest."""

    model_config = STRICT
    id: str = ""
    number: Annotated[int, Field(ge=1, le=65_534)]
    crane: Id
    infeed: Id
    """Point where the crane takes units over."""
    outfeed: Id
    """Point where the crane sets units down."""
    sides: Annotated[int, Field(ge=1, le=2)] = 2
    columns: Column
    levels: Level
    depth: Annotated[int, Field(ge=1, le=2)] = 1
    column_pitch_m: Metres
    level_pitch_m: Metres
    max_weight_kg: Kilograms
    height_classes: tuple[HeightClass, ...] = Field(min_length=1)

    def clear_height_m(self, level: int) -> float:
        """Return the clear height of the slots on `level`, in metres."""
        return next(c.height_m for c in self.height_classes if c.from_level <= level <= c.to_level)


class Crane(BaseModel):
    """A stacker crane: travels (x) and hoists (y) at once, then extends its fork."""

    model_config = STRICT
    id: str = ""
    aisle: Id
    plc: Id
    index: Index
    speed_x_m_s: Speed
    accel_x_m_s2: Acceleration
    speed_y_m_s: Speed
    accel_y_m_s2: Acceleration
    fork_s: Seconds
    """One fork cycle: out, lift or lower, in."""
    positioning_s: Annotated[float, Field(ge=0, le=60)]
    """Creeping and fine positioning at the end of a move."""

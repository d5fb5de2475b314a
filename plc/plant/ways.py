"""Ways of a plant file: points, the segments between them, and zones that keep a loop from filling up."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from plc.plant.kinds import STRICT, Count, Id, Index, Metres, Speed

Coordinate = Annotated[float, Field(ge=-10_000, le=10_000)]


class Point(BaseModel):
    """A place where the WCS must decide; `number` is what stands for it on the wire."""

    model_config = STRICT
    id: str = ""
    number: Annotated[int, Field(ge=1, le=65_534)]
    x_m: Coordinate
    y_m: Coordinate
    scanner: Id | None = None


class Segment(BaseModel):
    """An accumulating conveyor between two points, first in first out; its id is "<from>-<to>"."""

    model_config = STRICT
    id: str = ""
    length_m: Metres
    speed_m_s: Speed
    capacity: Count
    """Units that find room, the one that stands at the end point included."""
    plc: Id
    index: Index

    @property
    def source(self) -> str:
        """The point it leads away from."""
        return self.id.partition("-")[0]

    @property
    def target(self) -> str:
        """The point it leads to."""
        return self.id.partition("-")[2]


class Zone(BaseModel):
    """Segments that together hold fewer units than they have room for, so that something can always move."""

    model_config = STRICT
    id: str = ""
    segments: tuple[str, ...] = Field(min_length=1)
    capacity: Count

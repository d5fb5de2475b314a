"""What one site is called at its platform: numbers, names and habits that every message needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from wms.marketing.platform.check import date_of

Word = Annotated[str, Field(min_length=1, max_length=32)]
DATE_FORMAT = "%Y-%m-%d %H:%M:%S"
_MS = timedelta(milliseconds=1)


class Site(BaseModel):
    """One site at one platform. Times on the wire are of its zone; `epoch` is when plant time is 0."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
    sys_no: Word
    """系统编号: the number of this centre."""
    generation: Literal["gen1", "gen2"] = "gen2"
    org_no: Annotated[str, Field(min_length=1, max_length=16)]
    """供电单位编号."""
    area_code: Annotated[str, Field(max_length=16)] = ""
    dept: Annotated[str, Field(max_length=16)] = ""
    plants: dict[str, Annotated[str, Field(pattern=r"^\d{1,16}$")]] = {}
    """设备档案编号 of each bench or line, digits."""
    plant_no: Annotated[str, Field(pattern=r"^\d{1,16}$")] = "1"
    """Of a bench that `plants` does not name."""
    platforms: dict[str, Word] = {}
    """站台号 of each of our stations."""
    staff: Word = "line"
    """Who is named for what no person has done: a station's finding, a seal."""
    temperature_c: str = "20"
    humidity_percent: str = "60"
    """What is said of the air where none was measured, as bench software in use does: a form without it is refused."""
    approval: bool = False
    """Whether it answers proposals of stock (confirmEquipProposal, or setEquipDet); else each holds at once."""
    trigger: bool = False
    """Whether packed boxes go back into stock only when it says so (setBackToStock)."""
    codes_ahead: Annotated[int, Field(ge=1, le=5_000)] = 120
    """Destination codes kept ahead for each task under way: boxes of a shift, so that packing outlives a silence."""
    requests: bool = True
    """Whether it is asked for the stock that sets out to a line (applyEquip); false where it has no ear for that."""
    telemetry: bool = False
    """Whether it is told what goes on at lines and benches (topics GK_JD_...)."""
    unknown: Literal["keep", "refuse"] = "keep"
    """What is done with fields that the interface does not have."""
    zone_h: Annotated[float, Field(ge=-12, le=14)] = 8.0
    epoch: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    @field_validator("plants", "platforms", mode="before")
    @classmethod
    def _from_text(cls, said: object) -> object:
        """Take "B1=1001, B2=1002" as well: options of a receiver are plain texts."""
        if not isinstance(said, str):
            return said
        pairs = (part.partition("=") for part in said.split(",") if part.strip())
        return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}

    def stamp(self, at_ms: int) -> str:
        """Return a plant time as the interface writes it.

        >>> Site(sys_no="1", org_no="1").stamp(0)
        '1970-01-01 08:00:00'
        """
        return (self.epoch + at_ms * _MS).astimezone(timezone(timedelta(hours=self.zone_h))).strftime(DATE_FORMAT)

    def at_ms(self, written: str) -> int:
        """Return the plant time of a date on the wire; 0 for none, raises ValueError for no date.

        >>> Site(sys_no="1", org_no="1").at_ms("1970-01-01 08:00:01")
        1000
        """
        if not written:
            return 0
        said = date_of(written)
        if said is None:
            raise ValueError(written)
        zoned = said.replace(tzinfo=timezone(timedelta(hours=self.zone_h)))
        return (zoned - self.epoch) // _MS

    def plant(self, place: str) -> str:
        """Return the archive number of a bench or line."""
        return self.plants.get(place, self.plant_no)

    def platform(self, station: str) -> str:
        """Return what the platform calls a station of ours."""
        return self.platforms.get(station, station)

    def station(self, platform: str) -> str:
        """Return which station of ours the platform means."""
        return next((ours for ours, theirs in self.platforms.items() if theirs == platform), platform)


def site_of(options: dict[str, Any]) -> Site:
    """Return a site from the options of a receiver; raises pydantic's ValidationError for unfit ones."""
    return Site.model_validate({name: str(said) if type(said) is int else said for name, said in options.items()})

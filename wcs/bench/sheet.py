"""The run sheet: an approved scheme, compiled, immutable and versioned. The WMS compiles it, a bench runs it."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from wcs.bench.steps import STRICT, BenchStep

Item = Literal[
    "appearance", "withstand", "parameters", "communication", "creep", "starting", "intrinsic_error",
    "standard_deviation", "variation", "consistency", "rising_falling", "repeatability", "constant", "daily_timing",
    "clock", "time_switching", "demand", "security", "fee_control", "clearing", "key_download",
]  # fmt: skip
ITEMS: tuple[str, ...] = Item.__args__
Share = Annotated[float, Field(ge=0, le=1)]


class Case(BaseModel):
    """One test case (测试用例): an item by one method, its blocks put in place."""

    model_config = STRICT
    code: str
    item: Item
    zh: str = ""
    en: str = ""
    steps: Annotated[tuple[BenchStep, ...], Field(min_length=1, max_length=400)]


class Guard(BaseModel):
    """When a bench must stop by itself."""

    model_config = STRICT
    preheat_s: Annotated[float, Field(ge=0, le=7200)] = 300
    """JJG 596-2012: 15 min for class 1 and 2, 30 min for the S classes, unless the scheme says otherwise."""
    temperature_warn_c: float = 65
    temperature_trip_c: float = 80
    ambient_c: tuple[float, float] = (18, 28)
    humidity_percent: tuple[float, float] = (30, 85)
    reject_share: Share = 0.01
    """Share of failed meters of a lot or a bench above which no key is downloaded and a quality engineer is called."""
    reject_least: Annotated[int, Field(ge=1)] = 3
    """Failed meters below which the share says nothing."""
    position_fails: Annotated[int, Field(ge=2)] = 3
    """Different meters that fail one after another at a position before it is suspected and disabled."""


class RunSheet(BaseModel):
    """What a bench does with a batch. `number` is the WMS's id, `digest` the SHA-256 of everything but the number."""

    model_config = STRICT
    number: int = 0
    scheme: str
    version: int
    formal: bool
    """False: an unapproved scheme on trial; its results never enter a formal report."""
    rules: str
    """The edition, e.g. JJG596-2012."""
    cases: Annotated[tuple[Case, ...], Field(min_length=1, max_length=300)]
    guard: Guard = Guard()

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the content."""
        text = json.dumps(self.model_dump(mode="json", exclude={"number"}), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

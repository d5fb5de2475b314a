"""Receivers as a site configures them: a YAML file, its secrets in the environment.

site: METRO-01
receivers:
  platform:
    profile: platform
    url: http://10.1.2.3:8080/restful/sxyk/detectService
    key_env: METROSTACK_PLATFORM_KEY
    gates: true
    options: {sys_no: "4501", org_no: "33401"}
  warehouse:
    profile: own                  # no url: it fetches its letters
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from wms.marketing.receivers import Receiver
from wms.marketing.sources import MOST_SOURCES, Source

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Site = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,40}$")]


class MarketingError(RuntimeError):
    """The file of receivers cannot be used; the text says why."""


class Entry(BaseModel):
    """One receiver. `key_env` names the variable that holds its key; `options` are for its profile alone."""

    model_config = ConfigDict(extra="forbid")
    profile: Literal["own", "platform", "cim"]
    url: Annotated[str, Field(pattern=r"^(https?://[\x21-\x7e]{1,400})?$")] = ""
    key_env: Annotated[str, Field(pattern=r"^([A-Z][A-Z0-9_]{0,79})?$")] = ""
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 15.0
    gates: bool = False
    boxes_open: Annotated[int, Field(strict=True, ge=0, le=10_000)] | None = None
    """Packing waits while it has not taken more than so many packed boxes of a task; not said: for none."""
    empties_ahead: Annotated[int, Field(strict=True, ge=0, le=100_000)] = 0
    """It is asked for empty boxes when the house has fewer than these, what a shift packs into; 0: never."""
    options: dict[str, str | int | bool] = {}

    @model_validator(mode="after")
    def _only_our_own_is_fetched(self) -> Entry:
        if not self.url and self.profile != "own":
            raise ValueError("only a receiver of profile own may fetch its letters; the others need a url")
        return self


class Marketing(BaseModel):
    """Everybody that a site writes to, and where tasks come from beside the usual sources.

    `site` goes before every key on the wire.
    """

    model_config = ConfigDict(extra="forbid")
    site: Site = ""
    keep_days: Annotated[int, Field(strict=True, ge=0, le=36_500)] = 0
    """How long the text of results stays in the log after its receiver has it; 0: for ever."""
    receivers: Annotated[dict[Name, Entry], Field(max_length=32)] = {}
    sources: Annotated[tuple[Source, ...], Field(max_length=MOST_SOURCES)] = ()

    @model_validator(mode="after")
    def _each_source_once(self) -> Marketing:
        names = [one.source for one in self.sources]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"sources named twice: {', '.join(twice)}")
        return self

    def rows(self) -> list[Receiver]:
        """Return the receivers as the database has them."""
        return [
            Receiver(
                name,
                one.profile,
                one.url,
                one.gates,
                boxes_open=-1 if one.boxes_open is None else one.boxes_open,
                empties_ahead=one.empties_ahead,
            )
            for name, one in self.receivers.items()
        ]

    def secret(self, name: str) -> SecretStr:
        """Return the key of a receiver; empty if it has none."""
        variable = self.receivers[name].key_env
        return SecretStr(os.environ.get(variable, "") if variable else "")


def read(path: Path) -> Marketing:
    """Return what a file says; raises MarketingError for one that cannot be used, and for a key that is not set."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        found = Marketing.model_validate({} if content is None else content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise MarketingError(f"{path}: {error}") from error
    absent = [one.key_env for one in found.receivers.values() if one.key_env and not os.environ.get(one.key_env)]
    if absent:
        raise MarketingError(f"{path}: not set in the environment: {', '.join(absent)}")
    return found

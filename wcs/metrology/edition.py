"""The editions of the rules: one data file each, read and checked once (wcs/metrology/editions/)."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from wcs.metrology.errors import RuleError

STRICT = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
Phase = Literal["1p2w", "3p3w", "3p4w"]
Connection = Literal["direct", "ct"]
Share = Annotated[Decimal, Field(gt=0)]
ByClass = dict[str, Share]
ByConnection = dict[Connection, Share]
Range = tuple[str, str]

EDITIONS = {
    "JJG596-2012": "jjg596-2012.yaml",
    "GBT17215.321-2021": "gbt17215.321-2021.yaml",
    "QGDW10364-2020": "qgdw10364-2020.yaml",
    "OIML-R46-2012": "oiml-r46-2012.yaml",
}
_NEWER = frozenset("ABCDE")


class ClassRule(BaseModel):
    """What an accuracy class means."""

    model_config = STRICT
    connections: tuple[Connection, ...]
    spacing: Share
    """Percent: errors are rounded to it."""
    deviation_spacing: Share
    demand: Share
    """Limit of the demand error in percent."""


class LoadRow(BaseModel):
    """Limits over a range of currents, by accuracy class. A class that is not in `limits` has none there."""

    model_config = STRICT
    load: Literal["balanced", "unbalanced"] = "balanced"
    direct: Range | None = None
    ct: Range | None = None
    both: Range | None = None
    factors: tuple[str, ...]
    """Power factors as "0.5L", or a span of them through 1, as "0.5L-0.8C" (1 itself excluded)."""
    limits: ByClass
    falling: Literal["Imin"] | None = None
    """The limit grows as Imin / I."""
    on_request: bool = False
    """Judged only where the customer asks for it."""

    def span(self, connection: Connection) -> Range | None:
        """Return the range of currents for a connection."""
        return self.both or (self.direct if connection == "direct" else self.ct)


class StartingRule(BaseModel):
    """When a meter starts."""

    model_config = STRICT
    current: dict[str, ByConnection]
    """Starting current as a share of Ib or In, or of Itr in the newer editions."""
    pulses: Literal[1, 2]
    allowance: Share
    """In expected intervals between pulses."""
    inclusive: bool
    """Whether a first pulse at the very end still counts."""
    total: Share | None = None
    """The longest the whole test takes, in expected intervals."""


class CreepRule(BaseModel):
    """How long a meter must keep still."""

    model_config = STRICT
    current: Literal["Imax", "Imin"]
    k: ByClass | None = None
    base_error: ByClass | None = None
    voltage: Share = Decimal(1)
    """Of the rated voltage, where the formula has it."""
    most_pulses: int


class Spreads(BaseModel):
    """Limits in percent of errors compared with each other."""

    model_config = STRICT
    variation: ByClass
    consistency_at_reference: ByClass
    consistency_elsewhere: ByClass
    rising_falling: ByClass


class Doubtful(BaseModel):
    """The zone around a limit, in limits, where two readings are not enough."""

    model_config = STRICT
    from_: Annotated[Share, Field(alias="from")]
    to: Share
    more: int


class Timing(BaseModel):
    """Limit and rounding of the daily timing error."""

    model_config = STRICT
    limit_s_d: Share
    spacing_s_d: Share


class Edition(BaseModel):
    """One edition of one rule set."""

    model_config = STRICT
    rules: str
    title: str
    family: Literal["Ib", "Itr"]
    """The rated currents it speaks of."""
    phases: tuple[Phase, ...]
    classes: dict[str, ClassRule]
    doubtful: Doubtful
    itr: ByConnection
    imin: dict[str, ByConnection]
    intrinsic: tuple[LoadRow, ...]
    unbalanced_difference: ByClass | None = None
    starting: StartingRule
    creep: CreepRule
    deviation: tuple[LoadRow, ...]
    spreads: Spreads
    daily_timing: Timing
    clauses: dict[str, str]


@cache
def edition(rules: str) -> Edition:
    """Return an edition by its name; raises RuleError for one that is not known."""
    name = EDITIONS.get(rules)
    if name is None:
        raise RuleError("rules", f"{rules} is not known; known are {', '.join(EDITIONS)}")
    text = files("wcs.metrology").joinpath("editions", name).read_text(encoding="utf-8")
    return Edition.model_validate(yaml.safe_load(text))


def rules_for(accuracy_class: str) -> str:
    """Return the edition that a class goes by unless a scheme names another.

    >>> rules_for("B"), rules_for("0.5S")
    ('GBT17215.321-2021', 'JJG596-2012')
    """
    return "GBT17215.321-2021" if accuracy_class in _NEWER else "JJG596-2012"

"""No is data with a reason: a stable code and the values that fill its text. The texts live in the face."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not done, or not yet; `params` fill the text `reason.<code>`."""

    code: str
    params: Mapping[str, Value] = field(default_factory=dict[str, Value])

    def params_json(self) -> str:
        """Return the parameters as canonical JSON, as tables hold them.

        >>> Reason("short", {"wanted": 90, "available": 15}).params_json()
        '{"available":15,"wanted":90}'
        """
        return json.dumps(dict(self.params), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


NONE = Reason("")
"""Nothing holds it back."""

"""The state diagrams of the docs, written from the tables: `python -P -m wcs.lives_doc docs/lives.md`."""

from __future__ import annotations

import sys
from pathlib import Path

from plc.states import diagram
from wcs.life import MISSION, ORDER


def text() -> str:
    """Return docs/lives.md."""
    return f"""# The lives of an order and of a mission

Written from the tables in `wcs/life.py`; what has no arrow here cannot happen.

## Transport order: a unit's whole journey

```mermaid
{diagram(ORDER)}
```

## Mission: one device's leg

```mermaid
{diagram(MISSION)}
```
"""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")

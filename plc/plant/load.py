"""From a YAML file to a Plant."""

from __future__ import annotations

from pathlib import Path

import yaml

from plc.plant.model import Plant


def load(path: Path) -> Plant:
    """Return the plant that the file at `path` describes."""
    return Plant.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))

"""The plant file's JSON Schema, for editors that check and complete while one types."""

from __future__ import annotations

import json
from typing import Any

from plc.plant.model import Plant

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a plant file; it does not know the cross-checks of `plc.plant.checks`."""
    found = Plant.model_json_schema()
    for definition in found.get("$defs", {}).values():
        definition.get("properties", {}).pop("id", None)
    return {"$schema": DIALECT, **found, "title": "Metrostack plant file"}


def schema_text() -> str:
    """Return the JSON Schema as text, the same for the same version."""
    return json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"

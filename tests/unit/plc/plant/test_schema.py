"""The JSON Schema knows what the loader knows of single fields."""

from __future__ import annotations

import json

from plc.plant.model import SECTIONS
from plc.plant.schema import schema, schema_text


def test_the_schema_has_every_section_and_says_what_is_required() -> None:
    found = schema()
    assert set(SECTIONS) < set(found["properties"])
    assert found["additionalProperties"] is False
    assert {"name", "epoch", "points", "reactions"} <= set(found["required"])
    crane = found["$defs"]["Crane"]
    assert "id" not in crane["properties"]
    assert "One fork cycle" in crane["properties"]["fork_s"]["description"]


def test_the_schema_is_the_same_text_every_time() -> None:
    assert json.loads(schema_text()) == schema()
    assert schema_text() == schema_text()

"""However a plant file is damaged, the loader answers: with a plant, or with what is wrong."""

from __future__ import annotations

from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from plc.plant.graph import next_hop, station_claim
from plc.plant.load import check
from plc.plant.model import Plant
from plc.plant.places import slots

TEXT = (Path(__file__).parents[2] / "plants" / "demo.yaml").read_text(encoding="utf-8")
LINES = [n for n, line in enumerate(TEXT.splitlines()) if line.strip() and not line.lstrip().startswith("#")]

leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 70_000), st.floats(), st.text(max_size=8), st.just([]), st.just({}),
    st.sampled_from(["GI", "SC1", "PLC2", "L3-A1I", "A1", "nobody", "opcua", "2026-13-45"]),
)  # fmt: skip


def answered(text: str) -> None:
    plant = check(text)
    if isinstance(plant, Plant):
        slot = next(slots(plant))
        for place in (*plant.points, *plant.devices):
            next_hop(plant, place, slot)
            station_claim(plant, place)
    else:
        assert plant
        assert all(problem.message and problem.remedy and problem.line >= 1 for problem in plant)


@settings(max_examples=60, deadline=None)
@given(line=st.sampled_from(LINES), copy=st.booleans(), new=st.one_of(st.just(""), st.text(max_size=12)))
def test_a_damaged_line_is_answered(line: int, copy: bool, new: str) -> None:
    lines = TEXT.splitlines()
    lines[line : line + 1] = [lines[line], lines[line]] if copy else [new]
    answered("\n".join(lines))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), value=leaves)
def test_a_damaged_value_is_answered(data: st.DataObject, value: object) -> None:
    tree = yaml.safe_load(TEXT)
    at = tree
    key = data.draw(st.sampled_from(sorted(at)))
    while isinstance(at[key], dict) and at[key] and data.draw(st.integers(0, 5)):
        at = at[key]
        key = data.draw(st.sampled_from(sorted(at)))
    at[key] = value
    answered(yaml.safe_dump(tree))


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, len(TEXT)), drop=st.integers(0, 40), new=st.text(max_size=6))
def test_damaged_characters_are_answered(at: int, drop: int, new: str) -> None:
    answered(TEXT[:at] + new + TEXT[at + drop :])

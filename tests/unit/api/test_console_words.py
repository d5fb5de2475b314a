"""The console makes its choices and words from codes: every code has its text, and no text offers what is none."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any, get_args

import pytest

from api.routes.places import Depot, Distance, DistrictPlace, VehicleEntry
from api.texts import LANGUAGES, catalogue
from plc.plant.cells import CHAIN
from wcs.bench.records import RunState, Verdict
from wcs.bench.sheet import ITEMS, Guard
from wcs.bench.steps import Phase, step_schema
from wcs.line.rows import FRESH, HOLDERS, PASSED, REJECTED, RETEST
from wms.line.tables import BOX_STATES
from wms.marketing.cancelling import ENDINGS
from wms.marketing.return_tables import FINDINGS, KINDS, NOTE_STATES, OUTCOMES
from wms.marketing.returned import why_sorted
from wms.marketing.stages import STAGES as TASK_STAGES
from wms.marketing.tables import PROPOSAL_STATES, TASK_STATES
from wms.results.paper_tables import PAPER_STATES, SAMPLE_STATES
from wms.schemes.content import PURPOSES, AssetClass, Rules, Wiring
from wms.standards.tables import PLACES

DEFINITIONS: dict[str, Any] = step_schema()["$defs"]
FIELDS = {name: field for one in DEFINITIONS.values() for name, field in one["properties"].items() if name != "do"}
STAGES = {FRESH, RETEST, PASSED, REJECTED, *HOLDERS}
OFFERED = [
    ("item", ITEMS), ("rules", get_args(Rules)), ("wiring_kind", get_args(Wiring)), ("purpose", PURPOSES),
    ("asset_class", get_args(AssetClass)),
]  # fmt: skip
SAID = [
    ("step", [one["properties"]["do"]["const"] for one in DEFINITIONS.values()]),
    ("step_field", FIELDS),
    ("verdict", get_args(Verdict)),
    ("run_state", [*get_args(RunState), "loading", "done", "cleared"]),
    ("stage", STAGES),
    ("kind", CHAIN),
    ("phase_of", get_args(Phase)),
    ("exception_state", set(BOX_STATES) - {"done"}),
    ("paper_state", PAPER_STATES),
    ("sample_state", SAMPLE_STATES),
    ("recalled", PLACES),
    ("task_state", TASK_STATES), ("task_mark", TASK_STATES), ("task_stage", TASK_STAGES), ("task_ending", ENDINGS),
    ("proposal_state", PROPOSAL_STATES),
    ("return_kind", KINDS), ("return_state", NOTE_STATES), ("return_outcome", set(OUTCOMES) - {""}),
    ("return_finding", FINDINGS),
]  # fmt: skip
SYMBOLS = ("power_factor",)
"""Fields whose choices are the same in every language."""


def texts(prefix: str) -> set[str]:
    return {key.partition(".")[2] for key in catalogue("en") if key.startswith(f"{prefix}.")}


@pytest.mark.parametrize(("prefix", "codes"), OFFERED)
def test_a_form_offers_just_what_there_is(prefix: str, codes: Iterable[str]) -> None:
    assert texts(prefix) == set(codes)


@pytest.mark.parametrize(("prefix", "codes"), SAID)
def test_every_code_that_a_page_shows_has_its_text(prefix: str, codes: Iterable[str]) -> None:
    assert set(codes) - texts(prefix) == set()


def test_every_choice_of_a_step_and_every_guard_has_its_text() -> None:
    choices = {choice for name, field in FIELDS.items() if name not in SYMBOLS for choice in field.get("enum", ())}
    choices |= {choice for one in DEFINITIONS.values() for choice in one["properties"].get("rule", {}).get("enum", ())}
    assert choices - texts("step_choice") == set()
    assert set(Guard.model_fields) == texts("guard")


def test_every_field_of_a_place_has_its_label() -> None:
    fields = {name for one in (Depot, DistrictPlace, VehicleEntry, Distance) for name in one.model_fields}
    assert fields - texts("places") == set()


def test_every_reason_to_sort_a_box_has_its_text() -> None:
    source = inspect.getsource(why_sorted)
    assert set(re.findall(r'\("(\w+)", ', source)) == texts("return_why")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_page_is_empty(language: str) -> None:
    assert [key for key, text in catalogue(language).items() if not text.strip()] == []

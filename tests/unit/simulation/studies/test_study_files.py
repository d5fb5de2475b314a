"""The study file: read whole, every problem with its place, value and way out; scenarios set what they say."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from simulation.studies.experiment import Experiment, load_experiment, schema_text
from simulation.studies.plan import plan
from simulation.studies.scenario import scenarios
from simulation.study import StudyError
from tests.unit.simulation.studies.studyfiles import ROOT, experiment, written


@pytest.mark.parametrize("name", ["province-day.yaml", "peak.yaml"])
def test_the_studies_that_come_with_the_software_can_be_run(name: str) -> None:
    found = load_experiment(ROOT / "studies" / name)
    assert [one.experiment.name for one in scenarios(found)] == [found.name] * len(found.scenarios)


def test_every_mistake_is_told_at_once_with_path_value_and_way_out(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        "name: 3\nplant: x.yaml\nhour: 3\ndemand: [{kind: inn, family: a, pallets: 3, palets: 1}]\nhours: -1\n"
    )
    with pytest.raises(StudyError) as error:
        load_experiment(path)
    told = "\n".join(error.value.problems)
    assert len(error.value.problems) == 5
    assert "demand[0].kind = inn" in told
    assert "demand[0].palets = 1: nobody knows this key; did you mean `pallets`?" in told
    assert "hour = 3: nobody knows this key; did you mean `hours`?" in told
    assert "name = 3" in told
    assert "hours = -1" in told


def test_files_that_are_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"there is no file nowhere\.yaml"):
        experiment(tmp_path, plant="nowhere.yaml")


def test_pallets_and_meters_together_are_refused(tmp_path: Path) -> None:
    demand = [{"kind": "inbound", "family": "DDZY2026", "pallets": 1, "meters": 75}]
    with pytest.raises(StudyError, match="either `pallets` or `meters`"):
        experiment(tmp_path, demand=demand)


def test_scenarios_set_values_in_the_plant_and_in_the_study(tmp_path: Path) -> None:
    values = {"cranes.SC1.speed_x_m_s": 1.5, "cranes.*.fork_s": 5, "demand.0.pallets": 48, "rules.sequencing": "turn"}
    base, other = scenarios(experiment(tmp_path, scenarios=[{"name": "base"}, {"name": "other", "set": values}]))
    assert (base.plant.cranes["SC1"].speed_x_m_s, other.plant.cranes["SC1"].speed_x_m_s) == (2.7, 1.5)
    assert [crane.fork_s for crane in other.plant.cranes.values()] == [5, 5]
    assert (base.experiment.demand[0].pallets, other.experiment.demand[0].pallets) == (240, 48)
    assert other.plant.rules.sequencing == "turn"
    assert base.experiment.demand[1:] == other.experiment.demand[1:]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("crane.SC1.fork_s", "did you mean `cranes`?"),
        ("cranes.SC9.fork_s", "did you mean `SC"),
        ("cranes.SC1.forks_s", "did you mean `fork_s`?"),
        ("demand.7.pallets", "there are 3, counted from 0"),
        ("demand.0.palets", "did you mean `pallets`?"),
        ("hours.days", "there is nothing inside a plain value"),
    ],
)
def test_an_unknown_path_is_told_with_the_nearest_name(tmp_path: Path, path: str, told: str) -> None:
    with pytest.raises(StudyError) as error:
        scenarios(experiment(tmp_path, scenarios=[{"name": "v", "set": {path: 1}}]))
    assert path.rsplit(".", maxsplit=1)[-1] in error.value.problems[0]
    assert told in error.value.problems[0]


def test_demand_that_the_plant_cannot_serve_is_refused(tmp_path: Path) -> None:
    demand = [{"kind": "verification", "family": "DDZY2026", "pallets": 1, "lines": ["VL9"]}]
    with pytest.raises(StudyError, match="VL9: there is no such line; did you mean"):
        scenarios(experiment(tmp_path, demand=demand))


def test_a_scenario_can_be_sent_to_another_process(tmp_path: Path) -> None:
    one = scenarios(experiment(tmp_path))[0]
    sent = pickle.loads(pickle.dumps(one))
    assert sent.experiment == one.experiment
    assert sent.plant.model_dump() == one.plant.model_dump()


def test_the_schema_knows_every_key() -> None:
    assert set(json.loads(schema_text())["properties"]) == set(Experiment.model_fields)


def test_a_file_that_is_no_study_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text("- 1\n")
    with pytest.raises(StudyError, match="this is no study file"):
        load_experiment(path)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"demand": [{"kind": "inbound", "family": "DDZY202", "pallets": 9}]},
            "demand[0].family = DDZY202: there is no",
        ),
        ({"start": {"fill": 0.1, "families": {"DDZY26": 1}}}, "start.families.DDZY26: there is no such model"),
        (
            {"benches": {"purpose": "frist"}},
            "benches.purpose = frist: nothing is verified",
        ),
    ],
)
def test_names_that_nobody_knows_are_told_before_a_run(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(StudyError) as error:
        plan(experiment(tmp_path, **changes))
    assert told in "\n".join(error.value.problems)


def test_each_bad_row_of_a_stream_is_told_before_a_run(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("time,in/out,family,pallet\n1,up,DDZY2026,\n2,out,DDZY2026,\n3,in,x,P1\n")
    with pytest.raises(StudyError) as error:
        plan(experiment(tmp_path, demand=[], stream="orders.csv"))
    assert [problem.split(" = ")[0] for problem in error.value.problems] == [
        "orders.csv:2: in/out", "orders.csv:4: family",
    ]  # fmt: skip


def test_a_snapshot_that_is_none_is_told_before_a_run(tmp_path: Path) -> None:
    (tmp_path / "tonight.json").write_text("{}")
    with pytest.raises(StudyError, match=r"tonight\.json"):
        plan(experiment(tmp_path, start={"snapshot": "tonight.json"}))

import json

import pytest

from api.cli.say import Trouble
from api.cli.study import study
from api.cli.studying import Onlooker
from simulation.studies.findings import Interval
from simulation.studies.runner import Progress
from tests.unit.simulation.studies.papers import PLANT, TEXT

FIELDS = {
    "plant": PLANT, "warm_up": "{ rule: none }", "least": 4, "most": 12, "half_width": 0.05,
    "responses": "[in.pallets_h]", "rest": "sweep: { rules.sequencing: [near, turn], noise.travel: [0, 0.1] }",
}  # fmt: skip


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("METROSTACK_DATA_DIR", str(tmp_path / "data"))
    path = tmp_path / "trial.yaml"
    path.write_text(TEXT.format(**FIELDS))
    return path


def test_checking_runs_nothing_and_names_every_scenario_of_a_sweep(file, capsys, tmp_path):
    study(file, check=True, json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["scenarios"][0] == "rules.sequencing=near, noise.travel=0"
    assert (len(told["scenarios"]), told["least"], told["most"]) == (4, 4, 12)
    study(file, check=True, replications=7)
    assert "4 scenarios, 7 to 7 replications of 12 h each" in capsys.readouterr().out
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"responses": "[in.palets_h, lead.out_s]"}, "in.pallets_h"),
        ({"rest": "sweep: { rules.sequencing: [near, sideways] }"}, "sideways"),
        ({"rest": "sweep: { lhs: 4, ranges: { noise.travel: [1, 0] } }"}, "noise.travel"),
        ({"least": 9, "most": 8}, "least"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(file, changed, said):
    file.write_text(TEXT.format(**{**FIELDS, **changed}))
    with pytest.raises(Trouble) as trouble:
        study(file, check=True)
    assert said in trouble.value.remedy


def test_a_file_that_says_what_happens_around_a_plant_is_no_study(file):
    with pytest.raises(Trouble, match="it is no study") as trouble:
        study(PLANT.parent.parent / "studies" / "demo.yaml")
    assert "metrostack demo --study" in trouble.value.remedy


def test_a_folder_of_something_else_is_not_touched(file, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(Trouble, match="no study"):
        study(file, folder=tmp_path / "mine", fresh=True)
    assert [path.name for path in (tmp_path / "mine").iterdir() if path.name != "study.lock"] == ["thesis.txt"]


def test_a_cluster_that_does_not_answer_is_said_in_one_line(file):
    with pytest.raises(Trouble, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1 ") as trouble:
        study(file, cluster="tcp://127.0.0.1:1")
    assert trouble.value.exit_code == 1


def test_progress_is_written_for_whoever_looks_on(tmp_path):
    onlooker = Onlooker(tmp_path, "in.pallets_h", quiet=True)
    onlooker(Progress(3, 12, {("base", 3): 900.0}, {"base": {"in.pallets_h": Interval(101.0, 2.0, 3, 0.95)}}))
    told = json.loads((tmp_path / "progress.json").read_bytes())
    assert told == {
        "done": 3, "planned": 12, "running": 1, "phase": "running", "lost": 0,
        "estimates": {"base": {"in.pallets_h": {"mean": 101.0, "half_width": 2.0, "count": 3}}},
    }  # fmt: skip
    onlooker.put_down("done")
    assert json.loads((tmp_path / "progress.json").read_bytes())["phase"] == "done"

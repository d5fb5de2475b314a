from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.cli.say import Trouble
from api.cli.validated import as_page
from plc.plant.load import load
from simulation.devices import crane as machine
from simulation.validate import page
from simulation.validate.rows import Row

EXAMPLE = "crane --length-m 60 --height-m 12 --columns 60 --levels 12 --vx 3 --ax 0.5 --vy 1 --ay 0.6 --fork-s 8"
PAGE = Path("docs/validation.md")


def said(line: str, *, code: int = 0) -> str:
    ran = CliRunner().invoke(app, ["validate", *line.split()], catch_exceptions=False)
    assert ran.exit_code == code
    return ran.stdout


def refused(line: str) -> str:
    ran = CliRunner().invoke(app, ["validate", *line.split()])
    assert isinstance(ran.exception, Trouble)
    return f"{ran.exception.what}\n{ran.exception.remedy}"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the page quick: fewer draws of everything."""
    for name, size in (("CYCLES", 2_000), ("ORDERS", 8_000), ("PARTS", 4_000)):
        monkeypatch.setattr(page, name, size)


def test_single_and_dual_cycles_as_json() -> None:
    value = json.loads(said(f"{EXAMPLE} --cycles 2000 --json"))
    assert value["single"]["theory_s"] == pytest.approx(48.40495)
    assert value["dual"]["theory_s"] == pytest.approx(76.95169)
    for cycle in (value["single"], value["dual"]):
        assert abs(cycle["theory_s"] - cycle["twin_s"]) <= cycle["half_width_s"] < 1
        assert cycle["verdict"] == "holds"
    assert value["verdict"] == "holds"
    assert value["beside"]["bozer_white"]["single_s"] == pytest.approx(38.4)
    assert value["beside"]["fem"]["single_error"] == pytest.approx(-0.0676, abs=1e-4)


def test_the_same_seed_says_the_same_and_another_something_else() -> None:
    twice = [said(f"{EXAMPLE} --cycles 200 --seed 5 --json") for _ in range(2)]
    assert twice[0] == twice[1] != said(f"{EXAMPLE} --cycles 200 --seed 6 --json")


def test_constant_speed_is_plain_json() -> None:
    text = said("crane --ax inf --ay inf --cycles 200 --json")
    assert "Infinity" not in text
    assert json.loads(text)["rack"]["ax"] == "inf"


def test_people_see_a_table_and_what_textbooks_say() -> None:
    text = said("crane --cycles 200")
    assert "all 2 rows hold" in text
    assert "beside, as approximations" in text


def test_several_loads_and_buffers_stand_under_their_names() -> None:
    queue = json.loads(said("queue --loads 0.3,0.6 --orders 2000 --json"))
    assert {key for key in queue if key.startswith("load")} == {"load_0.3", "load_0.6"}
    assert queue["load_0.6"]["wait"]["theory_s"] == pytest.approx(38.2519, abs=1e-4)
    line = json.loads(said("line --buffer 0 --parts 2000 --json"))
    assert line["blocked"]["theory"] == line["starved"]["theory"] == pytest.approx(1 / 3)
    assert line["throughput"]["theory_per_h"] == pytest.approx(80.0)
    storage = json.loads(said("storage --curve 20/80 --classes 2 --cycles 2000 --json"))
    assert storage["classes_2"]["theory"] == pytest.approx(0.4273, abs=1e-4)
    assert storage["full_turnover"]["theory"] == pytest.approx(0.3275, abs=1e-4)


def test_a_row_that_fails_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "crane_travel_s", lambda spec, start, end: 0.0)
    value = json.loads(said("fem --cycles 100 --json", code=1))
    assert (value["verdict"], value["single_p1"]["verdict"], value["single_p1"]["looks"]) == ("fails", "fails", 2)
    assert "5 of 5 rows fail" in said("fem --cycles 100", code=1)


def test_a_crane_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.Crane, "_reaches", lambda self, command, put: False)
    assert "TRANSPORT from I to V-1-" in refused("crane --cycles 100 --columns 60 --levels 1")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("crane --ax 0", "--ax is 0, not 0.01 to inf m/s2 (inf: constant speed)"),
        ("crane --columns 1 --levels 1", "give two slots or more"),
        ("crane --cycles 5", "--cycles is 5, not 100 to 1000000 (fewer give no interval)"),
        ("crane --vx nan --length-m -4", "--length-m is -4, not 0.5 to 1000 m\n  --vx is nan"),
        ("queue --load 1.0", "--load is 1, not 0.05 to 0.95"),
        ("queue --load half", "--load 'half' is no list of numbers"),
        ("line --buffer 1.5", "--buffer '1.5' is no list of numbers"),
        ("line --law weibull", "--law is 'weibull', not exponential or constant"),
        ("storage --curve 60/20", "--curve is '60/20'"),
        ("storage --classes 0", "--classes is 0, not 1 to 3"),
        ("fem --crane SC9", "--crane is 'SC9', not one of SC1, SC2"),
        ("fem --plant nowhere.yaml", "nowhere.yaml"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(line: str, words: str) -> None:
    assert words in refused(line)


@pytest.mark.usefixtures("small")
def test_without_a_subject_every_row_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "BUFFERS", (0, 2))
    monkeypatch.setattr(page, "CURVES", page.CURVES[:1])
    monkeypatch.setattr(page, "CLASSES", (2,))
    monkeypatch.setattr(page, "LOADS", (0.3,))
    value = json.loads(said("--json"))
    assert value["verdict"] == "holds"
    assert list(value) == ["crane", "fem", "queue", "line", "storage", "verdict", "confidence", "figures"]
    assert value["figures"] == 18


def test_the_page_of_the_documents_is_what_would_be_printed_now_but_for_the_draws() -> None:
    subjects = page.subjects(load(Path("plants/demo.yaml")))
    rows = [
        Row(experiment, figure, figure.theory, 0.0, 1)
        for subject in subjects
        for experiment in subject.experiments
        for figure in experiment.figures
    ]
    assert without_draws(PAGE.read_text()) == without_draws(as_page(subjects, rows, 1))


def without_draws(text: str) -> list[str]:
    """Return the lines of a page with the twin's figures left out."""
    lines = [line.replace("holds, second look", "holds").split(" | ") for line in text.splitlines()]
    return [" | ".join([*line[:2], *line[4:]] if len(line) == 8 else line) for line in lines]


def test_an_option_before_the_subject_is_refused_since_nobody_would_read_it() -> None:
    assert "--seed, --json before `line`" in refused("--seed 7 --json line --buffer 1")

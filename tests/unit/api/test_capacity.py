"""capacity, calibrate and snapshot on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
import yaml
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from api import database
from api.cli.main import app
from api.cli.say import Trouble
from plc.plant.load import load
from simulation.studies.experiment import Experiment
from wcs import journal
from wcs.journal import Fact
from wcs.store import make_engine

ROOT = Path(__file__).parents[3]
PLAN, PLANT = ROOT / "studies/flow-plan.yaml", ROOT / "plants/demo.yaml"


def test_the_example_is_printed_as_one_json_value() -> None:
    value = json.loads(CliRunner().invoke(app, ["capacity", str(PLAN), "--json"]).stdout)
    assert len(value["years"]) == 11
    last = value["years"][-1]
    assert last["slots"] >= last["slots.needed"] > 5_000
    by_name = {one["name"]: one for one in value["figures"]}
    assert by_name["in.peak"]["value"] == pytest.approx(sum(i["value"] for i in by_name["in.peak"]["inputs"]))
    assert all(one["formula"] and one["source"] for one in value["figures"])


@pytest.mark.parametrize(("lang", "word"), [("en", "Slots needed"), ("zh", "所需库位数")])
def test_every_figure_has_a_name_in_both_languages(lang: str, word: str, tmp_path: Path) -> None:
    page, book = tmp_path / "page.html", tmp_path / "book.xlsx"
    ran = CliRunner().invoke(app, ["capacity", str(PLAN), "--lang", lang, "--html", str(page), "--xlsx", str(book)])
    assert ran.exit_code == 0, ran.output
    text = page.read_text(encoding="utf-8")
    assert word in text
    assert "capacity." not in text
    assert "<script></script>" in text
    rows = list(openpyxl.load_workbook(book).worksheets[1].iter_rows(values_only=True))
    assert len(rows[0]) == 12
    assert all(isinstance(row[1], float | int) for row in rows[1:])


def test_the_drawn_plant_is_one_that_check_accepts(tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.yaml"
    assert CliRunner().invoke(app, ["capacity", str(PLAN), "--plant-out", str(drawn), "--json"]).exit_code == 0
    assert CliRunner().invoke(app, ["check", str(drawn)]).exit_code == 0


def test_a_bad_plan_is_refused_with_all_that_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("years: -1\nfamilies: [{model: A}]\ncolour: red\n", encoding="utf-8")
    ran = CliRunner().invoke(app, ["capacity", str(file)])
    assert isinstance(ran.exception, Trouble)
    for part in ("years", "families.0.phase", "families.0.run_min", "colour"):
        assert part in ran.exception.remedy


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return the data folder of a site with some missions and faults in its journal."""
    plant, engine = load(PLANT), make_engine(f"sqlite:///{tmp_path / 'site.db'}")
    database.prepare(engine, plant)
    with Session(engine) as session:
        for number in range(1, 21):
            at_ms = number * 100_000
            mission = {"mission": number, "unit": f"P{number}", "code": 1, "source": "L1", "target": "L2"}
            picked = {"device": "L1-L2", "source": "L1"}
            journal.append(session, at_ms, [Fact("MissionSent", "L1-L2", mission)])
            journal.append(session, at_ms + 4_000, [Fact("UnitPicked", f"P{number}", picked)])
            journal.append(session, at_ms + 4_000 + 19_000, [Fact("MissionDone", "L1-L2", mission)])
            journal.append(session, at_ms + 30_000, [Fact("UnitPicked", f"P{number}", {**picked, "source": "L2"})])
        session.commit()
    engine.dispose()
    return tmp_path


def test_a_slow_conveyor_is_named_and_written_for_a_study(site: Path, tmp_path: Path) -> None:
    out, page = tmp_path / "fitted.yaml", tmp_path / "fitted.html"
    command = ["calibrate", "--plant", str(PLANT), "--database", str(site), "--out", str(out), "--html", str(page)]
    value = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    verdicts = {(m["device"], m["leg"]): m["verdict"] for m in value["machines"]}
    assert verdicts == {("L1-L2", "entry"): "as_computed", ("L1-L2", "transit"): "slower"}
    Experiment.model_validate({"plant": "demo.yaml", **yaml.safe_load(out.read_text(encoding="utf-8"))})
    ran = CliRunner().invoke(app, command)
    assert "slower" in ran.output
    assert "calibrate." not in page.read_text(encoding="utf-8")


def test_an_empty_time_is_said(site: Path) -> None:
    ran = CliRunner().invoke(app, ["calibrate", "--plant", str(PLANT), "--database", str(site), "--since", "9999"])
    assert isinstance(ran.exception, Trouble)
    last = CliRunner().invoke(
        app, ["calibrate", "--plant", str(PLANT), "--database", str(site), "--last", "0.1", "--json"]
    )
    assert json.loads(last.stdout)["facts"] < 40


def test_a_snapshot_is_written_and_the_database_stays_as_it_is(site: Path, tmp_path: Path) -> None:
    file = tmp_path / "tonight.json.gz"
    before = (site / "site.db").read_bytes()
    command = ["snapshot", "--plant", str(PLANT), "--database", str(site), "--out", str(file), "--json"]
    value = json.loads(CliRunner().invoke(app, command).stdout)
    assert (value["pallets"], value["orders"]) == (0, 0)
    assert file.is_file()
    assert (site / "site.db").read_bytes() == before


@pytest.mark.parametrize("command", ["calibrate", "snapshot"])
def test_no_database_is_said_and_none_is_made(command: str, tmp_path: Path) -> None:
    more = ["--out", str(tmp_path / "x")]
    ran = CliRunner().invoke(app, [command, "--plant", str(PLANT), "--database", str(tmp_path / "none"), *more])
    assert isinstance(ran.exception, Trouble)
    assert not (tmp_path / "none").exists()

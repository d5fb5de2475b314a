from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.cli.say import Trouble

SHOP = "2 2 1.5\n2 2 1 3 2 5 1 2 4\n1 2 1 6 2 2\n"


def test_a_job_shop_is_printed_as_one_json_value(tmp_path: Path) -> None:
    file = tmp_path / "tiny.fjs"
    file.write_text(SHOP)
    ran = CliRunner().invoke(app, ["optimize", "jobshop", str(file), "--seconds", "5", "--json"])
    value = json.loads(ran.stdout)
    assert (value["makespan"], value["bound"], value["gap"], value["status"]) == (7, 7, 0.0, "optimal")
    assert value["seconds"] <= 5
    assert {"job": 1, "operation": 2, "machine": 2, "start": 3, "end": 7} in value["schedule"]


def test_people_see_a_table_and_a_gantt(tmp_path: Path) -> None:
    file = tmp_path / "tiny.fjs"
    file.write_text(SHOP)
    ran = CliRunner().invoke(app, ["optimize", "jobshop", str(file), "--seconds", "5"])
    assert ran.stdout.startswith("makespan 7, bound 7, gap 0.0%, optimal")
    assert any(line.startswith("M2  2222") for line in ran.stdout.splitlines())


def test_a_bad_file_is_refused_with_its_lines_named(tmp_path: Path) -> None:
    file = tmp_path / "bad.fjs"
    file.write_text("2 2\n1 1 9 5\n1 1 x 4\n")
    ran = CliRunner().invoke(app, ["optimize", "jobshop", str(file)])
    assert isinstance(ran.exception, Trouble)
    assert ran.exception.remedy.splitlines()[0] == "line 2: a machine of operation 1 of job 1 is 9, not 1 to 2"
    assert "line 3: a machine of operation 1 of job 2 is no whole number: x" in ran.exception.remedy


@pytest.mark.parametrize("seconds", ["0", "-1", "1e9"])
def test_seconds_that_are_no_budget_are_refused(tmp_path: Path, seconds: str) -> None:
    file = tmp_path / "tiny.fjs"
    file.write_text(SHOP)
    assert CliRunner().invoke(app, ["optimize", "jobshop", str(file), "--seconds", seconds]).exit_code == 2

"""`metrostack study` as people and supervisors meet it: a process that may be stopped in every way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest

from simulation.studies.experiment import load_experiment
from simulation.studies.findings import read
from simulation.studies.places.local import LocalPlaces
from simulation.studies.runner import run_study

pytestmark = [pytest.mark.slow]
ROOT = Path(__file__).parents[2]
TEXT = f"""
name: short
plant: {ROOT}/plants/demo.yaml
hours: 1
warm_up: {{ rule: none }}
replications: {{ least: 2, most: 2, responses: [out.pallets_h, lead.out_s] }}
start: {{ fill: 0.1, verified: 0.8 }}
demand: [{{ kind: distribution, family: DDZY2026, pallets: 240, together: 1, arrivals: fixed }}]
scenarios: [{{ name: base }}, {{ name: slow, set: {{ cranes.*.speed_x_m_s: 0.4 }} }}]
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "short.yaml"
    path.write_text(TEXT)
    return path


def begun(file: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "api.cli", "study", str(file), "--workers", "1", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "METROSTACK_DATA_DIR": str(file.parent / "data")}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment, cwd=file.parent)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def spooled(process: subprocess.Popen[str], folder: Path, count: int) -> None:
    """Wait until so many replications are kept."""
    while len(list((folder / "spool").glob("*.json"))) < count:
        with suppress(subprocess.TimeoutExpired):
            pytest.fail(f"it ended by itself: {process.wait(0.05)}")


def hashes(folder: Path) -> list[tuple[str, int, str]]:
    rows = pl.read_parquet(folder / "replicas.parquet").select("scenario", "replication", "sha256").unique()
    return sorted(rows.rows())


def test_a_study_that_is_stopped_and_killed_goes_on_and_finds_the_same(file):
    whole, torn = file.parent / "whole", file.parent / "torn"
    found = run_study(load_experiment(file), LocalPlaces(1), whole)

    first = begun(file, "--out", str(torn))
    spooled(first, torn, 1)
    first.send_signal(signal.SIGINT)
    code, _, err = ended(first)
    assert code == 130
    assert f"Go on with:\n  metrostack study {file} --workers 1 --out {torn}\n" in err

    second = begun(file, "--out", str(torn))
    spooled(second, torn, len(list((torn / "spool").glob("*.json"))) + 1)
    second.send_signal(signal.SIGKILL)
    ended(second)
    kept = {path.name: path.stat().st_mtime_ns for path in (torn / "spool").glob("*.json")}
    assert len(kept) >= 2

    code, out, err = ended(begun(file, "--out", str(torn), "--json"))
    assert code == 0, err
    assert hashes(torn) == hashes(whole)
    assert [one.responses for one in read(torn / "findings.json").scenarios] == [o.responses for o in found.scenarios]
    told = json.loads(out)
    assert [(one["name"], one["replications"]) for one in told["scenarios"]] == [("base", 2), ("slow", 2)]
    longer = next(c for c in told["comparisons"] if c["response"] == "lead.out_s")
    assert longer["mean"] > 0  # slow less base: a slow crane takes longer
    assert {path.name for path in torn.iterdir()} >= {"report.html", "report-en.xlsx", "report-zh.xlsx", "trail.json"}

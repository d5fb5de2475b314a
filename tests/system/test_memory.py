"""The demo in memory: everything comes out right, and the same run is the same run on any day and in any place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from api.demo import errands
from api.demo.memory import Run, run_in_memory
from api.demo.report import DemoReport
from plc.plant.load import load
from simulation.study import load_study
from tests.system.plants import METERS, WANTED, write_files
from wcs.store import make_engine

ROOT = Path(__file__).parents[2]
COMMAND = [
    "-P", "-m", "api.cli", "demo", "--headless", "--speed", "inf", "--wire", "memory", "--json",
    "--plant", str(ROOT / "plants/demo.yaml"), "--study", str(ROOT / "studies/demo.yaml"),
    "--orders", str(ROOT / "plants/demo/distribution.yaml"),
]  # fmt: skip


def small_run(folder: Path, *, seed: int = 7, engine: Engine | None = None) -> DemoReport:
    files = write_files(folder)
    plant = load(files.plant)
    study = load_study(files.study, plant).model_copy(update={"seed": seed})
    return run_in_memory(
        Run(plant, study, errands.read_demand(files.demand), engine=engine or make_engine("sqlite://"))
    )


def start_demo(folder: Path, hash_seed: str) -> subprocess.Popen[str]:
    folder.mkdir()
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "METROSTACK_DATA_DIR": str(folder / "data")}
    command, pipe = [sys.executable, *COMMAND], subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.slow
def test_the_demo_is_the_same_run_in_any_process(tmp_path: Path) -> None:
    demos = [start_demo(tmp_path / f"run-{hash_seed}", hash_seed) for hash_seed in ("0", "4711")]
    reports: list[dict[str, Any]] = []
    for demo in demos:
        said, complained = demo.communicate(timeout=600)
        assert demo.returncode == 0, complained
        reports.append(json.loads(said))
    for report in reports:
        assert report["problems"] == []
        assert report["meters_in"] == 8000
        named = ("meters_in_stock", "meters_shipped", "meters_rejected", "meters_unverified")
        assert sum(report[name] for name in named) == 8000
    first, second = ({k: v for k, v in r.items() if k != "wall_seconds"} for r in reports)
    assert first == second


def test_the_same_seed_gives_the_same_journal_wherever_it_is_kept(tmp_path: Path) -> None:
    in_memory = small_run(tmp_path)
    on_disk = small_run(tmp_path, engine=make_engine(f"sqlite:///{tmp_path / 'site.db'}"))
    assert in_memory.trace_hash == on_disk.trace_hash
    assert (in_memory.meters_in, in_memory.meters_shipped) == (METERS, sum(WANTED.values()))


def test_another_seed_gives_another_run(tmp_path: Path) -> None:
    assert small_run(tmp_path).trace_hash != small_run(tmp_path, seed=8).trace_hash

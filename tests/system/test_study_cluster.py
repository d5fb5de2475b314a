"""Studies on a real Dask cluster: a scheduler and workers that are processes of their own and speak TCP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from distributed import Client

from simulation.studies.errors import PlacesLost, ReplicationFailed
from simulation.studies.findings import to_json
from simulation.studies.places.cluster import ClusterPlaces
from simulation.studies.places.local import LocalPlaces
from simulation.studies.runner import run_study
from tests.unit.simulation.studies import replicas
from tests.unit.simulation.studies.papers import study

pytestmark = [pytest.mark.sockets, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
ENDS = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def bare(findings):
    return to_json(replace(findings, scenarios=tuple(replace(one, cpu_s=0.0) for one in findings.scenarios)))


@contextmanager
def started(*words: str, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    process = subprocess.Popen([sys.executable, "-P", "-m", *words], env=environment, **ENDS)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def cluster(folder: Path, workers: int, **variables: str) -> Iterator[str]:
    """The address of a scheduler with so many workers, none of which is begun again when it ends."""
    file = folder / "scheduler.json"
    plain = ("--no-dashboard", "--scheduler-file", str(file))
    worker = ("distributed.cli.dask_worker", *plain, "--no-nanny", "--nthreads", "1", "--local-directory", str(folder))
    scheduler = ("distributed.cli.dask_scheduler", *plain, "--no-show", "--host", "127.0.0.1", "--port", "0")
    with ExitStack() as stack:
        process = stack.enter_context(started(*scheduler))
        while not file.exists() or not file.read_bytes():
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"the scheduler ended by itself: {process.wait(0.05)}")
        for _ in range(workers):
            stack.enter_context(started(*worker, **variables))
        address = json.loads(file.read_bytes())["address"]
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60) if workers else None
        yield address


def test_a_cluster_finds_what_this_machine_finds_though_a_worker_is_killed_in_the_midst(tmp_path):
    (tmp_path / "marks").mkdir()
    here = run_study(study(tmp_path), LocalPlaces(2), tmp_path / "here", work=replicas.drawn)
    with cluster(tmp_path, 2, STUDY_MARKS=str(tmp_path / "marks")) as address:
        places = ClusterPlaces(address)
        there = run_study(study(tmp_path), places, tmp_path / "there", work=replicas.killed_in_base)
        assert [mark.name for mark in (tmp_path / "marks").iterdir()] == ["base-2"]  # a worker was killed indeed
        with Client(address, set_as_default=False) as client:
            assert len(client.nthreads()) == 1
        assert bare(there) == bare(here)
        with pytest.raises(ReplicationFailed, match=r"scenario base, replication 2:(.|\n)*no such crane"):
            run_study(study(tmp_path), places, tmp_path / "raised", work=replicas.raising)


def test_a_cluster_that_cannot_be_used_says_why(tmp_path):
    with pytest.raises(PlacesLost, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1 "):
        run_study(study(tmp_path), ClusterPlaces("tcp://127.0.0.1:1"), tmp_path / "out", work=replicas.drawn)
    with pytest.raises(PlacesLost, match="no address of a scheduler"):
        run_study(study(tmp_path), ClusterPlaces("nowhere://x"), tmp_path / "out", work=replicas.drawn)
    with cluster(tmp_path, 0) as address, pytest.raises(PlacesLost, match="no workers"):
        run_study(study(tmp_path), ClusterPlaces(address), tmp_path / "out", work=replicas.drawn)


def test_workers_of_another_program_are_refused_by_name(tmp_path):
    """The worker finds a Metrostack of its own, in which one file differs."""
    other = tmp_path / "other"
    for package in ("plc", "optimizer", "wcs", "wms", "simulation"):
        for file in (ROOT / package).rglob("*.py"):
            (other / file.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
            (other / file.relative_to(ROOT)).write_bytes(file.read_bytes())
    (other / "plc" / "later.py").write_text('"""What another release has."""\n')
    with (
        cluster(tmp_path, 1, PYTHONPATH=str(other)) as address,
        pytest.raises(PlacesLost, match=r"not every worker runs Python .*tcp://127\.0\.0\.1:\d+: Metrostack"),
    ):
        run_study(study(tmp_path), ClusterPlaces(address), tmp_path / "out", work=replicas.drawn)


def test_a_lost_scheduler_ends_the_study_with_what_was_finished_kept(tmp_path):
    (tmp_path / "marks").mkdir()
    with ExitStack() as stack:
        address = stack.enter_context(cluster(tmp_path, 1, STUDY_MARKS=str(tmp_path / "marks")))

        def told(progress):
            if progress.done == 4:
                stack.close()

        with pytest.raises(PlacesLost, match="scheduler"):
            run_study(study(tmp_path), ClusterPlaces(address), tmp_path / "out", told, work=replicas.drawn)
    assert len(list((tmp_path / "out" / "spool").iterdir())) >= 4
    run_study(study(tmp_path), LocalPlaces(1), tmp_path / "out", work=replicas.drawn)

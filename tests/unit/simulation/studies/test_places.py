import multiprocessing
import os
import signal
from dataclasses import replace

import pytest

from simulation.studies.errors import ReplicationFailed
from simulation.studies.findings import to_json
from simulation.studies.places.local import LocalPlaces
from simulation.studies.runner import run_study
from simulation.study import StudyError
from tests.unit.simulation.studies import replicas
from tests.unit.simulation.studies.papers import study


def bare(findings):
    """Findings without the processor time, which is nobody's to repeat."""
    return to_json(replace(findings, scenarios=tuple(replace(one, cpu_s=0.0) for one in findings.scenarios)))


@pytest.fixture
def marks(tmp_path, monkeypatch):
    folder = tmp_path / "marks"
    folder.mkdir()
    monkeypatch.setenv("STUDY_MARKS", str(folder))
    return folder


def test_a_study_ends_with_the_same_findings_on_one_process_and_on_three(tmp_path):
    one = run_study(study(tmp_path), LocalPlaces(1), tmp_path / "one", work=replicas.drawn)
    three = run_study(study(tmp_path), LocalPlaces(3), tmp_path / "three", work=replicas.drawn)
    assert bare(one) == bare(three)
    assert {scenario.replications for scenario in one.scenarios} == {4}


def test_processes_that_are_killed_lose_nothing_and_change_nothing(tmp_path, marks):
    whole = run_study(study(tmp_path), LocalPlaces(2), tmp_path / "whole", work=replicas.drawn)
    told = []
    killed = run_study(study(tmp_path), LocalPlaces(2), tmp_path / "killed", told.append, work=replicas.killed_once)
    assert told[-1].lost == len(list(marks.iterdir())) == 3
    assert bare(killed) == bare(whole)


def test_a_process_that_somebody_kills_while_it_works_is_replaced(tmp_path, marks):
    killed = set()

    def told(progress):
        for (name, replication), plant_s in progress.running.items():
            if plant_s > 0 and name not in killed:
                killed.add(name)
                os.kill(int((marks / f"{name}-{replication}").read_text()), signal.SIGKILL)

    findings = run_study(study(tmp_path), LocalPlaces(2), tmp_path / "out", told, work=replicas.waiting)
    assert killed == {"base", "near", "slow"}
    assert {scenario.replications for scenario in findings.scenarios} == {4}


def children():
    return [child.pid for child in multiprocessing.active_children()]


def test_a_replication_that_always_ends_its_process_is_given_up_by_name_and_the_others_are_kept(tmp_path):
    with pytest.raises(ReplicationFailed, match="replication 2 ended its process 3 times"):
        run_study(study(tmp_path), LocalPlaces(1), tmp_path / "out", work=replicas.always_killed)
    assert len(list((tmp_path / "out" / "spool").iterdir())) == 6
    assert not children()


def test_what_a_replication_raises_is_told_with_its_place(tmp_path):
    with pytest.raises(ReplicationFailed, match=r"scenario base, replication 2:(.|\n)*no such crane"):
        run_study(study(tmp_path), LocalPlaces(1), tmp_path / "out", work=replicas.raising)
    assert not children()


def test_a_response_that_nobody_measures_is_refused_with_the_nearest(tmp_path):
    asked = study(tmp_path, responses="[in.palets_h, lead.out_s.p95]")
    with pytest.raises(StudyError, match=r"in\.pallets_h"):
        run_study(asked, LocalPlaces(1), tmp_path / "out", work=replicas.drawn)

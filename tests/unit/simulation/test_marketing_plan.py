"""What a stand-in for marketing asks for: at once, when another task is finished, once whatever dies in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulation.marketing.plan import enter, read_plan
from simulation.marketing.platform import Platform

PROPOSAL = {"sysNo": "4501", "taskNo": "T1", "proposalNo": "1", "equipDet": [{"boxBarCode": "B1"}]}
FINISHED = {"taskNo": "T1", "flag": "01"}


@pytest.fixture
def platform() -> Iterator[Platform]:
    found = Platform(":memory:")
    yield found
    found.records.close()


def plan_of(folder: Path, rows: list[dict[str, Any]]) -> Path:
    file = folder / "tasks.json"
    file.write_text(json.dumps(rows))
    return file


def asked(platform: Platform) -> list[str]:
    found = platform.records.rows("SELECT body FROM errand WHERE message = 'setVerificationTaskinfo' ORDER BY number")
    return [json.loads(body)["taskNo"] for (body,) in found]


def test_a_task_that_waits_for_another_is_asked_for_when_that_is_finished_and_once(
    platform: Platform, tmp_path: Path
) -> None:
    plan = read_plan(plan_of(tmp_path, [{"task": {"taskNo": "T1"}}, {"task": {"taskNo": "T2"}, "after": "T1"}]))
    enter(platform, plan)
    assert asked(platform) == ["T1"]
    for _ in range(2):
        platform.hear("sendTaskFinish", "k1", FINISHED)
        assert asked(platform) == ["T1", "T2"]
    enter(platform, plan)
    assert asked(platform) == ["T1", "T2"]


def test_a_stand_in_that_died_before_it_could_ask_asks_when_it_starts_again(platform: Platform, tmp_path: Path) -> None:
    platform.issue({"taskNo": "T1"})
    platform.hear("sendTaskFinish", "k1", FINISHED)
    enter(platform, read_plan(plan_of(tmp_path, [
        {"task": {"taskNo": "T1"}}, {"task": {"taskNo": "T2"}, "after": "T1"}
    ])))  # fmt: skip
    assert asked(platform) == ["T1", "T2"]


@pytest.mark.parametrize(("choosy", "flag"), [(True, "0"), (False, "1")])
def test_the_first_proposal_for_a_choosy_task_alone_is_rejected(
    platform: Platform, tmp_path: Path, *, choosy: bool, flag: str
) -> None:
    enter(platform, read_plan(plan_of(tmp_path, [{"task": {"taskNo": "T1"}, "choosy": choosy}])))
    platform.hear("setEquipProposal", "k1", PROPOSAL)
    platform.hear("setEquipProposal", "k2", PROPOSAL | {"proposalNo": "2"})
    said = platform.records.rows("SELECT body FROM errand WHERE message = 'confirmEquipProposal' ORDER BY number")
    assert [json.loads(body)["approveFlag"] for (body,) in said] == [flag, "1"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"task": {"taskNo": "T1"}}, {"task": {"taskNo": "T1"}}], "named twice: T1"),
        ([{"task": {"taskNo": "T1"}, "after": "T9"}], "no task of the plan: T9"),
        ([{"task": {"arrBatchNo": "L"}}], "taskNo of 1 to 32"),
        ([{"task": {"taskNo": "T1"}, "when": "now"}], "Extra inputs"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_what_is_wrong(
    tmp_path: Path, rows: list[dict[str, Any]], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        read_plan(plan_of(tmp_path, rows))

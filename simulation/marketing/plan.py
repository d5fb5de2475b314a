"""What a stand-in asks for, task by task: some at once, some when another is finished, some it is choosy about.

A plan is a JSON file, [{"task": {fields of setVerificationTaskinfo}, "choosy": true, "after": "T1"}, ...]. It may be
entered again at every start: what was asked is not asked twice.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from simulation.marketing.platform import Platform

Number = Annotated[str, Field(max_length=32)]
MOST_TASKS = 1_000


class Planned(BaseModel):
    """A task. The first proposal for a choosy one is rejected; one with `after` waits until that task is finished."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    task: dict[str, str]
    choosy: bool = False
    after: Number = ""

    @model_validator(mode="after")
    def _has_a_number(self) -> Planned:
        if not 0 < len(self.task.get("taskNo", "")) <= 32:  # noqa: PLR2004 - as the interface has it
            raise ValueError("a task has a taskNo of 1 to 32 characters")
        return self

    @property
    def number(self) -> str:
        """The number of the task."""
        return self.task["taskNo"]


PLAN = TypeAdapter(Annotated[tuple[Planned, ...], Field(max_length=MOST_TASKS)])


def read_plan(path: Path) -> tuple[Planned, ...]:
    """Return the plan in a file; raises OSError, or ValueError for what is none."""
    plan = PLAN.validate_json(path.read_bytes())
    known = [one.number for one in plan]
    if twice := sorted({number for number in known if known.count(number) > 1}):
        raise ValueError(f"named twice: {', '.join(twice)}")
    if strange := sorted({one.after for one in plan if one.after} - set(known)):
        raise ValueError(f"no task of the plan: {', '.join(strange)}")
    return plan


def enter(platform: Platform, plan: tuple[Planned, ...]) -> None:
    """Let a stand-in ask for what is planned."""
    for one in plan:
        if one.choosy:
            platform.records.file("choosy", one.number, True)
        if one.after:
            platform.issue_after(one.after, one.task)
        else:
            platform.issue(one.task)

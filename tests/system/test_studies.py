"""Studies that the console starts, with real child processes: they are taken back, go on, and end with their parent."""

from __future__ import annotations

import asyncio
import fcntl
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from api.studies import wishes
from api.studies.standing import standing
from api.studies.supervisor import Supervisor
from api.studies.wishes import FOUND, Wish
from simulation.studies.findings import read
from tests.faces import ROOT

LONGEST_S = 120.0
TINY = f"""
name: tiny
plant: {ROOT}/plants/demo.yaml
hours: 1
warm_up: {{ rule: none }}
replications: {{ least: 2, most: 2, responses: [in.pallets_h] }}
start: {{ fill: 0.2, verified: 0.5 }}
demand: [{{ kind: inbound, family: DDZY2026, pallets: 240, arrivals: fixed }}]
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    files = tmp_path / "files"
    files.mkdir()
    (files / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (files / "bad.yaml").write_text("plant: nowhere.yaml\n", encoding="utf-8")
    return Supervisor(files, tmp_path / "results")


def wish(supervisor: Supervisor, name: str, file: str, *, minute: int = 0) -> Path:
    folder = supervisor.root / name
    asked_at = datetime(2026, 11, 21, 14, minute, tzinfo=UTC)
    wishes.write(folder, Wish(file=file, by="li", asked_at=asked_at))
    return folder


def state(folder: Path) -> str:
    found = wishes.read(folder)
    assert found is not None
    return found.state


def turn(folder: Path, after: wishes.State) -> None:
    """Write what a route would."""
    found = wishes.read(folder)
    assert found is not None
    wishes.write(folder, found.model_copy(update={"state": after}))


def nobody_runs(folder: Path) -> bool:
    """Return whether the lock of a study is free: its process and every worker are gone."""
    with (folder / FOUND / "study.lock").open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def finished(folder: Path) -> int:
    progress = folder / FOUND / "progress.json"
    return json.loads(progress.read_bytes())["done"] if progress.is_file() else -1


async def until(fact: Callable[[], bool]) -> None:
    """Wait until something is so; the limit is a fence, not a measure."""
    async with asyncio.timeout(LONGEST_S):
        while not fact():  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # a file says it, and nobody else


@contextmanager
def working(supervisor: Supervisor) -> Iterator[asyncio.Task[None]]:
    task = asyncio.ensure_future(supervisor.run())
    yield task
    assert not task.done()
    task.cancel()


async def ended(task: asyncio.Task[None]) -> None:
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_study_is_taken_back_goes_on_and_survives_a_restart(supervisor: Supervisor) -> None:
    folder = wish(supervisor, "tiny-1", "tiny.yaml")

    async def story() -> None:
        with working(supervisor) as task:
            await until(lambda: finished(folder) >= 0)
            assert not nobody_runs(folder)
            turn(folder, "cancelled")
            await until(lambda: nobody_runs(folder))
            turn(folder, "waiting")
            await until(lambda: finished(folder) >= 1 or state(folder) == "failed")
            assert wishes.read(folder).said == ""  # pyright: ignore[reportOptionalMemberAccess]
        await ended(task)  # the site stops
        assert nobody_runs(folder)
        assert state(folder) == "running"
        with working(supervisor) as task:  # and comes back
            await until(lambda: state(folder) in ("done", "failed"))
        await ended(task)

    asyncio.run(story())
    told = standing("tiny-1", folder)
    assert (told.state, told.said, told.report, told.books) == ("done", "", True, ["en", "zh"])
    assert read(folder / FOUND / "findings.json").scenarios[0].replications == 2


def test_a_study_that_cannot_be_run_says_why_and_the_next_one_has_its_turn(supervisor: Supervisor) -> None:
    first, second = wish(supervisor, "b", "bad.yaml"), wish(supervisor, "a", "gone.yaml", minute=1)

    async def story() -> None:
        with working(supervisor) as task:
            await until(lambda: state(second) == "failed")
        await ended(task)

    asyncio.run(story())
    assert state(first) == "failed"
    assert "nowhere.yaml" in standing("b", first).said
    assert standing("a", second).said == "gone.yaml is gone"


def test_who_asked_first_comes_first_and_what_was_cut_off_before_all(supervisor: Supervisor) -> None:
    assert supervisor.next() is None
    later, sooner = (wish(supervisor, name, "tiny.yaml", minute=minute) for name, minute in (("a", 9), ("b", 3)))
    assert supervisor.next() == sooner
    turn(later, "running")
    assert supervisor.next() == later
    turn(later, "done")
    turn(sooner, "cancelled")
    assert supervisor.next() is None


def test_a_child_ends_with_its_parent(supervisor: Supervisor, tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "api.studies.child", "study", str(supervisor.files / "tiny.yaml")]
    child = subprocess.Popen(
        [*command, "--out", str(tmp_path / FOUND), "--workers", "1"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, cwd=ROOT,
    )  # fmt: skip
    assert child.stdin is not None
    asyncio.run(until((tmp_path / FOUND / "progress.json").is_file))
    assert not nobody_runs(tmp_path)
    child.stdin.close()  # which the kernel does for a parent that was killed
    assert child.wait(LONGEST_S) == -9
    asyncio.run(until(partial(nobody_runs, tmp_path)))

"""The demo on sockets, asked by marketing that loses and doubles: both sides are killed, and it hears all once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session

from api.cli.plant import load_plant
from api.demo import errands
from api.demo.counterpart import PROCESS
from api.demo.processes import Site
from simulation.study import load_study
from tests.contract.rigs import free_port
from tests.system.plants import Files, write_files
from tests.unit.wms.deliveries import delivery
from wms.marketing import views

pytestmark = [pytest.mark.slow, pytest.mark.sockets]
SPEED, PALLETS, BOXES, METERS = 60.0, 4, 2, 120
LEAVE_AT, KILLS = 10, {18: "serve", 26: PROCESS}
"""After how many letters that were taken the demo is left, and who is killed after that."""


class Left(Exception):
    """Somebody has pressed Ctrl-C."""


@dataclass(slots=True)
class Reaper:
    """Looks at a running demo as its live picture does, and kills."""

    site: Site
    leaves: bool = False
    killed: list[str] = field(default_factory=list[str])

    def look(self, session: Session, _now_s: float) -> None:
        taken = sum(one.done for one in views.receivers(session))
        if self.leaves and taken >= LEAVE_AT:
            raise Left
        for at, name in KILLS.items():
            if not self.leaves and name not in self.killed and taken >= at:
                os.kill(self.site.children.pid(name), signal.SIGKILL)
                self.killed.append(name)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    found = write_files(tmp_path)
    (tmp_path / "delivery.csv").write_bytes(delivery(pallets=PALLETS, boxes=BOXES))
    study = yaml.safe_load(found.study.read_text())
    study["deliveries"][0] |= {"at_s": 5, "gap_s": 15}
    found.study.write_text(yaml.safe_dump(study))
    found.demand.write_text(yaml.safe_dump([{"district": "East", "lines": [{"model": "DDZY2026", "quantity": 30}]}]))
    return found


@pytest.fixture
def make_site(files: Files) -> Callable[[], Site]:
    port, other = free_port(), free_port()

    def make() -> Site:
        plant = load_plant(files.plant)
        study, demand = load_study(files.study, plant), errands.read_demand(files.demand)
        return Site(
            plant, files.plant, study, files.study, demand, files.folder, SPEED, port, marketing_port=other
        )  # fmt: skip

    return make


def test_marketing_hears_everything_once_although_the_demo_is_left_and_both_sides_are_killed(
    make_site: Callable[[], Site],
) -> None:
    site = make_site()
    site.progress = Reaper(site, leaves=True).look
    assert not site.prepare(fresh=True)
    try:
        site.start()
        with pytest.raises(Left):
            site.mind()
    finally:
        site.stop()

    site = make_site()
    reaper = Reaper(site)
    site.progress = reaper.look
    assert site.prepare(fresh=False), "it goes on where it was"
    try:
        site.start()
        ended = site.mind()
    finally:
        site.stop()
    report = site.report({}, 0.0, ended=ended)

    assert reaper.killed == list(KILLS.values())
    assert (report.problems, report.meters_in) == ([], METERS)
    told = report.marketing
    assert told is not None
    assert (told.tasks, told.meters, told.restarts, told.rejected) == (2, METERS, 1, 1)
    assert told.boxes >= METERS // 15
    assert told.seals == METERS - report.meters_rejected
    assert told.repeats > 0

"""The demo on sockets with a marketing side that loses and doubles, while both are killed: nothing lost, nothing twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from api.cli.plant import load_plant
from api.demo import errands, told
from api.demo.counterpart import PROCESS
from api.demo.processes import Site
from simulation.study import load_study
from tests.contract.rigs import free_port
from tests.system.plants import METERS, WANTED, write_files
from wms.marketing import views

SPEED = 40.0
pytestmark = [pytest.mark.slow, pytest.mark.sockets]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    files = write_files(tmp_path)
    plant = load_plant(files.plant)
    study, demand = load_study(files.study, plant), errands.read_demand(files.demand)
    site = Site(
        plant, files.plant, study, files.study, demand, files.folder, SPEED, free_port(), marketing_port=free_port()
    )
    yield site
    site.stop()


def test_marketing_hears_everything_once_although_it_and_the_site_are_killed(site: Site) -> None:
    site.prepare(fresh=True)
    began_s = time.monotonic()
    site.start()
    ended = site.mind()
    site.stop()
    report = site.report({}, time.monotonic() - began_s, ended=ended)
    assert report.problems == []
    assert report.marketing is not None

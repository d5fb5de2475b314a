"""Other plants and worse days than the demo's: each run ends with every meter accounted for, or says why it cannot."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.demo.errands import Demand, Line, read_demand
from api.demo.memory import Run, run_in_memory
from api.demo.report import DemoReport
from plc.plant.load import load
from simulation.study import load_study
from tests.faces import ROOT

Data = dict[str, Any]
NOT_EXERCISED = "was not exercised"
pytestmark = pytest.mark.slow


def run(
    folder: Path, change: Callable[[Data, Data], None], *, demand: tuple[Demand, ...] | None = None, hours: float = 14
) -> DemoReport:
    """Run the demo with its plant and study changed; faults that the study does not bring are no problem here."""
    plant: Data = copy.deepcopy(yaml.safe_load((ROOT / "plants" / "turnkey.yaml").read_text(encoding="utf-8")))
    study: Data = yaml.safe_load((ROOT / "studies" / "demo.yaml").read_text(encoding="utf-8"))
    study["deliveries"] = [d | {"file": str(ROOT / "studies" / d["file"])} for d in study["deliveries"]]
    plant, study = copy.deepcopy(plant), copy.deepcopy(study)
    change(plant, study)
    files = folder / "plant.yaml", folder / "study.yaml"
    for file, data in zip(files, (plant, study), strict=True):
        file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    loaded = load(files[0])
    wanted = demand or read_demand(ROOT / "plants" / "demo" / "distribution.yaml")
    report = run_in_memory(Run(loaded, load_study(files[1], loaded), wanted, longest_s=hours * 3600))
    return report.model_copy(update={"problems": [p for p in report.problems if NOT_EXERCISED not in p]})


def scanners_are_bad(_plant: Data, study: Data) -> None:
    study["noise"] = {"no_read": 0.15, "travel": 0.2, "weigh": 0.02}


def everything_breaks(_plant: Data, study: Data) -> None:
    cranes = [
        {"kind": kind, "crane": crane, "after": n}
        for crane in ("SC1", "SC2")
        for n in range(1, 6)
        for kind in ("slot_occupied", "slot_empty")
    ]
    devices = ("SC1", "SC2", "VL1", "PK1", "DK1", "DK2", "L4-L5", "L6-LI", "GI-L1", "LO-L7", "A1O-L4")
    machines = [{"kind": "machine_fault", "device": name, "after": 3, "seconds": 900} for name in devices]
    spoilt = [{"kind": kind, "after": 2 * n} for n in range(6) for kind in ("no_read", "weight", "profile")]
    cuts = [
        {"kind": "link_lost", "plc": plc, "at_s": at + later, "seconds": 60}
        for at in (100, 800, 2000, 3600, 5000)
        for plc, later in (("PLC1", 30), ("PLC2", 0))
    ]
    study["faults"] = [*cranes, *machines, *spoilt, *cuts]


def conveyors_are_short(plant: Data, _study: Data) -> None:
    for segment in plant["segments"].values():
        segment["capacity"] = 1
    plant["lines"]["VL1"]["queue"] = plant["stations"]["CL1"]["capacity"] = 1
    plant["zones"]["LOOP"]["capacity"] = 7


def racks_are_small(plant: Data, _study: Data) -> None:
    for aisle in plant["aisles"].values():
        aisle |= {"columns": 2, "levels": 3}
        aisle["height_classes"] = [{"name": "all", "from_level": 1, "to_level": 3, "height_m": 1.6}]


def one_plc_leads_all(plant: Data, _study: Data) -> None:
    del plant["plcs"]["PLC1"]
    devices = (d for part in ("segments", "cranes", "stations", "lines", "docks") for d in plant[part].values())
    for index, device in enumerate(devices):
        device |= {"plc": "PLC2", "index": index}


def labels_are_read_again(plant: Data, _study: Data) -> None:
    plant["reactions"] |= {"no_read": "retry", "machine_fault": "retry"}


VARIANTS = (
    scanners_are_bad, everything_breaks, conveyors_are_short, racks_are_small, one_plc_leads_all, labels_are_read_again,
)  # fmt: skip


@pytest.mark.parametrize("change", VARIANTS, ids=lambda f: f.__name__)
def test_every_meter_is_accounted_for(tmp_path: Path, change: Callable[[Data, Data], None]) -> None:
    report = run(tmp_path, change)
    assert report.problems == []
    judged = report.meters_in_stock + report.meters_shipped + report.meters_rejected
    assert report.meters_in == 8000 == judged + report.meters_unverified


def test_what_waits_for_somebody_says_so(tmp_path: Path) -> None:
    def hold(plant: Data, _study: Data) -> None:
        plant["reactions"] = dict.fromkeys(plant["reactions"], "hold")

    report = run(tmp_path, hold, hours=2)
    assert "unit P0001002 at GI" in "\n".join(report.problems) or "at GI: waiting_for" in "\n".join(report.problems)
    assert any(problem.startswith("alarm no_read") for problem in report.problems)


def test_more_than_there_is_stays_owed_with_its_reason(tmp_path: Path) -> None:
    too_much = (Demand(district="East", lines=(Line(model="DDZY2026", quantity=9000),)),)
    report = run(tmp_path, lambda _plant, _study: None, demand=too_much, hours=4)
    assert report.problems[0].startswith("not done after")
    assert "short" in report.problems[1]
    assert report.meters_in == report.meters_in_stock + report.meters_rejected + report.meters_unverified == 8000

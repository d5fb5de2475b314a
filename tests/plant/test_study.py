from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from plc.codes import EvtCode
from plc.plant.kinds import FaultKind
from plc.plant.load import load
from simulation.physics import Physics
from simulation.study import MachineFault, Meters, Noise, Spoilt, Study, StudyError, check_study, load_study
from tests.plant.driver import Driver, drive
from tests.plant.test_stations import asn
from tests.plants import small_plant

ROOT = Path(__file__).parents[2]


def test_the_demo_brings_every_kind_of_fault() -> None:
    study = Study.model_validate(yaml.safe_load((ROOT / "studies/demo.yaml").read_text(encoding="utf-8")))
    assert {fault.kind for fault in study.faults} == set(FaultKind)
    assert check_study(study, load(ROOT / "plants/demo.yaml")) == []


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text("sead: 1\nmeters: {reject_rate: 2}\nfaults: [{kind: no_read, whenever: 3}]\n")
    with pytest.raises(StudyError) as error:
        load_study(path)
    text = "\n".join(error.value.problems)
    assert len(error.value.problems) == 3
    assert all(word in text for word in ("sead", "reject_rate", "whenever"))


def test_names_and_files_are_checked_too(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(
        "deliveries: [{file: none.csv}]\n"
        "faults: [{kind: slot_empty, crane: SC9}, {kind: machine_fault, device: SC1, code: BOREDOM, seconds: 5}]\n"
    )
    with pytest.raises(StudyError) as error:
        load_study(path, small_plant())
    assert [p.rpartition(": ")[2] for p in error.value.problems] == [
        "there is no file none.csv", "no crane SC9", "no fault code BOREDOM",
    ]  # fmt: skip


def test_chance_does_not_depend_on_the_order_of_the_draws() -> None:
    one, two = Physics(seed=1), Physics(seed=1)
    draws = [one.chance("reject", f"M{n}") for n in range(1000)]
    assert [two.chance("reject", f"M{n}") for n in reversed(range(1000))] == draws[::-1]
    assert sum(d < 0.1 for d in draws) == pytest.approx(100, abs=35)
    assert Physics(seed=2).chance("reject", "M0") != draws[0]


def run_once(folder: Path, seed: int) -> list[tuple[float, str, EvtCode]]:
    """Return what a short run reports, with its plant times."""
    from simulation.study import Delivery

    faults = (Spoilt(kind=FaultKind.NO_READ), MachineFault(kind=FaultKind.MACHINE_FAULT, device="GI-L1", seconds=7))
    study = Study(
        seed=seed, deliveries=(Delivery(file=asn(folder), order="shuffled"),), faults=faults,
        noise=Noise(travel=0.1, weigh=0.05, no_read=0.3), meters=Meters(reject_rate=0.5),
    )  # fmt: skip
    found: list[tuple[float, str, EvtCode]] = []

    async def story() -> None:
        async with Driver(small_plant(), study) as d:
            for number in range(3):
                await d.until(lambda n=number: sum(e.device == "GI1" for _, e in d.events) == n + 1)
                d.twin.readers["S1"].read()
                await d.when(EvtCode.ENDED, mission=d.move("GI-L1", "?1", "GI", "L1"))
                await d.when(EvtCode.ENDED, mission=d.move("L1-L2", "?1", "L1", "L2"))
                d.take_away(d.world.stands["L2"])
            found.extend((at_s, n.device, n.event.code) for at_s, n in d.events)

    drive(story)
    return found


def test_the_same_seed_gives_the_same_events(tmp_path: Path) -> None:
    assert run_once(tmp_path, 1) == run_once(tmp_path, 1)
    assert run_once(tmp_path, 1) != run_once(tmp_path, 2)

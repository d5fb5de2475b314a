"""Facts in, times out: what tells of a machine is kept, what tells of somebody else is not."""

from __future__ import annotations

from typing import Any

import pytest

from plc.plant.travel import conveyor_s, crane_travel_s, crane_xy_m, entry_s
from simulation.studies.calibrate.findings import AS_COMPUTED, SLOWER, TOO_FEW
from simulation.studies.calibrate.fitting import calibrated
from simulation.studies.calibrate.following import Follower
from simulation.studies.calibrate.records import Recorded
from tests.plants import small_plant
from wcs.journal import Booked

PLANT = small_plant()
NEAR, FAR = "A1-1-01-01", "A1-1-03-02"


class Journal:
    """Facts as the WCS books them, on a plant time of its own."""

    def __init__(self) -> None:
        self.follower = Follower(PLANT)
        self.at_s, self.facts, self.missions = 0.0, 0, 0

    def say(self, kind: str, subject: str, **payload: Any) -> None:
        self.facts += 1
        self.follower.hear(Booked(self.facts, round(self.at_s * 1000), kind, subject, payload))

    def sent(self, device: str, source: str, target: str, *, unit: str = "P1", code: int = 1) -> int:
        self.missions += 1
        self.say("MissionSent", device, mission=self.missions, unit=unit, code=code, source=source, target=target)
        return self.missions

    def picked(self, device: str, source: str, *, unit: str = "P1") -> None:
        self.say("UnitPicked", unit, device=device, source=source)

    def done(self, device: str, mission: int) -> None:
        self.say("MissionDone", device, mission=mission)

    def crane(self, source: str, target: str, *, factor: float = 1.0, stood: str = "AI") -> None:
        """One mission of the crane, its travel `factor` times as long as computed."""
        number = self.sent("SC1", source, target)
        self.at_s += 8 + factor * travel_s(stood, source)
        self.picked("SC1", source)
        self.at_s += 8 + factor * travel_s(source, target)
        self.done("SC1", number)

    def close(self) -> Recorded:
        return self.follower.close()


def travel_s(start: str, end: str) -> float:
    return crane_travel_s(PLANT.cranes["SC1"], crane_xy_m(PLANT, start), crane_xy_m(PLANT, end))


def test_legs_of_a_crane_are_travel_without_forks() -> None:
    journal = Journal()
    journal.crane("AI", FAR)
    journal.crane("AI", NEAR, stood=FAR)
    found = journal.close()
    assert [leg.name for leg in found.legs] == ["put", "get", "put"]  # nobody knows where it stood at first
    assert [leg.ratio for leg in found.legs] == pytest.approx([1.0] * 3, abs=1e-3)


def test_a_crane_that_waits_for_its_outfeed_tells_nothing() -> None:
    journal = Journal()
    journal.crane("AI", FAR)
    number = journal.sent("SC1", FAR, "AO")
    journal.at_s += 8
    journal.picked("SC1", FAR)
    journal.at_s += 500
    journal.done("SC1", number)
    found = journal.close()
    assert [leg.name for leg in found.legs] == ["put"]
    assert found.left_out == 1


def test_a_machine_that_is_slower_than_its_data_is_named() -> None:
    journal = Journal()
    stood = "AI"
    for number in range(12):
        journal.crane("AI", FAR, factor=1.1 + 0.001 * (number % 3), stood=stood)
        stood = FAR
    found = calibrated(journal.close(), PLANT)
    by_leg = {machine.leg: machine for machine in found.machines}
    assert by_leg["put"].verdict == SLOWER
    assert by_leg["put"].ratio.low > 1.09
    assert by_leg["put"].computed_s < by_leg["put"].measured_s
    on_time = Journal()
    stood = "AI"
    for _ in range(12):
        on_time.crane("AI", FAR, stood=stood)
        stood = FAR
    assert {machine.verdict for machine in calibrated(on_time.close(), PLANT).machines} == {AS_COMPUTED}


def test_few_legs_say_nothing() -> None:
    journal = Journal()
    journal.crane("AI", FAR, factor=2.0)
    assert [machine.verdict for machine in calibrated(journal.close(), PLANT).machines] == [TOO_FEW]


def ride(journal: Journal, *, queue_s: float = 0.0, unit: str = "P1", leave: bool = True) -> None:
    segment = PLANT.segments["L2-AI"]
    number = journal.sent("L2-AI", "L2", "AI", unit=unit)
    journal.at_s += entry_s(PLANT, segment)
    journal.picked("L2-AI", "L2", unit=unit)
    journal.at_s += conveyor_s(segment) - entry_s(PLANT, segment) + queue_s
    journal.done("L2-AI", number)
    if leave:
        journal.picked("SC1", "AI", unit=unit)


def test_a_unit_behind_another_tells_nothing_of_the_conveyor() -> None:
    journal = Journal()
    ride(journal, leave=False)
    ride(journal, unit="P2", queue_s=300, leave=False)  # P1 stands at the end
    found = journal.close()
    assert [leg.name for leg in found.legs] == ["entry", "transit", "entry"]
    assert [leg.ratio for leg in found.legs] == pytest.approx([1.0] * 3)


def test_a_stop_is_counted_and_its_mission_is_not() -> None:
    journal = Journal()
    journal.crane("AI", FAR)
    for _ in range(2):
        number = journal.sent("SC1", "AI", FAR)
        journal.say("FaultRaised", "SC1", fault="machine_fault", device="SC1")
        journal.at_s += 600
        journal.say("FaultCleared", "SC1", fault="machine_fault", device="SC1")
        journal.picked("SC1", "AI")
        journal.at_s += 60
        journal.done("SC1", number)
        journal.at_s += 3_600
    journal.at_s += 7_200
    journal.say("MissionFailed", "SC1", mission=999)
    found = journal.close()
    assert [leg.name for leg in found.legs] == ["put"]
    assert [stop.seconds for stop in found.stops] == [600, 600]
    [failing] = calibrated(found, PLANT).failing
    assert (failing.mttr_min.value, failing.distribution) == (10, "fixed")
    assert failing.mtbf_h.low < failing.mtbf_h.value == pytest.approx(failing.up_h / 2)


def test_a_machine_that_still_stands_is_down_to_the_end() -> None:
    journal = Journal()
    journal.crane("AI", FAR)
    journal.say("FaultRaised", "SC1", fault="machine_fault", device="SC1")
    journal.at_s += 3_600
    journal.say("FaultRaised", "P9", fault="no_read", device="S1")
    found = journal.close()
    assert [stop.seconds for stop in found.stops] == [None]
    [failing] = calibrated(found, PLANT).failing
    assert failing.up_h == pytest.approx(found.hours - 1, abs=1e-3)
    assert failing.repair_min is None


def test_what_is_booked_late_after_a_lost_link_tells_nothing() -> None:
    journal = Journal()
    journal.crane("AI", FAR)
    number = journal.sent("SC1", "AI", FAR)
    journal.say("FaultRaised", "PLC1", fault="link_lost", device="PLC1")
    journal.at_s += 4_000
    journal.say("FaultCleared", "PLC1", fault="link_lost", device="PLC1")
    journal.picked("SC1", "AI")
    journal.done("SC1", number)
    journal.crane("AI", FAR, stood=FAR)
    found = journal.close()
    assert [leg.name for leg in found.legs] == ["put", "get", "put"]
    assert [leg.ratio for leg in found.legs] == pytest.approx([1.0] * 3, abs=1e-3)
    assert found.stops == []


def test_a_mission_that_was_sent_again_tells_nothing() -> None:
    journal = Journal()
    journal.crane("AI", FAR)
    number = journal.sent("SC1", "AI", FAR)
    journal.at_s += 900
    journal.say("MissionSentAgain", "SC1", mission=number)
    journal.picked("SC1", "AI")
    journal.done("SC1", number)
    assert [leg.name for leg in journal.close().legs] == ["put"]

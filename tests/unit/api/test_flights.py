"""What was said before a fault is kept in a file."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from api.flights import FOLDER, Flights
from plc.clock import Clock
from plc.recorder import Kind
from plc.wires.make import make_memory_pair
from tests.plants import small_plant
from wcs.journal import Fact


def test_a_machine_fault_leaves_the_telegrams_before_it(tmp_path: Path) -> None:
    async def story() -> None:
        plant, clock = small_plant(), Clock.started(asyncio.get_running_loop())
        link, _ = make_memory_pair("PLC1", plant.devices_by_plc["PLC1"], session_id=1, clock=clock)
        link.recorder.note(Kind.SEND, "SC1", 7)
        flights = Flights(plant, {"PLC1": link}, tmp_path)
        flights.changed([], [(5, Fact("FaultRaised", "SC1", {"fault": "machine_fault", "device": "SC1"}))])
        flights.changed([], [(6, Fact("FaultRaised", "P1", {"fault": "no_read", "device": "GI1"}))])
        await asyncio.get_running_loop().shutdown_default_executor()

    asyncio.run(story())
    (file,) = (tmp_path / FOLDER).iterdir()
    (row,) = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert (file.name, row["device"], row["seq"]) == ("PLC1-000000000005.jsonl", "SC1", 7)

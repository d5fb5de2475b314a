"""What every wire must do, from both ends: one suite over memory, S7 and OPC UA."""

from __future__ import annotations

import asyncio
import time

import pytest

from plc.link import LinkDown, LinkUp
from tests.contract.rigs import WIRES, rig

MISSIONS = {n: f"SC{n % 3 + 1}" for n in range(1, 31)}


@pytest.mark.parametrize("wire", WIRES)
def test_missions_are_done_once(wire: str) -> None:
    async def story() -> None:
        async with rig(wire, MISSIONS) as r:
            await r.plc.start()
            r.controller.start()
            await asyncio.wait_for(r.controller.done.wait(), 15)
            assert r.plc.executed == dict.fromkeys(MISSIONS, 1)
            assert r.controller.bookings == dict.fromkeys(MISSIONS, 1)

    asyncio.run(story())

"""A bench client without its server, and killed wherever it may be."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from plc.clock import Clock
from tests.benches import Rig, play, shipped_sheet
from wcs.bench.client import BenchClient
from wcs.bench.spool import Spool


def test_a_run_goes_on_without_its_server_and_is_sent_later_in_order() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.order()
        client = rig.client()
        work = asyncio.create_task(client.run_forever())
        await rig.until(lambda: bool(rig.server.of("r1")))
        rig.server.away = True
        known = len(rig.server.of("r1"))
        await rig.until(lambda: rig.spool.unfinished() is None)
        assert client.away
        assert len(rig.server.of("r1")) == known
        rig.server.away = False
        await rig.until(rig.ended)
        client.stop()
        await work
        parts = [report.part for report in rig.server.of("r1")]
        assert parts == list(range(1, len(parts) + 1))
        assert {one.verdict for one in rig.server.verdicts("r1").values()} == {"pass"}
        assert not client.away

    play(story)


def test_without_a_server_too_many_rejects_hold_the_keys() -> None:
    async def story(clock: Clock) -> None:
        sheet = shipped_sheet("demo-1ph")
        strict = sheet.guard.model_copy(update={"reject_share": 0.01, "reject_least": 3})
        rig = Rig(clock, sheet.model_copy(update={"guard": strict}))
        for position in (1, 2, 3):
            rig.spoil(position, "offset")
        rig.order()
        client = rig.client()
        work = asyncio.create_task(client.run_forever())
        await rig.until(lambda: bool(rig.server.of("r1")))
        rig.server.away = True
        await rig.until(lambda: rig.spool.unfinished() is None)
        rig.server.away = False
        await rig.until(rig.ended)
        client.stop()
        await work
        verdicts = rig.server.verdicts("r1")
        assert [verdicts[n].verdict for n in range(1, 7)] == ["fail"] * 3 + ["not_tested"] * 3
        assert {verdicts[n].cause for n in (4, 5, 6)} == {"keys_held"}
        assert not any(meter.esam.is_operating for meter in rig.virtual.meters.values())

    play(story)


def test_a_part_that_the_server_will_not_have_is_kept_and_holds_nothing_up() -> None:
    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.server.refuses = {2}
        rig.order()
        await rig.finish()
        assert rig.server.of("r1")[-1].state == "finished"
        assert rig.spool.waiting() == 0
        assert rig.spool.refused_parts() == [("r1", 2, "invalid_input")]

    play(story)


@pytest.mark.parametrize("seed", range(6))
def test_killed_anywhere_nothing_is_lost_and_nothing_counts_twice(seed: int, tmp_path: Path) -> None:
    """Each life of the client ends without a word; the next one finds its disk and the bench as they are."""
    draw = random.Random(seed)

    async def story(clock: Clock) -> None:
        rig = Rig(clock, shipped_sheet("demo-1ph"))
        rig.spoil(4, "offset")
        rig.order()
        lives = 0
        while not rig.ended():
            rig.spool = Spool(tmp_path / "bench.db")
            client = rig.client()
            work = asyncio.create_task(client.run_forever())
            rig.server.away = draw.random() < 0.3
            until_s = clock.now_s() + draw.uniform(5, 400 if lives < 12 else 4000)
            while not rig.ended() and clock.now_s() < until_s:
                await clock.sleep(draw.uniform(0.1, 7))
            lives += 1
            load = rig.virtual.load
            await _kill(client, work)
            rig.server.away = False
            rig.virtual.apply(load if draw.random() < 0.5 else None)  # nobody took the source off
        assert lives > 1
        verdicts = rig.server.verdicts("r1")
        assert [verdicts[n].verdict for n in range(1, 7)] == ["pass", "pass", "pass", "fail", "pass", "pass"]
        assert verdicts[4].failed == ("intrinsic_error", "constant")
        parts = [report.part for report in rig.server.of("r1")]
        assert parts == list(range(1, len(parts) + 1))
        outcomes = rig.server.outcomes("r1")
        assert [one.serial for one in outcomes] == list(range(1, len(outcomes) + 1))
        whole = Counter((one.position, one.case) for one in outcomes)
        for case in rig.sheet.cases:
            assert len({whole[position, case.code] for position in rig.hung}) == 1, case.code
        points = Counter((one.position, one.case, one.point) for one in outcomes if one.point.endswith("all"))
        assert set(points.values()) == {1}
        assert all(meter.esam.is_operating for meter in rig.virtual.meters.values())

    play(story)


async def _kill(client: BenchClient, work: asyncio.Task[None]) -> None:
    """End a client as kill -9 does: its disk closes first, so that nothing it does in dying is kept."""
    client.spool.close()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)

"""What a bench shows of itself: collected beside its work, bounded, and seen by whoever may look."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.bench.picture import FRAME_BYTES, FRAMES, BenchShown
from api.bench.remote import RemoteServer
from api.bench.screen import Screen
from api.bench.showing import Heard, seen, show_forever
from api.security.roles import Role
from plc.bench.envelope import seal
from plc.clock import Clock
from plc.meters.client import Frame
from plc.meters.soft_box import SoftBox
from tests.benches import HABITS, Rig, play, shipped_sheet
from tests.faces import Face, make_face, served
from tests.system.cells import cells_plant
from wcs.bench.client import BenchClient
from wcs.bench.errors import ServerAway, ServerRefused
from wcs.bench.spool import Spool

KEY = "a key of sixteen or more"


@pytest.fixture
def face(tmp_path: Path) -> Face:
    return make_face(tmp_path / "site", plant=cells_plant(), bench_key=KEY)


def test_a_run_is_seen_while_it_goes_on() -> None:
    async def story(clock: Clock) -> None:
        rig, screen = Rig(clock, shipped_sheet("demo-1ph"), positions=3), Screen()
        rig.order()
        client = BenchClient(
            "BN1", Heard(rig.server, screen), equipment=seen(rig.virtual.equipment(), screen), spool=rig.spool,
            clock=clock, box=SoftBox(), habits=replace(HABITS, frames=screen.heard),
        )  # fmt: skip
        working = asyncio.create_task(client.run_forever())
        await rig.until(lambda: any(one.case == "errors-short" for one in screen.results.values()))
        shown = screen.document(rig.spool, at_ms=clock.now_ms())
        assert shown.running is not None
        assert (shown.running.run, shown.running.scheme, shown.running.formal) == ("r1", "demo-1ph", True)
        assert 0 < shown.running.done < shown.running.cases == len(rig.sheet.cases)
        assert set(shown.positions) == {1, 2, 3}
        assert all(one.present and one.wired and one.terminals_c for one in shown.positions.values())
        told = shown.positions[2].result
        assert told is not None
        assert (told.item, told.verdict, bool(told.value), bool(told.limit)) == ("intrinsic_error", "pass", True, True)
        assert 0 < len(shown.frames) <= FRAMES
        assert {frame.direction for frame in shown.frames} == {"out", "in"}
        assert shown.air is not None
        await rig.until(rig.ended)
        client.stop()
        await working
        ended = screen.document(rig.spool, at_ms=clock.now_ms())
        assert ended.running is None and ended.load is None
        assert ended.seq == shown.seq + 1
        rig.hung.pop(2)
        await seen(rig.virtual.equipment(), screen).positions.states()
        left = screen.document(rig.spool, at_ms=clock.now_ms()).positions
        assert {number: one.result is None for number, one in left.items()} == {1: False, 2: True, 3: False}

    play(story)


def test_the_screen_shows_what_the_error_boards_read_before_it_is_judged() -> None:
    async def story(clock: Clock) -> None:
        rig, screen = Rig(clock, shipped_sheet("demo-1ph"), positions=2), Screen()
        rig.order()
        client = BenchClient(
            "BN1", rig.server, equipment=seen(rig.virtual.equipment(), screen), spool=rig.spool, clock=clock,
            box=SoftBox(), habits=HABITS,
        )  # fmt: skip
        working = asyncio.create_task(client.run_forever())
        await rig.until(lambda: bool(screen.readings))
        shown = screen.document(rig.spool, at_ms=clock.now_ms())
        assert shown.load is not None and float(shown.load.current_a) > 0
        assert all(abs(float(one.error_percent)) < 100 for one in shown.positions.values())
        client.stop()
        await working

    play(story)


def test_only_the_newest_frames_are_kept_and_long_ones_are_cut() -> None:
    screen = Screen()
    for number in range(FRAMES + 5):
        screen.heard(1, Frame(float(number), "out", bytes([number]) * (FRAME_BYTES + 1)))
    shown = screen.document(Spool(), at_ms=1)
    assert [frame.at_s for frame in shown.frames] == [float(number) for number in range(5, FRAMES + 5)]
    assert {len(frame.raw) for frame in shown.frames} == {2 * FRAME_BYTES}


def test_the_picture_has_what_a_bench_shows_and_others_may_not_show(face: Face) -> None:
    sent = seal(BenchShown(seq=1, at_ms=5).model_dump_json()).encode()
    for role in Role:
        with face.client(role) as client:
            status = client.post("/api/v1/benches/BN1/live", content=sent).status_code
            assert status == (200 if role is Role.BENCH else 403)
    assert face.context.picture.snapshot()["benches"]["BN1"]["at_ms"] == 5


def test_what_is_no_picture_of_a_bench_is_refused_whole(face: Face) -> None:
    good = BenchShown(seq=1, at_ms=5).model_dump()
    wrong = ({"more": 1}, {"seq": -1}, {"positions": {"201": {}}}, {"frames": [{"raw": "no"}]})
    with TestClient(face.app, headers={"authorization": f"Bearer {KEY}"}) as client:
        for one in (good | change for change in wrong):
            answer = client.post("/api/v1/benches/BN1/live", content=seal(json.dumps(one)).encode())
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert "benches" not in face.context.picture.snapshot()


def test_the_remote_server_shows_in_its_envelope_and_learns_of_an_unknown_bench(face: Face) -> None:
    async def story(url: str) -> None:
        remote = RemoteServer(url, KEY)
        await remote.show("BN1", BenchShown(seq=3, at_ms=9))
        with pytest.raises((ServerAway, ServerRefused), match="unknown_bench"):
            await remote.show("BN77", BenchShown(seq=3, at_ms=9))
        await remote.close()

    with served(face.app) as url:
        asyncio.run(story(url))
    assert face.context.picture.snapshot()["benches"]["BN1"]["seq"] == 3


def test_a_bench_without_a_run_shows_its_positions_and_no_server_stops_it() -> None:
    class Looker:
        def __init__(self) -> None:
            self.shown: list[BenchShown] = []
            self.away = True

        async def show(self, bench: str, shown: BenchShown) -> None:
            if self.away:
                raise ServerAway(bench)
            self.shown.append(shown)

    async def story(clock: Clock) -> None:
        rig, screen, looker = Rig(clock, shipped_sheet("demo-1ph"), positions=3), Screen(), Looker()
        equipment = seen(rig.virtual.equipment(), screen)
        showing = asyncio.create_task(
            show_forever(screen, looker, rig.spool, equipment=equipment, clock=clock, bench="BN1")
        )
        await clock.sleep(5)
        assert not looker.shown
        looker.away = False
        await rig.until(lambda: len(looker.shown) == 2)
        showing.cancel()
        assert [one.running for one in looker.shown] == [None, None]
        assert {number: one.present for number, one in looker.shown[0].positions.items()} == {1: True, 2: True, 3: True}
        assert looker.shown[1].seq == looker.shown[0].seq + 1

    play(story)

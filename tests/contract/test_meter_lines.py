"""Sixty virtual meters on sixty real ptys at 9600 baud, on lines that lose, double and tear answers."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from plc.clock import Clock
from plc.meters.channel import SerialChannel, wire_s
from plc.meters.client import Frame, MeterClient, NoAnswer
from plc.meters.soft_box import SoftBox
from plc.meters.values import moment_at
from simulation.meters.line_faults import LineFaults
from simulation.meters.model import MeterModel
from simulation.meters.nature import nature
from simulation.meters.pty_line import PtyLine
from simulation.meters.virtual import VirtualMeter
from simulation.physics import Physics
from tests.meters import START_S, fed, good

POSITIONS, DYING = 60, 17
NAMES = (
    "comm_address",
    "meter_number",
    "asset_code",
    "constant",
    "accuracy_class",
    "energy_total",
    "status_word_3",
    "key_state",
)
BAD_LINE = LineFaults(silence=0.01, byte_loss=0.03, doubled=0.05, truncated=0.03, seed=5)


@dataclass
class Place:
    """One position: a line, a meter on it, and what its master heard."""

    number: int
    clock: Clock
    folder: Path
    frames: list[Frame] = field(default_factory=list)

    def __post_init__(self) -> None:
        protocol = "698" if self.number % 3 == 0 else "645"
        code = f"14300090000044{self.number:07}0"
        truth = nature(Physics(seed=1), code, MeterModel(protocol=protocol), near_share=0)
        self.meter = fed(truth, self.clock)
        self.line = PtyLine(
            [self.meter], self.clock, path=self.folder / f"BN1-{self.number:03}", baud=9600, faults=BAD_LINE
        )
        self.line.open()
        self.channel = SerialChannel(str(self.line.path), 9600, "E", self.clock)
        self.client = MeterClient(
            self.channel,
            protocol=protocol,
            address=truth.address,
            box=SoftBox(),
            heard=self.frames.append,
            timeout_s=1.0,
        )

    async def check(self) -> dict[str, Any]:
        """The communication part of a scheme: read, authenticate, trip and close, set the time, put in the key."""
        found: dict[str, Any] = {"address": await self.client.read_address()}
        for name in NAMES:
            found[name] = await self.client.read(name)
        if self.number == DYING:
            self.meter.die()
        found["esam"] = await self.client.authenticate()
        await self.client.control("trip")
        found["tripped"] = await self.client.read("status_word_3")
        await self.client.control("close")
        await self.client.broadcast_time(moment_at(self.clock.now_s()))
        await self.client.download_key()
        return found | {"keys": await self.client.key_status()}

    def close(self) -> None:
        self.channel.close()
        self.line.close()


def test_sixty_meters_answer_in_spite_of_bad_lines_and_one_dies(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), start_s=START_S)
        places = [Place(number, clock, tmp_path) for number in range(1, POSITIONS + 1)]
        try:
            found = await asyncio.gather(*(place.check() for place in places), return_exceptions=True)
        finally:
            for place in places:
                place.close()
        for place, result in zip(places, found, strict=True):
            if place.number == DYING:
                assert isinstance(result, NoAnswer)
                assert [frame.direction for frame in place.frames[-4:]] == ["out"] * 4
            else:
                _holds(place, result)
        asked = [sum(frame.direction == "out" for frame in place.frames) for place in places]
        assert max(asked) > min(asked)  # the lines were bad, and resends made up for it

    asyncio.run(story())


def _holds(place: Place, found: Any) -> None:
    address, code = place.meter.address, place.meter.nature.bar_code
    assert not isinstance(found, BaseException), (place.number, found)
    assert found["address"] == found["comm_address"] == found["meter_number"] == address
    assert (found["asset_code"], found["constant"], found["accuracy_class"]) == (code, 1200, "2")
    assert (found["energy_total"], found["status_word_3"], found["key_state"]) == (0, 0, 0)
    assert (found["esam"], found["tripped"], found["keys"]) == (address.zfill(16), 0x50, "operating")
    assert place.meter.load_closed
    assert place.meter.esam.is_operating


@pytest.mark.parametrize("baud", [2400, 9600])
def test_bytes_take_their_time(baud: int, tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), start_s=START_S)
        meter = fed(good(), clock)
        frames: list[Frame] = []
        line = PtyLine([meter], clock, path=tmp_path / "line", baud=baud)
        line.open()
        channel = SerialChannel(str(line.path), baud, "E", clock)
        client = MeterClient(channel, protocol="645", address=meter.address, box=SoftBox(), heard=frames.append)
        await client.read("asset_code")
        channel.close()
        line.close()
        out, back = frames
        assert back.at_s - out.at_s >= wire_s(len(out.raw) + len(back.raw), baud)

    asyncio.run(story())


def test_several_meters_share_a_line(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), start_s=START_S)
        meters: list[VirtualMeter] = [fed(good(f"14300090000044{n:07}0"), clock) for n in range(3)]
        line = PtyLine(meters, clock, path=tmp_path / "line", baud=9600)
        line.open()
        channel = SerialChannel(str(line.path), 9600, "N", clock)
        clients = [MeterClient(channel, protocol="645", address=one.address, box=SoftBox()) for one in meters]
        try:
            codes = await asyncio.gather(*(client.read("asset_code") for client in clients))
            await clients[0].broadcast_time(moment_at(clock.now_s()))
            clocks = await asyncio.gather(*(client.read("clock") for client in clients))
        finally:
            channel.close()
            line.close()
        assert codes == [one.nature.bar_code for one in meters]
        assert all(abs(shown.timestamp() - clock.now_s()) < 30 for shown in clocks if hasattr(shown, "timestamp"))

    asyncio.run(story())


def test_a_line_that_babbles_is_no_answer(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), start_s=START_S)
        line = PtyLine([], clock, path=tmp_path / "line", baud=9600)
        line.open()
        channel = SerialChannel(str(line.path), 9600, "N", clock)
        client = MeterClient(channel, protocol="645", address="0" * 12, box=SoftBox(), timeout_s=0.1)
        babbling = True

        def babble() -> None:
            if babbling:
                os.write(line._master, bytes.fromhex("68FE68"))
                clock.call_later(0.002, babble)

        babble()
        try:
            with pytest.raises(NoAnswer):
                await client.read("constant")
        finally:
            babbling = False
            channel.close()
            line.close()

    asyncio.run(story())


def test_an_echo_is_no_answer(tmp_path: Path) -> None:
    """A half-duplex adapter gives back what we send."""

    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), start_s=START_S)
        meter = fed(good(), clock)
        line = PtyLine([meter], clock, path=tmp_path / "line", baud=9600)
        line.open()
        channel = SerialChannel(str(line.path), 9600, "N", clock)
        client = MeterClient(channel, protocol="645", address=meter.address, box=SoftBox())

        def echo() -> None:
            frame = os.read(line._master, 4096)
            os.write(line._master, frame)
            for answer in (meter.answer(one) for one in line._frames.feed(frame)):
                os.write(line._master, answer or b"")

        clock.loop.add_reader(line._master, echo)
        try:
            assert await client.read("constant") == 1200
        finally:
            channel.close()
            line.close()

    asyncio.run(story())

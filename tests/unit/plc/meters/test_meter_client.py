"""The client against virtual meters on the in-memory line, in both protocols."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import pytest

from plc.clock import Clock
from plc.meters.client import TIMEOUT_S, BadValue, Frame, MeterClient, MeterRefused, NoAnswer
from plc.meters.frame645 import Frame645, pack, unpack
from plc.meters.soft_box import SoftBox
from plc.meters.values import moment_at
from simulation.meters.line_faults import LineFaults
from simulation.meters.memory_channel import MemoryChannel
from tests.meters import ADDRESS, CODE, client_of, fed, good, play

PROTOCOLS: tuple[Literal["645", "698"], ...] = ("645", "698")
both = pytest.mark.parametrize("protocol", PROTOCOLS)
REFUSED = {"645": "645:01", "698": "698:255"}


@both
def test_a_meter_says_who_it_is(protocol: Literal["645", "698"]) -> None:
    async def story(clock: Clock) -> None:
        client = client_of(fed(good(protocol=protocol), clock), clock)
        assert await client.read_address() == ADDRESS
        assert await client.read("comm_address") == ADDRESS
        assert await client.read("asset_code") == CODE
        assert await client.read("constant") == 1200
        assert await client.authenticate() == ADDRESS.zfill(16)

    play(story)


@both
def test_control_is_sealed_and_a_meter_that_is_kept_does_not_trip(protocol: Literal["645", "698"]) -> None:
    async def story(clock: Clock) -> None:
        meter = fed(good(protocol=protocol), clock)
        client = client_of(meter, clock)
        await client.control("trip")
        assert not meter.load_closed
        assert await client.read("status_word_3") == 0x50
        await client.control("keep")
        assert meter.load_closed
        with pytest.raises(MeterRefused) as refused:
            await client.control("trip")
        assert refused.value.code == REFUSED[protocol]
        assert meter.load_closed
        await client.control("keep_off")
        await client.control("alarm")
        assert await client.read("status_word_3") == 0x80

    play(story)


@both
def test_a_stuck_relay_says_yes_and_stays_closed(protocol: Literal["645", "698"]) -> None:
    async def story(clock: Clock) -> None:
        meter = fed(replace(good(protocol=protocol), relay_works=False), clock)
        client = client_of(meter, clock)
        await client.control("trip")
        assert meter.load_closed
        assert await client.read("status_word_3") == 0x40  # told to, but did not

    play(story)


@both
def test_a_session_that_a_power_cut_has_ended_is_opened_again(protocol: Literal["645", "698"]) -> None:
    async def story(clock: Clock) -> None:
        meter = fed(good(protocol=protocol), clock)
        client = client_of(meter, clock)
        await client.authenticate()
        meter.set_supply(voltage_v=0, current_a=0)
        meter.set_supply(voltage_v=220, current_a=0)
        await client.control("trip")
        assert not meter.load_closed
        meter.set_supply(voltage_v=0, current_a=0)
        meter.set_supply(voltage_v=220, current_a=0)
        await client.write("demand_period", 5)
        assert await client.read("demand_period") == 5

    play(story)


def test_a_plain_password_does_not_trip() -> None:
    async def story(clock: Clock) -> None:
        meter = fed(good(), clock)
        plain = bytes.fromhex("02000000 00000000 1A00 595923311299")
        answer = meter.answer(pack(Frame645(ADDRESS, 0x1C, plain)))
        assert answer is not None
        assert unpack(answer.lstrip(b"\xfe")) == Frame645(ADDRESS, 0xDC, b"\x04")
        assert meter.load_closed

    play(story)


@both
def test_keys_are_put_in_once_and_open_the_meter_afterwards(protocol: Literal["645", "698"]) -> None:
    async def story(clock: Clock) -> None:
        meter = fed(good(protocol=protocol), clock)
        frames: list[Frame] = []
        client = client_of(meter, clock, heard=frames.append)
        assert await client.key_status() == "factory"
        await client.download_key()
        assert await client.key_status() == "operating"
        await client.control("trip")
        assert not meter.load_closed
        frames.clear()
        await client.download_key()
        assert len(frames) == 2  # it only asked for the status

    play(story)


class LossyChannel:
    """A line that loses the answer to every frame that `loses` names, once it has arrived."""

    def __init__(self, inner: MemoryChannel, loses: Callable[[bytes], bool]) -> None:
        self.inner, self.loses, self.clock = inner, loses, inner.clock

    async def exchange(self, frame: bytes, *, timeout_s: float) -> bytes | None:
        answer = await self.inner.exchange(frame, timeout_s=timeout_s)
        return None if self.loses(frame) else answer

    async def send(self, frame: bytes) -> None:
        await self.inner.send(frame)

    def close(self) -> None:
        self.inner.close()


def _client(meter: Any, clock: Clock, loses: Callable[[bytes], bool]) -> MeterClient:
    channel = LossyChannel(MemoryChannel([meter], clock), loses)
    return MeterClient(channel, protocol="645", address=meter.address, box=SoftBox())


def test_a_key_whose_answer_is_lost_is_not_put_in_twice() -> None:
    async def story(clock: Clock) -> None:
        meter = fed(good(), clock)
        key_di = bytes((byte + 0x33) & 0xFF for byte in bytes.fromhex("FF010207"))
        client = _client(meter, clock, lambda frame: key_di in frame)
        await client.download_key()
        assert meter.esam.is_operating
        assert await client.key_status() == "operating"

    play(story)


def test_a_meter_that_takes_no_key_refuses() -> None:
    async def story(clock: Clock) -> None:
        client = client_of(fed(replace(good(), takes_key=False), clock), clock)
        with pytest.raises(MeterRefused, match="645:04"):
            await client.download_key()
        assert await client.key_status() == "factory"

    play(story)


@both
def test_a_broken_security_module_refuses(protocol: Literal["645", "698"]) -> None:
    async def story(clock: Clock) -> None:
        client = client_of(fed(replace(good(protocol=protocol), esam_works=False), clock), clock)
        with pytest.raises(MeterRefused):
            await client.authenticate()

    play(story)


def test_a_foreign_machine_is_refused() -> None:
    async def story(clock: Clock) -> None:
        meter = fed(replace(good(), keys="operating"), clock)
        channel = MemoryChannel([meter], clock)
        stranger = MeterClient(channel, protocol="645", address=ADDRESS, box=SoftBox(b"another root"))
        with pytest.raises(MeterRefused, match="645:04"):
            await stranger.authenticate()
        owner = MeterClient(channel, protocol="645", address=ADDRESS, box=SoftBox())
        assert await owner.authenticate() == ADDRESS.zfill(16)

    play(story)


def test_one_try_and_three_resends_then_no_answer() -> None:
    async def story(clock: Clock) -> None:
        frames: list[Frame] = []
        client = client_of(fed(replace(good(), answers=False), clock), clock, heard=frames.append)
        before_s = clock.now_s()
        with pytest.raises(NoAnswer) as silence:
            await client.read("energy_total")
        assert silence.value.tries == 4
        assert [frame.direction for frame in frames] == ["out"] * 4
        assert clock.now_s() - before_s == pytest.approx(4 * (TIMEOUT_S + 20 * 11 / 9600), abs=1e-3)

    play(story)


@both
def test_a_bad_line_costs_resends_and_no_value(protocol: Literal["645", "698"]) -> None:
    async def story(clock: Clock) -> None:
        faults = LineFaults(silence=0.05, byte_loss=0.1, doubled=0.1, truncated=0.1, seed=1)
        frames: list[Frame] = []
        client = client_of(fed(good(protocol=protocol), clock), clock, faults=faults, heard=frames.append)
        for _ in range(50):
            assert await client.read("asset_code") == CODE
        asked = sum(frame.direction == "out" for frame in frames)
        assert 55 <= asked <= 80  # about a quarter of the answers is lost

    play(story)


@both
def test_an_answer_to_something_else_is_no_answer(protocol: Literal["645", "698"]) -> None:
    async def story(clock: Clock) -> None:
        meter = fed(good(protocol=protocol), clock)
        channel = MemoryChannel([meter], clock)
        other = MeterClient(channel, protocol=protocol, address="000000000001", box=SoftBox())
        with pytest.raises(NoAnswer):
            await other.read("constant")  # the meter on the line has another address
        meter.address = "000000000001"  # hears that address, and says so
        assert await other.read("constant") == 1200

    play(story)


@both
def test_what_is_written_is_read_back(protocol: Literal["645", "698"]) -> None:
    async def story(clock: Clock) -> None:
        client = client_of(fed(good(protocol=protocol), clock), clock)
        for name, value in (
            ("demand_period", 5),
            ("rates", 2),
            ("switching_table", "00:00=1 12:30=2"),
            ("asset_code", "X-1"),
        ):
            await client.write(name, value)
            assert await client.read(name) == value
        at = moment_at(clock.now_s() + 86_400)
        await client.write("clock", at)
        assert at <= await client.read("clock") <= at + timedelta(seconds=2)
        with pytest.raises(BadValue, match="cannot be written"):
            await client.write("energy_total", 0)
        with pytest.raises(BadValue, match="no identifier"):
            await client.read("energy_of_the_universe")

    play(story)


def test_a_meter_takes_a_demand_period_shorter_than_its_slip_for_an_error() -> None:
    async def story(clock: Clock) -> None:
        client = client_of(fed(good(), clock), clock)
        with pytest.raises(MeterRefused, match="645:01"):
            await client.write("demand_period", 0)

    play(story)


@both
def test_everybody_hears_the_time_once_a_day_and_only_a_small_step(protocol: Literal["645", "698"]) -> None:
    async def story(clock: Clock) -> None:
        near = fed(replace(good(protocol=protocol), clock_off_s=100.0), clock)
        far = fed(replace(good(CODE[:-4] + "1111", protocol=protocol), clock_off_s=400.0), clock)
        channel = MemoryChannel([near, far], clock)
        client = MeterClient(channel, protocol=protocol, address=near.address, box=SoftBox())
        at = moment_at(clock.now_s())
        await client.broadcast_time(at)
        assert abs(near.clock() - moment_at(clock.now_s())) <= timedelta(seconds=1)
        assert far.clock() - at >= timedelta(seconds=399)
        await client.broadcast_time(at + timedelta(seconds=200))  # the second one of the day
        assert near.clock() - at < timedelta(seconds=2)

    play(story)


@both
def test_registers_are_cleared_and_the_terminal_switched(protocol: Literal["645", "698"]) -> None:
    async def story(clock: Clock) -> None:
        meter = fed(good(protocol=protocol), clock, current_a=60)
        client = client_of(meter, clock)
        await clock.sleep(3600)
        assert await client.read("energy_total") > 13
        meter.set_supply(voltage_v=220, current_a=0)
        await client.clear_energy()
        assert await client.read("energy_total") == 0
        await client.clear_demand()
        assert await client.read("demand_max") == 0
        await client.output("rate_switch")
        assert meter.output == "rate_switch"
        assert meter.timing_reading() is None

    play(story)


def test_a_meter_without_voltage_or_dead_says_nothing() -> None:
    async def story(clock: Clock) -> None:
        meter = fed(good(), clock)
        client = client_of(meter, clock)
        meter.set_supply(voltage_v=50, current_a=0)
        with pytest.raises(NoAnswer):
            await client.read_address()
        meter.set_supply(voltage_v=220, current_a=10)
        assert await client.read_address() == ADDRESS
        assert meter.pulse_rate_hz > 0
        meter.die()
        with pytest.raises(NoAnswer):
            await client.read_address()
        assert meter.pulse_rate_hz == 0
        assert meter.error_reading() is None

    play(story)

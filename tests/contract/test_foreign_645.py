"""DL/T 645 against the package `dlt645`: its slave and our client, its client and our virtual meter.

Where the package differs from the standard it is left out here; docs/adr says where.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from dlt645.model.types.dlt645_type import Demand as ForeignDemand
from dlt645.service.clientsvc.client_service import MeterClientService
from dlt645.service.serversvc.server_service import MeterServerService

from plc.clock import Clock
from plc.meters.channel import SerialChannel
from plc.meters.client import MeterClient, MeterRefused, NoAnswer
from plc.meters.soft_box import SoftBox
from simulation.meters.pty_line import PtyLine
from simulation.meters.virtual import VirtualMeter
from tests.contract.null_modem import null_modem
from tests.meters import ADDRESS, START_S, fed, good

ON_WIRE = "051301410400"  # NOTE: the package writes addresses as they travel, the last digits first
ENERGY, VOLTAGE, CURRENT, CONSTANT, PERIOD, OWN_ADDRESS = (
    0x00010000, 0x02010100, 0x02020100, 0x04000409, 0x04000103, 0x04000401,
)  # fmt: skip


def foreign_meter(service: MeterServerService) -> None:
    service.set_address(ON_WIRE)
    service.set_00(ENERGY, 123456.78)
    service.set_01(0x01010000, ForeignDemand(12.3456, datetime(2026, 1, 5, 10, 30)))  # noqa: DTZ001 - as the package does
    service.set_02(VOLTAGE, 220.5)
    service.set_02(CURRENT, 1.234)
    service.set_04(CONSTANT, "001200")
    service.set_04(PERIOD, "15")
    service.set_04(OWN_ADDRESS, ADDRESS)


async def ask_foreign(port: str, clock: Clock) -> None:
    channel = SerialChannel(port, 9600, "E", clock)
    try:
        client = MeterClient(channel, protocol="645", address=ADDRESS, box=SoftBox())
        assert await client.read_address() == ADDRESS
        assert await client.read("energy_total") == Decimal("123456.78")
        assert await client.read("demand_max") == Decimal("12.3456")
        assert await client.read("voltage_a") == Decimal("220.5")
        assert await client.read("current_a") == Decimal("1.234")
        assert await client.read("constant") == 1200
        assert await client.read("demand_period") == 15
        assert await client.read("comm_address") == ADDRESS
        with pytest.raises(MeterRefused, match="645:02"):
            await client.read("clock")
        other = MeterClient(channel, protocol="645", address="000000000001", box=SoftBox())
        with pytest.raises(MeterRefused, match="645:01"):  # NOTE: a meter would be silent; the package answers
            await other.read("energy_total")
    finally:
        channel.close()


def with_service(service: MeterServerService, story: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def told() -> None:
        foreign_meter(service)
        assert service.start()
        try:
            await story()
        finally:
            assert await asyncio.to_thread(service.stop)

    return told


@pytest.mark.sockets
def test_our_client_reads_its_slave_over_a_serial_server() -> None:
    async def story() -> None:
        service = MeterServerService.new_tcp_server("127.0.0.1", 0)
        clock = Clock.started(asyncio.get_running_loop())
        await with_service(service, lambda: ask_foreign(f"socket://127.0.0.1:{service.server.port}", clock))()

    asyncio.run(story())


def test_our_client_reads_its_slave_over_a_serial_line() -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop())
        with null_modem() as (ours, theirs):
            service = MeterServerService.new_rtu_server(theirs, 8, 1, 9600, "N", 0.2)
            await with_service(service, lambda: ask_foreign(ours, clock))()

    asyncio.run(story())


def ask_ours(port: str) -> list[Any]:
    client = MeterClientService.new_rtu_client(port, 9600, 8, 1, "N", 2.0)
    try:
        found = [client.read_address().value, bytes(client.address).hex()]
        found += [client.read_00(ENERGY).value, client.read_02(VOLTAGE).value, client.read_02(CURRENT).value]
        found += [client.read_04(CONSTANT).value, client.read_04(OWN_ADDRESS).value]
        client.write_04(PERIOD, "05", "02000000")
        found += [client.read_04(PERIOD).value, client.read_04(0x04000B01)]
        client.clear_meter("02000000")
        return [*found, client.read_00(ENERGY).value]
    finally:
        client.disconnect()


def test_its_client_reads_writes_and_clears_our_meter(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), start_s=START_S)
        meter = fed(good(), clock)
        meter.set_supply(voltage_v=220.5, current_a=0)
        meter.registers.total_kwh = 123456.78
        line = PtyLine([meter], clock, path=tmp_path / "line", baud=9600)
        line.open()
        try:
            found = await asyncio.to_thread(ask_ours, str(line.path))
        finally:
            line.close()
        # NOTE: the package prints the address in wire order, twice over
        assert found == [ON_WIRE, ON_WIRE, 123456.78, 220.5, 0.0, "001200", ADDRESS, "05", None, 0.0]
        assert meter.demand.period_s == 300

    asyncio.run(story())


def test_our_client_and_its_client_send_the_same_frames(tmp_path: Path) -> None:
    """What the package puts on the line for a reading is, byte for byte, what we put there."""

    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), start_s=START_S)
        heard: list[bytes] = []
        meter = fed(good(), clock)
        line = PtyLine([_Listening(meter, heard)], clock, path=tmp_path / "line", baud=9600)  # type: ignore[list-item]
        line.open()
        try:
            await asyncio.to_thread(_read_once, str(line.path))
            theirs, heard[:] = list(heard), []
            channel = SerialChannel(str(line.path), 9600, "N", clock)
            client = MeterClient(channel, protocol="645", address=ADDRESS, box=SoftBox())
            await client.read_address()
            await client.read("energy_total")
            await client.write("demand_period", 5)
            channel.close()
        finally:
            line.close()
        assert heard == theirs

    asyncio.run(story())


class _Listening:
    def __init__(self, meter: VirtualMeter, heard: list[bytes]) -> None:
        self.meter, self.heard, self.address = meter, heard, meter.address

    def answer(self, frame: bytes) -> bytes | None:
        self.heard.append(frame)
        return self.meter.answer(frame)


def _read_once(port: str) -> None:
    client = MeterClientService.new_rtu_client(port, 9600, 8, 1, "N", 2.0)
    client.read_address()
    client.read_00(ENERGY)
    client.write_04(PERIOD, "05", "02000000")
    client.disconnect()


def test_a_line_that_breaks_is_no_answer_and_is_opened_again(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), start_s=START_S)
        meter = fed(good(), clock)
        path = tmp_path / "line"
        channel = SerialChannel(str(path), 9600, "E", clock)
        client = MeterClient(channel, protocol="645", address=ADDRESS, box=SoftBox(), timeout_s=0.1)
        with pytest.raises(NoAnswer):
            await client.read("constant")
        for _ in range(2):
            line = PtyLine([meter], clock, path=path, baud=9600)
            line.open()
            client.timeout_s = 1.0
            assert await client.read("constant") == 1200
            line.close()
        channel.close()
        assert meter.clock() > datetime(2027, 1, 15, 7, 58, tzinfo=UTC)

    asyncio.run(story())

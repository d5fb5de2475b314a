"""DL/T 698.45 against the package `dlt698`: its server and our client, its client and our virtual meter, its codec.

Its server answers neither wildcard addresses nor anybody who has not connected, unless an association is preset.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from dlt698 import (
    Client,
    ClientOptions,
    ConnectionProfile,
    Data,
    Oad,
    Omd,
    Server,
    ServerOptions,
    SessionOptions,
    decode_data,
    encode_data,
)
from dlt698.codec import decode_apdu, decode_frame, decode_security, encode_frame
from dlt698.protocol import ActionRequest, ConnectRequest, GetRequest, SetRequest
from dlt698.transport import SerialLinkOptions, SerialOptions, SerialParity

from plc.clock import Clock
from plc.meters import data698, dialect698, values698
from plc.meters.asking import Password
from plc.meters.channel import SerialChannel
from plc.meters.client import MeterClient, MeterRefused
from plc.meters.identifiers import identifier, identifiers
from plc.meters.security import Challenge
from plc.meters.soft_box import SoftBox
from plc.meters.values import moment_at
from simulation.meters.pty_line import PtyLine
from simulation.meters.reading import value_of
from tests.meters import ADDRESS, CODE, START_S, fed, good

WIRE_ADDRESS = bytes.fromhex(ADDRESS)[::-1]
ENERGY, ADDRESS_OAD = Oad(oi=0x0010, attribute=2, index=1), Oad(oi=0x4001, attribute=2)
ASSET, PERIOD = Oad(oi=0x4103, attribute=2), Oad(oi=0x4100, attribute=2)
SERIAL = SerialOptions(baud_rate=9600, parity=SerialParity.none)


def session(*, is_preset: bool) -> SessionOptions:
    server = decode_frame(dialect698.read(ADDRESS, identifier("constant")).raw).server
    assert server.bytes == WIRE_ADDRESS
    return SessionOptions(server=server, client_address=16, request_timeout=5.0, preset_association=is_preset)


@pytest.mark.sockets
def test_our_client_reads_its_server() -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop())
        with Server(None, ServerOptions(protocol=session(is_preset=True))) as server:
            server.set(ADDRESS_OAD, Data.octet_string(bytes.fromhex(ADDRESS)))
            server.set(ASSET, Data.visible_string(CODE.ljust(32)))
            server.set(PERIOD, Data.uint8(15))
            server.start_tcp("127.0.0.1", 0, ConnectionProfile.local_preset)
            channel = SerialChannel(f"socket://127.0.0.1:{server.local_port}", 9600, "N", clock)
            client = MeterClient(channel, protocol="698", address=ADDRESS, box=SoftBox())
            try:
                assert await client.read("comm_address") == ADDRESS
                assert await client.read("asset_code") == CODE
                assert await client.read("demand_period") == 15
                with pytest.raises(MeterRefused, match="698:4"):
                    await client.read("energy_total")
            finally:
                channel.close()

    asyncio.run(story())


def ask_ours(port: str, profile: ConnectionProfile) -> list[Any]:
    is_preset = profile == ConnectionProfile.local_preset
    with Client(ClientOptions(protocol=session(is_preset=is_preset))) as client:
        client.open_serial_configured(port, SERIAL, SerialLinkOptions(baud_rate=9600), profile)
        found: list[Any] = [encode_data(client.get(oad).require_data()) for oad in (ADDRESS_OAD, ENERGY, PERIOD)]
        found.append(client.get(Oad(oi=0x4003, attribute=2)).dar)  # this meter has no customer number
        found.append(
            [(one.attribute.oi, encode_data(one.result)) for one in client.get_list([PERIOD, ADDRESS_OAD]).attributes]
        )
        found.append(client.set(PERIOD, Data.uint8(5)))
        return [*found, client.action(Omd(oi=0x4300, method=3), Data.null()).dar]


@pytest.mark.parametrize("profile", [ConnectionProfile.local_preset, ConnectionProfile.local_public])
def test_its_client_reads_our_meter_and_may_not_write(profile: ConnectionProfile, tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), start_s=START_S)
        meter = fed(good(protocol="698"), clock)
        meter.registers.total_kwh = 123.45
        line = PtyLine([meter], clock, path=tmp_path / "line", baud=9600)
        line.open()
        try:
            found = await asyncio.to_thread(ask_ours, str(line.path), profile)
        finally:
            line.close()
        address, period = b"\x09\x06" + bytes.fromhex(ADDRESS), b"\x11\x0f"
        assert found == [
            address, b"\x06" + (12345).to_bytes(4, "big"), period, 4, [(0x4100, period), (0x4001, address)], 3, 3,
        ]  # fmt: skip
        assert meter.registers.total_kwh == 123.45

    asyncio.run(story())


def test_it_understands_what_we_send() -> None:
    challenge = Challenge(b"12345678", b"abcdefgh", bytes(8))
    questions = {
        GetRequest: dialect698.read(ADDRESS, identifier("energy_total")),
        SetRequest: dialect698.write(ADDRESS, identifier("demand_period"), 15, Password()),
        ActionRequest: dialect698.install_key(ADDRESS, bytes(24), ""),
        ConnectRequest: dialect698.authenticate(ADDRESS, challenge, ""),
    }
    for kind, question in questions.items():
        frame = decode_frame(question.raw)
        assert encode_frame(frame) == question.raw
        assert isinstance(decode_apdu(frame.payload), kind)
    for action in dialect698.METHODS:
        assert isinstance(decode_apdu(dialect698.plain_action(action)), ActionRequest)
    sealed = decode_security(decode_frame(dialect698.control(ADDRESS, b"0123456789abcdef", "").raw).payload)
    assert type(sealed).__name__ == "SecurityRequest"
    everyone = decode_frame(dialect698.broadcast_time(moment_at(START_S)))
    assert isinstance(decode_apdu(everyone.payload), ActionRequest)


def test_its_codec_reads_every_value_of_our_meter() -> None:
    async def story() -> None:
        meter = fed(good(protocol="698"), Clock.started(asyncio.get_running_loop(), start_s=START_S), current_a=5)
        read = 0
        for one in identifiers().values():
            value = value_of(meter, one) if one.oad else None
            if value is not None:
                raw = data698.encode(values698.encode(one, value))
                assert encode_data(decode_data(raw)) == raw
                read += 1
        assert read >= 30

    asyncio.run(story())

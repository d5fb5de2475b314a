"""The same contract with other people's libraries at the other end: legacy `opcua`, and a bare S7 client."""

from __future__ import annotations

import asyncio
import struct
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from snap7 import AsyncClient

from plc.blocks import STA_CODEC, SYS_STA_AT, SYS_STA_CODEC
from plc.codes import EvtCode
from plc.images import command_values
from plc.layout import Codec
from plc.link import LinkDown
from plc.telegram import Command
from plc.wires.opcua_nodes import blocks_of, empty, node_name
from tests.contract.rigs import DEVICES, rig

warnings.filterwarnings("ignore")
from opcua import Client as OldClient  # noqa: E402
from opcua import Server as OldServer  # noqa: E402
from opcua import ua as old_ua  # noqa: E402

URI = "urn:metrostack:plc"
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


async def in_thread(call: Callable[..., Any], *args: Any) -> Any:
    """Run a blocking library beside the loop."""
    return await asyncio.get_running_loop().run_in_executor(None, call, *args)


def old_value(codec: Codec, name: str, value: Any) -> old_ua.DataValue:
    variant = next(node.scalar.variant for node in codec.nodes if node.name == name)
    return old_ua.DataValue(old_ua.Variant(value, old_ua.VariantType[variant]))


def test_the_old_client_browses_our_port_and_sends_a_mission() -> None:
    codec = blocks_of(DEVICES)["SC1", "CMD"]

    def drive(port: int) -> tuple[list[str], int, str]:
        client = OldClient(f"opc.tcp://127.0.0.1:{port}", timeout=4)
        client.connect()
        try:
            ns = client.get_namespace_index(URI)

            def node(name: str) -> Any:
                return client.get_node(f"ns={ns};s={name}")

            path = [f"{ns}:{part}" for part in ("Plant", "SC1", "CMD", "CmdSeqTail")]
            assert client.get_objects_node().get_child(path) == node("SC1.CMD.CmdSeqTail")
            for name, value in {"ProtoVer": 1, "SessionId": 9, "CtrlWord": 1}.items():
                sys_codec = blocks_of(DEVICES)["SYS", "CMD"]
                node(f"SYS.CMD.{name}").set_attribute(old_ua.AttributeIds.Value, old_value(sys_codec, name, value))
            for name, value in (command_values(1, Command(1, 77)) | {"CmdSeqTail": 1}).items():
                node(f"SC1.CMD.{name}").set_attribute(old_ua.AttributeIds.Value, old_value(codec, name, value))
            for _ in range(200):
                if node("SC1.STA.EvtSeqTail").get_value():
                    break
            blocks = [child.get_browse_name().Name for child in node("SC1").get_children()]
            with pytest.raises(old_ua.UaStatusCodeError):
                node("SC1.STA.CmdAckSeq").set_attribute(
                    old_ua.AttributeIds.Value, old_ua.DataValue(old_ua.Variant(9, old_ua.VariantType.UInt16))
                )
            return blocks, node("SC1.STA.CmdAckSeq").get_value(), node("SC1.JRN.Job.MissionNo").get_value()[0]
        finally:
            client.disconnect()

    async def story() -> None:
        async with rig("opcua") as r:
            await r.plc.start()
            blocks, ack, journal = await in_thread(drive, r.spec.port)
            assert (blocks, ack, journal) == (["CMD", "STA", "JRN"], 1, 77)
            assert r.plc.executed == {77: 1}

    asyncio.run(story())


class OldPlc:
    """A PLC written with the old library: the nodes of the contract, and a scan that knows only those."""

    def __init__(self, port: int) -> None:
        """Build the nodes."""
        self.server = OldServer()
        self.server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
        self.server.set_security_policy([old_ua.SecurityPolicyType.NoSecurity])
        ns = self.server.register_namespace(URI)
        plant = self.server.get_objects_node().add_object(ns, "Plant")
        self.nodes: dict[str, Any] = {}
        for block, codec in blocks_of(DEVICES).items():
            for node in codec.nodes:
                name = node_name(block, node.name)
                made = plant.add_variable(
                    old_ua.NodeId(name, ns), f"{ns}:{name}", empty(node), old_ua.VariantType[node.scalar.variant]
                )
                made.set_writable()
                self.nodes[name] = (made, node)
        self.done: list[int] = []
        self.put("SYS.STA.ProtoVer", 1)
        self.put("SYS.STA.BootId", 4)

    def put(self, name: str, value: Any) -> None:
        made, node = self.nodes[name]
        made.set_value(old_ua.Variant(value, old_ua.VariantType[node.scalar.variant]))

    def get(self, name: str) -> Any:
        return self.nodes[name][0].get_value()

    def scan(self) -> None:
        """Answer a new telegram at once and end its mission at once."""
        self.put("SYS.STA.Life", (self.get("SYS.STA.Life") + 1) % 65536)
        tail = self.get("SC1.CMD.CmdSeqTail")
        if tail and tail == self.get("SC1.CMD.CmdSeqHead") and tail != self.get("SC1.STA.CmdAckSeq"):
            mission = self.get("SC1.CMD.MissionNo")
            self.done.append(mission)
            self.put("SC1.STA.CmdAckMission", mission)
            self.put("SC1.STA.CmdAckCode", 1)
            self.put("SC1.STA.CmdAckSeq", tail)
            self.put("SC1.STA.EvtCode", int(EvtCode.ENDED))
            self.put("SC1.STA.EvtMission", mission)
            self.put("SC1.STA.EvtSeqHead", tail)
            self.put("SC1.STA.EvtSeqTail", tail)
        if self.get("SC1.STA.EvtSeqTail") and self.get("SC1.CMD.EvtAckSeq") == self.get("SC1.STA.EvtSeqTail"):
            self.put("SC1.STA.EvtSeqTail", 0)
            self.put("SC1.STA.EvtSeqHead", 0)


def test_our_link_drives_a_plc_written_with_the_old_library() -> None:
    missions = dict.fromkeys(range(1, 6), "SC1")

    async def story() -> None:
        async with rig("opcua", missions) as r:
            old = await in_thread(OldPlc, r.spec.port)
            await in_thread(old.server.start)
            try:
                r.controller.start()
                async with asyncio.timeout(10):
                    while not r.controller.done.is_set():
                        await in_thread(old.scan)
                        await asyncio.sleep(0.01)
                assert old.done == list(missions)
                assert r.controller.bookings == dict.fromkeys(missions, 1)
                assert not r.controller.seen(LinkDown)
                await r.controller.crash()
            finally:
                await in_thread(old.server.stop)

    asyncio.run(story())


def test_a_bare_s7_client_finds_every_field_where_the_layout_says() -> None:
    async def story() -> None:
        async with rig("s7", {1: "SC2"}) as r:
            await r.plc.start()
            r.controller.start()
            await r.controller.done.wait()
            client = AsyncClient()
            await client.connect("127.0.0.1", 0, 1, tcp_port=r.spec.port)
            start = STA_CODEC.size  # SC2 is the second device
            sys = await client.db_read(r.spec.sys_db, SYS_STA_AT, SYS_STA_CODEC.size)
            assert struct.unpack(">HHIIH", sys) == (1, r.plc.life, 1, 1, 0x180)
            ack = await client.db_read(r.spec.sta_db, start + STA_CODEC.offset("CmdAckSeq"), 8)
            assert struct.unpack(">HIh", ack) == (1, 1, 1)
            journal = await client.db_read(r.spec.jrn_db, 196, 12)
            assert struct.unpack(">HHIHh", journal) == (1, 1, 1, 5, 7)
            await client.disconnect()

    asyncio.run(story())


def test_two_servers_never_share_a_port() -> None:
    async def story() -> None:
        async with rig("s7") as r:
            await r.plc.start()
            with pytest.raises(OSError):
                await r.plc.make_port().open(lambda device: None)

    asyncio.run(story())

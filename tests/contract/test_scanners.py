"""Scanners, from both ends: a pty, a socket, and memory."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from plc.clock import Clock
from plc.link import Scanned
from plc.plant.stations import Scanner
from plc.wires.make import make_memory_scanner, make_scanner, make_scanner_port
from tests.contract.bench import until


@pytest.mark.parametrize("wire", ["memory", "pty"])
def test_each_trigger_is_answered_once(wire: str, tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop())
        if wire == "memory":
            scanner, port = make_memory_scanner("SCN1", clock=clock)
        else:
            port = make_scanner_port("SCN1", tmp_path / "SCN1")
            scanner = make_scanner(Scanner(id="SCN1", point="GI", port=str(port.path)), clock=clock)
        codes: list[str | None] = ["1234567890123456789012", None, "A-1"]
        left = iter(codes)
        found: list[Scanned] = []
        port.open(lambda: port.reply(next(left)))
        scanner.start(found.append)
        await asyncio.sleep(0.05)
        for count in (1, 2, 3):
            scanner.trigger()
            scanner.trigger()
            await until(lambda n=count: len(found) >= n, 1)
        assert found == [Scanned("SCN1", code) for code in codes]
        await scanner.stop()
        port.close()

    asyncio.run(story())


def test_a_silent_scanner_is_a_no_read_after_three_tries(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), speed=20)
        port = make_scanner_port("SCN1", tmp_path / "SCN1")
        scanner = make_scanner(Scanner(id="SCN1", point="GI", port=str(port.path)), clock=clock)
        found: list[Scanned] = []
        asked: list[float] = []
        port.open(lambda: asked.append(clock.now_s()))
        scanner.start(found.append)
        await asyncio.sleep(0.05)
        scanner.trigger()
        await until(lambda: len(found) >= 1, 2)
        assert found == [Scanned("SCN1", None)]
        assert len(asked) == 3
        assert asked[2] - asked[0] == pytest.approx(4.0, abs=0.5)
        await scanner.stop()
        port.close()

    asyncio.run(story())


def test_a_second_answer_to_a_repeated_trigger_is_never_given_to_the_next_unit(tmp_path: Path) -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), speed=20)
        port = make_scanner_port("SCN1", tmp_path / "SCN1")
        scanner = make_scanner(Scanner(id="SCN1", point="GI", port=str(port.path)), clock=clock)
        found: list[Scanned] = []
        asked: list[float] = []
        port.open(lambda: asked.append(clock.now_s()))
        scanner.start(found.append)
        await asyncio.sleep(0.05)
        scanner.trigger()
        await until(lambda: len(asked) >= 2, 1)
        port.reply("FIRST")
        await until(lambda: len(found) >= 1, 1)
        scanner.trigger()
        port.reply("FIRST")  # the answer to the repetition, on its way all the while
        await until(lambda: len(asked) >= 3, 1)
        port.reply("SECOND")
        await until(lambda: len(found) >= 2, 1)
        assert [scan.code for scan in found] == ["FIRST", "SECOND"]
        await scanner.stop()
        port.close()

    asyncio.run(story())


def test_a_scanner_behind_a_serial_server_comes_back_after_it_was_gone() -> None:
    async def story() -> None:
        clock = Clock.started(asyncio.get_running_loop(), speed=10)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while await reader.readline() == b"TRIG\r\n":
                writer.write(b"X-9\r\n")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        scanner = make_scanner(Scanner(id="SCN1", point="GI", port=f"socket://127.0.0.1:{port}"), clock=clock)
        found: list[Scanned] = []
        scanner.start(found.append)
        await asyncio.sleep(0.05)
        scanner.trigger()
        await until(lambda: len(found) >= 1, 1)
        server.close()
        scanner._line.close()
        server = await asyncio.start_server(serve, "127.0.0.1", port)
        await asyncio.sleep(0.3)
        scanner.trigger()
        await until(lambda: len(found) >= 2, 2)
        assert found == [Scanned("SCN1", "X-9")] * 2
        await scanner.stop()
        server.close()
        await asyncio.sleep(0.05)

    asyncio.run(story())

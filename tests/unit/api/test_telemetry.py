"""Telemetry: what stands on the floor is told as it changes, bounded, and a silent platform holds nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import httpx
import pytest

from api.marketing import watching
from api.marketing.connection import platforms_of
from api.marketing.telemetry import MOST_BEHIND, MOST_TOLD, Reporter
from plc.codes import PackML
from tests.contract.platform_letters import BOOK
from tests.faces import Face
from tests.unit.api.test_platform_link import Server, server, site_of
from wcs import journal
from wcs.journal import Fact

__all__ = ["server"]
pytestmark = pytest.mark.sockets


def show(face: Face, device: str, state: PackML, *, mission: int = 0, fault: int = 0) -> None:
    shown = {"state": int(state), "mode": 1, "x_mm": 0, "y_mm": 0, "mission": mission, "fault": fault, "loaded": False}
    face.context.picture.put("devices", device, shown)


def reporter_of(face: Face) -> Reporter:
    (platform,) = platforms_of(face.context)
    return Reporter(face.context, platform)


def topics(server: Server) -> Counter[str]:
    return Counter(path.rpartition("/")[2].removeprefix("GK_JD_") for path, _ in server.heard)


def test_the_floor_is_told_whole_once_and_then_as_it_changes(server: Server, tmp_path: Path) -> None:
    face = site_of(tmp_path, server.url)
    plant, reporter = face.context.plant, reporter_of(face)
    cell = next(iter(plant.line_of))
    for name in (name for own in watching.lines_of(plant).values() for name in own):
        show(face, name, PackML.IDLE)
    show(face, "C1", PackML.EXECUTE)

    async def looks() -> list[int]:
        async with httpx.AsyncClient() as client:
            first, second = await reporter.look(client, BOOK), await reporter.look(client, BOOK)
            show(face, cell, PackML.ABORTED, fault=7)
            face.context.picture.put("alarms", "1", {"fault": "link_lost", "device": "C1"})
            return [first, second, await reporter.look(client, BOOK)]

    lines = len(plant.lines)
    machines = 1 + sum(len(own) for own in watching.lines_of(plant).values())
    assert asyncio.run(looks()) == [2 * lines + machines, 0, 2]
    assert topics(server) == {
        "BOOT_CHECK_TOPIC": lines, "BUFFER_TOPIC": lines, "MACH_WORKING_STATUS_TOPIC": machines + 2,
    }  # fmt: skip
    last = {body["machNo"]: (body["previousState"], body["curWkStatusCode"]) for _, body in server.heard[-2:]}
    assert last == {cell: ("02", "05"), "C1": ("04", "03")}
    assert watching.line_of(plant, cell) == plant.line_of[cell].id


def test_of_a_journal_that_cannot_be_followed_what_lies_behind_is_left_out(server: Server, tmp_path: Path) -> None:
    face = site_of(tmp_path, server.url)
    reporter = reporter_of(face)

    def book(count: int) -> None:
        fault = {"fault": "machine_fault", "device": "C1", "code": 1, "unit": ""}
        with face.context.session() as session:
            journal.append(session, 1, [Fact("FaultRaised", "C1", fault)] * count)
            session.commit()

    async def rounds() -> list[int]:
        async with httpx.AsyncClient() as client:
            told = [await reporter.round(client, BOOK)]
            book(MOST_BEHIND + 1)
            told.append(await reporter.round(client, BOOK))
            book(1)
            told.append(await reporter.round(client, BOOK))
            book(MOST_TOLD)
            return [*told, await reporter.round(client, BOOK), await reporter.round(client, BOOK)]

    assert asyncio.run(rounds()) == [0, 0, 2, MOST_TOLD, 0]  # an alarm and a stop for each; the rest is lost


def test_nobody_there_costs_one_call_a_round_and_what_was_to_be_told_is_lost(server: Server, tmp_path: Path) -> None:
    face = site_of(tmp_path, server.url)
    reporter = reporter_of(face)
    for number in range(5):
        show(face, f"C{number}", PackML.IDLE)
    calls: list[httpx.Request] = []

    def gone(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        raise httpx.ConnectError("nobody", request=request)

    async def looks() -> list[int]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(gone)) as client:
            told = [await reporter.look(client, BOOK), len(calls)]
        async with httpx.AsyncClient() as client:
            return [*told, await reporter.look(client, BOOK)]

    assert asyncio.run(looks()) == [0, 1, 0]
    assert server.heard == []

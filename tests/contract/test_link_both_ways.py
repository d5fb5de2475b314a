"""A task from the platform and back, over real sockets both ways, with bad manners on both: taken, proposed, done."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from api.app import make_app
from api.marketing.office import enter
from api.security.roles import Role
from simulation.marketing.audit import Happened, audit
from simulation.marketing.errands import Messenger
from simulation.marketing.manners import Manners
from simulation.marketing.platform import PATH, Platform
from tests.contract.link_site import task_of
from tests.faces import Face, make_face, served
from tests.plants import small_plant
from tests.unit.wms.marketing.site import a_site
from tests.unit.wms.played_floor import PlayedFloor
from wms.marketing import stream, views

pytestmark = [pytest.mark.sockets, pytest.mark.usefixtures("swept")]
BAD = Manners(lost=0.1, doubled=0.2, late=0.1, late_s=0.6, seed=3)
PLANT_MS_A_S, PATIENCE_S = 100_000, 50.0


def a_face(folder: Path, url: str, *, generation: str = "gen2") -> Face:
    """Return a site that writes to a platform, its plant time a hundred times faster: back-offs are short."""
    file = folder / "marketing.yaml"
    options = {"sys_no": "4501", "org_no": "33401", "approval": True, "generation": generation}
    entry = {"profile": "platform", "url": url, "timeout_s": 0.4, "options": options}
    file.write_text(json.dumps({"site": "S1", "receivers": {"mds": entry}}))
    face = make_face(folder / "site", plant=small_plant(), marketing=file)
    began_s = time.monotonic()
    context = dataclasses.replace(face.context, now_ms=lambda: 10**8 + int((time.monotonic() - began_s) * PLANT_MS_A_S))
    return dataclasses.replace(face, context=context, app=make_app(context))


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not what():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def carry_out(floor: PlayedFloor, at_ms: int) -> None:
    """Let the floor do what it was asked for, and the house write its letters."""
    floor.listen()
    floor.settle()
    with Session(floor.engine) as session:
        while stream.consume(session, at_ms):
            session.commit()
        session.commit()


def happened(face: Face) -> Happened:
    query = "SELECT bar_code, verdict, box, seal FROM asset WHERE verdict > 0"
    with Session(face.context.engine) as session:
        rows = list(session.connection().execute(sa.text(query)))
    return Happened(
        {row.bar_code: "pass" if row.verdict == 1 else "fail" for row in rows},
        {row.bar_code: row.box for row in rows}, {row.bar_code: row.seal for row in rows if row.seal},
    )  # fmt: skip


def state_of(face: Face, key: str) -> str:
    with Session(face.context.engine) as session:
        return str(session.connection().execute(
            sa.text("SELECT state FROM verification_task WHERE key = :key"), {"key": key}
        ).scalar())  # fmt: skip


def test_a_task_of_the_platform_is_proposed_rejected_approved_done_and_audited(tmp_path: Path) -> None:
    async def play() -> None:
        platform = Platform(tmp_path / "platform.db", BAD)
        await platform.start()
        face = a_face(tmp_path, platform.url)
        floor = a_site(face.context.engine)
        with Session(face.context.engine) as session:
            enter(session, face.context.settings.marketing, at_ms=0)
            session.commit()
        with served(face.app) as url:
            messenger = Messenger(platform.records, BAD, url + PATH, face.keys[Role.OPERATOR])
            errands = asyncio.create_task(messenger.run())
            platform.records.file("choosy", "T1", True)
            platform.issue(task_of(1, 300) | {"arrBatchNo": "LOT-1", "taskNo": "T1"})
            await until(lambda: state_of(face, "T1") == "running")
            await asyncio.to_thread(carry_out, floor, face.context.now_ms())
            await until(lambda: not waiting(face))
            errands.cancel()
        found = audit(platform.records, {"T1": happened(face)})
        proposals = platform.records.rows("SELECT subject FROM word WHERE what = 'proposed' ORDER BY number")
        await platform.stop()
        assert found.is_clean, (found.disagreements[:3], found.doubles[:3], found.clashes)
        assert (found.meters, found.unfinished, proposals) == (300, [], [("1",), ("2",)])

    asyncio.run(play())


def waiting(face: Face) -> int:
    with Session(face.context.engine) as session:
        return sum(one.waiting + one.dead for one in views.receivers(session) if one.profile == "platform")

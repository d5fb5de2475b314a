"""Both generations of codes end to end: what we say is heard, what we are told is done, each by its own codes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from api.marketing.office import enter
from api.security.roles import Role
from simulation.marketing.audit import audit
from simulation.marketing.errands import Messenger
from simulation.marketing.manners import Manners
from simulation.marketing.platform import PATH, Platform
from tests.contract.link_site import task_of
from tests.contract.platform_letters import LETTERS, SITE
from tests.contract.test_link_both_ways import a_face, carry_out, happened, state_of, until, waiting
from tests.faces import served
from tests.unit.wms.marketing.site import a_site
from wms.marketing.platform.check import REFUSE, check
from wms.marketing.platform.codebook import CodeBook, book_of
from wms.marketing.platform.messages import calls_for
from wms.marketing.platform.reading import READERS, letter_of
from wms.stock.code_tables import rows_from_files

BOOKS = {name: book_of(name, rows_from_files(name)) for name in ("gen1", "gen2")}
CODES = {
    "gen1": {"taskStatus": "0", "taskCateg": "04", "veriDevStat": "003"},
    "gen2": {"taskStatus": "00", "taskCateg": "03", "veriDevStat": "01"},
}


@pytest.fixture(params=["gen1", "gen2"])
def generation(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("kind", sorted(LETTERS))
def test_every_letter_fits_is_heard_and_can_be_read_back(kind: str, generation: str) -> None:
    book: CodeBook = BOOKS[generation]
    site = SITE.model_copy(update={"generation": generation})
    platform = Platform(":memory:")
    for task in ("T1", "C1"):
        platform.issue(task_of(1, 15) | {"taskNo": task})
    for number, call in enumerate(calls_for(kind, LETTERS[kind], site, book)):
        assert check(call.checked_as, call.body, group=call.group, unknown=REFUSE) == []
        body: dict[str, Any] = json.loads(json.dumps(call.body))
        assert platform.hear(call.message, f"{kind}:{number}", body)["resultFlag"] == "1"
        assert call.message in READERS
        _, said = letter_of(call.message, body, site, book)
        assert said["task"] == LETTERS[kind]["task"]


def test_a_platform_without_an_ear_for_requests_is_sent_none(generation: str) -> None:
    site = SITE.model_copy(update={"generation": generation, "requests": False})
    assert calls_for("stock_request", LETTERS["stock_request"], site, BOOKS[generation]) == []


@pytest.mark.sockets
@pytest.mark.usefixtures("swept")
def test_a_task_of_either_generation_is_taken_done_and_audited(generation: str, tmp_path: Path) -> None:
    manners = Manners(lost=0.05, doubled=0.1, late=0.05, late_s=0.6, seed=5)

    async def play() -> None:
        platform = Platform(tmp_path / "platform.db", manners)
        await platform.start()
        face = a_face(tmp_path, platform.url, generation=generation)
        floor = a_site(face.context.engine)
        with Session(face.context.engine) as session:
            enter(session, face.context.settings.marketing, at_ms=0)
            session.commit()
        with served(face.app) as url:
            messenger = Messenger(platform.records, manners, url + PATH, face.keys[Role.OPERATOR])
            errands = asyncio.create_task(messenger.run())
            platform.issue(task_of(1, 300) | CODES[generation] | {"arrBatchNo": "LOT-1", "taskNo": "T1"})
            await until(lambda: state_of(face, "T1") == "running")
            await asyncio.to_thread(carry_out, floor, face.context.now_ms())
            await until(lambda: not waiting(face))
            errands.cancel()
        found = audit(platform.records, {"T1": happened(face)})
        await platform.stop()
        assert found.is_clean, (found.disagreements[:3], found.doubles[:3], found.clashes)
        assert (found.meters, found.unfinished) == (300, [])

    asyncio.run(play())

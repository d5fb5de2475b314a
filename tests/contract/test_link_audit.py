"""The whole way to a platform that loses, doubles and delays, both sides restarted in the middle: nothing differs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from simulation.marketing.audit import Audit, Disagreement, Happened, audit
from simulation.marketing.manners import Manners
from simulation.marketing.platform import Platform
from tests.contract.link_site import PER_BOX, LinkSite
from wms.desk import Desk
from wms.marketing import sending

pytestmark = [pytest.mark.sockets, pytest.mark.usefixtures("swept")]
BAD = Manners(lost=0.1, doubled=0.1, late=0.1, wrong=0.05, late_s=0.5, seed=7)
ROUNDS = 20_000


async def play(site: LinkSite, file: Path, *, meters: int, manners: Manners = BAD) -> tuple[Audit, dict[str, Happened]]:
    """Send everything, with the platform and the site killed and started again after a third of the way."""
    platform = Platform(file, manners)
    await platform.start()
    site.enter(platform, meters)
    while site.write_letters():
        pass
    await site.send(site.sender(platform), rounds=max(1, meters // PER_BOX // 8))
    await platform.stop()
    await site.send(site.sender(platform), rounds=1)  # nobody is there
    site.engine.dispose()
    site.open()
    platform = Platform(file, manners, port=platform.port)
    await platform.start()
    try:
        assert await site.send(site.sender(platform), rounds=ROUNDS)
        return audit(platform.records, site.happened()), site.happened()
    finally:
        await platform.stop()


def test_the_audit_of_a_badly_behaved_platform_finds_each_thing_once_and_nothing_else(tmp_path: Path) -> None:
    site, meters = LinkSite(tmp_path / "site.db"), 640
    found, happened = asyncio.run(play(site, tmp_path / "platform.db", meters=meters))
    states = dict(site.states())
    site.engine.dispose()
    assert states.keys() == {"done"}
    assert found.is_clean, (found.disagreements[:3], found.doubles[:3], found.clashes[:3])
    assert (found.meters, found.boxes) == (meters, meters // PER_BOX)
    assert found.seals == sum(len(one.sealed) for one in happened.values()) > 0
    assert found.repeats > 0 and not found.unfinished
    assert found.calls == states["done"]


def test_the_audit_names_what_differs_and_what_was_told_twice(tmp_path: Path) -> None:
    async def one_box() -> Audit:
        site, platform = LinkSite(tmp_path / "site.db", tasks=1), Platform(tmp_path / "platform.db")
        await platform.start()
        site.enter(platform, PER_BOX)
        site.write_letters()
        assert await site.send(site.sender(platform), rounds=100)
        truth = site.happened()["T0"]
        wrong = Happened({**truth.concluded, "X": "pass"}, truth.packed, truth.sealed)
        for key in ("again-1", "again-2"):
            body = {"taskNo": "T0", "boxBarCode": "B", "barCodes": "Y", "devBoxDate": "d", "isQualified": "1"}
            platform.hear("uploadPackInfo", key, body)
        platform.hear("uploadPackInfo", "again-2", body | {"boxBarCode": "C"})
        found = audit(platform.records, {"T0": wrong})
        await platform.stop()
        site.engine.dispose()
        return found

    found = asyncio.run(one_box())
    assert not found.is_clean
    assert list(found.disagreements) == [
        Disagreement("T0", "concluded", "X", "pass", ""), Disagreement("T0", "packed", "Y", "", "B"),
    ]  # fmt: skip
    assert ("packed", "T0", "Y", "B") in found.doubles and list(found.clashes) == ["again-2"]


def test_a_task_that_was_never_issued_and_words_that_are_none_are_refused(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "platform.db")
    try:
        assert (
            platform.hear("sendTaskFinish", "k1", {"taskNo": "T9", "flag": "01"})["errorInfo"] == "taskNo T9 is unknown"
        )
        assert platform.hear("formatDisk", "k2", {"taskNo": "T9"})["resultFlag"] == "0"
        assert platform.hear("uploadPackInfo", "k3", {})["errorInfo"] == "taskNo is missing"
    finally:
        platform.records.close()


def test_a_test_call_is_answered_and_tells_nothing(tmp_path: Path) -> None:
    async def call() -> Audit:
        site, platform = LinkSite(tmp_path / "site.db", tasks=1), Platform(tmp_path / "platform.db")
        await platform.start()
        site.enter(platform, 0)
        with Session(site.engine) as session:
            sending.test(Desk(session, site.ms), "platform", by="me")
            session.commit()
        assert await site.send(site.sender(platform), rounds=20)
        assert dict(site.states()) == {"done": 1}
        found = audit(platform.records, {})
        await platform.stop()
        site.engine.dispose()
        return found

    found = asyncio.run(call())
    assert (found.calls, found.is_clean) == (0, True)

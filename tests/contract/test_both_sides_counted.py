"""A platform that has lost and changed what it was told: our account names each meter, and what is wrong with it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from simulation.marketing.audit import heard
from simulation.marketing.platform import Platform
from tests.contract.link_site import NAME, PER_BOX, LinkSite, bar_code
from wms.marketing import reconcile
from wms.marketing.reconcile import Account, Difference, Side

pytestmark = [pytest.mark.sockets, pytest.mark.usefixtures("swept")]
DAMAGE = (
    ("DELETE FROM word WHERE what = 'concluded' AND subject = ?", 17),
    ("UPDATE word SET value = 'fail' WHERE what = 'concluded' AND subject = ?", 18),
    ("UPDATE word SET value = 'ELSEWHERE' WHERE what = 'packed' AND subject = ?", 19),
    ("DELETE FROM word WHERE what = 'packed' AND subject = ?", 20),
    ("UPDATE word SET value = 'SE0' WHERE what = 'sealed' AND subject = ?", 21),
    ("UPDATE word SET subject = 'STRANGER' WHERE what = 'sealed' AND subject = ?", 22),
)


def test_each_difference_is_found_by_bar_code_and_nothing_else_is(tmp_path: Path) -> None:
    async def play() -> tuple[Account, Account, Account]:
        site, platform = LinkSite(tmp_path / "site.db", tasks=1), Platform(tmp_path / "platform.db")
        await platform.start()
        site.enter(platform, 3 * PER_BOX)
        site.write_letters()
        assert await site.send(site.sender(platform), rounds=500)
        before = account(site, platform)
        for statement, n in DAMAGE:
            platform.records.rows(statement, bar_code(n))
        after, taken = account(site, platform), account(site)
        await platform.stop()
        site.engine.dispose()
        return before, after, taken

    def account(site: LinkSite, platform: Platform | None = None) -> Account:
        theirs = None
        if platform is not None:
            said = heard(platform.records, "T0")
            theirs = Side(dict(said.concluded), dict(said.packed), dict(said.sealed))
        with Session(site.engine) as session:
            return reconcile.account(session, "T0", NAME, theirs=theirs)

    before, after, taken = asyncio.run(play())
    assert (before.differences, before.open, before.dead) == ((), 0, 0)
    assert taken.differences == () and before.ours["concluded"] == 3 * PER_BOX
    box, seals = "BOX0000001", {n: f"SE{bar_code(n)[8:21]}" for n in (21, 22)}
    assert set(after.differences) == {
        Difference(bar_code(17), "concluded", "pass", ""),
        Difference(bar_code(18), "concluded", "pass", "fail"),
        Difference(bar_code(19), "packed", box, "ELSEWHERE"),
        Difference(bar_code(20), "packed", box, ""),
        Difference(bar_code(21), "sealed", seals[21], "SE0"),
        Difference(bar_code(22), "sealed", seals[22], ""),
        Difference("STRANGER", "sealed", "", seals[22]),
    }

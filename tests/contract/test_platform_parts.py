"""Boxes of 60 meters and piles of 20 boxes: lists that are longer than their field go in parts, whole and once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.marketing.platform import PlatformAdapter, keys_of
from simulation.marketing.platform import Platform
from tests.contract import link_site, platform_list
from tests.contract.link_site import LinkSite, task_of
from tests.contract.platform_letters import AT_MS, BOOK, SITE, bar_code
from tests.contract.test_link_audit import play as play_badly
from wms.marketing.outbox import Letter
from wms.marketing.platform import asking
from wms.marketing.platform.check import REFUSE, check
from wms.marketing.platform.messages import Call, calls_for
from wms.marketing.platform.reading import letter_of

BOX = {"task": "T1", "lot": "LOT-1", "box": "BX1", "at_ms": AT_MS, "packed_ms": AT_MS}
PILE = {"task": "T1", "pallet": "PL1", "pile": 2, "place": "L1", "at_ms": AT_MS}
MARKS = frozenset({"partSn", "lastFlag"})
SIZES = [(count, length) for count in (1, 5, 20, 21, 22, 23, 44, 45, 60) for length in (22, 23, 24)]


def codes(count: int, length: int) -> list[str]:
    return [bar_code(n) + "X" * (length - 22) for n in range(1, count + 1)]


def said(kind: str, letter: dict[str, Any]) -> list[Call]:
    """Return the calls of a letter, each of which fits the list; beside it they have but their marks."""
    calls = calls_for(kind, letter, SITE, BOOK)
    for call in calls:
        assert check(call.checked_as, call.body, group=call.group, unknown=REFUSE) == []
        assert platform_list.fits(call.checked_as, call.body, beside=MARKS) == []
    return calls


def marks(calls: list[Call]) -> list[tuple[str, str]]:
    return [(call.body.get("partSn", ""), call.body.get("lastFlag", "")) for call in calls]


def expected(count: int) -> list[tuple[str, str]]:
    if count == 1:
        return [("", "")]
    return [(str(n), "1" if n == count else "0") for n in range(1, count + 1)]


@pytest.mark.parametrize("kind", ["box_packed", "meters_checked"])
@pytest.mark.parametrize(("count", "length"), SIZES)
def test_a_box_goes_whole_in_as_few_calls_as_can_be(kind: str, count: int, length: int) -> None:
    bars = codes(count, length)
    calls = said(kind, BOX | {"bars": bars, "ok": True, "verdict": "pass"})
    read = [letter_of(call.message, call.body, SITE, BOOK)[1] for call in calls]
    assert [code for one in read for code in one["bars"]] == bars
    assert len(calls) == -(-count // ((512 + 1) // (length + 1)))
    assert marks(calls) == expected(len(calls))
    assert {one["box"] for one in read} == {"BX1"}
    assert len({one.get("packed_ms") or one["at_ms"] for one in read}) == 1
    if kind == "meters_checked":
        assert [int(call.body["devNum"]) for call in calls] == [len(one["bars"]) for one in read]


@pytest.mark.parametrize("length", [4, 24, 25, 32])
def test_a_pile_of_twenty_boxes_goes_whole(length: int) -> None:
    boxes = [f"{n:0{length}}" for n in range(20)]
    calls = said("pile_stored", PILE | {"boxes": boxes})
    read = [letter_of(call.message, call.body, SITE, BOOK)[1] for call in calls]
    assert [box for one in read for box in one["boxes"]] == boxes
    assert {(one["pile"], one["at_ms"]) for one in read} == {("PL1-2", AT_MS)}
    assert len(calls) == (1 if length <= 24 else 2) and marks(calls) == expected(len(calls))


def test_a_proposal_names_boxes_of_sixty_meters_whole() -> None:
    boxes = [{"box": f"BX{n}", "pallet": "PL1", "pile": 1, "meters": 60, "bars": codes(60, 24)} for n in range(20)]
    (call,) = said_beyond("proposal", {"task": "T1", "round": 1, "boxes": boxes})
    assert letter_of(call.message, call.body, SITE, BOOK)[1]["boxes"][19]["bars"] == codes(60, 24)


def said_beyond(kind: str, letter: dict[str, Any]) -> list[Call]:
    calls = calls_for(kind, letter, SITE, BOOK)
    assert [check(call.checked_as, call.body, group=call.group, unknown=REFUSE) for call in calls] == [[]]
    return calls


@pytest.mark.parametrize("length", [22, 24])
def test_as_many_meters_as_are_asked_for_at_once_fit_their_question(length: int) -> None:
    query = asking.meters("meter", BOOK, bar_codes=codes(asking.MOST_BAR_CODES, length))
    assert check(query.asked_as, query.body, unknown=REFUSE) == []


def test_a_code_that_alone_is_too_long_is_named() -> None:
    (call,) = calls_for("box_packed", BOX | {"verdict": "pass", "bars": ["7" * 513]}, SITE, BOOK)
    assert [one.words() for one in check(call.checked_as, call.body)] == [
        "uploadPackInfo.barCodes: too_long (513 > 512)"
    ]


def test_a_long_reason_in_chinese_is_cut_and_no_seal_is_left_valid_for_it() -> None:
    row = {"bar_code": codes(1, 22)[0], "seal": "F1", "reason": "破" * 500, "void": True, "at_ms": AT_MS}
    (call,) = said("seal_voided", {"task": "T1", "seals": [row]})
    assert call.body["sealInst"][0]["releaseInfo"] == "破" * 170
    (call,) = said("box_checked", BOX | {"ok": False, "why": "箱" * 400})
    assert call.body["alarmInfo"] == "箱" * 341


def letter(bars: list[str], key: str) -> Letter:
    return Letter(7, "mds", "box_packed", key, "T1", "BX1", BOX | {"bars": bars, "verdict": "pass"}, 0, AT_MS)


def test_what_was_taken_before_a_later_part_was_refused_is_known_by_its_key() -> None:
    bars = codes(60, 22)
    adapter = PlatformAdapter(SITE, lambda: BOOK)
    whole = adapter.calls(letter(bars, "box_packed:9"))
    rest = adapter.calls(letter([code for code in bars if code != bars[30]], "box_packed:9.pass1"))
    assert len(whole) == len(rest) == len({call.key for call in whole}) == 3
    assert (whole[0].key, whole[0].body) == (rest[0].key, rest[0].body)
    assert {call.key for call in whole[1:]}.isdisjoint(call.key for call in rest[1:])
    assert keys_of(
        "box_packed:9", calls_for("box_packed", BOX | {"bars": bars[:9], "verdict": "pass"}, SITE, BOOK)
    ) == ["box_packed:9"]


@pytest.mark.sockets
@pytest.mark.usefixtures("swept")
def test_a_box_in_parts_is_taken_once_however_often_it_is_sent(tmp_path: Path) -> None:
    bars = codes(60, 22)

    async def play() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        platform = Platform(tmp_path / "platform.db")
        await platform.start()
        platform.issue(task_of(1, 60))
        adapter = PlatformAdapter(SITE, lambda: BOOK)
        async with httpx.AsyncClient() as client:
            for _ in range(3):
                for call in adapter.calls(letter(bars, "box_packed:9")):
                    reply = await client.post(
                        platform.url + call.path, content=call.body, headers={"idempotency-key": call.key}
                    )
                    assert reply.json()["resultFlag"] == "1"
        packed = platform.records.rows("SELECT subject, value FROM word WHERE what = 'packed' ORDER BY number")
        boxed = platform.records.rows("SELECT subject, value FROM word WHERE what = 'boxed' ORDER BY number")
        await platform.stop()
        return packed, boxed

    packed, boxed = asyncio.run(play())
    assert packed == [(code, "BX1") for code in bars]
    assert len(boxed) == len(set(boxed)) == 3


@pytest.mark.sockets
@pytest.mark.usefixtures("swept")
def test_boxes_of_sixty_come_through_bad_manners_and_restarts_each_meter_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_site, "PER_BOX", 60)
    site, meters = LinkSite(tmp_path / "site.db", tasks=2), 960
    found, happened = asyncio.run(play_badly(site, tmp_path / "platform.db", meters=meters))
    states = dict(site.states())
    site.engine.dispose()
    assert states.keys() == {"done"} and found.is_clean, (found.disagreements[:3], found.doubles[:3], found.clashes[:3])
    assert (found.meters, found.boxes, found.unfinished) == (meters, meters // 60, [])
    assert found.calls == states["done"] + 2 * meters // 60  # three parts of each box
    assert sum(len(one.packed) for one in happened.values()) == meters


def choosy(platform: Platform, unwanted: str) -> Callable[[str, str, Mapping[str, Any]], dict[str, Any]]:
    """Return how a platform hears that does not take one meter, whatever it is packed in."""
    hear = platform.hear

    def hears(message: str, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if unwanted in str(body.get("barCodes", "")).split(","):
            return {"resultFlag": "0", "errorInfo": f"barCode {unwanted} not in task"}
        return hear(message, key, body)

    return hears


@pytest.mark.sockets
@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize("nth", [3, 30, 58], ids=["of the first part", "of the second", "of the last"])
def test_a_meter_that_is_refused_in_a_part_leaves_all_others_packed_once(
    nth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_site, "PER_BOX", 60)
    site = LinkSite(tmp_path / "site.db", tasks=1)

    async def play() -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        platform = Platform(tmp_path / "platform.db")
        monkeypatch.setattr(platform, "hear", choosy(platform, link_site.bar_code(nth)))
        await platform.start()
        site.enter(platform, 60)
        while site.write_letters():
            pass
        await site.send(site.sender(platform), rounds=50)
        packed = platform.records.rows("SELECT subject, value FROM word WHERE what = 'packed' ORDER BY number")
        calls = platform.records.rows("SELECT body FROM call WHERE message = 'uploadPackInfo'")
        marks = [json.loads(text) for (text,) in calls]
        await platform.stop()
        return packed, [(one["partSn"], one["lastFlag"]) for one in marks]

    packed, told = asyncio.run(play())
    states = dict(site.states())
    site.engine.dispose()
    assert packed == [(link_site.bar_code(n), "BOX0000000") for n in range(60) if n != nth]
    assert sorted(told) == [("1", "0"), ("2", "0"), ("3", "1")]
    assert states["dead"] == 1 and states["mended"] == 1

"""What a letter says comes back out of the platform's message: nothing is lost or changed on the way."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.platform_letters import BOOK, SITE, bar_code
from wms.marketing.platform.check import REFUSE, check
from wms.marketing.platform.items import CONCLUSIONS
from wms.marketing.platform.messages import calls_for, pile_name
from wms.marketing.platform.reading import letter_of

CODE = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-", min_size=1, max_size=20)
AT_MS = st.integers(0, 4_000_000_000).map(lambda second: second * 1000)
BAR = st.integers(0, 10**13 - 1).map(bar_code)
BARS = st.lists(BAR, min_size=1, max_size=60, unique=True)
PARTED = ("box_packed", "meters_checked", "pile_stored")
COUNT = st.integers(0, 9999)
WHY = st.text("abcdefg_ ", max_size=40)
VERDICT = st.sampled_from(["pass", "fail"])


def letters(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"task": CODE} | fields)


def there_and_back(kind: str, letter: dict[str, Any]) -> dict[str, Any]:
    """Return what the messages of a letter say; lists that come in parts are put together again."""
    whole: dict[str, Any] = {}
    for call in calls_for(kind, letter, SITE, BOOK):
        assert check(call.checked_as, call.body, group=call.group, unknown=REFUSE) == []
        called, said = letter_of(call.message, call.body, SITE, BOOK)
        assert called == kind
        before = {name: whole[name] + said[name] for name in ("bars", "boxes") if name in whole and kind in PARTED}
        whole = said | before
    return whole


@given(letters(lot=CODE, box=CODE, verdict=st.sampled_from(["pass", "fail", "unverified"]), bars=BARS, packed_ms=AT_MS))
def test_packed_boxes(letter: dict[str, Any]) -> None:
    assert there_and_back("box_packed", letter) == letter


@given(letters(box=CODE, ok=st.booleans(), why=WHY, at_ms=AT_MS))
def test_checked_boxes(letter: dict[str, Any]) -> None:
    assert there_and_back("box_checked", letter) == letter


@given(letters(box=CODE, ok=st.booleans(), why=WHY, at_ms=AT_MS, bars=BARS))
def test_checked_meters(letter: dict[str, Any]) -> None:
    assert there_and_back("meters_checked", letter) == letter


@given(letters(boxes=st.lists(CODE, min_size=1, max_size=20), pallet=CODE, pile=COUNT, place=CODE, at_ms=AT_MS))
def test_piles(letter: dict[str, Any]) -> None:
    pallet = letter.pop("pallet")
    assert there_and_back("pile_stored", letter | {"pallet": pallet}) == letter | {
        "pile": pile_name(letter | {"pallet": pallet})
    }


SEAL = st.fixed_dictionaries({
    "bar_code": BAR, "seal": CODE, "place": st.sampled_from(["left", "right"]), "by": CODE, "void": st.booleans(),
    "at_ms": AT_MS,
})  # fmt: skip


@given(letters(seals=st.lists(SEAL, min_size=1, max_size=10)))
def test_seals(letter: dict[str, Any]) -> None:
    assert there_and_back("seals_used", letter) == letter


@given(letters(request=CODE, place=st.one_of(st.just(""), CODE), piles=COUNT))
def test_requests(letter: dict[str, Any]) -> None:
    assert there_and_back("stock_request", letter) == letter
    empties = letter | {"box_type": "meter_3ph"}
    assert there_and_back("empties_request", empties) == empties


@given(letters(flag=st.sampled_from(["verify", "sort", "resort", "stock", "count"])))
def test_the_end_of_a_task(letter: dict[str, Any]) -> None:
    assert there_and_back("task_finished", letter) == letter


@given(letters(counts=st.dictionaries(CODE, COUNT, min_size=1, max_size=8)))
def test_counts_of_stages(letter: dict[str, Any]) -> None:
    assert there_and_back("stage_counts", letter) == letter


BOXES = st.lists(st.fixed_dictionaries({"box": CODE, "pile": CODE, "meters": COUNT}), min_size=1, max_size=20)


@given(letters(round=st.integers(1, 99), boxes=BOXES))
def test_proposals(letter: dict[str, Any]) -> None:
    assert there_and_back("proposal", letter) == letter


FIGURE = st.decimals(-99, 99, places=2).map(str)
ITEMS = st.dictionaries(st.sampled_from(sorted(CONCLUSIONS)), VERDICT, min_size=1, max_size=len(CONCLUSIONS))


@st.composite
def concluded(draw: st.DrawFn) -> dict[str, Any]:
    items = draw(ITEMS)
    ordered = [item for item in CONCLUSIONS if item in items]
    return {
        "bar_code": draw(BAR), "verdict": draw(VERDICT), "failed": [one for one in ordered if items[one] == "fail"],
        "items": [{"item": item, "verdict": items[item]} for item in ordered], "bench": draw(CODE)[:16],
        "position": str(draw(st.integers(1, 200))), "tester": draw(CODE), "checker": draw(CODE),
        "temperature_c": draw(FIGURE), "humidity_percent": draw(FIGURE), "at_ms": draw(AT_MS),
    }  # fmt: skip


@given(
    letters(meters=st.lists(concluded(), min_size=1, max_size=4, unique_by=lambda one: one["bar_code"])), st.booleans()
)
@settings(max_examples=60)
def test_conclusions(letter: dict[str, Any], late: bool) -> None:
    marked = letter | ({"late": True} if late else {})
    assert there_and_back("conclusion", marked) == marked


POINT = st.fixed_dictionaries({
    "point": st.sampled_from(["Imax 1.0 all", "0.1Ib 0.5L a", "esam", "trip", "energy", ""]), "verdict": VERDICT,
    "raw": st.lists(FIGURE, max_size=4), "readings": st.lists(FIGURE, max_size=4), "value": FIGURE, "rounded": FIGURE,
    "limit": st.decimals(0, 9, places=1).map(str), "unit": st.just("%"), "cause": st.just(""), "at_ms": AT_MS,
})  # fmt: skip
TESTED = st.fixed_dictionaries({
    "bar_code": BAR, "verdict": VERDICT, "bench": CODE, "position": st.integers(1, 200), "at_ms": AT_MS,
    "items": st.lists(
        st.fixed_dictionaries({
            "item": st.sampled_from(sorted(CONCLUSIONS)), "points": st.lists(POINT, min_size=1, max_size=3)
        }),
        min_size=1, max_size=4,
    ),
})  # fmt: skip


@given(letters(meters=st.lists(TESTED, min_size=1, max_size=3, unique_by=lambda one: one["bar_code"])))
@settings(max_examples=80, deadline=None)
def test_no_failed_point_is_lost_among_sub_items(letter: dict[str, Any]) -> None:
    said = there_and_back("test_result", letter)
    for meter in letter["meters"]:
        told = said["meters"].get(meter["bar_code"], {})
        failed = sum(point["verdict"] == "fail" for item in meter["items"] for point in item["points"])
        heard = {(one["sn"], one["veriPointSn"]) for rows in told.values() for one in rows if one["verdict"] == "fail"}
        assert len(heard) >= (failed > 0)
        assert (len(heard) > 0) == (failed > 0)

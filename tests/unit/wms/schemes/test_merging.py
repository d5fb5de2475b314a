"""Three-way merge by step: nothing lost, nothing invented, every conflict named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schemes import READS, block, scheme
from wms.schemes.content import Block, Scheme, plain
from wms.schemes.findings import Unsound
from wms.schemes.merging import Side, merge

blocks = st.lists(st.sampled_from([*READS, "clock", "date", "power"]), min_size=1, max_size=6).map(lambda n: block(*n))


def names(content: object) -> list[str]:
    assert isinstance(content, Block)
    return [step.name for step in content.steps if step.do == "read"]


def conflicts(kind: str, *three: Block | Scheme) -> list[str]:
    with pytest.raises(Unsound, match="merge_conflicts") as caught:
        merge(kind, *three)
    return [one.place for one in caught.value.findings]


def test_changes_in_different_places_come_together() -> None:
    original = block("model", "constant", "clock")
    mine, theirs = block("date", "model", "constant", "clock"), block("model", "constant", "clock", "power")
    assert names(merge("block", original, mine, theirs)) == ["date", "model", "constant", "clock", "power"]


def test_what_one_removed_and_nobody_else_touched_is_gone() -> None:
    original = block("model", "constant", "clock", "date")
    merged = merge("block", original, block("model", "constant", "clock"), block("constant", "clock", "date"))
    assert names(merged) == ["constant", "clock"]


def test_the_same_step_changed_twice_is_a_conflict_with_both_sides_shown() -> None:
    three = block("model", "constant"), block("model", "clock"), block("model", "date")
    with pytest.raises(Unsound) as caught:
        merge("block", *three)
    found = caught.value.findings
    assert [(one.place, one.code) for one in found] == [("steps.1", "merge_conflict")]
    assert "clock" in str(found[0].params["draft"]) and "date" in str(found[0].params["theirs"])
    assert names(merge("block", *three, choices={"steps.1": "theirs"})) == ["model", "date"]
    assert names(merge("block", *three, choices={"steps.1": "draft"})) == ["model", "clock"]


def test_a_choice_for_a_place_without_a_conflict_is_refused() -> None:
    same = block("model")
    with pytest.raises(Unsound) as caught:
        merge("block", same, same, same, choices={"steps.7": "draft"})
    assert [one.code for one in caught.value.findings] == ["no_such_conflict"]


def test_every_conflict_is_named_at_once() -> None:
    original = scheme("a", "b", "c", en="one", guard={"preheat_s": 60})
    mine = scheme("a", "x", "c", en="two", guard={"preheat_s": 90, "reject_least": 5})
    theirs = scheme("a", "y", "c", en="three", guard={"preheat_s": 30})
    assert set(conflicts("scheme", original, mine, theirs)) == {"cases.1", "en", "guard.preheat_s"}


def test_limits_of_the_guard_are_merged_one_by_one() -> None:
    mine, theirs = scheme("a", guard={"reject_least": 5}), scheme("a", guard={"preheat_s": 30})
    merged = merge("scheme", scheme("a"), mine, theirs)
    assert isinstance(merged, Scheme)
    assert (merged.guard.reject_least, merged.guard.preheat_s) == (5, 30)


def test_a_merge_that_grows_too_long_is_refused() -> None:
    middle = ["model"] * 40
    mine, theirs = block(*["clock"] * 40, *middle), block(*middle, *["date"] * 40)
    with pytest.raises(Unsound, match="scheme_unsound") as caught:
        merge("block", block(*middle), mine, theirs)
    assert [one.code for one in caught.value.findings] == ["too_many"]


@given(blocks, blocks)
def test_who_changed_nothing_takes_nothing_away(original: Block, other: Block) -> None:
    assert merge("block", original, original, other) == other
    assert merge("block", original, other, original) == other
    assert merge("block", original, other, other) == other


@given(blocks, blocks, blocks)
def test_both_orders_of_a_merge_agree_and_invent_nothing(original: Block, mine: Block, theirs: Block) -> None:
    try:
        merged = merge("block", original, mine, theirs)
    except Unsound as refused:
        said = {one["name"] for content in (mine, theirs) for one in plain(content)["steps"]}
        places: dict[str, Side] = {one.place: "theirs" for one in refused.findings}
        assert set(names(merge("block", original, mine, theirs, choices=places))) <= said
        return
    assert merge("block", original, theirs, mine) == merged
    assert set(names(merged)) <= set(names(mine)) | set(names(theirs))

"""YAML files of schemes: what is written is read back the same, and every bad place is named with its line."""

from __future__ import annotations

import pytest

from wms.schemes import seeding
from wms.schemes.bundle import MAX_BYTES, parse, write
from wms.schemes.findings import Unsound
from wms.schemes.resolve import Parts

GOOD = """\
format: metrostack-schemes/1
blocks:
- code: power
  steps:
  - {do: apply_source}
cases:
- code: hello
  item: communication
  steps:
  - {do: use_block, block: power}
  - {do: read, name: model}
schemes:
- code: greeting
  purpose: demo
  cases: [hello]
"""


def refused(content: bytes | str) -> list[tuple[int, str]]:
    """Return (line, code) of everything that is wrong with a file."""
    with pytest.raises(Unsound, match="scheme_file_refused") as caught:
        parse(content)
    return [(one.line, one.code) for one in caught.value.findings]


def test_what_is_written_is_read_back_the_same() -> None:
    shipped = seeding.shipped()
    text = write(shipped)
    assert parse(text) == shipped
    assert write(parse(text)) == text
    assert parse(GOOD.encode("utf-8-sig")) == parse(GOOD)


def test_every_bad_line_is_named_at_once() -> None:
    bad = GOOD.replace("do: apply_source}", "do: apply_source, current: 7A}")
    bad = bad.replace("name: model", "name: Model!").replace("purpose: demo", "purpose: fun\n  colour: red")
    assert refused(bad) == [(5, "wrong_form"), (11, "wrong_form"), (14, "not_one_of"), (15, "unknown_field")]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("/1", "/9"), [(1, "wrong_format")]),
        (("block: power", "block: nothing"), [(10, "unknown_block")]),
        (("cases: [hello]", "cases: [hello, bye]"), [(15, "unknown_case")]),
        (("- code: hello", "- code: -x"), [(7, "no_code")]),
        (("do: read", "do: dance"), [(11, "unknown_step")]),
        (("cases: [hello]", "cases: []"), [(15, "too_few")]),
        (("schemes:", "recipes:"), [(12, "unknown_field")]),
        (("  - {do: use_block, block: power}\n", ""), [(10, "needs_voltage")]),
        (("purpose: demo", "purpose: demo\n  purpose: demo"), [(15, "not_yaml")]),
        (("item: communication", "item: creep"), [(8, "item_without_proof")]),
    ],
)
def test_what_is_wrong_is_found_where_it_stands(change: tuple[str, str], found: list[tuple[int, str]]) -> None:
    told = refused(GOOD.replace(*change))
    assert [code for _, code in told] == [code for _, code in found]
    assert all(abs(line - said) <= 1 for (line, _), (said, _) in zip(told, found, strict=True)), told


def test_a_code_stands_once_in_a_file() -> None:
    twice = GOOD.replace("schemes:", "- code: hello\n  item: clock\n  steps:\n  - {do: use_block, block: power}\n"
                         "  - {do: compare_clock}\nschemes:")  # fmt: skip
    assert refused(twice) == [(12, "code_twice")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_scheme_file"), (b"- 1\n", "not_a_scheme_file"), (b"\xff\xfe", "not_utf8"),
        (b"x" * (MAX_BYTES + 1), "file_too_big"), (b"format: metrostack-schemes/1\n", "empty_file"),
        (b"format: metrostack-schemes/1\ncases: 7\n", "not_a_list"), (b"a: [", "not_a_scheme_file"),
        (b"format: &a [*a]", "not_a_scheme_file"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_schemes_is_refused(content: bytes, code: str) -> None:
    assert code in [found for _, found in refused(content)]


def test_a_file_may_build_on_what_is_known() -> None:
    alone = GOOD.replace("blocks:\n- code: power\n  steps:\n  - {do: apply_source}\n", "")
    assert refused(alone) == [(6, "unknown_block")]
    assert parse(alone, Parts(parse(GOOD).blocks)).cases.keys() == {"hello"}

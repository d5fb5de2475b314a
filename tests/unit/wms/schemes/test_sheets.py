"""Run sheets: only what was approved, the same content under the same number, never changed afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.schemes import case, powered, scheme
from wms.errors import Refused
from wms.schemes import seeding, service, views
from wms.schemes.bundle import Bundle
from wms.schemes.drafts import Ref
from wms.schemes.duties import Work

People = Callable[[str], Work]
CASE, SCHEME = Ref("case", "hello"), Ref("scheme", "greeting")


def approve(person: People, ref: Ref) -> None:
    service.approve(person("head"), service.submit(person("li"), ref))


@pytest.mark.parametrize(
    ("phase", "purpose", "code"),
    [
        ("1ph", "first", "jjg596-1ph-first"), ("1p2w", "first", "jjg596-1ph-first"),
        ("3ph", "first", "jjg596-3ph-first"), ("1ph", "recheck", "jjg596-1ph-recheck"),
        ("3p4w", "sampling", "jjg596-3ph-sampling"),
        ("1ph", "demo", "demo-1ph"), ("3ph", "demo", "demo-3ph"), ("3p3w", "first", "jjg596-3p3w-ct-first"),
    ],
)  # fmt: skip
def test_a_wiring_and_a_purpose_have_their_scheme(library: Session, phase: str, purpose: str, code: str) -> None:
    sheet = service.sheet(library, service.sheet_for(library, phase=phase, purpose=purpose))
    assert (sheet.scheme, sheet.formal) == (code, True)


def test_an_accuracy_class_decides_between_schemes(library: Session) -> None:
    number = service.sheet_for(library, phase="1ph", accuracy_class="A")
    assert service.sheet(library, number).rules == "GBT17215.321-2021"
    with pytest.raises(Refused, match="no_scheme_for"):
        service.sheet_for(library, phase="1ph", accuracy_class="0.2S")
    with pytest.raises(Refused, match="no_scheme_for"):
        service.sheet_for(library, phase="3ph", purpose="nonsense")


def test_terminals_and_modules_have_schemes_of_their_own(library: Session) -> None:
    for kind, code in (("terminal", "terminal-check"), ("module", "module-check")):
        number = service.sheet_for(library, phase="3ph", purpose="sampling", asset_class=kind)
        assert service.sheet(library, number).scheme == code


def test_the_same_content_has_the_same_number(library: Session) -> None:
    first = service.compile_sheet(library, "demo-1ph")
    assert service.compile_sheet(library, "demo-1ph") == first
    assert service.sheet(library, first.number).digest == first.digest
    assert service.compile_sheet(library, "demo-3ph").number != first.number
    with pytest.raises(Refused, match="unknown_sheet"):
        service.sheet(library, 999)


def test_only_an_approved_scheme_is_compiled(library: Session, person: People) -> None:
    service.create(person("li"), SCHEME, scheme())
    with pytest.raises(Refused, match="scheme_not_approved"):
        service.compile_sheet(library, "greeting")
    with pytest.raises(Refused, match="unknown_scheme"):
        service.compile_sheet(library, "nobody-wrote-it")
    approve(person, SCHEME)
    assert service.compile_sheet(library, "greeting").formal


def test_an_unapproved_scheme_is_only_tried_and_only_by_who_sees_it(library: Session, person: People) -> None:
    service.create(person("li"), SCHEME, scheme())
    tried = service.compile_sheet(library, "greeting", trial=True, by="li")
    assert not tried.formal
    with pytest.raises(Refused, match="scheme_not_approved"):
        service.compile_sheet(library, "greeting", trial=True, by="wang")
    approve(person, SCHEME)
    formal = service.compile_sheet(library, "greeting")
    assert formal.formal and formal.number != tried.number
    assert not service.compile_sheet(library, "greeting", trial=True, by="wang").formal


def test_a_scheme_is_run_with_the_cases_that_it_was_reviewed_with(library: Session, person: People) -> None:
    service.create(person("li"), CASE, case("model"))
    approve(person, CASE)
    service.create(person("li"), SCHEME, scheme("hello"))
    approve(person, SCHEME)
    before = service.compile_sheet(library, "greeting")
    newer = service.revise(person("li"), CASE)
    service.edit(person("li"), CASE, case("model", "constant"), revision=newer.revision)
    approve(person, CASE)
    assert service.compile_sheet(library, "greeting") == before
    service.revise(person("li"), SCHEME)
    tried = service.compile_sheet(library, "greeting", trial=True, by="li")
    assert len(tried.cases[0].steps) == len(before.cases[0].steps) + 1
    approve(person, SCHEME)
    assert service.compile_sheet(library, "greeting").version == 2


def test_one_of_several_schemes_is_chosen(library: Session, person: People) -> None:
    service.create(person("li"), SCHEME, scheme())
    with pytest.raises(Refused, match="scheme_not_approved"):
        service.choose(person("li"), phase="1p2w", purpose="demo", scheme="greeting")
    approve(person, SCHEME)
    with pytest.raises(Refused, match="scheme_does_not_fit"):
        service.choose(person("li"), phase="3p4w", purpose="demo", scheme="greeting")
    service.choose(person("li"), phase="1p2w", purpose="demo", scheme="greeting")
    assert service.sheet(library, service.sheet_for(library, phase="1ph", purpose="demo")).scheme == "greeting"
    service.seed(library)
    assert service.sheet(library, service.sheet_for(library, phase="1ph", purpose="demo")).scheme == "greeting"


def test_seeding_again_changes_nothing_and_leaves_the_sites_own_alone(library: Session, person: People) -> None:
    numbers = [service.compile_sheet(library, code).number for code in seeding.shipped().schemes]
    mine = service.revise(person("li"), Ref("case", "clock-value"))
    service.edit(person("li"), Ref("case", "clock-value"), mine.content, revision=mine.revision)
    service.seed(library)
    assert [service.compile_sheet(library, code).number for code in seeding.shipped().schemes] == numbers


def test_a_first_verification_holds_every_item_and_a_recheck_no_withstand_test(library: Session) -> None:
    first = {case.item for case in service.compile_sheet(library, "jjg596-1ph-first").cases}
    again = {case.item for case in service.compile_sheet(library, "jjg596-1ph-recheck").cases}
    assert {"withstand", "creep", "starting", "intrinsic_error", "constant", "daily_timing", "key_download"} <= first
    assert len(first) == 21 and "withstand" not in again
    constants = [
        case.code for case in service.compile_sheet(library, "jjg596-1ph-first").cases if case.item == "constant"
    ]
    assert constants == ["constant-pulses", "constant-register", "constant-reference"]


def test_what_the_software_changes_is_a_new_version_and_the_site_decides_about_its_own(
    library: Session, person: People
) -> None:
    before = service.compile_sheet(library, "demo-1ph")
    service.revise(person("li"), Ref("case", "clock-value"))
    shipped = seeding.shipped()
    block = powered("clock")
    newer = Bundle({**shipped.blocks, "supply": block}, {**shipped.cases}, {**shipped.schemes})
    seeding.seed(library, newer)
    after = service.compile_sheet(library, "demo-1ph")
    assert (before.version, after.version) == (1, 2)
    assert after.cases[2].steps[1] == block.steps[1] and after.cases[3].steps[1] == block.steps[1]
    assert views.version(person("li"), Ref("case", "clock-value")).state == "draft"
    seeding.seed(library, newer)
    assert service.compile_sheet(library, "demo-1ph") == after
    assert service.sheet(library, before.number) == before

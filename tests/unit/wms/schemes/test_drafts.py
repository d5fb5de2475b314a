"""Drafts: who may see, change and open them; contributions merged by the keeper; files taken whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest
from sqlalchemy.orm import Session

from tests.schemes import block, case, scheme
from wms.errors import Refused
from wms.schemes import content, service, tables, views
from wms.schemes.content import Kind
from wms.schemes.drafts import Ref
from wms.schemes.duties import Work
from wms.schemes.findings import Unsound

People = Callable[[str], Work]
CASE, SCHEME, BLOCK = Ref("case", "hello"), Ref("scheme", "greeting"), Ref("block", "hi")


def seen(person: People, name: str, ref: Ref = CASE) -> bool:
    try:
        return bool(views.version(person(name), ref))
    except Refused as refused:
        assert refused.code == "unknown_entry"
        return False


def test_three_visibilities_before_approval(person: People) -> None:
    service.create(person("li"), CASE, case())
    assert [seen(person, name) for name in ("li", "wang", "head")] == [True, False, False]
    service.found_project(person("li"), "P1", name="Meters of 2026", members=["wang"])
    service.open_to(person("li"), CASE, visibility="project", project="P1")
    assert [seen(person, name) for name in ("li", "wang", "zhao")] == [True, True, False]
    service.open_to(person("li"), CASE, visibility="public")
    assert seen(person, "zhao")


def test_a_reviewer_sees_what_is_submitted_and_everybody_what_is_approved(person: People) -> None:
    service.create(person("li"), CASE, case())
    number = service.submit(person("li"), CASE)
    assert [seen(person, name) for name in ("head", "wang")] == [True, False]
    service.approve(person("head"), number)
    assert seen(person, "wang")


def test_only_the_owner_opens_a_thing_and_only_to_their_project(person: People) -> None:
    service.create(person("li"), CASE, case(), visibility="public")
    service.found_project(person("zhao"), "P2", name="")
    for who, visibility, project, code in (
        ("wang", "private", "", "not_yours"), ("li", "project", "", "project_needed"),
        ("li", "project", "P2", "not_in_project"), ("li", "secret", "", "unknown_visibility"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=code):
            service.open_to(person(who), CASE, visibility=visibility, project=project)


def test_a_draft_is_written_by_its_keeper_and_nothing_is_overwritten_unread(person: People) -> None:
    draft = service.create(person("li"), CASE, case(), visibility="public")
    with pytest.raises(Refused, match="kept_by_another"):
        service.edit(person("wang"), CASE, case("clock"), revision=draft.revision)
    service.edit(person("li"), CASE, case("clock"), revision=draft.revision)
    with pytest.raises(Refused, match="changed_meanwhile"):
        service.edit(person("li"), CASE, case("date"), revision=draft.revision)


def test_what_is_approved_never_changes(library: Session, person: People) -> None:
    draft = service.create(person("li"), CASE, case())
    number = service.submit(person("li"), CASE)
    with pytest.raises(Refused, match="version_closed"):
        service.edit(person("li"), CASE, case("date"), revision=draft.revision)
    service.approve(person("head"), number)
    for attempt in (
        lambda: service.edit(person("li"), CASE, case("date"), revision=draft.revision),
        lambda: service.contribute(person("li"), CASE, case("date")),
        lambda: service.discard(person("li"), CASE),
        lambda: service.submit(person("li"), CASE),
    ):
        with pytest.raises(Refused, match="version_closed"):
            attempt()
    service.revise(person("li"), CASE)
    with pytest.raises(Refused, match="version_open"):
        service.revise(person("li"), CASE)
    assert [one["state"] for one in views.versions(library, person("li").person, CASE)] == ["draft", "approved"]


def test_the_lead_merges_what_the_members_changed(person: People) -> None:
    service.found_project(person("li"), "P1", name="", members=["wang", "zhao"])
    start = case("model", "constant", "clock")
    service.create(person("wang"), CASE, start, visibility="project", project="P1")
    first = service.contribute(person("wang"), CASE, case("date", "model", "constant", "clock"))
    second = service.contribute(person("zhao"), CASE, case("model", "power", "clock"))
    with pytest.raises(Refused, match="kept_by_another"):
        service.merge(person("wang"), first)
    with pytest.raises(Refused, match="contributions_open"):
        service.submit(person("li"), CASE)
    service.merge(person("li"), first)
    merged = service.merge(person("li"), second)
    assert merged.content == case("date", "model", "power", "clock")
    assert set(merged.authors) == {"li", "wang", "zhao"}
    with pytest.raises(Refused, match="contribution_closed"):
        service.merge(person("li"), second)
    assert service.submit(person("li"), CASE) > 0


def test_a_conflict_changes_nothing_until_the_lead_has_chosen(person: People) -> None:
    draft = service.create(person("li"), CASE, case("model", "constant"), visibility="public")
    number = service.contribute(person("wang"), CASE, case("model", "date"))
    service.edit(person("li"), CASE, case("model", "clock"), revision=draft.revision)
    with pytest.raises(Unsound) as caught:
        service.merge(person("li"), number)
    assert [one.place for one in caught.value.findings] == ["steps.2"]
    assert views.version(person("li"), CASE).contributions[0].editor == "wang"
    merged = service.merge(person("li"), number, choices={"steps.2": "theirs"})
    assert merged.content == case("model", "date")


def test_a_contribution_is_written_anew_only_as_it_was_read(person: People) -> None:
    service.create(person("li"), CASE, case(), visibility="public")
    number = service.contribute(person("wang"), CASE, case("clock"))
    with pytest.raises(Refused, match="changed_meanwhile"):
        service.contribute(person("wang"), CASE, case("date"))
    assert service.contribute(person("wang"), CASE, case("date"), revision=1) == number
    with pytest.raises(Refused, match="kept_by_another"):
        service.drop(person("zhao"), number)
    service.drop(person("wang"), number)
    assert views.version(person("li"), CASE).contributions == []


def test_nothing_is_built_on_what_is_not_approved(person: People) -> None:
    service.create(person("li"), BLOCK, block("model"))
    service.create(person("li"), CASE, case("model", use="hi"))
    with pytest.raises(Unsound) as caught:
        service.submit(person("li"), CASE)
    assert [one.code for one in caught.value.findings] == ["builds_on_unapproved"]


def test_an_unsound_scheme_is_kept_as_a_draft_but_not_submitted(person: People) -> None:
    draft = service.create(person("li"), SCHEME, scheme("fee-control"))
    assert [one["code"] for one in views.version(person("li"), SCHEME).findings] == ["fee_control_before_security"]
    with pytest.raises(Unsound, match="scheme_unsound"):
        service.submit(person("li"), SCHEME)
    service.edit(person("li"), SCHEME, scheme("security-authentication", "fee-control"), revision=draft.revision)
    assert service.submit(person("li"), SCHEME) > 0


def test_what_came_with_the_software_becomes_the_sites_own_until_the_draft_is_given_up(person: People) -> None:
    shipped = Ref("case", "clock-value")
    assert service.revise(person("li"), shipped).standing.owner == "li"
    with pytest.raises(Refused, match="kept_by_another"):
        service.discard(person("wang"), shipped)
    service.discard(person("li"), shipped)
    assert views.version(person("li"), shipped).entry.owner == "library"


def test_a_draft_that_was_never_reviewed_can_be_given_up_whole(person: People) -> None:
    service.create(person("li"), CASE, case(), visibility="public")
    service.contribute(person("wang"), CASE, case("date"))
    service.discard(person("li"), CASE)
    assert not seen(person, "li")
    service.create(person("wang"), CASE, case())
    service.reject(person("head"), service.submit(person("wang"), CASE), reason="too short")
    with pytest.raises(Refused, match="reviewed_stays"):
        service.discard(person("wang"), CASE)


@pytest.mark.parametrize("code", ["", "-x", "a b", "a" * 41, "a.b", "名"])
def test_a_code_is_short_and_plain(person: People, code: str) -> None:
    with pytest.raises(Refused, match="not_a_code"):
        service.create(person("li"), Ref("case", code), case())


def test_a_code_is_taken_once_and_nobody_is_called_library(person: People) -> None:
    service.create(person("li"), CASE, case())
    with pytest.raises(Refused, match="code_taken"):
        service.create(person("wang"), CASE, case())
    with pytest.raises(Refused, match="not_a_person"):
        person("library")


def test_a_project_is_changed_by_its_lead_who_may_hand_it_over(library: Session, person: People) -> None:
    service.found_project(person("li"), "P1", name="one", members=["wang"])
    with pytest.raises(Refused, match="not_the_lead"):
        service.set_members(person("wang"), "P1", ["wang"])
    service.set_members(person("li"), "P1", ["zhao"], lead="wang")
    assert [(p.lead, p.members) for p in views.projects(library)] == [("wang", ["wang", "zhao"])]
    for attempt in ((person("li"), "P1", "project_taken"), (person("li"), "P 2", "not_a_code")):
        with pytest.raises(Refused, match=attempt[2]):
            service.found_project(attempt[0], attempt[1], name="")
    with pytest.raises(Refused, match="unknown_project"):
        service.set_members(person("li"), "P9", [])


def test_a_file_goes_out_and_comes_in_elsewhere(library: Session, person: People) -> None:
    text = service.export_yaml(library, ["demo-1ph", "jjg596-3ph-first"])
    assert {one.outcome for one in service.import_yaml(person("li"), text)} == {"unchanged"}
    renamed = text.replace("code: demo-1ph\n", "code: demo-of-ours\n").replace("name: comm_address", "name: model")
    taken = {(one.kind, one.code): one.outcome for one in service.import_yaml(person("li"), renamed)}
    assert taken["scheme", "demo-of-ours"] == "created"
    assert taken["case", "communication-address"] == "changed"
    assert views.version(person("li"), Ref("scheme", "demo-of-ours")).state == "draft"
    with pytest.raises(Refused, match="unknown_scheme"):
        service.export_yaml(library, ["demo-of-ours"])
    assert "demo-of-ours" in service.export_yaml(library, ["demo-of-ours"], person=person("li").person)


def test_a_file_that_would_change_what_is_anothers_is_refused_whole(person: People) -> None:
    service.create(person("li"), CASE, case("model"), visibility="public")
    file = "format: metrostack-schemes/1\ncases:\n"
    one = "- {code: %s, item: communication, steps: [{do: use_block, block: supply}, {do: read, name: clock}]}\n"
    with pytest.raises(Unsound) as caught:
        service.import_yaml(person("wang"), file + one % "fresh" + one % "hello")
    assert [(f.line, f.code) for f in caught.value.findings] == [(4, "not_yours")]
    assert not seen(person, "wang", Ref("case", "fresh"))
    service.submit(person("li"), CASE)
    with pytest.raises(Unsound) as caught:
        service.import_yaml(person("li"), file + one % "hello")
    assert [(f.line, f.code) for f in caught.value.findings] == [(3, "in_review")]


def test_two_versions_of_a_block_are_written_in_place_when_a_file_needs_both(library: Session, person: People) -> None:
    service.create(person("li"), BLOCK, block("model"))
    service.approve(person("head"), service.submit(person("li"), BLOCK))
    power = case("model")
    for code in ("one", "two"):
        steps = {"item": "communication", "steps": [*power.model_dump()["steps"], {"do": "use_block", "block": "hi"}]}
        service.create(person("li"), Ref("case", code), content.TestCase.model_validate(steps))
        service.approve(person("head"), service.submit(person("li"), Ref("case", code)))
        newer = service.revise(person("li"), BLOCK)
        service.edit(person("li"), BLOCK, block("model", "clock"), revision=newer.revision)
        service.approve(person("head"), service.submit(person("li"), BLOCK))
    service.create(person("li"), SCHEME, scheme("one", "two"))
    service.approve(person("head"), service.submit(person("li"), SCHEME))
    read = service.import_yaml(person("li"), service.export_yaml(library, ["greeting"]).replace("greeting", "again"))
    assert {one.code for one in read} == {"supply", "hi", "one", "two", "again"}
    first = service.compile_sheet(library, "greeting")
    tried = service.compile_sheet(library, "again", trial=True, by="li")
    assert [one.steps for one in tried.cases] == [one.steps for one in first.cases]


def test_the_lists_of_words_agree() -> None:
    assert tables.KINDS == content.KINDS == get_args(Kind)

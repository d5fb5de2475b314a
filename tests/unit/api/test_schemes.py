"""The library over REST: written by engineers, decided by duties, and every no with its code and status."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.security import accounts
from api.security.roles import Role
from tests.faces import Face
from tests.schemes import case, scheme
from wms.schemes import reviews
from wms.schemes.content import plain

ROLES = {"li": Role.ENGINEER, "wang": Role.ENGINEER, "head": Role.OPERATOR, "lead": Role.OPERATOR}
BODY = {"content": plain(case("model", "constant"))}


class Person:
    """Somebody with a key of their own; a login would do as well, only slower."""

    def __init__(self, face: Face, name: str) -> None:
        self.client: TestClient = face.client()
        with Session(face.context.engine) as session:
            self.key = accounts.add_key(session, name, ROLES[name])
            session.commit()

    def ask(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        headers = {"authorization": f"Bearer {self.key}"}
        answer = self.client.request(method, f"/api/v1{path}", headers=headers, **options)
        assert answer.status_code == status, answer.text
        return answer.json() if "json" in answer.headers["content-type"] else answer.text


@pytest.fixture
def site(face: Face) -> Face:
    """Return a face where `head` and `lead` hold the reviewing duties."""
    with face.client(Role.ADMIN) as admin:
        assert admin.put("/api/v1/duties/head/administrative_head").status_code == 200
        told = admin.put("/api/v1/duties/lead/product_lead").json()
    assert told == [{"person": "head", "duty": "administrative_head"}, {"person": "lead", "duty": "product_lead"}]
    return face


def test_a_case_goes_from_draft_to_approval(site: Face) -> None:
    li, head = Person(site, "li"), Person(site, "head")
    begun = li.ask("POST", "/library/case/hello", 201, json=BODY)
    assert (begun["state"], begun["mine"], begun["findings"]) == ("draft", True, [])
    number = li.ask("POST", "/library/case/hello/submit", 201)["review"]
    assert li.ask("POST", f"/reviews/{number}/approve", 403)["code"] == "not_a_reviewer"
    assert [one["mine_to_decide"] for one in head.ask("GET", "/reviews")] == [True]
    assert head.ask("GET", f"/reviews/{number}")["content"] == BODY["content"]
    assert head.ask("POST", f"/reviews/{number}/approve")["state"] == "approved"
    assert head.ask("POST", f"/reviews/{number}/approve", 409)["code"] == "review_decided"
    shown = head.ask("GET", "/library/case/hello")
    assert (shown["state"], shown["entry"]["approved"], shown["mine"]) == ("approved", 1, False)
    assert head.ask("GET", "/reviews") == []


def test_a_rejection_needs_its_reason_and_a_withdrawal_its_submitter(site: Face) -> None:
    li, head = Person(site, "li"), Person(site, "head")
    li.ask("POST", "/library/case/hello", 201, json=BODY)
    number = li.ask("POST", "/library/case/hello/submit", 201)["review"]
    head.ask("POST", f"/reviews/{number}/reject", 422, json={"reason": ""})
    assert head.ask("POST", f"/reviews/{number}/withdraw", 403)["code"] == "not_your_review"
    assert head.ask("POST", f"/reviews/{number}/reject", json={"reason": "no clock"})["reason"] == "no clock"
    again = li.ask("POST", "/library/case/hello/submit", 201)["review"]
    assert li.ask("POST", f"/reviews/{again}/withdraw")["state"] == "withdrawn"
    assert [one["state"] for one in li.ask("GET", "/reviews?pending=false")] == ["rejected", "withdrawn"]


def test_an_admin_gives_duties_but_not_to_themselves(site: Face) -> None:
    with site.client(Role.ADMIN) as admin:
        assert admin.put("/api/v1/duties/key-admin/product_lead").status_code == 403
        assert admin.put("/api/v1/duties/li/emperor").status_code == 422
        left = admin.delete("/api/v1/duties/head/administrative_head").json()
    assert [one["person"] for one in left] == ["lead"]
    with site.client(Role.ENGINEER) as engineer:
        assert engineer.put("/api/v1/duties/li/product_lead").status_code == 403
        assert engineer.get("/api/v1/duties").json() == left


def test_what_is_private_is_not_found_by_others(site: Face) -> None:
    li, wang = Person(site, "li"), Person(site, "wang")
    li.ask("POST", "/library/case/hello", 201, json=BODY)
    assert wang.ask("GET", "/library/case/hello", 404)["code"] == "unknown_entry"
    assert "hello" not in [one["code"] for one in wang.ask("GET", "/library?kind=case")]
    li.ask("PUT", "/library/case/hello/access", json={"visibility": "public"})
    assert wang.ask("GET", "/library/case/hello")["keeper"] == "li"
    assert wang.ask("PUT", "/library/case/hello", 403, json={**BODY, "revision": 1})["code"] == "kept_by_another"


def test_contributions_are_merged_and_conflicts_come_as_findings(site: Face) -> None:
    li, wang = Person(site, "li"), Person(site, "wang")
    li.ask("POST", "/library/case/hello", 201, json={**BODY, "visibility": "public"})
    theirs = {"content": plain(case("model", "clock"))}
    number = wang.ask("POST", "/library/case/hello/contribute", json=theirs)["contribution"]
    li.ask("PUT", "/library/case/hello", json={"content": plain(case("model", "date")), "revision": 1})
    problem = li.ask("POST", f"/contributions/{number}/merge", 409, json={})
    assert [one["place"] for one in problem["params"]["findings"]] == ["steps.2"]
    merged = li.ask("POST", f"/contributions/{number}/merge", json={"choices": {"steps.2": "theirs"}})
    assert (merged["content"], merged["authors"]) == (theirs["content"], ["li", "wang"])
    again = wang.ask("POST", "/library/case/hello/contribute", json=theirs)["contribution"]
    assert li.ask("POST", f"/contributions/{again}/drop") == {"state": "dropped"}


def test_bad_content_is_refused_whole_with_every_place_named(site: Face) -> None:
    li = Person(site, "li")
    bad = {"content": {"item": "cooking", "steps": [{"do": "dance"}, {"do": "wait", "seconds": -1}], "x": 1}}
    problem = li.ask("POST", "/library/case/hello", 409, json=bad)
    found = {one["place"]: one["code"] for one in problem["params"]["findings"]}
    assert problem["code"] == "scheme_unsound" and set(found.values()) == {
        "not_one_of", "unknown_step", "out_of_range", "unknown_field",
    }  # fmt: skip
    assert len(found) == 4
    assert li.ask("POST", "/library/recipe/hello", 422, json=BODY)["code"] == "invalid_input"
    assert li.ask("POST", "/library/case/a.b", 409, json=BODY)["code"] == "not_a_code"
    assert li.ask("GET", "/library/case/hello", 404)["code"] == "unknown_entry"


def test_a_draft_is_revised_and_discarded(site: Face) -> None:
    li = Person(site, "li")
    assert li.ask("POST", "/library/scheme/demo-1ph/revise", 201)["version"] == 2
    assert [one["state"] for one in li.ask("GET", "/library/scheme/demo-1ph/versions")] == ["draft", "approved"]
    assert li.ask("GET", "/library/scheme/demo-1ph?version=1")["state"] == "approved"
    assert li.ask("POST", "/library/scheme/demo-1ph/discard") == {"state": "discarded"}
    assert li.ask("GET", "/library/scheme/demo-1ph")["version"] == 1


def test_schemes_travel_as_yaml_whole_or_not_at_all(site: Face) -> None:
    li = Person(site, "li")
    text = li.ask("GET", "/library/export?scheme=demo-1ph")
    renamed = text.replace("code: demo-1ph\n", "code: ours\n")
    told = li.ask("POST", "/library/import?check=true", content=renamed)
    assert (
        not told["stored"] and {"kind": "scheme", "code": "ours", "outcome": "created", "version": 1} in told["taken"]
    )
    li.ask("GET", "/library/scheme/ours", 404)
    assert li.ask("POST", "/library/import", content=renamed)["stored"]
    assert li.ask("GET", "/library/scheme/ours")["state"] == "draft"
    assert li.ask("GET", "/library/export?scheme=ours", 409)["code"] == "unknown_scheme"
    assert "ours" in li.ask("GET", "/library/export?scheme=ours&drafts=true")
    problem = li.ask("POST", "/library/import", 409, content=renamed.replace("do: measure_error", "do: guess", 2))
    assert problem["code"] == "scheme_file_refused"
    assert [one["code"] for one in problem["params"]["findings"]] == ["unknown_step", "unknown_step"]
    assert all(one["line"] > 0 for one in problem["params"]["findings"])


def test_run_sheets_are_compiled_listed_and_shown(site: Face) -> None:
    li = Person(site, "li")
    made = li.ask("POST", "/schemes/demo-1ph/sheet", json={})
    assert (made["formal"], made["scheme"]) == (True, "demo-1ph")
    assert li.ask("POST", "/schemes/demo-1ph/sheet", json={}) == made
    assert li.ask("GET", f"/sheets/{made['number']}")["rules"] == "JJG596-2012"
    li.ask("POST", "/library/scheme/mine", 201, json={"content": plain(scheme())})
    assert li.ask("POST", "/schemes/mine/sheet", 409, json={})["code"] == "scheme_not_approved"
    assert not li.ask("POST", "/schemes/mine/sheet", json={"trial": True})["formal"]
    assert len(li.ask("GET", "/sheets")) == 2
    assert li.ask("GET", "/sheets/999", 404)["code"] == "unknown_sheet"


def test_which_scheme_is_run_is_chosen(site: Face) -> None:
    li = Person(site, "li")
    chosen = {(one["phase"], one["purpose"]): one["scheme"] for one in li.ask("GET", "/scheme-choices")}
    assert chosen["1p2w", "first"] == "jjg596-1ph-first"
    body = {"scheme": "jjg596-1ph-class1-first"}
    told = li.ask("PUT", "/scheme-choices/1p2w/first", json=body)
    assert {"scheme": body["scheme"], "chosen_by": "li"}.items() <= told[1].items()
    assert li.ask("PUT", "/scheme-choices/3p4w/first", 409, json=body)["code"] == "scheme_does_not_fit"


def test_projects_are_founded_and_handed_over(site: Face) -> None:
    li, wang = Person(site, "li"), Person(site, "wang")
    li.ask("POST", "/scheme-projects/P1", 201, json={"name": "2026", "members": ["wang"]})
    assert wang.ask("PUT", "/scheme-projects/P1", 403, json={"members": []})["code"] == "not_the_lead"
    told = li.ask("PUT", "/scheme-projects/P1", json={"members": ["li"], "lead": "wang"})
    assert told == li.ask("GET", "/scheme-projects") == [
        {"code": "P1", "name": "2026", "lead": "wang", "members": ["li", "wang"]}
    ]  # fmt: skip


def test_a_report_comes_into_the_same_inbox(site: Face) -> None:
    with Session(site.context.engine) as session:
        number = reviews.submit_report(
            session, report="R-7", title="Lot 7", authors=["head"], by="li", at_ms=60_000
        )  # fmt: skip
        session.commit()
    assert Person(site, "head").ask("POST", f"/reviews/{number}/approve", 403)["code"] == "own_work"
    assert Person(site, "lead").ask("POST", f"/reviews/{number}/approve")["kind"] == "report"


def test_steps_have_a_schema_for_editors(shared: Face) -> None:
    with shared.client(Role.VIEWER) as client:
        told = client.get("/api/v1/library/steps").json()
    assert {"ApplySource", "MeasureError", "UseBlock"} <= told["$defs"].keys()


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (Role.VIEWER, "GET", "/library", 200), (Role.MACHINE, "GET", "/library", 403),
        (Role.OPERATOR, "POST", "/library/case/x/submit", 403), (Role.VIEWER, "POST", "/reviews/1/approve", 403),
        (Role.OPERATOR, "POST", "/reviews/1/approve", 404), (Role.ENGINEER, "PUT", "/duties/li/product_lead", 403),
        (Role.OPERATOR, "POST", "/archives/meter/x/retire", 403), (Role.VIEWER, "GET", "/archives", 200),
    ],
)  # fmt: skip
def test_each_role_may_do_what_it_may(shared: Face, role: Role, method: str, path: str, status: int) -> None:
    with shared.client(role) as client:
        assert client.request(method, f"/api/v1{path}").status_code == status


def test_lists_of_the_library_are_bounded_and_go_on_from_a_name(shared: Face) -> None:
    with shared.client(Role.VIEWER) as client:
        for path in ("library", "reviews", "sheets", "archives"):
            assert client.get(f"/api/v1/{path}?limit=1000000").status_code == 422, path
        first = client.get("/api/v1/library?limit=2").json()
        after = f"{first[1]['kind']}.{first[1]['code']}"
        assert client.get("/api/v1/library", params={"after": after, "limit": 1}).json()[0] not in first

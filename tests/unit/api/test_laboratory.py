"""The laboratory over REST: standards, people, seals, results, papers and holds; each by who may, each bounded."""

from __future__ import annotations

import io

import openpyxl
import pypdf
import pytest

from api.security.roles import Role
from tests.faces import Face
from tests.lab import finish, meter
from wms.people import service as people
from wms.standards import service as standards

CODES = [meter(n) for n in range(1, 9)]
YEAR_MS = 365 * 86_400_000


def verified(face: Face) -> None:
    """Let eight meters be verified, one of which fails twice."""
    with face.context.session() as session:
        people.seed_demo(session)
        standards.seed_demo(session, ["BN1", "BN2"])
        finish(session, "r1", CODES, bad=CODES[:1], at_ms=10_000)
        finish(session, "r2", CODES[:1], bad=CODES[:1], bench="BN2", attempt=2, at_ms=20_000)
        session.commit()


def test_a_standard_is_entered_certified_checked_and_recalls(face: Face) -> None:
    verified(face)
    with face.client(Role.ENGINEER) as client:
        new = {"model": "RX-33", "accuracy_class": "0.05", "bench": "BN3"}
        assert client.post("/api/v1/standards/RS-9", json=new).status_code == 201
        assert client.post("/api/v1/standards/RS-10", json=new).json()["code"] == "bench_has_standard"
        term = {"valid_from_ms": -YEAR_MS, "valid_until_ms": YEAR_MS, "corrections": {"Ib 1.0 all": "-0.02"}}
        said = {"certificate": "C-1", "issued_by": "NIM", **term}
        (shown,) = client.post("/api/v1/standards/RS-9/certificates", json=said).json()
        assert (shown["fault"], shown["certificates"][0]["corrections"]) == (
            "interim_check_due",
            {"Ib 1.0 all": "-0.02"},
        )
        assert client.post("/api/v1/standards/RS-9/certificates", json=said).json()["code"] == "certificate_known"
        found = {"error_percent": "0.2", "limit_percent": "0.05"}
        (recall,) = client.post("/api/v1/standards/RS-BN1/checks", json=found).json()
        assert (recall["meters"], recall["found"]) == (8, {"elsewhere": 8})
        meters = client.get(f"/api/v1/recalls/{recall['number']}/meters?limit=3").json()
        assert [one["bar_code"] for one in meters] == CODES[:3]
        body = {"reason": "the check itself was wrong"}
        assert client.post(f"/api/v1/recalls/{recall['number']}/release", json=body).json()[0]["still_locked"] == 0
        assert client.post("/api/v1/recalls/99/release", json=body).status_code == 404
        assert client.post("/api/v1/standards/RS-9/checks", json={**found, "error_percent": "nan"}).status_code == 422


def test_two_people_are_put_on_duty_with_qualifications(face: Face) -> None:
    with face.client(Role.ENGINEER) as client:
        term = {"valid_from_ms": 0, "valid_until_ms": YEAR_MS}
        for person, duty in (("zhao", "tester"), ("qian", "checker")):
            body = {"person": person, "duty": duty, "certificate": f"{duty}-1", **term}
            assert client.post("/api/v1/qualifications", json=body).json()[0]["valid"] is True
        own = {"person": "key-engineer", "duty": "tester", "certificate": "x", **term}
        assert client.post("/api/v1/qualifications", json=own).json()["code"] == "own_qualification"
        alone = client.put("/api/v1/roster", json={"tester": "zhao", "checker": "zhao"})
        assert (alone.status_code, alone.json()["code"]) == (409, "tester_is_checker")
        assert (
            client.put("/api/v1/roster", json={"tester": "qian", "checker": "zhao"}).json()["code"] == "not_qualified"
        )
        assert client.put("/api/v1/roster", json={"tester": "zhao", "checker": "qian"}).json()[0]["bench"] == ""
        assert client.post("/api/v1/qualifications/1/revoke", json={"reason": "left"}).json()[0]["valid"] is False


def test_seals_are_received_loaded_and_void(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        range_ = {"prefix": "BJ", "first": 1, "last": 100}
        assert client.post("/api/v1/seals/ranges", json=range_).json()[0]["first"] == "BJ00000001"
        assert client.post("/api/v1/seals/ranges", json=range_).json()["code"] == "seal_range_overlaps"
        assert client.post("/api/v1/seals/magazines/NOWHERE/load", json={"count": 5}).status_code == 404
        assert client.post("/api/v1/seals/void", json={"seal": "BJ00000001", "reason": "x"}).status_code == 403
        assert client.get("/api/v1/seals?seal=BJ00000007").json()[0]["state"] == "received"
    with face.client(Role.ENGINEER) as client:
        assert client.post("/api/v1/seals/void", json={"reason": "x"}).json()["code"] == "seal_or_meter"
        assert client.get("/api/v1/seals/account").json() == {
            "received": 100, "stored": 100, "loaded": 0, "used": 0, "damaged": 0, "void": 0,
        }  # fmt: skip


def test_results_are_found_by_meter_number_and_lot(face: Face) -> None:
    verified(face)
    with face.client(Role.VIEWER) as client:
        runs = client.get("/api/v1/results/runs?bench=BN1").json()
        assert [(run["run"], run["tester"], run["standard"]) for run in runs] == [("r1", "Li Wei", "RS-BN1")]
        outcomes = client.get(f"/api/v1/results/runs/r1/outcomes?bar_code={CODES[0]}").json()
        assert [(one["item"], one["raw"], one["limit_value"]) for one in outcomes] == [
            ("intrinsic_error", ["3.1", "3.1"], "2.0")
        ]
        told = client.get(f"/api/v1/results/meters/{CODES[0]}").json()
        assert [(one["nth"], one["valid"], one["verdict"]) for one in told["tests"]] == [
            (1, False, "fail"),
            (2, True, "fail"),
        ]
        number = told["papers"][0]["number"]
        assert client.get(f"/api/v1/results/numbers/{number}").json() == [CODES[0]]
        assert client.get(f"/api/v1/results/papers/{number}").json()["failed"] == ["intrinsic_error"]
        lot = client.get("/api/v1/results/lots/LOT-1").json()
        assert (lot["out"]["passed"], lot["out"]["failed"], lot["review"]) == (7, 1, "")
        assert len(client.get("/api/v1/results/lots/LOT-1/meters?limit=3").json()) == 3
        assert client.get("/api/v1/results/lots/nothing").json()["code"] == "unknown_lot"
        assert client.get("/api/v1/results/papers/MS0000099999").status_code == 404
        assert {one["position"] for one in client.get("/api/v1/results/benches/BN1/bias").json()} == set(range(1, 9))


def test_papers_are_printed_and_made_void(face: Face) -> None:
    verified(face)
    with face.client(Role.ENGINEER) as client:
        number = client.get(f"/api/v1/results/meters/{CODES[1]}").json()["papers"][0]["number"]
        printed = client.get(f"/api/v1/results/papers/{number}/pdf?lang=zh")
        assert printed.headers["content-type"] == "application/pdf"
        assert "检定证书" in pypdf.PdfReader(io.BytesIO(printed.content)).pages[0].extract_text()
        body = {"reason": "wrong name plate"}
        (paper,) = client.post(f"/api/v1/results/papers/{number}/void", json=body).json()
        assert (paper["state"], paper["void_by"]) == ("void", "key-engineer")
        assert client.post(f"/api/v1/results/papers/{number}/void", json=body).json()["code"] == "paper_is_void"
        again = client.get(f"/api/v1/results/papers/{number}/pdf").content
        assert "VOID" in pypdf.PdfReader(io.BytesIO(again)).pages[0].extract_text()
        book = openpyxl.load_workbook(io.BytesIO(client.get("/api/v1/results/lots/LOT-1/report.xlsx").content))
        assert len(list(book["Meters"].iter_rows(min_row=2))) == 8
        assert client.get("/api/v1/results/lots/LOT-1/report.pdf?lang=fr").status_code == 422


def test_the_report_of_a_lot_is_approved_by_somebody_else(face: Face) -> None:
    verified(face)
    with face.client(Role.OPERATOR) as client:
        assert client.post("/api/v1/results/lots/LOT-1/report").status_code == 201
        assert client.post("/api/v1/results/lots/LOT-1/report").json()["code"] == "report_in_review"
        assert client.get("/api/v1/results/lots/LOT-1").json()["review"] == "submitted"


@pytest.mark.parametrize(
    "path", ["runs", "holds", "lots/LOT-1/meters", "runs/r1/outcomes"],
)  # fmt: skip
def test_every_list_of_results_is_bounded(shared: Face, path: str) -> None:
    with shared.client(Role.VIEWER) as client:
        assert client.get(f"/api/v1/results/{path}?limit=1").status_code == 200
        assert client.get(f"/api/v1/results/{path}?limit=1000000").status_code == 422


def test_a_sampling_plan_is_told(shared: Face) -> None:
    with shared.client(Role.VIEWER) as client:
        plan = client.get("/api/v1/results/sampling-plan?lot_size=4500&aql=1.0").json()
        assert plan == {"letter": "L", "size": 200, "accept": 5, "reject": 6}
        assert client.get("/api/v1/results/sampling-plan?lot_size=4500&aql=7").json()["code"] == "no_sampling_plan"

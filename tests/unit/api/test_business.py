"""Deliveries, orders and stock over REST, on a real database."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.security.roles import Role
from tests.faces import ROOT, Face

ASN = (ROOT / "plants" / "demo" / "ASN-2026-0003.csv").read_bytes()
BAD = ASN.replace(b"3330001260000009000014", b"3330001260000009000015")


def imported(client: TestClient, content: bytes = ASN, **params: str) -> int:
    answer = client.post("/api/v1/deliveries", content=content, params=params)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["order"])


def test_a_delivery_is_taken_in_and_rings_the_controller(face: Face) -> None:
    with face.client(Role.MACHINE) as client:
        number = imported(client)
        shown = client.get(f"/api/v1/deliveries/{number}").json()
        assert (shown["asn"], shown["state"], shown["meters"]) == ("ASN-2026-0003", "announced", 500)
        assert [row["number"] for row in client.get("/api/v1/deliveries").json()] == [number]
        assert client.get(f"/api/v1/deliveries/{number + 1}").status_code == 404
    assert face.rung


@pytest.mark.parametrize("media", ["text/csv", "application/octet-stream", "application/json"])
def test_a_file_can_be_checked_whatever_it_is_called(face: Face, media: str) -> None:
    with face.client(Role.VIEWER) as client:
        found = client.post("/api/v1/deliveries/check", content=ASN, headers={"content-type": media}).json()
        assert (found["meters"], found["problems"]) == (500, [])
        assert client.get("/api/v1/deliveries").json() == []


def test_one_bad_row_refuses_the_whole_and_is_named(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        refused = client.post("/api/v1/deliveries", content=BAD)
        assert refused.status_code == 422
        (problem,) = refused.json()["params"]["problems"]
        assert (problem["line"], problem["column"], problem["code"]) == (3, "bar_code", "wrong_check_digit")
        assert client.get("/api/v1/deliveries").json() == []


def test_setting_boxes_aside_needs_an_engineer(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        assert client.post("/api/v1/deliveries?quarantine=true", content=BAD).status_code == 403
    with face.client(Role.ENGINEER) as client:
        imported(client, BAD, quarantine="true")
        assert client.get("/api/v1/stock/clarifications").json()
        assert client.get("/api/v1/stock/totals").json()["by_role"]["expected"] == 495


def test_an_order_is_created_once_for_a_key_and_says_why_it_waits(face: Face) -> None:
    body = {"lines": [{"district": "East", "model": "DTZY2026", "quantity": 80}]}
    with face.client(Role.OPERATOR) as client:
        imported(client)
        assert client.post("/api/v1/orders/distribution", json=body).status_code == 422  # no key
        first = client.post("/api/v1/orders/distribution", json=body, headers={"idempotency-key": "a"})
        again = client.post("/api/v1/orders/distribution", json=body, headers={"idempotency-key": "a"})
        assert first.status_code == 201
        assert first.json()["number"] == again.json()["number"]
        assert len(client.get("/api/v1/orders").json()) == 1
        why = client.get(f"/api/v1/orders/{first.json()['number']}/why").json()
        assert why[0]["code"]


@pytest.mark.parametrize("quantity", [0, -1, "12", 1.5, True, 2_000_000])
def test_quantities_are_whole_numbers_in_range(shared: Face, quantity: object) -> None:
    body = {"lines": [{"district": "East", "model": "DTZY2026", "quantity": quantity}]}
    with shared.client(Role.OPERATOR) as client:
        answer = client.post("/api/v1/orders/distribution", json=body, headers={"idempotency-key": "q"})
    assert answer.status_code == 422


def test_a_refusal_has_a_code_and_its_text(shared: Face) -> None:
    body = {"lines": [{"district": "East", "model": "NONE", "quantity": 10}]}
    with shared.client(Role.OPERATOR) as client:
        answer = client.post("/api/v1/orders/distribution", json=body, headers={"idempotency-key": "r"})
    assert answer.status_code == 409
    assert answer.json() | {"status": 409} == answer.json()
    assert (answer.json()["code"], answer.json()["title"]) == ("unknown_model", "There is no model NONE.")


def test_stock_can_be_searched(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        imported(client)
        (found,) = client.get("/api/v1/stock/find", params={"code": "3330001260000009000007"}).json()
        assert (found["kind"], found["pallet"], found["state"]) == ("asset", "P0003000", "expected")
        assert client.get("/api/v1/stock/find", params={"code": "no such thing"}).json() == []


def test_the_plant_is_told_as_it_stands(shared: Face) -> None:
    with shared.client(Role.VIEWER) as client:
        plant = client.get("/api/v1/plant").json()
        devices = client.get("/api/v1/devices").json()
    assert plant["points"]["GI"]["x_m"] == 1 and plant["aisles"]["A1"]["columns"] == 40
    assert {d["id"] for d in devices} >= {"SC1", "UL1", "GI-L1"}

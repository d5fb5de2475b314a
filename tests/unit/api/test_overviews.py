"""What the pages of marketing's business read at a glance, on a real database."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from api.security.roles import Role
from tests.faces import Face
from tests.unit.api.test_tasks import ASN
from wms.desk import Desk
from wms.stock import code_tables


def test_tasks_come_newest_first_with_their_stages_and_are_found_by_words(face: Face) -> None:
    lot = ASN.decode().splitlines()[1].split(",")[1]
    with face.client(Role.OPERATOR) as client:
        assert client.post("/api/v1/deliveries", content=ASN).status_code == 201
        for n in range(4):
            assert client.post("/api/v1/tasks", json={"task": f"T_{n}", "lot": lot}).status_code == 201
        client.post("/api/v1/tasks/T_0/cancel", json={"reason": "not wanted"})
        asked = "/api/v1/overviews/tasks"
        first = client.get(f"{asked}?limit=3").json()
        assert [one["task"] for one in first] == ["T_3", "T_2", "T_1"]
        assert all(one["stages"]["expected"] > 0 for one in first)
        rest = client.get(f"{asked}?limit=3&before={first[-1]['number']}").json()
        assert [one["task"] for one in rest] == ["T_0"]
        assert len(client.get(f"{asked}?live=true").json()) == 3
        assert len(client.get(asked, params={"words": lot}).json()) == 4
        assert [one["task"] for one in client.get(asked, params={"words": "T_2"}).json()] == ["T_2"]
        assert client.get(asked, params={"words": "%"}).json() == []


def test_a_return_tells_its_meters_and_demand_its_districts(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        body = {"district": "East", "kind": "refused", "boxes": [{"box": "B1", "meters": ["m2", "m1"]}]}
        number = client.post("/api/v1/returns", json=body, headers={"idempotency-key": "r"}).json()["number"]
        seen = client.get(f"/api/v1/overviews/returns/{number}/meters").json()
        assert [(one["bar_code"], one["listed"], one["found"]) for one in seen] == [("m1", "B1", ""), ("m2", "B1", "")]
        assert client.get("/api/v1/overviews/returns/99/meters").json() == []
        second = client.post(
            "/api/v1/returns", json=body | {"boxes": [], "empties": 1}, headers={"idempotency-key": "s"}
        )
        notes = client.get("/api/v1/overviews/returns").json()
        assert [(one["number"], one["listed"]) for one in notes] == [(second.json()["number"], 0), (number, 2)]
        older = client.get(f"/api/v1/overviews/returns?before={second.json()['number']}").json()
        assert [one["number"] for one in older] == [number]
        row = {"month": "2026-12", "model": "DDZY2026", "district": "East", "meters": 500}
        gone = row | {"district": "West", "meters": 0}
        assert client.put("/api/v1/demand", json={"rows": [row, gone]}).status_code == 200
        assert client.get("/api/v1/overviews/demand").json() == [row]


def test_the_last_refresh_is_told_although_it_brought_nothing(face: Face) -> None:
    with face.client(Role.VIEWER) as client:
        assert client.get("/api/v1/overviews/codes").json() == []
        for at_ms in (5, 9):
            with Session(face.context.engine) as session:
                desk = Desk(session, at_ms)
                said = {"codeName": "x", "code": "checkConc", "codeValue": "07", "codeValueName": "x"}
                code_tables.refresh(desk, "gen2", [said])
                desk.close()
                session.commit()
        (seen,) = client.get("/api/v1/overviews/codes").json()
        assert seen == {"generation": "gen2", "at_ms": 9, "new": 0, "renamed": 0}


@pytest.mark.parametrize("path", ["tasks", "demand", "codes", "returns/1/meters"])
def test_nobody_reads_who_is_nobody(face: Face, path: str) -> None:
    with face.client() as client:
        assert client.get(f"/api/v1/overviews/{path}").status_code == 401

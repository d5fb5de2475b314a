"""Delivery plans over REST and on paper, on a real database."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pypdf
import pytest

from api.cli.places_file import read_places
from api.cli.say import Trouble
from api.papers.lot import Letterhead
from api.papers.shipping import COLUMNS as BOX_COLUMNS
from api.papers.shipping import shipping_note
from api.papers.stop_table import COLUMNS as TABLE_COLUMNS
from api.papers.stop_table import stops_csv, stops_workbook
from api.security.roles import Role
from api.texts import LANGUAGES, catalogue
from tests.faces import Face, make_face
from tests.plants import small_plant
from tests.unit.api.test_cli import as_json, metrostack
from tests.unit.wms.played_floor import PlayedFloor
from tests.unit.wms.test_flow import MODEL, distribute, stocked, verify
from wms.shipping.drafting import NO_ADDRESS, NO_TIME, TOO_BIG
from wms.shipping.gate import WAITS_FOR_PLAN, WAITS_FOR_TURN
from wms.shipping.tables import PLAN_STATES
from wms.shipping.views import Note, NoteBox, PlanView, StopView

EPOCH = datetime(2026, 11, 2, 8, tzinfo=UTC)
DEPOT = {"address": "1 Depot Road", "latitude": 30.0, "longitude": 104.0}
PLACES = {
    "districts": [{"district": "East", "address": "5 East Street", "latitude": 30.1, "longitude": 104.2}],
    "vehicles": [{"plate": "川A12345", "boxes": 250, "weight_kg": 5000, "driver": "Li"}],
    "distances": [{"origin": "", "goal": "East", "metres": 31_000}],
}
STOP = StopView(
    number=4, district="East", address="5 East Street", contact="=cmd()", latitude=30.1, longitude=104.2,
    vehicle="川A12345", trip=1, position=2, fixed=False, boxes=2, meters=27, weight_kg=33, shipped=27, leaves="07:10",
    begins="08:00", leg_m=31_050, rank=1, reason="", note="DN20261121-00001-002", docks=["DK1"], received_by="",
    received_ms=0, damaged=0, remark="",
)  # fmt: skip
PLAN = PlanView(
    number=1, day="2026-11-21", state="frozen", metres=62_100, bound_m=62_000, created_by="clerk", created_ms=1,
    frozen_by="chief", frozen_ms=2, stops=[STOP],
)  # fmt: skip
NOTE = Note(
    plan=PLAN, stop=STOP, driver="Li",
    boxes=[
        NoteBox(box="B0001", model="DDZY2026", lot="LOT-1", meters=15, pallet="P0001"),
        NoteBox(box="B0002", model="DDZY2026", lot="#panic()", meters=12, pallet="P0001"),
    ],
)  # fmt: skip


def pdf_text(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize(
    ("kind", "language", "said"),
    [
        ("delivery", "en", ["Delivery note", "DDZY2026 2 27", "(Trip 1, Stop 2)"]),
        ("delivery", "zh", ["配送单", "按型号汇总"]),
        ("receipt", "en", ["Receipt note", "Signature of the district"]),
        ("receipt", "zh", ["签收单", "区县签字"]),
    ],
)
def test_notes_list_boxes_and_counts_in_both_languages(kind: str, language: str, said: list[str]) -> None:
    told = pdf_text(shipping_note(NOTE, kind, Letterhead(language, "Plant", EPOCH)))  # type: ignore[arg-type]
    everywhere = [STOP.note, "B0001", "B0002", "#panic()", "5 East Street", "2026-11-21"]
    assert [one for one in [*said, *everywhere] if one not in told] == []


def test_only_the_receipt_asks_for_a_signature() -> None:
    assert "Signature" not in pdf_text(shipping_note(NOTE, "delivery", Letterhead("en", "Plant", EPOCH)))


def test_the_stop_table_says_the_same_as_csv_and_as_workbook_and_holds_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(stops_csv(PLAN, "zh").decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(stops_workbook(PLAN, "zh"))).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert cells[0] == rows[0]
    assert cells[1][:5] == ["川A12345", 1, 2, "East", "5 East Street"]
    assert rows[1][5] == "'=cmd()" and sheet.cell(3, 6).data_type == "s"


def test_places_are_entered_by_engineers_whole_or_not_at_all(face: Face) -> None:
    with face.client(Role.ENGINEER) as client:
        assert client.get("/api/v1/shipping/places").json()["depot"] is None
        assert client.put("/api/v1/shipping/depot", json=DEPOT).json()["depot"]["trips"] == 2
        seen = client.put("/api/v1/shipping/places", json=PLACES).json()
        assert [len(seen[name]) for name in ("districts", "vehicles", "distances")] == [1, 1, 1]
        bad = {"districts": [{**PLACES["districts"][0], "opens_min": 900, "closes_min": 60}]}
        refused = client.put("/api/v1/shipping/places", json=bad)
        assert (refused.status_code, refused.json()["params"]["rows"]) == (409, "districts 1 (closes_min)")
        assert client.delete("/api/v1/shipping/depot").json()["depot"] is None
    with face.client(Role.OPERATOR) as client:
        assert client.put("/api/v1/shipping/depot", json=DEPOT).status_code == 403


def test_a_plan_needs_a_depot_vehicles_and_something_to_deliver(face: Face) -> None:
    def ask(client: object) -> str:
        made = client.post(  # type: ignore[attr-defined]
            "/api/v1/shipping/plans", json={"day": "2026-11-21"}, headers={"Idempotency-Key": "p1"}
        )
        return made.json()["code"]

    with face.client(Role.ENGINEER) as client:
        assert ask(client) == "no_depot"
        client.put("/api/v1/shipping/depot", json=DEPOT)
        assert ask(client) == "no_vehicles"
        client.put("/api/v1/shipping/places", json=PLACES)
        assert ask(client) == "nothing_to_deliver"
        assert client.get("/api/v1/shipping/plans").json() == []


@pytest.mark.parametrize("path", ["plans/9", "plans/9/stops.csv", "plans/9/stops.xlsx", "stops/9/delivery.pdf"])
def test_what_is_not_there_is_not_found(face: Face, path: str) -> None:
    with face.client(Role.VIEWER) as client:
        assert client.get(f"/api/v1/shipping/{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("plans/9/move", {"stop": 1, "vehicle": "x" * 17}), ("plans/9/again", {"seconds": 3600}),
        ("stops/9/received", {"damaged": -1}),
    ],
)  # fmt: skip
def test_bad_input_is_refused(face: Face, path: str, body: dict[str, object]) -> None:
    with face.client(Role.OPERATOR) as client:
        assert client.post(f"/api/v1/shipping/{path}", json=body).status_code == 422
    with face.client(Role.VIEWER) as client:
        assert client.post(f"/api/v1/shipping/{path}", json={}).status_code in {403, 422}


def test_places_and_plans_on_the_command_line(tmp_path: Path) -> None:
    metrostack(tmp_path, "db", "upgrade")
    file = tmp_path / "places.json"
    file.write_text(json.dumps({"depot": DEPOT, **PLACES}), encoding="utf-8")
    entered = metrostack(tmp_path, "shipping", "places", "--enter", file)
    assert as_json(entered)["vehicles"][0]["plate"] == "川A12345"
    file.write_text(json.dumps({"vehicles": [{"plate": "A", "boxes": 0, "weight_kg": 1}]}), encoding="utf-8")
    refused = metrostack(tmp_path, "shipping", "places", "--enter", file)
    assert refused.returncode == 1 and "vehicles.0.boxes" in refused.stderr
    districts = tmp_path / "districts.csv"
    head = "district,address,latitude,longitude,contact\n"
    districts.write_bytes((head + "锦江,东大街5号,30.6,104.1,王芳\n").encode("gb18030"))
    assert "东大街5号" in metrostack(tmp_path, "shipping", "places", "--enter", districts).stdout
    nothing = metrostack(tmp_path, "shipping", "plan", "2026-11-21", "--key", "p1")
    assert nothing.returncode == 1 and "nothing to deliver" in nothing.stderr
    assert as_json(metrostack(tmp_path, "shipping", "list", "--json")) == []
    missing = metrostack(tmp_path, "shipping", "note", "4", tmp_path / "note.pdf")
    assert missing.returncode == 1 and "no note" in missing.stderr


def test_a_table_of_places_names_every_bad_line(tmp_path: Path) -> None:
    table = tmp_path / "districts.csv"
    rows = [f"D{n},Street {n},30.5,104.{n}" for n in range(10_000)]
    rows[3], rows[5_000], rows[9_999] = "D3,Street 3,91,104.1", "D5000,,30.5,104.1", "D9999,Street,thirty,104.1"
    table.write_text("\ufeffdistrict,address,latitude,longitude\n" + "\n".join(rows), encoding="utf-8")
    with pytest.raises(Trouble) as refused:
        read_places(table)
    told = str(refused.value)
    assert [part.split(":")[0] for part in told.split("taken: ")[1].split("; ")] == [
        "line 5, latitude", "line 5002, address", "line 10001, latitude",
    ]  # fmt: skip
    table.write_text("plate,boxes,weight_kg,active\n川A1,250,5000,\n川A2,150,3000,no\n", encoding="utf-8")
    assert [(one.plate, one.active) for one in read_places(table).vehicles] == [("川A1", True), ("川A2", False)]
    table.write_text("name,street\nA,B\n", encoding="utf-8")
    with pytest.raises(Trouble, match="no table of places"):
        read_places(table)


def test_a_day_from_the_order_to_the_signed_receipt(tmp_path: Path) -> None:
    face = make_face(tmp_path / "site", plant=small_plant())
    floor = PlayedFloor(face.context.engine, small_plant())
    stocked(floor, pallets=1)
    verify(floor)
    with face.client(Role.ENGINEER) as client:
        client.put("/api/v1/shipping/depot", json=DEPOT)
        client.put("/api/v1/shipping/places", json=PLACES)
        distribute(floor, ("East", MODEL, 150))
        order = client.get("/api/v1/orders?live=true").json()[-1]
        assert [why["code"] for why in order["why"]] == ["waits_for_delivery_plan"]
        body, key = {"day": "2026-11-21", "seconds": 0.2}, {"Idempotency-Key": "p1"}
        made = client.post("/api/v1/shipping/plans", json=body, headers=key)
        assert made.status_code == 201, made.text
        assert client.post("/api/v1/shipping/plans", json=body, headers=key).json() == made.json()
        (stop,) = made.json()["stops"]
        assert (made.json()["metres"], stop["meters"], stop["vehicle"]) == (62_000, 150, "川A12345")
        moved = {"stop": stop["number"], "vehicle": "", "trip": 0, "position": 0}
        assert client.post("/api/v1/shipping/plans/1/move", json=moved).json()["stops"][0]["reason"] != ""
        again = client.post("/api/v1/shipping/plans/1/again", json={"seconds": 0.2}).json()
        number = again["stops"][0]["number"]
        assert client.get(f"/api/v1/shipping/stops/{number}/delivery.pdf").status_code == 404
        assert client.post("/api/v1/shipping/plans/1/freeze").json()["state"] == "frozen"
        floor.take()
        floor.settle()
        told = pdf_text(client.get(f"/api/v1/shipping/stops/{number}/delivery.pdf").content)
        assert "DN20261121-00001-001" in told and f"{MODEL} 10 150" in told
        assert (
            client.post(
                f"/api/v1/shipping/stops/{number}/received", json={"signed_by": "Wang Fang", "damaged": 1}
            ).status_code
            == 200
        )
        twice = client.post(f"/api/v1/shipping/stops/{number}/received", json={"signed_by": "Wang Fang"})
        assert (twice.status_code, twice.json()["code"]) == (409, "not_to_be_received")
        assert client.get("/api/v1/shipping/plans/1/stops.csv?lang=zh").content.startswith(b"\xef\xbb\xbf")


def test_every_state_and_reason_of_a_plan_has_its_text() -> None:
    reasons = {NO_ADDRESS, TOO_BIG, NO_TIME, WAITS_FOR_PLAN, WAITS_FOR_TURN, "left_out_by_hand"}
    wanted = {f"reason.{code}" for code in reasons} | {f"shipping_state.{state}" for state in PLAN_STATES}
    wanted |= {f"paper.{name}" for name in (*BOX_COLUMNS, *TABLE_COLUMNS)}
    assert [wanted - catalogue(language).keys() for language in LANGUAGES] == [set()] * len(LANGUAGES)

"""A line with something on it, for the browser: carriers, a batch on a bench, and a box at the exception port."""

from __future__ import annotations

import json

import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from api.bench.picture import (
    AirShown,
    BenchShown,
    CaseShown,
    FrameShown,
    LoadShown,
    NoticeShown,
    PositionShown,
    ResultShown,
)
from api.security import accounts
from api.security.roles import Role
from tests.faces import PASSWORD, ROOT, Face
from wcs.store import BenchMemoRow, BenchRunRow, CarrierRow, LineLotRow
from wms.inbound import service as inbound
from wms.line.tables import ExceptionBoxRow
from wms.rows import table
from wms.stock.tables import AssetRow, BoxRow

ASN = ROOT / "plants" / "demo" / "ASN-2026-0003.csv"


def enter(page: Page, url: str, complaints: list[str], *, name: str = "operator", path: str = "/") -> None:
    """Log in as somebody and open a page."""
    page.goto(url + path)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name=f"Log out {name}")).to_be_visible()
    complaints[:] = [text for text in complaints if "401" not in text]


def add_people(face: Face, **people: Role) -> None:
    """Give people their accounts."""
    with Session(face.context.engine) as session:
        for name, role in people.items():
            accounts.add_account(session, name, PASSWORD, role)
        session.commit()


def fill_line(face: Face) -> str:
    """Put meters on VL1 and one of its boxes aside; return the code of that box."""
    with Session(face.context.engine) as session:
        inbound.import_delivery(session, ASN.read_bytes(), at_ms=0)
        connection = session.connection()
        box, lot = connection.execute(sa.select(table(BoxRow).c.code, table(BoxRow).c.lot).limit(1)).one()
        assets = table(AssetRow)
        codes = list(connection.execute(sa.select(assets.c.bar_code).where(assets.c.box == box)).scalars())
        verdicts = ["pass", "fail", "retest", "", ""]
        meters = [[f"33300012600000{n:08}", verdict, "", 1, 0, [], []] for n, verdict in enumerate(verdicts)]
        standing = {"line": "VL1", "lot": 7, "moving": False, "since_ms": 0, "run": ""}
        session.execute(
            sa.insert(table(CarrierRow)),
            [
                standing | {"id": "C1", "stage": "fresh", "at": "WV1", "meters": json.dumps(meters)},
                standing | {"id": "C2", "stage": "fresh", "at": "BN1", "meters": json.dumps(meters), "run": "VL1-1"},
                standing | {"id": "VL1:packing:7:pass", "stage": "packing", "at": "PC1", "meters": json.dumps(meters)},
            ],
        )
        session.add(BenchRunRow(id="VL1-1", line="VL1", bench="BN1", lot=7, carriers='["C2"]', state="running"))
        session.add(BenchMemoRow(id="BN1", disabled="[30]", state="running", notice="temperature_warning"))
        session.add(BenchMemoRow(id="BN2", disabled="[]", state="stopped", notice="bypass_stuck"))
        session.add(LineLotRow(id="VL1:7", line="VL1", lot=7))
        scanned = [*codes[1:], "3330001260000000000017"]
        session.add(
            ExceptionBoxRow(
                line="VL1", cell="UL1", box=box, lot=lot, scanned=json.dumps(scanned), reason="box_extra_meter",
                params=json.dumps({"box": box, "meters": scanned[-1]}), raised_ms=0,
            )
        )  # fmt: skip
        session.commit()
    return str(box)


def shown(*, seq: int = 1, value: str = "0.4") -> BenchShown:
    """Return what a bench with two meters shows: one within its limit, one far outside and hot."""
    found = ResultShown(
        item="intrinsic_error", case="errors-short", point="Imax 1.0 all", value=value, limit="2.0", unit="%",
        verdict="pass", at_ms=5,
    )  # fmt: skip
    bad = found.model_copy(update={"value": "-3.1", "verdict": "fail"})
    good = PositionShown(
        present=True, pressed=True, wired=True, terminals_c=(31.5, 30.0), error_percent="0.31", result=found
    )
    hot = PositionShown(present=True, pressed=True, wired=True, bypassed=True, terminals_c=(84.5, 60), result=bad)
    return BenchShown(
        seq=seq, at_ms=5, positions={4: good, 5: hot}, air=AirShown(temperature_c=23.4, humidity_percent=51),
        running=CaseShown(
            run="VL1-1", state="running", scheme="demo-1ph", formal=True, case="constant-short", item="constant",
            en="Constant, short", zh="常数试验（短）", done=6, cases=11,
        ),
        load=LoadShown(voltage_v="220", current_a="60", power_factor="0.5L", phase="all"),
        frames=(FrameShown(at_s=12.25, position=4, direction="out", raw="68aaaaaaaaaaaa681300df16"),),
        notices=(NoticeShown(at_ms=4, code="temperature_warning", position=5),),
    )  # fmt: skip

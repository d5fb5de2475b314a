"""The marketing side of a demo: what it asks for, how it is entered, and what its audit calls a problem."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from api import database
from api.demo import told
from api.demo.counterpart import FILE, PLAN, PROCESS, Counterpart
from api.security import accounts
from api.security.roles import Role
from simulation.marketing.platform import Platform
from tests.plants import small_plant
from tests.unit.wms.deliveries import delivery
from wcs.store import make_engine
from wms.inbound import service as inbound
from wms.marketing import sources, views
from wms.marketing.tables import TaskRow
from wms.rows import table
from wms.stock.tables import AssetRow

_asset = table(AssetRow)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = make_engine("sqlite://")
    database.prepare(engine, small_plant())
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def other(tmp_path: Path, session: Session) -> Counterpart:
    found = Counterpart(small_plant(), tmp_path, 9001, 9000, "demo")
    found.enter(session, 0)
    return found


def plan_of(other: Counterpart, session: Session, pallets: int) -> list[dict[str, Any]]:
    assert not inbound.import_delivery(session, delivery(pallets=pallets, boxes=2), at_ms=0).problems
    other.plan(session)
    return json.loads((other.folder / PLAN).read_text())


def test_a_lot_of_many_pallets_is_asked_for_in_two_tasks_of_which_the_first_is_choosy(
    other: Counterpart, session: Session
) -> None:
    first, rest = plan_of(other, session, 4)
    assert (first["choosy"], first["task"]["devNum"], rest["task"]["devNum"]) == (True, "30", "90")
    assert rest["after"] == first["task"]["taskNo"] != rest["task"]["taskNo"]


def test_a_lot_of_two_pallets_is_asked_for_whole_for_there_is_nothing_else_to_offer(
    other: Counterpart, session: Session
) -> None:
    (only,) = plan_of(other, session, 2)
    assert (only["task"]["devNum"], only.get("choosy", False)) == ("60", False)


def test_marketing_is_entered_before_anything_happens_and_its_key_is_told_to_it_alone(
    other: Counterpart, session: Session
) -> None:
    (receiver,) = views.receivers(session)
    assert (receiver.name, receiver.url.split("/")[2]) == ("platform", "127.0.0.1:9001")
    assert sources.source_of(session, "demo").purpose == "demo"
    who = accounts.find_key(session, other.environment(PROCESS)["METROSTACK_SITE_KEY"])
    assert who is not None and (who.name, who.role) == ("platform", Role.MACHINE)
    assert other.environment("serve") == {"METROSTACK_MARKETING": str(other.folder / FILE)}
    assert other.key not in (other.folder / FILE).read_text() + " ".join(other.arguments())


def test_the_audit_names_what_marketing_heard_otherwise_than_books_and_plant_have_it(
    other: Counterpart, session: Session
) -> None:
    plan_of(other, session, 2)
    session.add(TaskRow(key="VT0001", lot="LOT-1", state="running", created_ms=0))
    session.flush()
    one, two = session.connection().execute(sa.select(_asset.c.bar_code).order_by(_asset.c.bar_code).limit(2)).scalars()
    packed = sa.update(_asset).where(_asset.c.bar_code.in_([one, two]))
    session.connection().execute(packed.values(verdict=1, seal=_asset.c.bar_code, verified_ms=5))
    box = session.connection().execute(sa.select(_asset.c.box).where(_asset.c.bar_code == one)).scalar_one()
    platform = Platform(other.store)
    platform.issue({"taskNo": "VT0001"})
    said = {"taskNo": "VT0001", "boxBarCode": box, "barCodes": f"{one},{two}", "devBoxDate": "d", "isQualified": "1"}
    platform.hear("uploadPackInfo", "k1", said)
    platform.hear("uploadSealsCode", "k2", {"taskNo": "VT0001", "sealInst": [{"barCode": one, "sealBarCode": one}]})
    pile = {"taskNo": "VT0001", "boxBarCode": f"{box},B9", "pileNo": "1", "boxPileDate": "d"}
    platform.hear("upboxPileDet", "k3", pile)
    platform.records.close()

    found = told.account(session, other.store, {"ELSEWHERE": [two]})
    assert found.disagreements == [
        f"VT0001 concluded {one}: pass, heard -", f"VT0001 concluded {two}: pass, heard -",
        f"VT0001 sealed {two}: {two}, heard -",
        "VT0001 piled B9, not packed for it", f"{two} lies in ELSEWHERE, heard {box}",
    ]  # fmt: skip
    assert (found.tasks, found.boxes, found.seals, found.unfinished) == (1, 1, 1, ["VT0001"])
    assert [problem.partition(":")[0] for problem in found.problems()] == [
        "marketing and the site disagree", "tasks are not finished at marketing",
    ]  # fmt: skip
    assert told.unfinished(session)

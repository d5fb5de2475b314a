"""Sources of a site, aged stock, the plan of districts and samples given up: over REST and the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from api import database
from api.cli.plant import load_plant
from api.security.roles import Role
from tests.faces import ROOT, Face
from tests.unit.api.test_cli import as_json, metrostack
from wcs.store import make_engine
from wms.desk import Desk
from wms.marketing import demand
from wms.results import samples
from wms.stock.tables import AssetRow, BoxRow, LotRow, PalletRow

DAY_MS = 86_400_000
PLANT = ROOT / "plants" / "demo.yaml"


def aged_stock(session: Session) -> None:
    """Enter a lot of one box that was verified at the beginning of plant time, and a fact of day 200."""
    lot = LotRow(code="LOT-OLD")
    session.add(lot)
    session.add(PalletRow(code="P1", whereabouts="stored", place="A1-1-01-01", arrived_ms=1))
    session.flush()
    box = {"pallet": "P1", "lot": lot.number, "model": "DDZY2026", "state": "qualified", "verdict": 1}
    session.add(BoxRow(code="B1", meters=2, verified_ms=1, pile=1, **box))
    session.flush()
    session.execute(sa.update(PalletRow).values(lot=lot.number))
    for n in (1, 2):
        of_box = {"lot": lot.number, "model": "DDZY2026", "box": "B1", "verdict": 1, "verified_ms": 1}
        session.add(AssetRow(bar_code=f"M{n}", **of_box))
    desk = Desk(session, 200 * DAY_MS)
    demand.enter(desk, [("2030-01", "DDZY2026", "East", 50)], by="li")
    desk.close()
    session.commit()


def test_sources_are_listed_with_what_they_mean(face: Face) -> None:
    with face.client(Role.VIEWER) as client:
        found = {one["source"]: one for one in client.get("/api/v1/tasks/sources").json()}
    assert found["failed_again"]["states"] == ["rejected"]
    assert (found["running_sampling"]["population"], found["running_sampling"]["hold"]) == ("field", True)
    assert found["first"]["after_sampling"] and found["count"]["states"] == []


def test_a_sample_is_given_up_by_quality_alone_and_once(face: Face) -> None:
    with Session(face.context.engine) as session:
        aged_stock(session)
        desk = Desk(session, 1)
        number = samples.draw(desk, "LOT-OLD", aql="1.0", by="li")
        desk.close()
        session.commit()
    path, body = f"/api/v1/results/samples/{number}/drop", {"reason": "a meter is lost"}
    assert face.client(Role.OPERATOR).post(path, json=body).status_code == 403
    with face.client(Role.ENGINEER) as client:
        assert client.post(path, json=body).json()["state"] == "dropped"
        again = client.post(path, json=body)
    assert (again.status_code, again.json()["code"]) == (409, "sample_is")


@pytest.mark.slow
def test_the_command_line_calls_aged_stock_back_and_holds_the_plan_against_it(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'site.db'}")
    database.prepare(engine, load_plant(PLANT))
    with Session(engine) as session:
        aged_stock(session)
    engine.dispose()
    (old,) = as_json(metrostack(tmp_path, "task", "aged", "--json"))
    assert (old["lot"], old["meters"], old["task"]) == ("LOT-OLD", 2, "")
    (called,) = as_json(metrostack(tmp_path, "task", "aged", "--call", "--json"))
    assert called["task"] == "AGED-LOT-OLD-200"
    changed = as_json(metrostack(tmp_path, "task", "change", "AGED-LOT-OLD-200", "--priority", "40", "--json"))
    assert changed["priority"] == 40
    (row,) = as_json(metrostack(tmp_path, "task", "demand", "--plant", str(PLANT), "--json"))
    assert (row["month"], row["short"], row["cause"]) == ("2030-01", 50, "no_stock")

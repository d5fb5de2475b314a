"""Requests of ours and their answers at the door: entered as configured, asked, answered by number, once."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from api.marketing.office import enter
from api.marketing.receivers import MarketingError, read
from api.security.roles import Role
from tests.faces import Face, make_face
from wms.desk import Desk
from wms.marketing import empties
from wms.marketing.request_tables import SupplyRequestRow
from wms.marketing.tables import TaskRow

PATH = "/restful/sxyk/detectService"
ENTRY = (
    "receivers:\n  mds: {profile: platform, url: 'http://127.0.0.1:9/x', empties_ahead: %s, "
    "options: {sys_no: '4501', org_no: '33401'}}\n"
)


def site(folder: Path) -> Face:
    """Return a site at work on a task, that has asked for the empty boxes which it lacks."""
    file = folder / "marketing.yaml"
    file.write_text(ENTRY % 30)
    face = make_face(folder / "site", marketing=file)
    with face.context.session() as session:
        enter(session, file, at_ms=0)
        session.add(TaskRow(key="T1", lot="LOT-1", state="running", created_ms=1, sender="mds", line="VL1"))
        session.flush()
        desk = Desk(session, 5)
        assert empties.look(desk) == 1
        desk.close()
        session.commit()
    return face


def rows(face: Face) -> list[tuple[str, str, str, int]]:
    columns = (SupplyRequestRow.request, SupplyRequestRow.state, SupplyRequestRow.io_task, SupplyRequestRow.boxes)
    with face.context.reading() as session:
        return [tuple(row) for row in session.execute(sa.select(*columns))]


@pytest.mark.parametrize("number", ["E1", "IO-2026-77"], ids=["our number", "a number of its own"])
def test_empty_boxes_that_are_given_answer_the_request(number: str, tmp_path: Path) -> None:
    face = site(tmp_path)
    assert rows(face) == [("E1", "asked", "", 30)]
    given = [{"pileNo": f"P{n // 5}", "boxBarCode": f"BX{n:04}"} for n in range(30)]
    body = {"sysNo": "4501", "taskNo": "T1", "ioTaskNo": number, "devCls": "59", "equipDet": given}
    client = face.client(Role.MACHINE)
    for _ in range(2):
        assert client.post(f"{PATH}/setAssistEquipDet", json=body).json() == {"resultFlag": "1", "errorInfo": ""}
    assert rows(face) == [("E1", "answered", number, 30)]
    other = client.post(f"{PATH}/setAssistEquipDet", json=body | {"equipDet": given[:1]}).json()
    assert other["resultFlag"] == "0"  # the same number with something else
    assert rows(face) == [("E1", "answered", number, 30)]
    with face.context.session() as session:
        assert empties.look(Desk(session, 9)) == 0  # thirty are to come


@pytest.mark.parametrize("said", ["-1", "100001", "'many'", "1.5"])
def test_a_number_of_boxes_that_cannot_be_is_refused_with_the_file(said: str, tmp_path: Path) -> None:
    file = tmp_path / "marketing.yaml"
    file.write_text(ENTRY % said)
    with pytest.raises(MarketingError, match="empties_ahead"):
        read(file)

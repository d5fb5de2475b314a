"""The link on the command line: what waits, what is dead and why, letters settled, sides compared; and the stand-in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.faces import ROOT
from tests.unit.api.test_cli import as_json, metrostack
from wcs.store import create_tables, make_engine
from wms.desk import Desk
from wms.marketing import outbox, receivers, sending
from wms.marketing.receivers import Receiver
from wms.marketing.rules import refused
from wms.marketing.tables import TaskRow
from wms.migration import import_tables


def a_dead_letter(folder: Path) -> int:
    import_tables()
    engine = make_engine(f"sqlite:///{folder / 'site.db'}")
    create_tables(engine)
    with Session(engine) as session:
        receivers.seed(session, [Receiver("far", "own", "http://127.0.0.1:9")], at_ms=0)
        session.add(TaskRow(key="T1", lot="LOT-1", state="running", created_ms=1, sender="far"))
        desk = Desk(session, 5)
        body = {"box": "B1", "bars": ["M1"]}
        number = outbox.post(desk, receiver="far", kind="box_packed", key="k", task="T1", body=body, bars=["M1"])
        sending.sent(session, number)
        sending.answered(desk, number, refused("box unknown"))
        desk.close()
        session.commit()
    engine.dispose()
    return number


def test_a_dead_letter_is_seen_with_its_reason_and_settled(tmp_path: Path) -> None:
    number = a_dead_letter(tmp_path)
    (receiver,) = as_json(metrostack(tmp_path, "link", "status", "--json"))
    assert (receiver["name"], receiver["dead"], receiver["waiting"]) == ("far", 1, 0)
    assert "box unknown" in metrostack(tmp_path, "link", "dead").stdout
    mended = tmp_path / "mended.json"
    mended.write_text(json.dumps({"box": "B2", "bars": ["M1"]}))
    new = as_json(metrostack(tmp_path, "link", "mend", str(number), mended))
    assert (new["stands_for"], new["state"], new["body"]["box"]) == (number, "waiting", "B2")
    again = metrostack(tmp_path, "link", "resend", str(number))
    assert again.returncode == 1 and "Traceback" not in again.stderr


def test_both_sides_compared_end_with_1_if_they_differ(tmp_path: Path) -> None:
    a_dead_letter(tmp_path)
    assert metrostack(tmp_path, "link", "reconcile", "T1", "far").returncode == 0
    theirs = tmp_path / "theirs.json"
    theirs.write_text(json.dumps({"packed": {"M1": "B1"}}))
    told = metrostack(tmp_path, "link", "reconcile", "T1", "far", "--theirs", theirs, "--json")
    assert told.returncode == 1
    assert as_json(told)["differences"] == [{"bar_code": "M1", "what": "packed", "ours": "", "theirs": "B1"}]
    theirs.write_text("[]")
    assert "concluded" in metrostack(tmp_path, "link", "reconcile", "T1", "far", "--theirs", theirs).stderr


@pytest.mark.sockets
def test_the_stand_in_as_a_process_tells_at_its_end_what_it_has_heard(tmp_path: Path) -> None:
    given = tmp_path / "task.json"
    given.write_text(json.dumps({"taskNo": "T1", "arrBatchNo": "LOT-1"}))
    words = ["link", "stand-in", str(tmp_path / "platform.db"), "--port", "0", "--task", str(given)]
    child = subprocess.Popen(
        [sys.executable, "-m", "api.cli", *words], cwd=ROOT, env=os.environ | {"COLUMNS": "200"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with child:
        assert child.stderr is not None
        url = child.stderr.readline().split()[-1]
        said = {"taskNo": "T1", "sealInst": [{"barCode": "M1", "sealBarCode": "S1"}]}
        call = urllib.request.Request(f"{url}/uploadSealsCode", json.dumps(said).encode(), {"Idempotency-Key": "k"})
        with urllib.request.urlopen(call, timeout=30) as reply:
            assert json.load(reply)["resultFlag"] == "1"
        child.send_signal(signal.SIGINT)
        told, _ = child.communicate(timeout=60)
    heard = json.loads(told)
    assert (child.returncode, heard["seals"], heard["tasks"]["T1"]["sealed"]) == (0, 1, {"M1": "S1"})

"""Long letters that are over leave the log for a file; nothing that anybody still waits for does."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from api.marketing.keeping import FILE, Keeper
from api.marketing.receivers import MarketingError, read
from api.security.roles import Role
from tests.faces import make_face
from wms.desk import Desk
from wms.marketing import keeping, outbox, receivers, sending
from wms.marketing.receivers import Receiver
from wms.marketing.rules import done, refused

DAYS = 30


def test_only_the_text_of_long_letters_that_are_over_is_put_away_and_only_into_a_file(tmp_path: Path) -> None:
    face = make_face(tmp_path)
    context = face.context
    with context.session() as session:
        receivers.seed(session, [Receiver("far", "own", "http://x"), Receiver("near", "own")], at_ms=0)
        numbers: dict[str, int] = {}
        for name, at_ms in (("old", 1), ("young", context.now_ms()), ("dead", 1), ("open", 1), ("box", 1)):
            desk = Desk(session, at_ms)
            kind = "box_packed" if name == "box" else "test_result"
            said = {"kind": kind, "key": name, "task": name, "body": {"meters": [{"bar_code": name}]}, "bars": [name]}
            numbers[name] = outbox.post(desk, receiver="near", **said)
            if name != "open":
                sending.answered(desk, numbers[name], refused("no") if name == "dead" else done())
            desk.close()
        session.commit()
    assert Keeper(context, DAYS).sweep() == 0, "what ended a minute ago is kept"
    keeper = Keeper(context, 0)
    with context.reading() as session:
        rows = keeping.to_put_away(session, before_ms=context.now_ms())
    assert [row["key"] for row in rows] == ["old"]
    assert keeper.sweep() == 1 and keeper.sweep() == 0
    (kept,) = [json.loads(line) for line in gzip.decompress((tmp_path / FILE).read_bytes()).splitlines()]
    assert (kept["key"], kept["body"]) == ("old", {"meters": [{"bar_code": "old"}]})
    client = face.client(Role.VIEWER)
    (found,) = client.get("/api/v1/letters", params={"bar_code": "old"}).json()
    assert client.get(f"/api/v1/letters/{found['number']}").json()["body"] == {}
    fetched = client.get("/api/v1/letters/fetch", params={"receiver": "near"}).json()
    assert [one["key"] for one in fetched] == ["young", "open", "box"]
    assert all(one["body"]["meters"] for one in fetched)


@pytest.mark.parametrize("days", ["-1", "1.5", "'30'", "true"])
def test_how_long_is_a_whole_number_of_days(tmp_path: Path, days: str) -> None:
    path = tmp_path / "marketing.yaml"
    path.write_text(f"keep_days: {days}\n", encoding="utf-8")
    with pytest.raises(MarketingError, match="keep_days"):
        read(path)

"""The link over HTTP: queues, the log, dead letters settled by people, letters fetched by a cursor."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.marketing import office
from api.marketing.receivers import MarketingError, read
from api.security.roles import Role
from tests.faces import Face, make_face
from wms.desk import Desk
from wms.marketing import outbox, receivers, sending
from wms.marketing.receivers import Receiver
from wms.marketing.rules import refused

API = "/api/v1/letters"
FILE = """
site: METRO-01
receivers:
  far: {profile: own, url: "http://127.0.0.1:9/hook", key_env: METROSTACK_FAR_KEY}
  near: {profile: own}
"""


@pytest.fixture
def linked(face: Face) -> Face:
    """Return a face with a dead letter to one receiver, and two that the other has not fetched."""
    with face.context.session() as session:
        receivers.seed(session, [Receiver("far", "own", "http://127.0.0.1:9"), Receiver("near", "own")], at_ms=0)
        desk = Desk(session, 1)
        for key in ("k1", "k2"):
            body = {"bars": [f"{key}-1"]}
            outbox.post(desk, receiver="near", kind="box_packed", key=key, body=body, bars=body["bars"])
        dead = outbox.post(desk, receiver="far", kind="box_packed", key="k1", body={"box": "B1"}, task="T1")
        sending.answered(desk, dead, refused("unknown box"))
        desk.close()
        session.commit()
    return face


def test_the_queues_and_the_log_tell_why(linked: Face) -> None:
    client = linked.client(Role.VIEWER)
    far, near = client.get(f"{API}/receivers").json()
    assert (far["name"], far["dead"], near["waiting"]) == ("far", 1, 2)
    (dead,) = client.get(API, params={"state": "dead"}).json()
    assert dead["why"] == {
        "code": "letter_refused",
        "params": {"receiver": "far", "words": "unknown box", "attempts": 0},
    }
    (found,) = client.get(API, params={"bar_code": "k2-1"}).json()
    assert (found["key"], found["why"]["code"]) == ("k2", "letter_to_be_fetched")
    assert client.get(f"{API}/{dead['number']}").json()["body"] == {"box": "B1"}
    assert client.get(f"{API}/999").json()["code"] == "unknown_letter"
    assert client.get(f"{API}/received").json() == []


def test_a_dead_letter_is_mended_by_an_operator_and_by_nobody_less(linked: Face) -> None:
    (dead,) = linked.client(Role.VIEWER).get(API, params={"state": "dead"}).json()
    path, body = f"{API}/{dead['number']}", {"body": {"box": "B2"}}
    assert linked.client(Role.VIEWER).post(f"{path}/mend", json=body).status_code == 403
    operator = linked.client(Role.OPERATOR)
    assert operator.post(f"{path}/mend", json={"body": {"box": "B1"}}).json()["code"] == "letter_unchanged"
    new = operator.post(f"{path}/mend", json=body).json()
    assert (new["state"], new["stands_for"], new["body"]) == ("waiting", dead["number"], {"box": "B2"})
    assert operator.post(f"{path}/resend").json()["code"] == "letter_is"
    assert operator.post(f"{path}/drop", json={"reason": ""}).status_code == 422
    with linked.context.session() as session:
        assert outbox.is_said(Desk(session, 1), "far", f"k1.mend{dead['number']}")


def test_a_receiver_without_url_fetches_by_a_cursor(linked: Face) -> None:
    machine = linked.client(Role.MACHINE)
    first = machine.get(f"{API}/fetch", params={"receiver": "near", "limit": 1}).json()
    assert [one["key"] for one in first] == ["k1"] and first[0]["body"] == {"bars": ["k1-1"]}
    rest = machine.get(f"{API}/fetch", params={"receiver": "near", "after": first[0]["number"]}).json()
    assert [one["key"] for one in rest] == ["k2"]
    said = {"receiver": "near", "up_to": first[0]["number"]}
    assert [machine.post(f"{API}/taken", json=said).json() for _ in range(2)] == [{"letters": 1}, {"letters": 0}]
    assert machine.post(f"{API}/taken", json=said | {"receiver": "far"}).json()["code"] == "unknown_receiver"


def test_a_test_call_is_a_letter_of_its_own(linked: Face) -> None:
    operator = linked.client(Role.OPERATOR)
    letter = operator.post(f"{API}/receivers/far/test").json()
    assert (letter["kind"], letter["state"]) == ("test", "waiting")
    assert operator.post(f"{API}/receivers/nobody/test").status_code == 404
    account = operator.get(f"{API}/tasks/T9/account", params={"receiver": "far"})
    assert account.json()["code"] == "unknown_task"


def test_receivers_come_from_a_file_and_their_keys_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "marketing.yaml"
    path.write_text(FILE, encoding="utf-8")
    with pytest.raises(MarketingError, match="METROSTACK_FAR_KEY"):
        read(path)
    monkeypatch.setenv("METROSTACK_FAR_KEY", "a key that is long enough")
    face = make_face(tmp_path / "site", marketing=path)
    with face.context.session() as session:
        office.enter(session, path, at_ms=0)
        assert outbox.receivers(session) == {"far": "own", "near": "own"}
        office.enter(session, None, at_ms=1)
        assert outbox.receivers(session) == {}
    assert [sender.post.name for sender in face.app.state.office.senders] == ["far"]


@pytest.mark.parametrize(
    "text", ["receivers: {far: {profile: cim}}", "receivers: {FAR: {profile: own}}", "site: 'a b'", "x: 1", "[]", "\t"]
)
def test_a_file_with_something_else_in_it_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "marketing.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MarketingError, match=r"marketing\.yaml"):
        read(path)

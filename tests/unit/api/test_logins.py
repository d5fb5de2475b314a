from __future__ import annotations

import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from api.security import accounts
from api.security.accounts import WeakPassword
from api.security.guard import COOKIE, TRIES
from api.security.roles import Role
from api.security.tables import AccountRow, KeyRow, LoginRow
from tests.faces import CONSOLE, PASSWORD, ROOT, TOKEN, Face, log_in, make_face


def test_a_login_sets_a_cookie_that_scripts_and_other_sites_cannot_use(face: Face) -> None:
    with face.client() as client:
        answer = log_in(client)
        assert answer.json() == {"name": "operator", "role": "operator"}
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie and "secure" not in cookie
        assert client.get("/api/v1/me").json()["name"] == "operator"


def test_behind_tls_the_cookie_is_secure(tmp_path: Path) -> None:
    with make_face(tmp_path / "site", secure_cookies=True).client() as client:
        assert "; secure" in log_in(client).headers["set-cookie"].lower()


def test_a_cookie_alone_changes_nothing(face: Face) -> None:
    with face.client() as client:
        log_in(client)
        foreign = client.post("/api/v1/transports/1/cancel", json={"reason": "x"})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "cross_site")
        own = client.post("/api/v1/transports/1/cancel", json={"reason": "x"}, headers=CONSOLE)
        assert own.json()["code"] == "unknown_order"
        assert client.post("/api/v1/login", json={"name": "operator", "password": PASSWORD}).status_code == 403


def test_an_unknown_name_looks_like_a_wrong_password(face: Face) -> None:
    with face.client() as client:
        first, second = log_in(client, "nobody"), log_in(client, password="not the password")
    assert first.status_code == second.status_code == 401
    assert first.json() == second.json()


def test_too_many_failures_must_wait(face: Face) -> None:
    with face.client() as client:
        for _ in range(TRIES):
            assert log_in(client, password="wrong wrong wrong").status_code == 401
        refused = log_in(client)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_tries")


def test_logging_out_ends_the_session(face: Face) -> None:
    with face.client() as client:
        log_in(client)
        token = client.cookies[COOKIE]
        client.post("/api/v1/logout", headers=CONSOLE)
        client.cookies.set(COOKIE, token)
        assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(("column", "hours"), [("began_s", 13.0), ("seen_s", 1.1)])
def test_sessions_end_by_age_and_by_idling(face: Face, column: str, hours: float) -> None:
    with face.client() as client:
        log_in(client)
        with Session(face.context.engine) as session:
            session.execute(sa.update(LoginRow).values({column: time.time() - hours * 3600}))
            session.commit()
        assert client.get("/api/v1/me").status_code == 401


def test_use_keeps_a_session_from_idling(face: Face) -> None:
    with face.client() as client:
        log_in(client)
        with Session(face.context.engine) as session:
            session.execute(sa.update(LoginRow).values(seen_s=time.time() - 1800))
            session.commit()
        client.get("/api/v1/me")
    with Session(face.context.engine) as session:
        assert session.execute(sa.select(LoginRow.seen_s)).scalar_one() > time.time() - 60


def test_a_disabled_or_changed_account_is_out_at_once(face: Face) -> None:
    with face.client() as client:
        log_in(client)
        with Session(face.context.engine) as session:
            session.execute(sa.update(AccountRow).values(disabled=True))
            session.commit()
        assert client.get("/api/v1/me").status_code == 401
        assert log_in(client).status_code == 401


@pytest.mark.parametrize("password", ["short", "password1234", "x" * 129])
def test_weak_passwords_are_refused(face: Face, password: str) -> None:
    with Session(face.context.engine) as session, pytest.raises(WeakPassword):
        accounts.add_account(session, "li", password, Role.VIEWER)


def test_secrets_are_stored_as_hashes(face: Face) -> None:
    with face.client() as client:
        log_in(client)
        token = client.cookies[COOKIE]
    with Session(face.context.engine) as session:
        assert session.execute(sa.select(AccountRow.password_hash)).scalar_one().startswith("$argon2id$")
        digests = [set(session.execute(sa.select(column)).scalars()) for column in (KeyRow.digest, LoginRow.digest)]
    assert not {token, *face.keys.values()} & digests[0].union(digests[1])


def test_keys_expire_and_are_replaced(face: Face) -> None:
    with Session(face.context.engine) as session:
        old = accounts.add_key(session, "mds", Role.MACHINE, days=-1)
        session.commit()
        assert accounts.find_key(session, old) is None
        new = accounts.add_key(session, "mds", Role.MACHINE, days=1)
        session.commit()
        assert accounts.find_key(session, old) is None
        found = accounts.find_key(session, new)
    assert found is not None and found.role is Role.MACHINE


def test_the_local_token_is_an_administrator(face: Face) -> None:
    with face.client() as client:
        assert client.get("/api/v1/me", headers={"authorization": f"Bearer {TOKEN}"}).json()["role"] == "admin"
        assert client.get("/api/v1/me", headers={"authorization": "Bearer "}).status_code == 401


def test_no_password_stands_in_the_code() -> None:
    for path in (ROOT / "api").rglob("*.py"):
        assert 'password="' not in path.read_text(encoding="utf-8"), path


def test_an_address_that_asks_too_much_waits(tmp_path: Path) -> None:
    face = make_face(tmp_path / "site", requests_per_s=0.5, requests_burst=3)
    with face.client(Role.VIEWER) as client:
        assert [client.get("/api/v1/me").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        refused = client.get("/api/v1/me")
    assert refused.json()["code"] == "too_many_requests" and int(refused.headers["retry-after"]) >= 1
    assert "content-security-policy" in refused.headers


def test_a_body_that_is_too_big_is_refused(tmp_path: Path) -> None:
    face = make_face(tmp_path / "site", max_body_bytes=2048)
    with face.client(Role.ADMIN) as client:
        said = client.post("/api/v1/deliveries", content=b"x" * 4096)
        unsaid = client.post("/api/v1/deliveries", content=(b"x" * 1000 for _ in range(5)))
    assert (said.status_code, said.json()["code"]) == (unsaid.status_code, unsaid.json()["code"]) == (413, "too_big")

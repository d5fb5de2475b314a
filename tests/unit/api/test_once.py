"""The same Idempotency-Key gives the first answer, whatever the route, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from api.routes import platform
from api.routes.common import writing_of
from api.routes.once import AGAIN, OnceRoute
from api.security.roles import Role
from tests.faces import Face, served
from tests.unit.api.test_routes import routes

KEY = "Idempotency-Key"
WISH: dict[str, Any] = {"rows": [{"month": "2026-12", "model": "DDZY2026", "district": "East", "meters": 3000}]}
PATH = "/api/v1/demand"


def facts(face: Face) -> int:
    with Session(face.context.engine) as session:
        return int(session.execute(sa.text("SELECT count(*) FROM fact")).scalar_one())


def flat(dependant: Dependant) -> Iterator[Dependant]:
    for one in dependant.dependencies:
        yield one
        yield from flat(one)


def test_every_route_that_writes_takes_a_key(shared: Face) -> None:
    writing = 0
    for path, route in routes(shared):
        if isinstance(route, APIRoute) and any(one.call is writing_of for one in flat(route.dependant)):
            assert isinstance(route, OnceRoute) or path.startswith(platform.PREFIX), path
            writing += 1
    assert writing > 50


def test_the_same_key_gives_the_first_answer_and_works_once(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        first = client.put(PATH, json=WISH, headers={KEY: "k1"})
        after_one = facts(face)
        again = client.put(PATH, json=WISH, headers={KEY: "k1"})
        assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
        assert (AGAIN in first.headers, again.headers[AGAIN], facts(face)) == (False, "true", after_one)
        client.put(PATH, json=WISH, headers={KEY: "k2"})
        assert facts(face) > after_one


def test_a_key_that_wished_for_something_else_is_refused(face: Face) -> None:
    other = {"rows": [WISH["rows"][0] | {"meters": 1}]}
    with face.client(Role.OPERATOR) as client:
        client.put(PATH, json=WISH, headers={KEY: "k1"})
        said = [client.put(PATH, json=other, headers={KEY: "k1"})]
        said.append(client.put("/api/v1/stock/safety/DDZY2026", json={"meters": 5}, headers={KEY: "k1"}))
    assert [(one.status_code, one.json()["code"]) for one in said] == [(409, "key_with_other_body")] * 2


def test_keys_of_two_callers_are_two_keys_and_nobody_reads_anothers_answer(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        client.put(PATH, json=WISH, headers={KEY: "k1"})
    with face.client(Role.ENGINEER) as client:
        assert AGAIN not in client.put(PATH, json=WISH, headers={KEY: "k1"}).headers
    with face.client(Role.VIEWER) as client:
        assert client.put(PATH, json=WISH, headers={KEY: "k1"}).status_code == 403


def test_a_refused_wish_leaves_its_key_free(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        unknown = {"rows": [WISH["rows"][0] | {"model": "nobody"}]}
        assert client.put(PATH, json=unknown, headers={KEY: "k1"}).status_code == 409
        assert client.put(PATH, json=WISH, headers={KEY: "k1"}).status_code == 200


@pytest.mark.parametrize("key", ["a b", "x" * 101, "\xe9"])
def test_a_key_that_is_no_key_is_refused(face: Face, key: str) -> None:
    with face.client(Role.OPERATOR) as client:
        said = client.put(PATH, json=WISH, headers=[(KEY.encode(), key.encode("latin-1"))])
    assert (said.status_code, facts(face)) == (422, facts(face))


def test_a_kill_between_work_and_answer_leaves_no_second_work(face: Face) -> None:
    with face.client(Role.OPERATOR) as client:
        client.put(PATH, json=WISH, headers={KEY: "k1"})
        with Session(face.context.engine) as session:
            session.execute(sa.text("UPDATE received_letter SET answer = '{}'"))
            session.commit()
        before, again = facts(face), client.put(PATH, json=WISH, headers={KEY: "k1"})
    assert (again.status_code, again.json()["code"], facts(face)) == (409, "already_done", before)


def test_the_same_wish_many_times_at_once_works_once(face: Face) -> None:
    with served(face.app) as url, httpx.Client(base_url=url, timeout=30) as client:
        head = {KEY: "k1", "authorization": f"Bearer {face.keys[Role.OPERATOR]}"}
        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(lambda _: client.put(PATH, json=WISH, headers=head), range(8)))
    done = [one for one in said if one.status_code == 200]
    assert done, [one.text for one in said]
    assert {one.json().get("code") for one in said if one.status_code != 200} <= {"already_done", "unavailable"}
    with Session(face.context.engine) as session:
        assert session.execute(sa.text("SELECT count(*) FROM received_letter")).scalar_one() == 1
        assert session.execute(sa.text("SELECT count(*) FROM fact WHERE kind = 'DemandEntered'")).scalar_one() == 1

"""Everything that the OpenAPI lets a caller say, said by chance: no error of ours, and no status that it does not name.

`METROSTACK_FUZZ` is how many calls are made to each operation; the longer run is the same with more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from api.security.roles import Role
from tests.faces import Face, make_face
from tests.postgres import postgres_url

pytestmark = pytest.mark.slow
CALLS = int(os.environ.get("METROSTACK_FUZZ", "4"))
CHECKS = [not_a_server_error, status_code_conformance]
QUIET = settings(
    max_examples=CALLS, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
LONGEST = 600


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def face(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Face]:
    folder: Path = tmp_path_factory.mktemp("fuzzed")
    url = "" if request.param == "sqlite" else emptied(postgres_url())
    fast = {"requests_per_s": 1e6, "requests_burst": 1e6}
    made = make_face(folder, database_url=url, studies_dir=folder / "studies", **fast)
    yield made
    made.context.engine.dispose()
    if url:
        emptied(url)


def emptied(url: str) -> str:
    """Return the URL of a database once there is nothing in it."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return url


def test_whatever_is_asked_is_answered_as_described(face: Face) -> None:
    document = schemathesis.openapi.from_asgi("/api/v1/openapi.json", face.app)
    headers = {"authorization": f"Bearer {face.keys[Role.ADMIN]}"}
    troubles: dict[str, str] = {}
    asked = 0
    for found in document.get_all_operations():
        operation = found.ok()
        asked += 1
        try:
            _ask(operation, headers)
        except (Exception, BaseExceptionGroup) as trouble:
            troubles[operation.label] = _words(trouble)
    assert asked > 100
    assert troubles == {}, "\n\n".join(f"{label}: {words}" for label, words in troubles.items())


def test_strangers_may_ask_whether_it_is_well_and_log_in_and_nothing_else(face: Face) -> None:
    document = schemathesis.openapi.from_asgi("/api/v1/openapi.json", face.app)
    let_in: list[str] = []
    with face.client() as stranger:
        for found in document.get_all_operations():
            operation = found.ok()
            path = re.sub(r"\{[a-z_]+\}", "1", operation.path)
            if stranger.request(operation.method, path).status_code not in {401, 403}:
                let_in.append(operation.label)
    assert let_in == ["GET /api/v1/health", "POST /api/v1/login"]


@pytest.mark.parametrize(
    "path", ["shipping/plans/{}", "shipping/plans/{}/freeze", "shipping/stops/{}/leave", "orders/{}"]
)
def test_a_number_that_no_column_holds_is_no_fault(face: Face, path: str) -> None:
    with face.client(Role.ADMIN) as client:
        for number in (2**31, 2**63 - 1):
            method = "POST" if path.count("/") == 3 else "GET"
            assert client.request(method, f"/api/v1/{path.format(number)}").status_code in {404, 409, 422}


def _ask(operation: Any, headers: dict[str, str]) -> None:
    @QUIET
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()


def _words(trouble: BaseException) -> str:
    inner = trouble.exceptions if isinstance(trouble, BaseExceptionGroup) else [trouble]
    return "; ".join(f"{type(one).__name__} {one}"[:LONGEST] for one in inner)

"""Everything that the OpenAPI lets a caller say, said by chance: no error of ours, and no status that it does not name.

`METROSTACK_FUZZ` is how many calls are made to each operation; the longer run is the same with more.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from api.security.roles import Role
from tests.faces import Face, make_face

pytestmark = pytest.mark.slow
CALLS = int(os.environ.get("METROSTACK_FUZZ", "4"))
CHECKS = [not_a_server_error, status_code_conformance]
QUIET = settings(
    max_examples=CALLS, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
LONGEST = 600


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Face:
    folder: Path = tmp_path_factory.mktemp("fuzzed")
    return make_face(folder, requests_per_s=1e6, requests_burst=1e6, studies_dir=folder / "studies")


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


def _ask(operation: Any, headers: dict[str, str]) -> None:
    @QUIET
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()


def _words(trouble: BaseException) -> str:
    inner = trouble.exceptions if isinstance(trouble, BaseExceptionGroup) else [trouble]
    return "; ".join(f"{type(one).__name__} {one}"[:LONGEST] for one in inner)

"""Problems as RFC 9457 (application/problem+json): a stable `code` with `params`, which the face translates."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException

from api.described import MEDIA, describe
from api.security.headers import HEADERS
from api.texts import text
from wcs.errors import WcsError
from wms.errors import WmsError
from wms.schemes.findings import params_of

OUT_OF_RANGE = "22003"
"""What PostgreSQL says of a number that its column cannot hold (SQL:2016, class 22); SQLite holds them all."""
CODES = {400: "bad_request", 401: "not_logged_in", 403: "not_allowed", 404: "not_found", 405: "wrong_method",
         413: "too_big"}  # fmt: skip
ABSENT = (
    "unknown_entry", "unknown_review", "unknown_archive", "unknown_sheet", "unknown_contribution", "unknown_standard",
    "unknown_paper", "unknown_recall", "unknown_hold", "unknown_sample", "unknown_qualification", "unknown_cell",
    "unknown_letter", "unknown_receiver", "unknown_plan", "unknown_stop",
)  # fmt: skip
BARRED = (
    "not_a_reviewer", "own_work", "own_duty", "not_yours", "kept_by_another", "not_the_lead", "not_your_review",
    "not_in_project",
)  # fmt: skip
STATUS = {**dict.fromkeys(ABSENT, 404), **dict.fromkeys(BARRED, 403)}
"""Refusals of the WMS that are no conflict: there is no such thing, or it is somebody else's."""


class Problem(Exception):
    """A request that cannot be served; `code` is stable, `params` fill its text `problem.<code>`."""

    def __init__(self, status: int, code: str, **params: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.params = status, code, params


def install(app: FastAPI) -> None:
    """Answer every error of `app` as a problem, and say so in its OpenAPI; nobody sees a stack trace."""
    describe(app)

    @app.exception_handler(Problem)
    def problem(_request: Request, error: Problem) -> JSONResponse:
        return answer(error.status, error.code, error.params)

    @app.exception_handler(WcsError)
    def wcs_refused(_request: Request, error: WcsError) -> JSONResponse:
        return answer(409, error.code, error.params)

    @app.exception_handler(WmsError)
    def wms_refused(_request: Request, error: WmsError) -> JSONResponse:
        return answer(STATUS.get(error.code, 409), error.code, params_of(error))

    @app.exception_handler(OperationalError)
    def busy(_request: Request, _error: OperationalError) -> JSONResponse:
        return answer(503, "unavailable", {}, {"retry-after": "1"})

    @app.exception_handler(DataError)
    def beyond_a_column(_request: Request, error: DataError) -> JSONResponse:
        if getattr(error.orig, "sqlstate", "") != OUT_OF_RANGE:
            raise error  # a fault of ours, and one for the log
        return answer(422, "invalid_input", {"fields": [{"place": "", "message": "a number is out of range"}]})

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [{"place": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()]
        return answer(422, "invalid_input", {"fields": fields})

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> JSONResponse:
        return answer(error.status_code, CODES.get(error.status_code, "refused"), {}, dict(error.headers or {}))

    @app.exception_handler(Exception)
    def bug(_request: Request, _error: Exception) -> JSONResponse:
        return answer(500, "internal", {}, HEADERS)


def answer(status: int, code: str, params: Any, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a problem document; its title is English, a browser shows its own language by `code`."""
    body = {"type": f"urn:metrostack:problem:{code}", "title": text("en", f"problem.{code}", dict(params)),
            "status": status, "code": code, "params": params}  # fmt: skip
    return JSONResponse(body, status, headers=headers, media_type=MEDIA)

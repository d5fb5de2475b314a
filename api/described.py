"""What the OpenAPI says of refusals: which problems each operation may answer with, as one schema for all of them."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

MEDIA = "application/problem+json"
OPEN = ("/api/v1/health",)
"""What anybody may read; everything else may ask for a login."""
ALWAYS = {
    400: "The request cannot be read.",
    429: "This address asks too often; Retry-After says when it may again.",
    503: "The database is busy or has no room; ask again.",
}
GUARDED = {401: "Nobody is logged in, or the key is unknown.", 403: "The account may not do this."}
NAMED = {404: "There is no such thing.", 409: "It is refused as things stand; the code says why."}
SENT = {413: "The body is bigger than this site takes.", 415: "The body is of another kind."}
ASKS = {502: "Whoever was asked for this does not answer, or not as they should."}
TAKES = {422: "Fields are missing or unfit; each is named."}
WRITES = ("post", "put", "patch", "delete")
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457; `code` is stable, `params` fill its text.",
    "required": ["type", "title", "status", "code", "params"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "params": {"type": "object"},
    },
}


def describe(app: FastAPI) -> None:
    """Let the OpenAPI document of `app` name the problems of each operation."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(plain())
        return plain()

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(document: dict[str, Any]) -> None:
    document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, words in _problems(path, method, operation).items():
                operation["responses"][str(status)] = _response(words)


def _problems(path: str, method: str, operation: dict[str, Any]) -> dict[int, str]:
    """Return the problems that an operation may answer with."""
    found = ALWAYS | ({} if path in OPEN else GUARDED | NAMED)
    if operation.get("parameters") or "requestBody" in operation:
        found |= TAKES
    if method in WRITES:
        found |= SENT | ASKS
    return found


def _response(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {MEDIA: {"schema": schema}}}

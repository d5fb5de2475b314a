"""The console's built files; where they are missing, a page that says how to build them."""

from __future__ import annotations

from html import escape
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response

from api.errors import Problem
from api.texts import text

DIST = Path(__file__).parent / "console" / "dist"
FOREVER = "public, max-age=31536000, immutable"


def mount_console(app: FastAPI) -> None:
    """Serve the console under every path that is not the API's; file names of its build carry a hash."""

    @app.get("/api/{rest:path}", include_in_schema=False)
    def no_such_call(rest: str) -> Response:
        raise Problem(404, "not_found", path=f"/api/{rest}"[:200])

    @app.get("/{path:path}", include_in_schema=False)
    def console(path: str) -> Response:
        file = (DIST / path).resolve()
        if path and file.is_relative_to(DIST.resolve()) and file.is_file():
            return FileResponse(file, headers={"cache-control": FOREVER if path.startswith("assets/") else "no-cache"})
        index = DIST / "index.html"
        if index.is_file():
            return FileResponse(index, headers={"cache-control": "no-cache"})
        return HTMLResponse(_missing_page(), 503)


def _missing_page() -> str:
    lines = "".join(f"<p>{escape(text(language, 'console.missing'))}</p>" for language in ("en", "zh"))
    return f"<!doctype html><html lang='en'><title>Metrostack</title><h1>Metrostack</h1>{lines}</html>"

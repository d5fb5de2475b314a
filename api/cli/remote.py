"""Where a command's work is done: by the running `serve` over REST, else here on the database itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from sqlalchemy.orm import Session

from api import lock
from api.cli.say import Trouble
from api.settings import Settings
from api.texts import text
from wcs import journal
from wcs.store import make_engine
from wms.desk import Desk
from wms.errors import WmsError

TIMEOUT_S = 120.0


def served() -> lock.Served | None:
    """Return the running `serve` of the data folder, or None."""
    return lock.find(Settings().data_dir)


def ask(where: lock.Served, method: str, path: str, **options: Any) -> Any:
    """Return the JSON answer of the running site; a problem becomes Trouble with its text."""
    headers = {"authorization": f"Bearer {where.token}"} | options.pop("headers", {})
    try:
        answer = httpx.request(method, f"{where.url}/api/v1{path}", headers=headers, timeout=TIMEOUT_S, **options)
    except httpx.HTTPError as error:
        raise Trouble(
            f"the site at {where.url} does not answer: {error}", remedy="Is `metrostack serve` well?"
        ) from error
    return read(answer)


def read(answer: httpx.Response) -> Any:
    """Return what an answer says: JSON as values, anything else as text; a problem becomes a Refusal."""
    if answer.is_success and "json" not in answer.headers.get("content-type", ""):
        return answer.text
    body = answer.json()
    if answer.is_success:
        return body
    raise Refusal(text("en", f"problem.{body.get('code')}", body.get("params")), body)


class Refusal(Trouble):
    """The site has refused; `body` is its problem document."""

    def __init__(self, what: str, body: dict[str, Any]) -> None:
        super().__init__(what, exit_code=1)
        self.body = body


@contextmanager
def database() -> Iterator[tuple[Session, int]]:
    """Give a session on the data folder's database, and the plant time of its newest fact in ms.

    Raises Trouble where there is no database yet.
    """
    settings = Settings()
    if not settings.database_url and not (settings.data_dir / "site.db").exists():
        raise Trouble(
            f"there is no database in {settings.data_dir}",
            remedy="Create it with `metrostack db upgrade`, or set METROSTACK_DATA_DIR to where it is.",
        )
    with Session(make_engine(settings.url())) as session:
        yield session, journal.last_ms(session)


def look(path: str, local: Callable[[Session], Any], **options: Any) -> Any:
    """Return what the running site answers to a GET, else what `local` reads from the database."""
    if (where := served()) is not None:
        return ask(where, "GET", path, **options)
    with database() as (session, _):
        return local(session)


def act(path: str, body: dict[str, Any], local: Callable[[Desk], object], shown: Callable[[Session], Any]) -> Any:
    """Have the running site do something by a POST, else do it at a desk of our own and return what is `shown` then.

    What is refused raises Trouble with its text, either way.
    """
    if (where := served()) is not None:
        return ask(where, "POST", path, json=body)
    with database() as (session, at_ms):
        desk = Desk(session, at_ms)
        try:
            local(desk)
        except WmsError as error:
            raise Trouble(text("en", f"problem.{error.code}", error.params), exit_code=1) from error
        desk.close()
        session.commit()
        return shown(session)

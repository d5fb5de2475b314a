"""Which platform is meant: the receivers of that profile, and how this site is called there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from api.context import Context
from api.errors import Problem
from api.marketing.profiles import platform_site
from api.marketing.receivers import Marketing, read
from wms.marketing.platform.site import Site

PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Connection:
    """One platform as it is configured."""

    name: str
    url: str
    site: Site
    key: str
    timeout_s: float
    gates: bool = False


def marketing_of(context: Context) -> Marketing:
    """Return everybody that a site writes to, as its file says now."""
    path = context.settings.marketing
    return _as_written(path, path.stat().st_mtime_ns) if path is not None else Marketing()


def site_of(context: Context) -> str:
    """Return what goes before every key on the wire."""
    return marketing_of(context).site


def platforms_of(context: Context) -> list[Connection]:
    """Return every platform of a site, in the order of its file of receivers."""
    marketing = marketing_of(context)
    return [
        Connection(
            name, entry.url, platform_site(marketing, name, context), marketing.secret(name).get_secret_value(),
            entry.timeout_s, entry.gates,
        )
        for name, entry in marketing.receivers.items()
        if entry.profile == PLATFORM
    ]  # fmt: skip


@lru_cache(maxsize=4)
def _as_written(path: Path, written_ns: int) -> Marketing:
    """Return what a file says; it is read again when it was written again."""
    return read(path)


def connection_of(context: Context, name: str = "") -> Connection:
    """Return the platform of that name, else the first; raises Problem 404 where none is configured."""
    known = platforms_of(context)
    chosen = next((one for one in known if one.name == name), known[0] if known and not name else None)
    if chosen is None:
        raise Problem(404, "no_platform", name=name)
    return chosen


def sender_of(context: Context, name: str) -> Connection:
    """Return the platform that somebody who has shown a key speaks for: the one of that name, else the first."""
    known = platforms_of(context)
    return next((one for one in known if one.name == name), None) or connection_of(context)

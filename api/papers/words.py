"""Words, dates and laboratories on paper."""

from __future__ import annotations

from datetime import datetime

from api.texts import catalogue, text
from wcs.store import instant

PREFIX = "paper."
LINE = "{year}-{month:02d}-{day:02d}"


def words(language: str) -> dict[str, str]:
    """Return every word that papers use, without its prefix."""
    return {key.removeprefix(PREFIX): value for key, value in catalogue(language).items() if key.startswith(PREFIX)}


def day(epoch: datetime, at_ms: int) -> str:
    """Return the date of a plant time, in the zone of the plant's epoch.

    >>> from datetime import UTC
    >>> day(datetime(2026, 11, 2, 8, tzinfo=UTC), 86_400_000)
    '2026-11-03'
    """
    at = instant(epoch, at_ms).astimezone(epoch.tzinfo)
    return LINE.format(year=at.year, month=at.month, day=at.day)


def last_day(epoch: datetime, at_ms: int, *, years: int) -> str:
    """Return the last day of a term of whole years: the day before its anniversary.

    >>> from datetime import UTC
    >>> last_day(datetime(2026, 11, 2, 8, tzinfo=UTC), 0, years=8)
    '2034-11-01'
    """
    at = instant(epoch, at_ms).astimezone(epoch.tzinfo)
    month, date = (3, 1) if (at.month, at.day) == (2, 29) else (at.month, at.day)
    anniversary = at.replace(year=at.year + years, month=month, day=date)
    return day(anniversary, -86_400_000)


def item(language: str, code: str) -> str:
    """Return the name of a test item."""
    return text(language, f"item.{code}")


def verdict(language: str, code: str) -> str:
    """Return the name of a verdict."""
    return text(language, f"verdict.{code}")

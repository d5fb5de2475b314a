"""The profiles by name: how to make the adapter of a configured receiver."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pydantic import ValidationError

from api.context import Context
from api.marketing.cim import CimAdapter
from api.marketing.own import OwnAdapter
from api.marketing.platform import Books, PlatformAdapter, brought_along
from api.marketing.receivers import Marketing, MarketingError
from api.marketing.wire import Adapter
from wms.marketing.cim import Bus
from wms.marketing.platform.site import Site, site_of


def _own(marketing: Marketing, name: str, context: Context | None) -> Adapter:
    return OwnAdapter(marketing.secret(name).get_secret_value(), marketing.site)


def _platform(marketing: Marketing, name: str, context: Context | None) -> Adapter:
    site = platform_site(marketing, name, context)
    if context is None:
        return PlatformAdapter(site, partial(brought_along, site.generation))
    books = Books(site.generation, context.reading)
    return PlatformAdapter(site, books, marketing.secret(name).get_secret_value(), marketing.site)


def platform_site(marketing: Marketing, name: str, context: Context | None) -> Site:
    """Return how a site is called at a platform; raises MarketingError for options that do not say it."""
    options: dict[str, Any] = dict(marketing.receivers[name].options)
    if context is not None:
        options["epoch"] = context.plant.epoch
    try:
        return site_of(options)
    except ValidationError as error:
        raise MarketingError(f"{name}: options of profile platform: {error}") from error


def _cim(marketing: Marketing, name: str, context: Context | None) -> Adapter:
    options = marketing.receivers[name].options
    if unknown := sorted(set(options) - {"source"}):
        raise MarketingError(f"{name}: options of profile cim: unknown {', '.join(unknown)}")
    source = str(options.get("source") or marketing.site or "metrostack")
    bus = Bus(source) if context is None else Bus(source, context.plant.epoch)
    return CimAdapter(bus, marketing.secret(name).get_secret_value(), marketing.site)


PROFILES: dict[str, Callable[[Marketing, str, Context | None], Adapter]] = {
    "own": _own, "platform": _platform, "cim": _cim,
}  # fmt: skip
"""Maker of the adapter for a receiver, by the profile of its entry: (everything configured, its name, the face)."""


def adapter_of(marketing: Marketing, name: str, context: Context | None = None) -> Adapter:
    """Return the adapter of a receiver; without a context one that can only show whether its entry is fit.

    Raises MarketingError for a profile that cannot be spoken, and for unfit options.
    """
    profile = marketing.receivers[name].profile
    if profile not in PROFILES:
        raise MarketingError(f"{name}: profile {profile} cannot be spoken; known are {', '.join(sorted(PROFILES))}")
    return PROFILES[profile](marketing, name, context)

"""The profiles by name: how to make the adapter of a configured receiver."""

from __future__ import annotations

from collections.abc import Callable

from api.marketing.own import OwnAdapter
from api.marketing.receivers import Marketing, MarketingError
from api.marketing.wire import Adapter


def _own(marketing: Marketing, name: str) -> Adapter:
    return OwnAdapter(marketing.secret(name).get_secret_value(), marketing.site)


PROFILES: dict[str, Callable[[Marketing, str], Adapter]] = {"own": _own}
"""Maker of the adapter for a receiver, by the profile of its entry: (everything configured, its name)."""


def adapter_of(marketing: Marketing, name: str) -> Adapter:
    """Return the adapter of a receiver; raises MarketingError for a profile that cannot be spoken."""
    profile = marketing.receivers[name].profile
    if profile not in PROFILES:
        raise MarketingError(f"{name}: profile {profile} cannot be spoken; known are {', '.join(sorted(PROFILES))}")
    return PROFILES[profile](marketing, name)

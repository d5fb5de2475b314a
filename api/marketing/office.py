"""The post office of a site: a sender for each receiver, on the loop of the face."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.orm import Session

from api.context import Context
from api.marketing.connection import platforms_of
from api.marketing.fetching import Fetcher
from api.marketing.keeping import Keeper
from api.marketing.profiles import adapter_of
from api.marketing.receivers import Marketing, read
from api.marketing.sender import Post, Sender
from api.marketing.telemetry import Reporter
from wms.marketing import receivers, sources


def enter(session: Session, path: Path | None, *, at_ms: int) -> None:
    """Bring receivers and sources of a site into the database; raises MarketingError for a file that cannot be used.

    Adapters are made as well, so that a profile that cannot be spoken is found before anything is written.
    """
    marketing = read(path) if path is not None else Marketing()
    for name in marketing.receivers:
        adapter_of(marketing, name)
    receivers.seed(session, marketing.rows(), at_ms=at_ms)
    sources.enter(session, marketing.sources)


@dataclass(slots=True)
class Office:
    """All senders of a site, who fetches codes ahead, who keeps the log; without configured receivers there is none."""

    context: Context
    marketing: Marketing
    senders: list[Sender] = field(default_factory=list["Sender"])
    fetchers: list[Fetcher] = field(default_factory=list["Fetcher"])
    reporters: list[Reporter] = field(default_factory=list["Reporter"])
    keepers: list[Keeper] = field(default_factory=list["Keeper"])

    @classmethod
    def of(cls, context: Context) -> Office:
        """Return the office of a site as its settings say; raises MarketingError for a file that cannot be used."""
        path = context.settings.marketing
        office = cls(context, read(path) if path is not None else Marketing())
        for name, entry in office.marketing.receivers.items():
            if entry.url:
                post = Post(name, entry.url, adapter_of(office.marketing, name, context), entry.timeout_s)
                office.senders.append(Sender(post, context.reading, context.session, context.now_ms))
        platforms = platforms_of(context)
        office.fetchers = [Fetcher(context, one) for one in platforms if one.gates]
        office.reporters = [Reporter(context, one) for one in platforms if one.site.telemetry]
        if days := office.marketing.keep_days:
            office.keepers.append(Keeper(context, days))
        return office

    def start(self) -> list[asyncio.Task[None]]:
        """Begin to send; whoever calls cancels."""
        senders = [asyncio.create_task(one.run(), name=f"letters to {one.post.name}") for one in self.senders]
        codes = [asyncio.create_task(one.run(), name=f"codes of {one.platform.name}") for one in self.fetchers]
        news = [asyncio.create_task(one.run(), name=f"news to {one.platform.name}") for one in self.reporters]
        logs = [asyncio.create_task(one.run(), name="log of letters") for one in self.keepers]
        return senders + codes + news + logs

    def ring(self) -> None:
        """Say on the loop of the face that there are new letters: they go out at once."""
        for sender in self.senders:
            sender.bell.set()

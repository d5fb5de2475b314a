"""Serve a site that dies by its own hand: SIGKILL in a chosen gap, on the n-th occasion at one PLC.

    python doomed.py PLANT GAP PLC N

What is wired is what `metrostack serve` wires; its links, channels, commits and its reader of the journal are
only watched. The gap is written to standard output before the process dies in it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asyncua.client.ua_client import UaClient
from asyncua.ua import NodeId
from snap7 import AsyncClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from api import serve
from api.cli.plant import load_plant
from api.settings import Settings
from plc.blocks import CMD_CODEC
from plc.link import EventRaised, Link, Notice
from plc.plant.model import Plant
from plc.telegram import Command
from wms import consumer

COMMIT_TO_BODY = "commit-to-body"  # the mission stands in the database, the wire has seen nothing of it
BODY_TO_TAIL = "body-to-tail"  # the PLC holds the telegram, but not the number that makes it count
EVENT_TO_COMMIT = "event-to-commit"  # decided and written, but not committed
COMMIT_TO_ACKNOWLEDGE = "commit-to-acknowledge"  # booked, but the PLC still shows the event
JOURNAL_TO_STOCK = "journal-to-stock"  # the WCS has committed, the WMS has not; at no PLC
AT_A_PLC = (COMMIT_TO_BODY, BODY_TO_TAIL, EVENT_TO_COMMIT, COMMIT_TO_ACKNOWLEDGE)
TAIL = CMD_CODEC.offset("CmdSeqTail")


@dataclass(slots=True)
class Doom:
    """Where the process dies; `left` occasions from now."""

    gap: str
    plc: str
    left: int

    def pass_by(self, gap: str, plc: str = "-") -> None:
        """Die if this is the occasion."""
        if self.is_due(gap, plc):
            self.die()

    def is_due(self, gap: str, plc: str) -> bool:
        """Count an occasion; return whether it is the last."""
        if (gap, plc) != (self.gap, self.plc):
            return False
        self.left -= 1
        return self.left == 0

    def die(self) -> None:
        """Say where, and end without a goodbye."""
        os.write(1, f"{self.gap} {self.plc}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(slots=True)
class WatchedLink:
    """A link that passes everything on."""

    inner: Any
    doom: Doom
    armed: bool = False

    def __getattr__(self, name: str) -> Any:
        """Return what the link itself has: plc, counts, recorder, go_online, stop."""
        return getattr(self.inner, name)

    def start(self, notify: Callable[[Notice], None]) -> None:
        """Start the link; an event that was taken in may be the one that is never committed."""

        def take_in(notice: Notice) -> None:
            notify(notice)
            if isinstance(notice, EventRaised):
                self.armed = self.armed or self.doom.is_due(EVENT_TO_COMMIT, self.plc)

        self.inner.start(take_in)

    def send(self, device: str, command: Command) -> None:
        """Send; what is sent has been committed."""
        self.doom.pass_by(COMMIT_TO_BODY, self.plc)
        self.inner.send(device, command)

    def book(self, device: str, seq: int) -> None:
        """Acknowledge; what is acknowledged has been committed."""
        self.doom.pass_by(COMMIT_TO_ACKNOWLEDGE, self.plc)
        self.inner.book(device, seq)


def watch_links(doom: Doom) -> None:
    """Have the links of the site watched."""
    connect, make_engine = serve.connect, serve.make_engine
    watched: dict[str, WatchedLink] = {}

    def connect_watched(*args: Any, **options: Any) -> dict[str, Link]:
        watched.update((name, WatchedLink(link, doom)) for name, link in connect(*args, **options).items())
        return dict(watched)  # pyright: ignore[reportReturnType]

    def make_watched_engine(url: str) -> Engine:
        engine = make_engine(url)
        event.listen(engine, "commit", lambda _: doom.die() if any(w.armed for w in watched.values()) else None)
        return engine

    serve.connect, serve.make_engine = connect_watched, make_watched_engine


def watch_tails(doom: Doom, plant: Plant) -> None:
    """Have the second request of each telegram watched as the library gets it; the first has been answered."""
    kinds = {spec.kind: spec for spec in plant.plcs.values()}
    opcua, s7 = kinds["opcua"], kinds["s7"]
    write_nodes, write_bytes = UaClient.write_attributes, AsyncClient.db_write

    async def write_watched_nodes(self: UaClient, nodes: list[NodeId], *args: Any) -> Any:
        if len(nodes) == 1 and str(nodes[0].Identifier).endswith("CmdSeqTail"):
            doom.pass_by(BODY_TO_TAIL, opcua.id)
        return await write_nodes(self, nodes, *args)

    async def write_watched_bytes(self: AsyncClient, db: int, start: int, data: bytearray) -> int:
        if db == s7.cmd_db and start % CMD_CODEC.size == TAIL:
            doom.pass_by(BODY_TO_TAIL, s7.id)
        return await write_bytes(self, db, start, data)

    UaClient.write_attributes, AsyncClient.db_write = write_watched_nodes, write_watched_bytes


def watch_stock(doom: Doom) -> None:
    """Have the WMS watched where it has handled facts that it has not committed."""
    consume = consumer.consume

    def consume_watched(*args: Any, **options: Any) -> int:
        if handled := consume(*args, **options):
            doom.pass_by(JOURNAL_TO_STOCK)
        return handled

    consumer.consume = consume_watched


def main(plant: str, gap: str, plc: str, occasion: str) -> None:
    """Serve until the occasion comes."""
    doom, found = Doom(gap, plc, int(occasion)), load_plant(Path(plant))
    watch_links(doom)
    watch_tails(doom, found)
    watch_stock(doom)
    serve.run_serve(serve.Options(found, Settings(), shared_time=True))


if __name__ == "__main__":
    main(*sys.argv[1:])

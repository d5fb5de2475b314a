"""The live picture: what the controller's thread sees, told to every browser ten times a second at most.

The controller's thread writes values by section and key; the broadcaster takes what has changed since its
last round, encodes it once, and puts it into each client's bounded queue. A client that cannot follow gets a
new snapshot instead of what it missed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

PERIOD_S = 0.1
QUEUE = 50
Section = dict[str, Any]


@dataclass(slots=True)
class Picture:
    """Sections of values by key, and which of them have changed; safe to write from any thread."""

    sections: dict[str, Section] = field(default_factory=dict[str, "Section"])
    _dirty: dict[str, dict[str, None]] = field(default_factory=dict[str, "dict[str, None]"])
    _lock: Lock = field(default_factory=Lock)

    def put(self, section: str, key: str, value: Any) -> None:
        """Show `value` under a key; None takes the key away."""
        with self._lock:
            known = self.sections.setdefault(section, {})
            if known.get(key) == value:
                return
            if value is None:
                known.pop(key, None)
            else:
                known[key] = value
            self._dirty.setdefault(section, {})[key] = None

    def fill(self, section: str, values: Iterable[tuple[str, Any]]) -> None:
        """Show many values at once."""
        for key, value in values:
            self.put(section, key, value)

    def take(self) -> dict[str, Section]:
        """Return what has changed since the last call; None stands for a key that is gone."""
        with self._lock:
            dirty, self._dirty = self._dirty, {}
            return {s: {k: self.sections[s].get(k) for k in keys} for s, keys in dirty.items()}

    def keys(self, section: str) -> set[str]:
        """Return the keys of a section."""
        with self._lock:
            return set(self.sections.get(section, {}))

    def snapshot(self) -> dict[str, Section]:
        """Return everything."""
        with self._lock:
            return {name: dict(section) for name, section in self.sections.items()}


@dataclass(slots=True, eq=False)
class Client:
    """One socket's queue of encoded messages; `lost` when it could not follow."""

    queue: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    lost: bool = False


@dataclass(slots=True)
class Broadcaster:
    """Tells every client what changes; runs on the face's own loop."""

    picture: Picture
    seq: int = 0
    clients: set[Client] = field(default_factory=set[Client])

    def join(self) -> Client:
        """Return a new client whose first message is a snapshot."""
        client = Client()
        self.clients.add(client)
        client.queue.put_nowait(self._snapshot())
        return client

    def leave(self, client: Client) -> None:
        """Forget a client."""
        self.clients.discard(client)

    async def run(self) -> None:
        """Broadcast until cancelled; a message without changes is the heartbeat of the picture."""
        idle = 0
        while True:
            await asyncio.sleep(PERIOD_S)
            changes = self.picture.take()
            idle = 0 if changes else idle + 1
            if not changes and idle % 10:
                continue
            self.seq += 1
            message = json.dumps({"kind": "delta", "seq": self.seq, "changes": changes}, ensure_ascii=False)
            for client in self.clients:
                self._tell(client, message)

    def _tell(self, client: Client, message: str) -> None:
        if client.lost and client.queue.empty():
            client.lost = False
            client.queue.put_nowait(self._snapshot())
        elif client.queue.full():
            client.lost = True
        elif not client.lost:
            client.queue.put_nowait(message)

    def _snapshot(self) -> str:
        body = {"kind": "snapshot", "seq": self.seq, "sections": self.picture.snapshot()}
        return json.dumps(body, ensure_ascii=False)

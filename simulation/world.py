"""The physical world: what is where, what every machine is doing, and what really happened.

It outlives its controllers. In memory it costs next to nothing; in a file every change is one transaction,
written before anybody outside is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from simulation.loads import Load
from simulation.worldfile import WorldFile

T = TypeVar("T")


@dataclass(slots=True)
class Injected:
    """A fault that was put into the plant on purpose."""

    at_ms: int
    kind: str
    device: str
    unit: str = ""


@dataclass(slots=True)
class Collision:
    """Two loads in one place: never to happen, and never to be hidden."""

    at_ms: int
    place: str
    load: str
    other: str


@cache
def adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Return what reads and writes a dataclass as JSON."""
    return TypeAdapter(kind)


class World:
    """Loads by code, single places by name, and the counters that prove what was done how often."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the world of a file, or a new one in memory."""
        self._file = WorldFile(path) if path is not None else None
        self._dirty: dict[tuple[str, str], object] = {}
        self.now_s: Callable[[], float] = lambda: self.high_water_s
        self.shared: frozenset[str] = frozenset()  # places with room for many
        self.loads: dict[str, Load] = self._read("load", Load)
        self.executed: dict[int, int] = {int(k): v for k, v in self._read("executed", int).items()}
        self.injected: list[Injected] = list(self._read("injected", Injected).values())
        self.collisions: list[Collision] = list(self._read("collision", Collision).values())
        self.high_water_s: float = self._read("high_water", float).get("", 0.0)
        self.counters: dict[str, int] = self._read("counter", int)
        self.stands: dict[str, Load] = {}

    def furnish(self, shared: frozenset[str]) -> None:
        """Say which places have room for many, and see what stands in the others."""
        self.shared = shared
        self.stands = {load.place: load for load in self.loads.values() if load.place not in shared}

    def add(self, load: Load, place: str) -> None:
        """Bring a load into the world."""
        self.loads[load.code] = load
        self.move(load, place)

    def remove(self, load: Load) -> None:
        """Take a load out of the world: it has left the plant."""
        self._clear(load)
        del self.loads[load.code]
        self.touch("load", load.code, None)

    def move(self, load: Load, place: str) -> None:
        """Put a load into another place; if one stands there already, that is a collision and is noted."""
        self._clear(load)
        load.place, load.mover = place, ""
        if place not in self.shared:
            other = self.stands.setdefault(place, load)
            if other is not load:
                self._collide(load, other)
        if self._file is not None:
            self._dirty["load", load.code] = load

    def at(self, place: str) -> Load | None:
        """Return the load that stands in a single place."""
        return self.stands.get(place)

    def inject(self, kind: str, device: str, unit: str = "") -> None:
        """Note a fault that was put in on purpose."""
        self.injected.append(Injected(self._now_ms(), kind, device, unit))
        self.touch("injected", f"{len(self.injected):06}", self.injected[-1])

    def execute(self, mission: int) -> None:
        """Count that a mission was really carried out."""
        count = self.executed[mission] = self.executed.get(mission, 0) + 1
        if self._file is not None:
            self._dirty["executed", str(mission)] = count

    def count(self, name: str, amount: int = 1) -> int:
        """Add to a counter, which begins at 0, and return it."""
        number = self.counters[name] = self.counters.get(name, 0) + amount
        self.touch("counter", name, number)
        return number

    def touch(self, kind: str, key: str, value: object) -> None:
        """Have a record written with the next commit; a value of None deletes it."""
        if self._file is not None:
            self._dirty[kind, key] = value

    def recall(self, kind: str, key: str, of: Callable[[str], T]) -> T | None:
        """Return what `of` makes of a record's text, or None if there is none."""
        body = self._file.read(kind).get(key) if self._file is not None else None
        return None if body is None else of(body)

    def commit(self, now_s: float) -> None:
        """Make every change since the last commit durable, in one transaction."""
        self.high_water_s = max(self.high_water_s, now_s)
        if self._file is None or not self._dirty:
            return
        self._dirty["high_water", ""] = self.high_water_s
        changes, self._dirty = self._dirty, {}
        self._file.write((kind, key, _body(value)) for (kind, key), value in changes.items())

    def beat(self, now_s: float) -> None:
        """Have it written down that time has passed, though nothing may have changed."""
        if self._file is not None:
            self._dirty["high_water", ""] = now_s
            self.commit(now_s)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _clear(self, load: Load) -> None:
        if self.stands.get(load.place) is load:
            del self.stands[load.place]

    def _collide(self, load: Load, other: Load) -> None:
        self.collisions.append(Collision(self._now_ms(), load.place, load.code, other.code))
        self.touch("collision", f"{len(self.collisions):06}", self.collisions[-1])

    def _now_ms(self) -> int:
        return round(self.now_s() * 1000)

    def _read(self, kind: str, of: type[T]) -> dict[str, T]:
        rows: Mapping[str, str] = self._file.read(kind) if self._file is not None else {}
        return {key: adapter(of).validate_json(body) for key, body in rows.items()}


def _body(value: object) -> str | None:
    """Return a record as JSON text; text is taken as it is."""
    if value is None or isinstance(value, str):
        return value
    return adapter(type(value)).dump_json(value).decode()

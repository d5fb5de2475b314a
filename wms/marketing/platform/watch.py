"""What goes on between two looks: machines that have changed, buffers that fill, the output of the hour. Pure.

A watch remembers what was told last, so that only news is told; a new one tells everything once. Nothing here is kept
over a restart: telemetry is news of the moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wcs.journal import Booked
from wms.marketing.platform.values import Body

HOUR_MS = 3_600_000
WORDS = {0: "unverified", 1: "passed", 2: "failed"}
"""Verdicts of packed boxes as outputs say them."""
PATIENCE = 6
"""Looks after which what is not there is said to be missing."""
WHOLE = "0"
"""The position that stands for a line as a whole."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as it is seen: `line` is what it belongs to, itself if to none; state is a role of `working_state`."""

    name: str
    line: str
    state: str


@dataclass(slots=True)
class Watch:
    """What a platform was told last: state of each machine since when, what stands in buffers, output of the hour."""

    states: dict[str, tuple[str, int]] = field(default_factory=dict[str, "tuple[str, int]"])
    buffers: dict[str, int] = field(default_factory=dict[str, int])
    output: dict[str, Counter[str]] = field(default_factory=dict[str, "Counter[str]"])
    hour: int = -1
    checked: set[str] = field(default_factory=set[str])
    looks: int = 0

    def starts(self, seen: Sequence[Machine], lines: Mapping[str, Collection[str]], at_ms: int) -> list[Body]:
        """Return the check of each line that is all there now, or has had its minute to come up; each once."""
        self.looks += 1
        names = {one.name for one in seen}
        ready = [line for line, own in lines.items() if self.looks >= PATIENCE or names.issuperset(own)]
        news = [line for line in ready if line not in self.checked]
        self.checked |= set(news)
        return [checked(line, seen, lines[line], at_ms) for line in news]

    def machines(self, seen: Iterable[Machine], at_ms: int) -> list[Body]:
        """Return the machines whose state has changed, each with what it was before and how long."""
        found: list[Body] = []
        for one in seen:
            before, _ = self.states.get(one.name, ("", 0))
            if before == one.state:
                continue
            self.states[one.name] = one.state, at_ms
            said = {"topic": "working", "place": one.line, "machine": one.name, "state": one.state, "before": before}
            found.append(said | {"begun_ms": at_ms, "at_ms": at_ms})
        return found

    def stands(self, occupied: Mapping[str, int], at_ms: int) -> list[Body]:
        """Return the lines before or on which something else stands than was told last."""
        changed = {line: count for line, count in occupied.items() if self.buffers.get(line) != count}
        self.buffers |= changed
        return [{"topic": "buffer", "place": line, "occupied": n, "at_ms": at_ms} for line, n in changed.items()]

    def packed(self, facts: Iterable[Booked]) -> list[Body]:
        """Count what lines have packed, and return the output of every hour that is over: meters by verdict, boxes."""
        found: list[Body] = []
        for fact in facts:
            if fact.kind != "BoxPacked":
                continue
            found += self.over(fact.at_ms)
            meters = len(fact.payload["meters"])
            word = WORDS.get(int(fact.payload["verdict"]), WORDS[0])
            self.output.setdefault(str(fact.payload["line"]), Counter()).update({"boxes": 1, word: meters})
        return found

    def over(self, at_ms: int) -> list[Body]:
        """Return the output of the hour that was counted, if it is over; of a line without any: 0."""
        hour = at_ms // HOUR_MS
        if hour <= self.hour:
            return []
        told = [] if self.hour < 0 else [self._output(line, count) for line, count in sorted(self.output.items())]
        self.hour, self.output = hour, {line: Counter() for line in self.output}
        return told

    def _output(self, line: str, count: Counter[str]) -> Body:
        values = {name: str(count[name]) for name in ("boxes", "passed", "failed", "unverified")}
        at_ms = (self.hour + 1) * HOUR_MS
        return {"topic": "live", "place": line, "position": WHOLE, "values": values, "at_ms": at_ms, "note": "1 h"}


def checked(line: str, machines: Iterable[Machine], expected: Collection[str], at_ms: int) -> Body:
    """Return what the check at the start of a line has found: which of its machines are there and without fault.

    >>> checked("L1", [Machine("M1", "L1", "idle"), Machine("M2", "L1", "offline")], ["M1", "M2", "M3"], 0)["value"]
    '1/3'
    """
    sound = sum(one.name in expected and one.state not in ("offline", "alarm") for one in machines)
    return {
        "topic": "boot_check", "place": line, "item": "1", "name": "machines without fault", "kind": "power",
        "number": 1, "begun_ms": at_ms, "at_ms": at_ms, "ok": sound == len(expected),
        "value": f"{sound}/{len(expected)}",
    }  # fmt: skip


def event_of(fact: Booked, task: str) -> list[Body]:
    """Return what a station of a line has done with a box or a carrier; nothing for what belongs to no task."""
    said: Mapping[str, Any] = fact.payload
    if not task:
        return []
    head = {"topic": "event", "place": str(said["line"]), "task": task, "at_ms": fact.at_ms}
    match fact.kind:
        case "BoxOpened":
            at = {"machine": str(said["cell"]), "event": "work_begin", "container": "box", "bars": said["meters"]}
        case "CarrierChecked":
            bars = [*said["passed"], *said["failed"], *said["silent"]]
            at = {"machine": str(said["cell"]), "event": "work_end", "container": "pallet", "bars": bars}
        case "CarrierSealed":
            bars = [meter[0] for meter in said["meters"]]
            at = {"machine": str(said["cell"]), "event": "work_end", "container": "pallet", "bars": bars}
        case _:
            return []
    return [head | at | {"container_no": fact.subject}]

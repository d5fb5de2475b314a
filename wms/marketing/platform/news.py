"""Facts of the floor as telemetry for a platform: alarms, runs that begin and end, and what a bench is doing.

Telemetry is news of the moment: what nobody heard is not told later, and nothing waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wcs.journal import Booked
from wms.marketing.platform.values import Body
from wms.marketing.platform.watch import event_of

URGENT = frozenset({"machine_fault", "link_lost", "bench_stopped", "memory_lost"})
NETWORK = frozenset({"link_lost", "channel_lost"})
STOPS = frozenset({"machine_fault", "link_lost", "bench_stopped"})
"""Faults with which a machine stands still."""
TaskOf = Callable[[object], str]
"""The task that a lot is worked on for, by its number on the floor or by its name."""


def news_of(fact: Booked, task_of: TaskOf) -> list[Body]:
    """Return what a fact is worth telling, in our own words for `telemetry.topic_of`; nothing for most."""
    match fact.kind:
        case "FaultRaised":
            return [_alarm(fact), *_stop(fact, "stop_begin")]
        case "FaultCleared":
            return _stop(fact, "stop_end")
        case "BoxOpened" | "CarrierSealed":
            return event_of(fact, task_of(fact.payload.get("lot", list(fact.payload["meters"]))))
        case "CarrierChecked":
            return event_of(fact, task_of(fact.payload["lot"]))
        case "RunOrdered":
            seats = [{"position": at, "state": "running", "bar_code": code} for at, code in fact.payload["meters"]]
            return _run(fact, task_of, event="task_begin", now=("running", "idle"), seats=seats)
        case "RunFinished":
            return _run(fact, task_of, event="task_end", now=("idle", "running"), seats=[])
        case _:
            return []


def _alarm(fact: Booked) -> Body:
    said: dict[str, Any] = fact.payload
    fault, device = str(said["fault"]), str(said.get("device") or fact.subject)
    return {
        "topic": "alarm", "place": device, "machine": device, "code": fault, "begun_ms": fact.at_ms,
        "at_ms": fact.at_ms, "level": "urgent" if fault in URGENT else "usual",
        "kind": "network" if fault in NETWORK else "fault",
        "text": " ".join(str(said[name]) for name in ("fault", "code", "unit") if said.get(name)),
    }  # fmt: skip


def _stop(fact: Booked, event: str) -> list[Body]:
    """Return that a machine stands still by a fault of its own, or that it works again."""
    if str(fact.payload["fault"]) not in STOPS:
        return []
    place = str(fact.payload.get("device") or fact.subject)
    return [{"topic": "event", "place": place, "event": event, "positions": [], "at_ms": fact.at_ms}]


def _run(fact: Booked, task_of: TaskOf, *, event: str, now: tuple[str, str], seats: list[Body]) -> list[Body]:
    bench, state = str(fact.payload["bench"]), now[0]
    head = {"place": bench, "at_ms": fact.at_ms}
    told = {"topic": "event", "event": event, "task": task_of(fact.payload["lot"]), "positions": seats}
    return [head | told, head | {"topic": "working", "state": state, "before": now[1], "begun_ms": fact.at_ms}]

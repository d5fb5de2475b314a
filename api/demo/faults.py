"""Hold what was injected against what was detected: each fault, the reaction, and the time to recover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from wcs.journal import Booked

RAISED, CLEARED = "FaultRaised", "FaultCleared"


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault that the twin has made happen: its kind, what it happened to, and when (plant ms)."""

    fault: str
    subject: str
    at_ms: int


class FaultOutcome(BaseModel):
    """One injected fault and what became of it; times in plant milliseconds and seconds."""

    fault: str
    subject: str
    injected_ms: int
    detected: bool
    detected_ms: int | None = None
    reaction: str | None = None
    recovered_s: float | None = None


def outcomes(injected: Sequence[Injection], facts: Iterable[Booked]) -> list[FaultOutcome]:
    """Return, for each injection in turn, the first alarm of its kind that is not spoken for, and its end."""
    told = list(facts)
    raised = [f for f in told if f.kind == RAISED]
    taken: set[int] = set()
    return [_outcome(one, raised, told, taken) for one in sorted(injected, key=lambda i: (i.at_ms, i.fault))]


def _outcome(one: Injection, raised: list[Booked], told: list[Booked], taken: set[int]) -> FaultOutcome:
    same = [f for f in raised if f.id not in taken and f.payload["fault"] == one.fault and f.at_ms >= one.at_ms]
    about = [f for f in same if one.subject in (f.subject, f.payload["device"], f.payload["unit"])]
    found = next(iter([*about, *same]), None)
    if found is None:
        return FaultOutcome(fault=one.fault, subject=one.subject, injected_ms=one.at_ms, detected=False)
    taken.add(found.id)
    end = next(
        (
            f
            for f in told
            if f.kind == CLEARED and f.id > found.id and (f.subject, f.payload["fault"]) == (found.subject, one.fault)
        ),
        None,
    )
    return FaultOutcome(
        fault=one.fault,
        subject=one.subject,
        injected_ms=one.at_ms,
        detected=True,
        detected_ms=found.at_ms,
        reaction=found.payload["reaction"],
        recovered_s=round((end.at_ms - found.at_ms) / 1000, 3) if end is not None else None,
    )

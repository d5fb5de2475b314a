"""Whom one crane serves next, decided call by call: what is near goes together, unless something presses.

The same rule as `rolling` for a crane whose storage slot is given: storage and retrieval in turn, after a storage the
retrieval nearest to it. Its cost grows with the calls that wait for this crane, with nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.sequencing.patience import Patience


@dataclass(frozen=True, slots=True)
class Call:
    """A load that waits for the crane: since when, until when it should be fetched, its rank, and how far off it is.

    `away_s` is the way to it from where the crane stands; `repeats` whether it would be another storage after a
    storage, or another retrieval after a retrieval. What ranks below 0 can wait for ever.
    """

    since_s: float
    away_s: float
    repeats: bool = False
    due_s: float | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """A call by its number, and why it is where it is in the queue.

    `why` is "starved", "due", "priority", "turn" (storage and retrieval alternate), "near", or "only" where there
    was nothing to choose.
    """

    number: int
    why: str


def in_turn(calls: Sequence[Call], *, now_s: float, patience: Patience) -> list[Turn]:
    """Return the calls in the order in which they should be served.

    >>> near, far = Call(since_s=50.0, away_s=3.0), Call(since_s=0.0, away_s=20.0)
    >>> in_turn([far, near], now_s=60.0, patience=Patience(starved_s=900.0))
    [Turn(number=1, why='near'), Turn(number=0, why='near')]
    >>> in_turn([far, near], now_s=900.0, patience=Patience(starved_s=900.0))
    [Turn(number=0, why='starved'), Turn(number=1, why='near')]
    """
    if len(calls) == 1:
        return [Turn(0, "only")]
    pressing = [_pressing(call, now_s, patience) for call in calls]
    highest = max((call.priority for call in calls), default=0)

    def rank(number: int) -> tuple[int, bool, int, float, float, float, int]:
        call, (press, since_s) = calls[number], pressing[number]
        priority = call.priority if press == _NOT else highest
        return -priority, call.repeats, press, since_s, call.away_s, call.since_s, number

    lowest, alike = min((call.priority for call in calls), default=0), len({call.repeats for call in calls}) == 1
    plain = "priority" if lowest < highest else "near" if alike else "turn"
    order = sorted(range(len(calls)), key=rank)
    return [Turn(n, _WHY.get(pressing[n][0]) or _plain(calls, n, plain)) for n in order]


_STARVED, _DUE, _NOT = range(3)
_WHY = {_STARVED: "starved", _DUE: "due"}


def _pressing(call: Call, now_s: float, patience: Patience) -> tuple[int, float]:
    """Return how a call presses, and what of several that press alike goes first."""
    if call.priority >= 0 and now_s - call.since_s >= patience.starved_s:
        return _STARVED, call.since_s
    if call.due_s is not None and call.due_s - now_s <= patience.slack_s:
        return _DUE, call.due_s
    return _NOT, 0.0


def _plain(calls: Sequence[Call], number: int, plain: str) -> str:
    """Return "near" for a call that had others of its own kind beside it, else what set it apart."""
    mine = calls[number]
    beside = sum(call.repeats == mine.repeats and call.priority == mine.priority for call in calls)
    return "near" if plain != "priority" and beside > 1 else plain

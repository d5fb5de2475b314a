"""What holds for letters: when one that failed is sent again, what an answer means, what must not be said early."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal

FIRST_S, CEILING_S = 1.0, 600.0
JITTER = 0.25
MOST_ATTEMPTS = 12
LAST_WORDS = frozenset({"task_finished"})
"""Kinds that say of a task that all is said: they wait while a letter of that task is dead."""
ABOUT_TASKS = frozenset({
    "test_result", "conclusion", "late_result", "withstand", "box_packed", "box_checked", "meters_checked",
    "pile_stored", "seals_used", "stock_request", "empties_request", "proposal", "task_finished", "count_result",
    "stage_counts", "seal_voided", "paper_voided",
})  # fmt: skip
"""What a scheduling platform is told, always of a task of its own."""
ABOUT_METERS = frozenset({"meter_created", "meter_changed", "test_result", "conclusion", "late_result", "dispatched"})
"""What an enterprise bus is told (IEC 61968: created, changed, test data set, dispatched)."""
LONGEST_ANSWER = 1000
DOUBLINGS = 30

Meaning = Literal["done", "refused", "taken_but", "later", "away"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver says to a letter.

    done: it has it. refused: it will never take it, or not these meters (`bars`); nothing was taken. taken_but: it
    has it without these meters. later: it answers, but not what it should. away: nobody answers; nothing is known of
    the letter.
    """

    meaning: Meaning
    words: str = ""
    bars: tuple[str, ...] = ()


def done(words: str = "") -> Answer:
    """Return that a letter was taken."""
    return Answer("done", words)


def refused(words: str, bars: tuple[str, ...] = ()) -> Answer:
    """Return that a letter is refused for good, or only some of its meters."""
    return Answer("refused", words, bars)


def taken_but(words: str, bars: tuple[str, ...]) -> Answer:
    """Return that a letter was taken without some of its meters."""
    return Answer("taken_but", words, bars)


def later(words: str) -> Answer:
    """Return that a letter is to be sent again."""
    return Answer("later", words)


def away(words: str) -> Answer:
    """Return that nobody has answered."""
    return Answer("away", words)


def is_wanted(profile: str, kind: str, task: str) -> bool:
    """Return whether a receiver of a profile is told a kind of news; our own profile hears everything.

    >>> is_wanted("platform", "dispatched", "T1"), is_wanted("cim", "dispatched", ""), is_wanted("own", "x", "")
    (False, True, True)
    """
    match profile:
        case "platform":
            return bool(task) and kind in ABOUT_TASKS
        case "cim":
            return kind in ABOUT_METERS
        case _:
            return True


def back_off_ms(attempts: int, key: str) -> int:
    """Return how long to wait after so many attempts: 1, 2, 4 ... s up to 600 s, up to a quarter of it more by `key`.

    The same key always waits the same, so that a run can be repeated; different keys do not come all at once.

    >>> [back_off_ms(n, "a") // 1000 for n in (1, 2, 3, 11, 500)]
    [1, 2, 4, 736, 736]
    """
    plain_s = min(CEILING_S, FIRST_S * 2 ** min(max(attempts, 1) - 1, DOUBLINGS))
    share = zlib.crc32(key.encode()) % 1000 / 1000
    return round(plain_s * (1 + JITTER * share) * 1000)


def is_given_up(attempts: int) -> bool:
    """Return whether a letter that was answered wrongly so many times is dead."""
    return attempts >= MOST_ATTEMPTS


def shortened(words: str) -> str:
    r"""Return a receiver's words as they are kept: at most 1,000 characters, all of which a database can hold.

    >>> shortened("no\x00 \ud800")
    'no� ?'
    """
    words = words[: LONGEST_ANSWER + 1].replace("\0", "\ufffd").encode(errors="replace").decode()
    return words if len(words) <= LONGEST_ANSWER else words[: LONGEST_ANSWER - 1] + "…"

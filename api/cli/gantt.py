"""A schedule as text: a row to a machine, a letter to a job, time from left to right."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.jobshop.shop import Placed

_LETTERS = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_IDLE = "·"


def gantt(placed: Sequence[Placed], *, machines: int, width: int) -> list[str]:
    """Return the lines: a scale, then the machines from 1; `width` in characters, labels included.

    Job 1 is drawn as 1, job 10 as A, job 36 as a, job 62 as 1 again. An operation shorter than a character is drawn if
    it stands in the middle of one.

    >>> from optimizer.jobshop.shop import Placed
    >>> gantt([Placed(0, 0, 0, 0, 2), Placed(1, 0, 1, 1, 4)], machines=2, width=12)
    ['    0      4', 'M1  1111····', 'M2  ··222222']
    """
    end = max((each.end for each in placed), default=0)
    label = len(f"M{machines}") + 2
    room = max(4, width - label)
    rows = [[_IDLE] * room for _ in range(machines)]
    for each in placed:
        first = -(-(each.start * room * 2 - end) // (2 * end)) if end else 0
        last = -(-(each.end * room * 2 - end) // (2 * end)) if end else 0
        for column in range(max(first, 0), min(last, room)):
            rows[each.machine][column] = _LETTERS[each.job % len(_LETTERS)]
    scale = "0" + str(end).rjust(room - 1)
    return [" " * label + scale, *(f"M{number}".ljust(label) + "".join(row) for number, row in enumerate(rows, 1))]

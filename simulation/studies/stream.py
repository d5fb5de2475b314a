"""What comes and what is wanted, and when: drawn from the demand of a study file, or as it was recorded.

The whole stream is known before a run begins and depends on the demand, the seed and the replication alone: a rule
that is compared cannot change it.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Literal

import numpy as np

from simulation.studies.chance import stream
from simulation.studies.demand import HOURS, Demand
from simulation.study import StudyError

HOUR_S = 3600.0
DAY_S = HOURS * HOUR_S
COLUMNS = ("time", "in/out", "family", "pallet")
MAX_ROWS, MAX_BYTES, MAX_NAME, TOGETHER = 200_000, 20_000_000, 22, 40
KINDS: dict[str, Literal["inbound", "verification", "distribution"]] = {
    "in": "inbound", "verify": "verification", "out": "distribution",
}  # fmt: skip
_CLOCK = re.compile(r"^(\d{1,4}):([0-5]\d)(?::([0-5]\d))?$")


@dataclass(frozen=True, slots=True)
class Call:
    """One truck, lot or order: `pallets` of one family at a plant time. `key` names it in every scenario alike.

    `names` are the pallets of a truck. A lot or order is of whatever pallets the rules choose.
    """

    at_s: float
    kind: Literal["inbound", "verification", "distribution"]
    family: str
    pallets: int
    key: str
    names: tuple[str, ...] = ()
    district: str = ""
    gap_s: float = 60.0
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draw:
    """Where the numbers come from: seed, replication, and up to when (plant hours)."""

    seed: int
    replication: int
    hours: float


def drawn(demand: Sequence[Demand], per_pallet: dict[str, int], draw: Draw) -> list[Call]:
    """Return the calls of a demand in the order of time; `per_pallet` has the meters of a full pallet by family."""
    calls = [call for number, one in enumerate(demand) for call in _of(one, number, per_pallet[one.family], draw)]
    return sorted(calls, key=lambda call: (call.at_s, call.key))


def _of(demand: Demand, number: int, per_pallet: int, draw: Draw) -> Iterator[Call]:
    """Yield the calls of one demand: a Poisson process of its rate, or evenly spaced in cumulated rate."""
    pallets = demand.pallets if demand.pallets is not None else (demand.meters or 0) / per_pallet
    name = f"{demand.kind}{number}"
    chance, where = stream(draw.seed, draw.replication, name), stream(draw.seed, draw.replication, f"{name} district")
    total, letter = 0.0, demand.kind[0].upper()
    for count in range(1, MAX_ROWS + 1):
        total += chance.exponential() if demand.arrivals == "poisson" else 0.5 if count == 1 else 1.0
        at_s = time_of(total, pallets / demand.together, demand.by_hour)
        if at_s >= draw.hours * HOUR_S:
            return
        key = f"{letter}{number}-{count:05}"
        names = tuple(f"{letter}{number}N{count:05}P{p}" for p in range(demand.together)) if letter == "I" else ()
        district = demand.districts[int(where.integers(len(demand.districts)))]
        yield Call(at_s, demand.kind, demand.family, demand.together, key, names, district, demand.gap_s, demand.lines)


def time_of(total: float, a_day: float, by_hour: Sequence[float]) -> float:
    """Return when the cumulated rate reaches `total`, in plant seconds: `a_day` a day with these weights by hour.

    >>> time_of(12.0, 24.0, [1.0] * 24) / 3600
    12.0
    >>> time_of(1.0, 2.0, [1.0, 1.0] + [0.0] * 22) / 3600
    1.0
    """
    days, left = divmod(total / a_day, 1.0)
    cumulated = np.concatenate([[0.0], np.cumsum(by_hour)])
    at = float(np.interp(left * cumulated[-1], cumulated, np.arange(HOURS + 1)))
    return days * DAY_S + at * HOUR_S


def recorded(path: Path, families: Sequence[str]) -> list[Call]:
    """Return the calls of a CSV file of orders: time, in/out, family, pallet; raises StudyError with every bad row.

    A time is plant seconds, a time of day (30:15:00 is the second day), or an instant, counted from the midnight
    before the first. `in/out` is in, out, or verify for a lot that is called to a line. Rows in succession with the
    same time, direction and family are one truck or order. A pallet is named where it comes in, if at all.
    """
    try:
        text = path.read_bytes()[: MAX_BYTES + 1].decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError([f"{path.name}: {error}"]) from error
    if len(text) > MAX_BYTES:
        raise StudyError([f"{path.name}: more than {MAX_BYTES} bytes"])
    rows, problems = _rows(text.splitlines(), families)
    if problems:
        raise StudyError([f"{path.name}:{problem}" for problem in problems])
    return _grouped(sorted(rows, key=lambda row: row[0]))


Row = tuple[float, str, str, str]


def _rows(lines: list[str], families: Sequence[str]) -> tuple[list[Row], list[str]]:
    reader = csv.reader(lines)
    header = [name.strip() for name in next(reader, [])]
    if missing := [name for name in COLUMNS if name not in header]:
        return [], [f"1: no column {', '.join(missing)}"]
    at = [header.index(name) for name in COLUMNS]
    rows: list[Row] = []
    problems, seen, zero = [], dict[str, int](), None
    for cells in reader:
        line = reader.line_num
        if len(cells) != len(header):
            problems += [f"{line}: {len(cells)} cells where the header has {len(header)}"] if cells else []
            continue
        when, way, family, pallet = (cells[index].strip() for index in at)
        if zero is None and "-" in when:
            zero = _midnight(when)
        seconds = _seconds(when, zero)
        problems += [f"{line}: {why}" for why in _wrong(seconds, (when, way, family, pallet), families)]
        if pallet and way == "in" and seen.setdefault(pallet, line) != line:
            problems.append(f"{line}: pallet = {pallet}: came in before, in line {seen[pallet]}")
        rows.append((seconds if seconds is not None else 0.0, way, family, pallet))
        if len(rows) > MAX_ROWS:
            return [], [f"{line}: more than {MAX_ROWS} rows"]
    return rows, problems if rows or problems else ["1: no rows"]


def _wrong(seconds: float | None, cells: tuple[str, str, str, str], families: Sequence[str]) -> Iterator[str]:
    when, way, family, pallet = cells
    if seconds is None or not 0 <= seconds < 366 * DAY_S:
        yield f"time = {when[:40]}: no time; give seconds, 08:15:00 or 2026-01-01T08:15:00"
    if way not in KINDS:
        yield f"in/out = {way[:40]}: give in, out or verify"
    if family not in families:
        yield f"family = {family[:40]}: there is no such model; known are {', '.join(families)}"
    if len(pallet) > MAX_NAME or not pallet.isprintable():
        yield f"pallet = {pallet[:40]}: give a name of at most {MAX_NAME} characters, or none"


def _midnight(text: str) -> datetime | None:
    instant = _instant(text)
    return None if instant is None else instant.replace(hour=0, minute=0, second=0, microsecond=0)


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _seconds(text: str, zero: datetime | None) -> float | None:
    if (clock := _CLOCK.match(text)) is not None:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds).total_seconds()
    if "-" in text:
        instant = _instant(text)
        return None if instant is None or zero is None else (instant - zero).total_seconds()
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _grouped(rows: list[Row]) -> list[Call]:
    calls: list[Call] = []
    for (at_s, way, family), group in groupby(rows, key=lambda row: row[:3]):
        pallets = [row[3] for row in group]
        for first in range(0, len(pallets), TOGETHER):
            part, key = pallets[first : first + TOGETHER], f"R{len(calls) + 1:05}"
            names = tuple(name or f"{key}P{n}" for n, name in enumerate(part)) if way == "in" else ()
            calls.append(Call(at_s, KINDS[way], family, len(part), key, names, "north"))
    return calls

"""What a line is made of while meters are on it: carriers, runs, lots, and what is known of benches. Frozen rows.

A meter on a line is in exactly one holder: a carrier, a lane of the sorting cell, or what the packing cell holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FRESH, RETEST, PASSED, REJECTED, UNVERIFIED = "fresh", "retest", "passed", "rejected", "unverified"
LANE_RETEST, LANE_REJECT, LANE_UNVERIFIED, PACKING = "lane_retest", "lane_reject", "lane_unverified", "packing"
HOLDERS = frozenset({LANE_RETEST, LANE_REJECT, LANE_UNVERIFIED, PACKING})
"""Stages of what is no carrier: it stands for meters that a cell holds."""

STOPPED = "stopped"
"""What a bench says of itself whose run was given up, until somebody releases it."""


@dataclass(frozen=True, slots=True)
class LineMeter:
    """One meter on a line. `tried` are the positions ("BN1:5") that have tested it, `failed` the items it failed.

    `found` are the kinds of stations that have said something of it, good or bad: silence is no pass.
    """

    code: str
    verdict: str = ""  # "", pass, fail, retest, aborted: given up without a verdict, leaves as not verified
    seal: str = ""
    attempts: int = 0
    aborts: int = 0
    tried: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Carrier:
    """Meters of one lot, in the order of their places, at a cell; or a holder that is no carrier (see HOLDERS)."""

    id: str
    line: str
    lot: int
    stage: str
    at: str
    meters: tuple[LineMeter, ...] = ()
    run: str = ""
    moving: bool = False  # a mission is out on it
    since_ms: int = 0


@dataclass(frozen=True, slots=True)
class BenchRun:
    """A batch on a bench; `carriers` by bay, "" where none stands.

    States: loading, ordered (the bench may fetch it), running, done, cleared.
    """

    id: str
    line: str
    bench: str
    lot: int
    carriers: tuple[str, ...] = ()
    state: str = "loading"
    body: str = ""  # the run as the bench gets it, JSON
    part: int = 0  # the last report that was booked
    since_ms: int = 0


@dataclass(frozen=True, slots=True)
class LineLot:
    """A lot that a line works on; `work` says how it is verified (sheet number, kind of meter, ...)."""

    id: str
    line: str
    lot: int
    work: Mapping[str, Any] = field(default_factory=dict[str, Any])
    flush: str = ""
    """ "" before its first box, begun; wanted, done: nothing more comes, the last carrier goes on; over: all packed.

    A row of its own is a limit: how many boxes of the lot may be packed, in `work`."""


@dataclass(frozen=True, slots=True)
class BenchMemo:
    """What must be remembered of a bench: positions that are out of use, and what it last said of itself."""

    id: str
    disabled: tuple[int, ...] = ()
    state: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class DropCarrier:
    """The carrier is empty, or the cell holds nothing more of the lot."""

    id: str


LineChange = Carrier | BenchRun | LineLot | BenchMemo


def lot_key(line: str, lot: int) -> str:
    """Return the id of a lot on a line.

    >>> lot_key("VL1", 3)
    'VL1:3'
    """
    return f"{line}:{lot}"


def holder_id(line: str, stage: str, lot: int, verdict: str = "") -> str:
    """Return the id of what stands for the meters that a cell holds.

    >>> holder_id("VL1", "packing", 3, "pass")
    'VL1:packing:3:pass'
    """
    return ":".join(part for part in (line, stage, str(lot), verdict) if part)

"""What a box must hold before its meters may go on a line. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from wms.reasons import Reason

NAMED = 5  # bar codes that a reason names


@dataclass(frozen=True, slots=True)
class Expected:
    """What the books say of a box: its lot, the lot that its pallet was called off for, and its meters."""

    lot: int | None
    called: int | None
    meters: Collection[str]


def fault_of_box(box: str, scanned: Sequence[str], expected: Expected | None) -> Reason | None:
    """Return why a box must not be admitted, or None if it holds exactly what it should.

    >>> fault_of_box("B1", ["m1", "m2"], Expected(1, 1, {"m1", "m2"})) is None
    True
    >>> fault_of_box("B1", ["m1", "m1"], Expected(1, 1, {"m1"})).code
    'box_duplicate_meter'
    """
    if expected is None:
        return Reason("box_unknown", {"box": box})
    if expected.called is None or expected.lot != expected.called:
        return Reason("box_foreign_lot", {"box": box})
    twice = sorted({code for code in scanned if scanned.count(code) > 1})
    if twice:
        return Reason("box_duplicate_meter", {"box": box, "meters": _named(twice)})
    extra = sorted(set(scanned) - set(expected.meters))
    if extra:
        return Reason("box_extra_meter", {"box": box, "meters": _named(extra)})
    missing = sorted(set(expected.meters) - set(scanned))
    if missing:
        return Reason("box_missing_meter", {"box": box, "meters": _named(missing)})
    return None


def _named(codes: Sequence[str]) -> str:
    more = f" +{len(codes) - NAMED}" if len(codes) > NAMED else ""
    return ", ".join(codes[:NAMED]) + more

"""The flight recorder of one PLC: its last telegrams in both directions, to be dumped after a fault."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import asdict, dataclass, field, is_dataclass
from enum import IntEnum, StrEnum
from typing import Any, cast

from plc.clock import Clock

KEPT = 1000


class Kind(StrEnum):
    """What passed; the first three go to the PLC, the others come from it or say that it was silent."""

    SEND = "send"
    RESEND = "resend"
    BOOK = "book"
    ACK = "ack"
    EVENT = "event"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One telegram with the wire time at which it passed; `fields` is decoded only when somebody reads it."""

    at_s: float
    kind: Kind
    device: str
    seq: int
    fields: object = None


@dataclass(slots=True)
class Recorder:
    """Keeps the last telegrams of `plc`, oldest first."""

    plc: str
    clock: Clock  # wire time
    kept: deque[Recorded] = field(default_factory=lambda: deque[Recorded](maxlen=KEPT))

    def note(self, kind: Kind, device: str = "", seq: int = 0, fields: object = None) -> None:
        """Remember one telegram."""
        self.kept.append(Recorded(self.clock.now_s(), kind, device, seq, fields))

    def rows(self) -> list[dict[str, Any]]:
        """Return what is kept as plain values: at_s, plc, kind, device, seq, fields."""
        return [
            {"at_s": round(r.at_s, 3), "plc": self.plc, "kind": r.kind.value, "device": r.device, "seq": r.seq}
            | {"fields": plain(r.fields)}
            for r in self.kept
        ]

    def dump(self) -> str:
        """Return what is kept as JSON lines."""
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows())


def plain(value: object) -> Any:
    """Return a telegram as JSON types, codes by their names.

    >>> from plc.codes import AckCode
    >>> plain(AckCode.BUSY)
    'BUSY'
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(getattr(value, name)) for name in asdict(value)}
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, tuple):
        return [plain(part) for part in cast(tuple[object, ...], value)]
    return value

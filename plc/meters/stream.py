"""A stream of bytes, cut into frames of either protocol; noise, echoes and torn frames fall out."""

from __future__ import annotations

from dataclasses import dataclass

from plc.meters import frame645, frame698

BUFFER_MAX = 4096  # bytes kept while no frame is complete
_START = b"\x68"


@dataclass(slots=True)
class Frames:
    """Bytes as they come. A complete frame wins over a torn one before it, or a torn one would swallow it."""

    _held: bytes = b""

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the frames that `piece` completes, each from 68H to 16H."""
        held, found = self._held + piece, list[bytes]()
        while True:
            place, size = _next(held)
            if not size:
                self._held = held[place:][-BUFFER_MAX:]
                return found
            found.append(held[place : place + size])
            held = held[place + size :]

    def clear(self) -> None:
        """Forget what is held."""
        self._held = b""


def is_645(raw: bytes) -> bool:
    """Return whether a complete frame is one of DL/T 645; it is one of DL/T 698.45 otherwise."""
    return frame645.whole(raw) == len(raw)


def is_reply(raw: bytes) -> bool:
    """Return whether a meter sent a complete frame; the echo of a half-duplex adapter is none."""
    return bool((raw[8] if is_645(raw) else raw[3]) & 0x80)


def _next(held: bytes) -> tuple[int, int]:
    """Return place and length of the first complete frame, or the first place where one may begin, and 0."""
    first, place = len(held), held.find(_START)
    while place >= 0:
        rest = held[place:]
        size, other = frame645.whole(rest), frame698.whole(rest)
        if size or other:
            return place, size or other or 0
        if first == len(held) and 0 in (size, other):
            first = place
        place = held.find(_START, place + 1)
    return first, 0

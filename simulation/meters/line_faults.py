"""What can happen to an answer on its way: silence, lost bytes, a doubled or a truncated frame."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class LineFaults:
    """Chances for each answer, by a seed; without any the line is good."""

    silence: float = 0.0
    byte_loss: float = 0.0
    doubled: float = 0.0
    truncated: float = 0.0
    seed: int = 0

    def draw(self, line: str) -> FaultyLine:
        """Return the faults of one line, which follow from the seed and the line's name."""
        return FaultyLine(self, Random(f"{self.seed}/{line}"))


@dataclass(slots=True)
class FaultyLine:
    """The faults of one line, one draw per answer."""

    chances: LineFaults
    _draw: Random

    def carry(self, frame: bytes) -> bytes:
        """Return the bytes that arrive of an answer, which may be none."""
        chances, draw = self.chances, self._draw
        if draw.random() < chances.silence:
            return b""
        if draw.random() < chances.byte_loss:
            place = draw.randrange(len(frame))
            frame = frame[:place] + frame[place + 1 :]
        if draw.random() < chances.truncated:
            frame = frame[: draw.randrange(1, len(frame))]
        return frame * 2 if draw.random() < chances.doubled else frame


GOOD_LINE = LineFaults()

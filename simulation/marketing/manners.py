"""How badly a platform behaves: which calls it loses, hears twice, answers late or wrongly. Pure, and repeatable."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

Conduct = Literal["well", "request lost", "reply lost", "doubled", "late", "wrong"]
FINEST = 2**64


@dataclass(frozen=True, slots=True)
class Manners:
    """Shares of calls, each between 0 and 1, together at most 1. `late_s`: wire time until a late reply.

    Of the lost calls one half is never heard; the other half is heard and done, and the reply is lost.
    Raises ValueError for shares that cannot be.
    """

    lost: float = 0.0
    doubled: float = 0.0
    late: float = 0.0
    wrong: float = 0.0
    late_s: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        shares = (self.lost, self.doubled, self.late, self.wrong)
        if min(shares) < 0 or sum(shares) > 1 or self.late_s < 0:
            raise ValueError(f"shares {shares} must be positive and at most 1 together")

    def to(self, key: str, nth: int) -> Conduct:
        """Return how the n-th call under a key is treated: the same for ever for the same seed.

        >>> Manners().to("a", 1), Manners(wrong=1).to("a", 1)
        ('well', 'wrong')
        """
        digest = hashlib.blake2b(f"{self.seed}:{nth}:{key}".encode(), digest_size=8).digest()
        drawn = int.from_bytes(digest) / FINEST
        ways: tuple[tuple[float, Conduct], ...] = (
            (self.lost / 2, "request lost"), (self.lost / 2, "reply lost"), (self.doubled, "doubled"),
            (self.late, "late"), (self.wrong, "wrong"),
        )  # fmt: skip
        for share, conduct in ways:
            if drawn < share:
                return conduct
            drawn -= share
        return "well"

"""Common random numbers: one stream for each source and entity, the same in every scenario of a replication."""

from __future__ import annotations

from zlib import crc32

import numpy as np

MAX_SEED = 2**31


def stream(seed: int, replication: int, name: str) -> np.random.Generator:
    """Return the stream of numbers called `name` in a replication; it depends on nothing else.

    So a rule that asks for fewer numbers here changes none there (Law, Simulation Modeling and Analysis, ch. 11).

    >>> a, b = stream(1, 0, "arrivals"), stream(1, 0, "arrivals")
    >>> a.random() == b.random(), stream(1, 1, "arrivals").random() == stream(1, 0, "arrivals").random()
    (True, False)
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(replication, crc32(name.encode()))))


def seed_of(seed: int, replication: int) -> int:
    """Return the seed of a replication for what draws by hashing (`simulation.physics`)."""
    return int(stream(seed, replication, "physics").integers(MAX_SEED))

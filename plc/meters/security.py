"""The encryption machine as a bench sees it: it proves who we are, seals commands and holds the keys.

A maker's driver for a real machine implements SecurityBox. Keys never leave the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

KeyStatus = Literal["factory", "operating", "unknown"]


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A meter and the state of the keys that it holds; the machine derives the meter's key from both."""

    address: str
    keys: KeyStatus


@dataclass(frozen=True, slots=True)
class Challenge:
    """What opens an authentication: a random number, its cipher, and the diversifying factor of the meter."""

    nonce: bytes  # 8 bytes
    cipher: bytes  # 8 bytes
    factor: bytes  # 8 bytes


@dataclass(frozen=True, slots=True)
class Identity:
    """What the security module of a meter answers: its random number, its serial number, and a proof if it has one."""

    nonce: bytes
    serial: str
    proof: bytes = b""


class SecurityError(Exception):
    """The encryption machine did not answer, or will not do what is asked."""


class SecurityBox(Protocol):
    """An encryption machine. Every call may raise SecurityError."""

    async def challenge(self, holder: KeyHolder) -> Challenge:
        """Return what authenticates us to the meter."""
        ...

    async def verify(self, holder: KeyHolder, challenge: Challenge, identity: Identity) -> bool:
        """Return whether the meter's proof is right; DL/T 645 meters give none (DL/T 698.45 ones do)."""
        ...

    async def seal_command(self, holder: KeyHolder, plain: bytes, nonce: bytes) -> bytes:
        """Return `plain` encrypted, with its message authentication code, for the session that `nonce` opened."""
        ...

    async def key_packet(self, holder: KeyHolder, nonce: bytes) -> bytes:
        """Return the operating key for the meter, sealed under the key it holds now."""
        ...

"""Where no encryption machine is connected: every use of it says so, and the items that need it are not tested."""

from __future__ import annotations

from typing import NoReturn

from plc.meters.security import Challenge, Identity, KeyHolder, SecurityError


class AbsentBox:
    """A `SecurityBox` that is not there."""

    async def challenge(self, holder: KeyHolder) -> Challenge:
        """Raise SecurityError."""
        _absent(holder)

    async def verify(self, holder: KeyHolder, challenge: Challenge, identity: Identity) -> bool:
        """Raise SecurityError."""
        _absent(holder, challenge, identity)

    async def seal_command(self, holder: KeyHolder, plain: bytes, nonce: bytes) -> bytes:
        """Raise SecurityError."""
        _absent(holder, plain, nonce)

    async def key_packet(self, holder: KeyHolder, nonce: bytes) -> bytes:
        """Raise SecurityError."""
        _absent(holder, nonce)


def _absent(*_: object) -> NoReturn:
    raise SecurityError("no encryption machine is connected")

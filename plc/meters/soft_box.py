"""A software stand-in for the encryption machine and the cipher of security modules. NOT FOR PRODUCTION.

Real machines and modules use SM1 and keys that no software may hold. This stand-in keeps the messages, their
order and their failures, with HMAC-SHA-256 as its only primitive, so that a line can be run without hardware.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from plc.meters.security import Challenge, Identity, KeyHolder, SecurityError

FACTORY_ROOT = b"metrostack factory root"
DEMO_ROOT = b"metrostack demonstration root"
KEY_BYTES, MAC_BYTES, NONCE_BYTES = 16, 4, 8
KEY_NOTE = bytes.fromhex("01010000")  # status operating, number 1, version 0, spare


def meter_key(root: bytes, address: str) -> bytes:
    """Return the key of one meter, derived from a root key by its address."""
    return _digest(root, b"k", address.encode())[:KEY_BYTES]


def prove(key: bytes, nonce: bytes) -> bytes:
    """Return the cipher that shows that we hold `key`."""
    return _digest(key, b"a", nonce)[:NONCE_BYTES]


def answer(key: bytes, challenge_nonce: bytes, nonce: bytes) -> bytes:
    """Return the proof that a security module gives back."""
    return _digest(key, b"p", challenge_nonce + nonce)[:NONCE_BYTES]


def seal(key: bytes, nonce: bytes, plain: bytes) -> bytes:
    """Return `plain` encrypted, and behind it the message authentication code of 4 bytes."""
    cipher = _cover(key, nonce, plain)
    return cipher + _digest(key, b"m", nonce + cipher)[:MAC_BYTES]


def unseal(key: bytes, nonce: bytes, sealed: bytes) -> bytes | None:
    """Return what was sealed, or None if the code is wrong."""
    cipher, code = sealed[:-MAC_BYTES], sealed[-MAC_BYTES:]
    good = hmac.compare_digest(_digest(key, b"m", nonce + cipher)[:MAC_BYTES], code)
    return _cover(key, nonce, cipher) if good else None


@dataclass(slots=True)
class SoftBox:
    """An encryption machine in software, its operating keys derived from `root`."""

    root: bytes = DEMO_ROOT
    _count: int = 0

    async def challenge(self, holder: KeyHolder) -> Challenge:
        """Return what authenticates us to the meter."""
        self._count += 1
        nonce = _digest(self.root, b"n", f"{holder.address}{self._count}".encode())[:NONCE_BYTES]
        factor = bytes.fromhex(holder.address.zfill(2 * NONCE_BYTES))
        return Challenge(nonce, prove(self._key(holder), nonce), factor)

    async def verify(self, holder: KeyHolder, challenge: Challenge, identity: Identity) -> bool:
        """Return whether the meter's proof is right."""
        return hmac.compare_digest(answer(self._key(holder), challenge.nonce, identity.nonce), identity.proof)

    async def seal_command(self, holder: KeyHolder, plain: bytes, nonce: bytes) -> bytes:
        """Return `plain` encrypted, with its code."""
        return seal(self._key(holder), nonce, plain)

    async def key_packet(self, holder: KeyHolder, nonce: bytes) -> bytes:
        """Return the operating key of the meter, sealed under the key it holds now."""
        return seal(self._key(holder), nonce, meter_key(self.root, holder.address) + KEY_NOTE)

    def _key(self, holder: KeyHolder) -> bytes:
        if holder.keys == "unknown":
            raise SecurityError(f"{holder.address}: nobody knows which keys it holds")
        return meter_key(FACTORY_ROOT if holder.keys == "factory" else self.root, holder.address)


def _digest(key: bytes, use: bytes, text: bytes) -> bytes:
    return hmac.digest(key, use + text, "sha256")


def _cover(key: bytes, nonce: bytes, text: bytes) -> bytes:
    """Return `text` under a key stream of 32 bytes a block."""
    blocks = (_digest(key, b"c", nonce + bytes((n,))) for n in range(len(text) // 32 + 1))
    return bytes(a ^ b for a, b in zip(text, b"".join(blocks), strict=False))

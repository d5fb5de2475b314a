"""The security module of a meter, in software: it knows who may command, and which keys it holds."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from plc.meters.security import Identity
from plc.meters.soft_box import (
    DEMO_ROOT,
    FACTORY_ROOT,
    KEY_BYTES,
    KEY_NOTE,
    answer,
    meter_key,
    prove,
    unseal,
)


@dataclass(slots=True)
class Esam:
    """One module: `key` is what it holds now, `session` the random number of the session that is open."""

    address: str
    key: bytes
    is_operating: bool = False
    works: bool = True
    takes_key: bool = True
    session: bytes = b""

    @staticmethod
    def made(address: str, *, keys: str = "factory", works: bool = True, takes_key: bool = True) -> Esam:
        """Return the module of the meter at `address`; operating keys are those of the demonstration."""
        operating = keys == "operating"
        key = meter_key(DEMO_ROOT if operating else FACTORY_ROOT, address)
        return Esam(address, key, operating, works, takes_key)

    @property
    def serial(self) -> str:
        """Its serial number, 16 digits."""
        return self.address.zfill(16)

    def authenticate(self, nonce: bytes, cipher: bytes, *, size: int) -> Identity | None:
        """Open a session with a random number of `size` bytes, or return None if the cipher is wrong.

        The same challenge opens the same session, so that a resend does not shut out whoever heard the first answer.
        """
        if not self.works or not hmac.compare_digest(prove(self.key, nonce), cipher):
            return None
        self.session = answer(self.key, nonce, b"session")[:size]
        return Identity(self.session, self.serial, answer(self.key, nonce, self.session))

    def open(self, sealed: bytes) -> bytes | None:
        """Return what was sealed for this session, or None."""
        if not self.session or not self.works:
            return None
        return unseal(self.key, self.session, sealed)

    def install(self, packet: bytes) -> bool:
        """Take a new key over and end the session; return whether the packet was right."""
        plain = self.open(packet)
        if plain is None or len(plain) != KEY_BYTES + len(KEY_NOTE) or not self.takes_key:
            return False
        self.key, self.is_operating, self.session = plain[:KEY_BYTES], plain[KEY_BYTES:] == KEY_NOTE, b""
        return True

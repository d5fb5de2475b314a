"""A text with its CRC-16 around it, so that a spoilt message is seen even where TCP or a proxy did not see it.

`{"crc16": "9d2f", "payload": "<the text>"}`: CRC-16/X-25, as in DL/T 698.45, over the UTF-8 bytes of the payload,
four hexadecimal digits.
"""

from __future__ import annotations

import binascii
import json
from typing import Any, cast

_MIRROR = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


class EnvelopeSpoilt(ValueError):
    """The message is no envelope, or its CRC does not fit."""


def crc16(raw: bytes) -> int:
    """Return the CRC-16/X-25 of `raw`: the library's CCITT over mirrored bytes, mirrored again and inverted.

    >>> hex(crc16(b"123456789"))
    '0x906e'
    """
    crc = binascii.crc_hqx(raw.translate(_MIRROR), 0xFFFF) ^ 0xFFFF
    return _MIRROR[crc >> 8] | _MIRROR[crc & 0xFF] << 8


def seal(payload: str) -> str:
    """Return the envelope around a text."""
    return json.dumps({"crc16": f"{crc16(payload.encode()):04x}", "payload": payload}, ensure_ascii=False)


def unseal(text: str | bytes) -> str:
    """Return the text in an envelope; raises EnvelopeSpoilt.

    >>> unseal(seal("ready"))
    'ready'
    """
    try:
        envelope = json.loads(text)
    except ValueError as error:
        raise EnvelopeSpoilt("no JSON") from error
    fields = cast(dict[str, Any], envelope) if isinstance(envelope, dict) else {}
    payload, crc = fields.get("payload"), fields.get("crc16")
    if set(fields) != {"crc16", "payload"} or not isinstance(payload, str) or not isinstance(crc, str):
        raise EnvelopeSpoilt("an envelope has the fields crc16 and payload, both texts")
    if crc.lower() != f"{crc16(payload.encode()):04x}":
        raise EnvelopeSpoilt("the CRC-16 does not fit the payload")
    return payload

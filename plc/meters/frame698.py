"""Link-layer frames of DL/T 698.45-2017, chapter 6.2, without splitting: packed, unpacked, and their check sums."""

# ruff: noqa: PLR2004 - the numbers are places in a frame, as the standard counts them

from __future__ import annotations

from dataclasses import dataclass

from plc.meters.errors import BadFrame

START, STOP, SHIFT = 0x68, 0x16, 0x33
LENGTH_MAX = 2048  # bytes we take; the format allows 16,383
REPLY, PRIMARY, SPLIT, SCRAMBLED, DATA = 0x80, 0x40, 0x20, 0x08, 0x03
ASK, ANSWER = PRIMARY | DATA, REPLY | PRIMARY | DATA
SINGLE, WILDCARD, GROUP, EVERYONE = 0, 1, 2, 3
CLIENT = 0x10  # our own address: a bench, in the field; anything but 0 will do

_OFF_WIRE = bytes((value - SHIFT) & 0xFF for value in range(256))


def _crc_table() -> tuple[int, ...]:
    table: list[int] = []
    for value in range(256):
        crc = value
        for _ in range(8):
            crc = crc >> 1 ^ 0x8408 if crc & 1 else crc >> 1
        table.append(crc)
    return tuple(table)


_CRC = _crc_table()


def crc16(raw: bytes) -> int:
    """Return the CRC-16/X-25 of `raw`: polynomial 1021H reflected, begins with FFFFH, inverted at the end.

    >>> hex(crc16(b"123456789"))
    '0x906e'
    """
    crc, table = 0xFFFF, _CRC
    for value in raw:
        crc = crc >> 8 ^ table[(crc ^ value) & 0xFF]
    return crc ^ 0xFFFF


@dataclass(frozen=True, slots=True)
class Frame698:
    """One frame: address as printed, what kind of address it is, and the APDU."""

    address: str
    apdu: bytes
    control: int = ASK
    kind: int = SINGLE
    client: int = CLIENT

    @property
    def is_reply(self) -> bool:
        """Whether a meter sent it."""
        return bool(self.control & REPLY)


def pack(frame: Frame698) -> bytes:
    """Return the bytes on the wire; raise BadFrame for what no frame can carry.

    >>> pack(Frame698("AAAAAAAAAAAA", bytes.fromhex("0501004001020000"), kind=WILDCARD)).hex()
    '6817004345aaaaaaaaaaaa10da5f0501004001020000ed0316'
    """
    address = _address_bytes(frame.address)
    length = len(frame.apdu) + len(address) + 9
    if length > LENGTH_MAX:
        raise BadFrame(f"{length} bytes; we send at most {LENGTH_MAX}")
    server = frame.kind << 6 | len(address) - 1
    head = length.to_bytes(2, "little") + bytes((frame.control, server)) + address + bytes((frame.client,))
    body = head + crc16(head).to_bytes(2, "little") + frame.apdu
    return bytes((START,)) + body + crc16(body).to_bytes(2, "little") + bytes((STOP,))


def unpack(raw: bytes) -> Frame698:
    """Return the frame that `raw` is, from 68H to 16H; raise BadFrame if it is none, or a part of a split one."""
    if whole(raw) != len(raw) or not raw:
        raise BadFrame("no frame of DL/T 698.45")
    control, end = raw[3], 5 + _address_size(raw)
    if control & SPLIT or control & 0x07 != DATA:
        raise BadFrame("split frames and link management are not for a bench")
    apdu = raw[end + 3 : -3]
    if control & SCRAMBLED:
        apdu = apdu.translate(_OFF_WIRE)
    return Frame698(raw[end - 1 : 4 : -1].hex().upper(), apdu, control & ~SCRAMBLED, raw[4] >> 6, raw[end])


def whole(raw: bytes) -> int | None:
    """Return the length of the frame that `raw` begins with; 0 if bytes are still missing; None if it is none."""
    if not raw or raw[0] != START:
        return None
    if len(raw) < 5:
        return 0
    length, end = int.from_bytes(raw[1:3], "little") & 0x3FFF, 5 + _address_size(raw)
    if not end + 4 <= length <= LENGTH_MAX:
        return None
    if len(raw) < end + 3:
        return 0
    if crc16(raw[1 : end + 1]) != int.from_bytes(raw[end + 1 : end + 3], "little"):
        return None
    if len(raw) < length + 2:
        return 0
    good = raw[length + 1] == STOP and crc16(raw[1 : length - 1]) == int.from_bytes(
        raw[length - 1 : length + 1], "little"
    )
    return length + 2 if good else None


def serves(frame: Frame698, address: str) -> bool:
    """Return whether the meter at `address` must listen to a frame: its own, wildcard, everyone."""
    if frame.kind == WILDCARD:
        return len(frame.address) == len(address) and all(
            a in ("A", b) for a, b in zip(frame.address, address, strict=True)
        )
    return frame.kind == EVERYONE or frame.address == address


def _address_size(raw: bytes) -> int:
    return (raw[4] & 0x0F) + 1


def _address_bytes(address: str) -> bytes:
    try:
        raw = bytes.fromhex(address)[::-1]
    except ValueError:
        raw = b""
    if not 1 <= len(raw) <= 16:
        raise BadFrame(f"{address!r} is no address of 2 to 32 digits")
    return raw

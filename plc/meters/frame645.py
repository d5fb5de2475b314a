"""Frames of DL/T 645-2007, chapter 5: packed, unpacked, and the addresses in them."""

# ruff: noqa: PLR2004 - the numbers are places in a frame, as the standard counts them

from __future__ import annotations

from dataclasses import dataclass

from plc.meters.errors import BadFrame

START, STOP, PREAMBLE, SHIFT = 0x68, 0x16, 0xFE, 0x33
OVERHEAD = 12  # bytes of a frame without its data
DATA_MAX = 200  # bytes: read answers; writes carry at most 50
ANYONE, EVERYONE = "AAAAAAAAAAAA", "999999999999"
REPLY, ERROR, MORE = 0x80, 0x40, 0x20

SECURITY, TIME, READ, READ_NEXT, READ_ADDRESS, WRITE, WRITE_ADDRESS = 0x03, 0x08, 0x11, 0x12, 0x13, 0x14, 0x15
FREEZE, BAUD, PASSWORD, CLEAR_DEMAND, CLEAR_ENERGY, CLEAR_EVENTS = 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B
CONTROL, OUTPUT = 0x1C, 0x1D

_ON_WIRE = bytes((value + SHIFT) & 0xFF for value in range(256))
_OFF_WIRE = bytes((value - SHIFT) & 0xFF for value in range(256))
_DIGITS = set("0123456789")


@dataclass(frozen=True, slots=True)
class Frame645:
    """One frame: address as printed (12 digits, A is a wildcard), control byte, data without the shift by 33H."""

    address: str
    control: int
    data: bytes = b""

    @property
    def is_reply(self) -> bool:
        """Whether a meter sent it."""
        return bool(self.control & REPLY)


def pack(frame: Frame645, *, preamble: int = 0) -> bytes:
    """Return the bytes on the wire, behind `preamble` bytes FEH; raise BadFrame for what no frame can carry.

    >>> pack(Frame645("AAAAAAAAAAAA", 0x13)).hex(" ")
    '68 aa aa aa aa aa aa 68 13 00 df 16'
    """
    if len(frame.data) > DATA_MAX:
        raise BadFrame(f"{len(frame.data)} bytes of data; a frame carries {DATA_MAX}")
    if not 0 <= frame.control <= 0xFF:
        raise BadFrame(f"control {frame.control} is no byte")
    head = bytes((START, *address_bytes(frame.address), START, frame.control, len(frame.data)))
    body = head + frame.data.translate(_ON_WIRE)
    return bytes((PREAMBLE,)) * preamble + body + bytes((sum(body) & 0xFF, STOP))


def unpack(raw: bytes) -> Frame645:
    """Return the frame that `raw` is, from 68H to 16H; raise BadFrame if it is none."""
    size = whole(raw)
    if size is None or size != len(raw):
        raise BadFrame("no frame of DL/T 645")
    return Frame645(raw[6:0:-1].hex().upper(), raw[8], raw[10:-2].translate(_OFF_WIRE))


def whole(raw: bytes) -> int | None:
    """Return the length of the frame that `raw` begins with; 0 if bytes are still missing; None if it is none."""
    if not raw or raw[0] != START or (len(raw) > 7 and raw[7] != START):
        return None
    if len(raw) < 10:
        return 0
    size = raw[9] + OVERHEAD
    if len(raw) < size:
        return 0
    good = raw[size - 1] == STOP and sum(raw[: size - 2]) & 0xFF == raw[size - 2]
    return size if good and raw[9] <= DATA_MAX else None


def address_bytes(address: str) -> bytes:
    """Return an address as it travels, the last two digits first; raise BadFrame if it is not 12 digits.

    >>> address_bytes("112233445566").hex()
    '665544332211'
    """
    if len(address) != 12 or not (set(address) <= _DIGITS | {"A"}):
        raise BadFrame(f"{address!r} is no address of 12 digits")
    return bytes.fromhex(address)[::-1]


def serves(asked: str, address: str) -> bool:
    """Return whether the meter at `address` must listen to a frame for `asked`: its own, wildcard, everyone."""
    if asked in (address, EVERYONE):
        return True
    return "A" in asked and all(a in ("A", b) for a, b in zip(asked, address, strict=True))

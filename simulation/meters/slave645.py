"""A virtual meter's end of DL/T 645-2007: one frame in, at most one frame out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from plc.meters import dialect645, frame645, values
from plc.meters.asking import Action, Output
from plc.meters.errors import MeterError
from plc.meters.frame645 import EVERYONE, REPLY, Frame645, pack, serves, unpack
from plc.meters.identifiers import by_di
from plc.meters.values import YEAR_MIN
from simulation.meters.reading import value_of, write

if TYPE_CHECKING:
    from simulation.meters.virtual import VirtualMeter

OTHER, NO_DATUM, NOT_AUTHORISED = 0x01, 0x02, 0x04  # error word, DL/T 645-2007 chapter 7
PREAMBLE, CODE, OPERATOR = 4, 4, 4  # bytes
DEMAND_BYTES = 3
SEAL_LEAST = 4 + 2  # bytes: a code and a command
PASSWORD_LEVELS, PASSWORD_DIGITS = (0x00, 0x02, 0x04), bytes(3)
ACTIONS: dict[int, Action] = {code: action for action, code in dialect645.ACTIONS.items()}
OUTPUTS: dict[int, Output] = {code: output for output, code in dialect645.OUTPUTS.items()}


class _Refusal(Exception):
    """The meter says no, with an error word."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:02X}")
        self.code = code


def answer(meter: VirtualMeter, raw: bytes) -> bytes | None:
    """Return the answer to a complete frame, or None if it is not for this meter, or for everyone."""
    frame = unpack(raw)
    if not serves(frame.address, meter.address):
        return None
    if frame.address == EVERYONE:
        _hear(meter, frame)
        return None
    control, error = frame.control, 0
    try:
        data = _act(meter, frame)
    except _Refusal as refusal:
        data, error = bytes((refusal.code,)), frame645.ERROR
    except (MeterError, ValueError):
        data, error = bytes((OTHER,)), frame645.ERROR
    return pack(Frame645(meter.address, control | REPLY | error, data), preamble=PREAMBLE)


def _act(meter: VirtualMeter, frame: Frame645) -> bytes:
    does = CONTROLS.get(frame.control)
    if does is None or ("A" in frame.address and frame.control not in BY_WILDCARD):
        raise _Refusal(OTHER)
    return does(meter, frame.data)


def _hear(meter: VirtualMeter, frame: Frame645) -> None:
    """Take a broadcast: the time is all that meters listen to without an answer."""
    if frame.control != frame645.TIME or len(frame.data) != 6:  # noqa: PLR2004 - ss mm hh DD MM YY
        return
    try:
        second, minute, hour, day, month, year = (int(f"{byte:02x}") for byte in frame.data)
        at = datetime(YEAR_MIN + (year - YEAR_MIN) % 100, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return
    meter.hear_time(at)


def _read(meter: VirtualMeter, data: bytes) -> bytes:
    one = by_di().get(data[:4])
    value = value_of(meter, one) if one is not None else None
    if one is None or value is None:
        raise _Refusal(NO_DATUM)
    raw = values.encode(one, value)
    if one.kind == "demand":  # its moment stands behind it: mm hh DD MM YY
        raw = raw[:DEMAND_BYTES] + bytes.fromhex(f"{meter.demand_at():%M%H%d%m%y}")
    return one.di + raw


def _read_address(meter: VirtualMeter, data: bytes) -> bytes:
    if data:
        raise _Refusal(OTHER)
    return frame645.address_bytes(meter.address)


def _write(meter: VirtualMeter, data: bytes) -> bytes:
    one, rest = by_di().get(data[:4]), data[4:]
    _authorise(rest)
    if one is None:
        raise _Refusal(NO_DATUM)
    if not write(meter, one, values.decode(one, rest[CODE + OPERATOR :])):
        raise _Refusal(OTHER)
    return b""


def _authorise(data: bytes) -> None:
    if len(data) < CODE + OPERATOR or data[0] not in PASSWORD_LEVELS or data[1:4] != PASSWORD_DIGITS:
        raise _Refusal(NOT_AUTHORISED)


def _secure(meter: VirtualMeter, data: bytes) -> bytes:
    di, rest = data[:4], data[4 + OPERATOR :]
    if di == dialect645.KEY_DI:
        if not meter.esam.install(rest):
            raise _Refusal(NOT_AUTHORISED)
        return di
    if di != dialect645.IDENTITY_DI or len(rest) != 3 * 8:
        raise _Refusal(NO_DATUM)
    cipher, nonce = rest[:8][::-1], rest[8:16][::-1]
    identity = meter.esam.authenticate(nonce, cipher, size=dialect645.NONCE_BYTES)
    if identity is None:
        raise _Refusal(NOT_AUTHORISED)
    return di + identity.nonce + bytes.fromhex(identity.serial)[::-1]


def _control(meter: VirtualMeter, data: bytes) -> bytes:
    """Carry out a sealed command. NOTE: a plain password is refused, as meters with a security module do."""
    sealed = data[CODE + OPERATOR :]
    if data[:1] != bytes((dialect645.SEALED_LEVEL,)) or len(sealed) < SEAL_LEAST:
        raise _Refusal(NOT_AUTHORISED)
    plain = meter.esam.open(sealed)
    action = ACTIONS.get(plain[0]) if plain else None
    if action is None:
        raise _Refusal(NOT_AUTHORISED)
    if not meter.act(action):
        raise _Refusal(OTHER)
    return b""


def _clear_energy(meter: VirtualMeter, data: bytes) -> bytes:
    _authorise(data)
    meter.clear_energy()
    return b""


def _clear_demand(meter: VirtualMeter, data: bytes) -> bytes:
    _authorise(data)
    meter.clear_demand()
    return b""


def _output(meter: VirtualMeter, data: bytes) -> bytes:
    if len(data) != 1 or data[0] not in OUTPUTS:
        raise _Refusal(OTHER)
    meter.output = OUTPUTS[data[0]]
    return data


BY_WILDCARD = (frame645.READ, frame645.READ_ADDRESS)
CONTROLS: dict[int, Callable[[VirtualMeter, bytes], bytes]] = {
    frame645.READ: _read,
    frame645.READ_ADDRESS: _read_address,
    frame645.WRITE: _write,
    frame645.SECURITY: _secure,
    frame645.CONTROL: _control,
    frame645.CLEAR_ENERGY: _clear_energy,
    frame645.CLEAR_DEMAND: _clear_demand,
    frame645.OUTPUT: _output,
}

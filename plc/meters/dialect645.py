"""Questions in DL/T 645-2007, chapter 7 (application layer), and in its security supplement (control code 03H)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from plc.meters.asking import Action, Output, Password, Question, T
from plc.meters.errors import BadFrame, MeterRefused
from plc.meters.frame645 import (
    ANYONE,
    CLEAR_DEMAND,
    CLEAR_ENERGY,
    CONTROL,
    ERROR,
    EVERYONE,
    OUTPUT,
    READ,
    READ_ADDRESS,
    REPLY,
    SECURITY,
    TIME,
    WRITE,
    Frame645,
    pack,
    unpack,
)
from plc.meters.identifiers import Identifier
from plc.meters.security import Challenge, Identity
from plc.meters.values import MeterValue, decode, encode

PREAMBLE = 4
SEALED_LEVEL = 0x98  # password level that says: encrypted, with a code
IDENTITY_DI, KEY_DI = bytes.fromhex("070000FF")[::-1], bytes.fromhex("070201FF")[::-1]
ACTIONS: dict[Action, int] = {
    "trip": 0x1A, "close": 0x1B, "alarm": 0x2A, "alarm_off": 0x2B, "keep": 0x3A, "keep_off": 0x3B,
}  # fmt: skip
OUTPUTS: dict[Output, int] = {"clock_pulse": 0, "demand_period": 1, "rate_switch": 2}
VALID_UNTIL = bytes.fromhex("595923311299")  # ssmmhhDDMMYY
SERIAL_BYTES, NONCE_BYTES = 8, 4


def read(address: str, one: Identifier) -> Question[MeterValue]:
    """Ask for a value."""

    def take(data: bytes) -> MeterValue:
        if data[:4] != one.di:
            raise BadFrame(f"{one.name}: an answer to something else")
        return decode(one, data[4:])

    if not one.di:
        raise MeterRefused(f"645:no_identifier:{one.name}")
    return _question(f"read {one.name}", Frame645(address, READ, one.di), take)


def write(address: str, one: Identifier, value: MeterValue, password: Password) -> Question[None]:
    """Set a value."""
    data = one.di + _password(password) + _code(password.operator) + encode(one, value)
    return _question(f"write {one.name}", Frame645(address, WRITE, data), _nothing)


def read_address() -> Question[str]:
    """Ask the only meter on the line for its address."""

    def take(raw: bytes) -> str:
        frame = unpack(raw)
        if frame.control != READ_ADDRESS | REPLY or frame.data[::-1].hex().upper() != frame.address:
            raise BadFrame("no answer to the question for the address")
        return frame.address

    return Question("read address", pack(Frame645(ANYONE, READ_ADDRESS), preamble=PREAMBLE), take)


def authenticate(address: str, challenge: Challenge, operator: str) -> Question[Identity]:
    """Open a session: cipher, random number and factor out; random number and serial number of the module back."""

    def take(data: bytes) -> Identity:
        if data[:4] != IDENTITY_DI or len(data) != 4 + NONCE_BYTES + SERIAL_BYTES:
            raise BadFrame("no answer to an authentication")
        return Identity(nonce=data[4:8], serial=data[:7:-1].hex().upper())

    parts = (challenge.cipher, challenge.nonce, challenge.factor)
    data = IDENTITY_DI + _code(operator) + b"".join(part[::-1] for part in parts)
    return _question("authenticate", Frame645(address, SECURITY, data), take)


def plain_action(action: Action) -> bytes:
    """Return N1 to N8 of control code 1CH: the action, a spare byte, until when the command is good."""
    return bytes((ACTIONS[action], 0)) + VALID_UNTIL


def control(address: str, sealed: bytes, operator: str) -> Question[None]:
    """Send a sealed action."""
    data = bytes((SEALED_LEVEL, 0, 0, 0)) + _code(operator) + sealed
    return _question("control", Frame645(address, CONTROL, data), _nothing)


def install_key(address: str, packet: bytes, operator: str) -> Question[None]:
    """Send a sealed key."""
    data = KEY_DI + _code(operator) + packet
    return _question("install key", Frame645(address, SECURITY, data), _nothing)


def clear_energy(address: str, password: Password) -> Question[None]:
    """Clear all registers."""
    data = _password(password) + _code(password.operator)
    return _question("clear energy", Frame645(address, CLEAR_ENERGY, data), _nothing)


def clear_demand(address: str, password: Password) -> Question[None]:
    """Clear the demand."""
    data = _password(password) + _code(password.operator)
    return _question("clear demand", Frame645(address, CLEAR_DEMAND, data), _nothing)


def output(address: str, kind: Output) -> Question[None]:
    """Switch the multi-function terminal."""

    def take(data: bytes) -> None:
        if data != bytes((OUTPUTS[kind],)):
            raise BadFrame("the terminal gives something else")

    return _question("output", Frame645(address, OUTPUT, bytes((OUTPUTS[kind],))), take)


def broadcast_time(at: datetime) -> bytes:
    """Return the frame that tells every meter the time: ss mm hh DD MM YY."""
    return pack(Frame645(EVERYONE, TIME, bytes.fromhex(f"{at:%S%M%H%d%m%y}")), preamble=PREAMBLE)


def _question(name: str, ask: Frame645, take: Callable[[bytes], T]) -> Question[T]:
    """Return a question whose answer must come from the meter asked, with the control code asked."""

    def taken(raw: bytes) -> T:
        frame = unpack(raw)
        if frame.address != ask.address or frame.control & 0x1F != ask.control or not frame.control & REPLY:
            raise BadFrame(f"{name}: an answer of {frame.address} to control {frame.control:02X}")
        if frame.control & ERROR:
            raise MeterRefused("645:" + frame.data.hex().upper())
        return take(frame.data)

    return Question(name, pack(ask, preamble=PREAMBLE), taken)


def _nothing(_: bytes) -> None:
    """Take an answer that says no more than yes."""


def _password(password: Password) -> bytes:
    return bytes((password.level,)) + _code(password.digits)


def _code(digits: str) -> bytes:
    return bytes.fromhex(digits)[::-1]

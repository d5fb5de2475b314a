"""Questions in DL/T 698.45-2017, chapter 7: GET, SET, ACTION, CONNECT and SECURITY with one descriptor each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from plc.meters import data698, frame698
from plc.meters.asking import Action, Output, Password, Question, T
from plc.meters.data698 import Datum, octets, take_octets
from plc.meters.errors import BadFrame, BadValue, MeterRefused
from plc.meters.frame698 import Frame698, pack, unpack
from plc.meters.identifiers import Identifier, identifier
from plc.meters.security import Challenge, Identity
from plc.meters.values import MeterValue
from plc.meters.values698 import decode, encode

CONNECT, GET, SET, ACTION, SECURITY = 0x02, 0x05, 0x06, 0x07, 0x10
ANSWER, NORMAL, PIID, NO_TIME_TAG = 0x80, 0x01, 0x00, 0x00
SYMMETRY, SID_MAC, CIPHERED = 0x02, 0x00, 0x01
RELAY = bytes.fromhex("F2050201")
METHODS: dict[Action, bytes] = {
    "trip": bytes.fromhex("80008100"), "close": bytes.fromhex("80008200"),
    "alarm": bytes.fromhex("80007F00"), "alarm_off": bytes.fromhex("80008000"),
    "keep": bytes.fromhex("80017F00"), "keep_off": bytes.fromhex("80018000"),
}  # fmt: skip
BROADCAST_TIME, KEY_UPDATE = bytes.fromhex("40007F00"), bytes.fromhex("F1000700")
CLEAR_DATA, CLEAR_DEMAND, OUTPUT_MODE = bytes.fromhex("43000300"), bytes.fromhex("43000600"), bytes.fromhex("F2077F00")
OUTPUTS: dict[Output, int] = {"clock_pulse": 0, "demand_period": 1, "rate_switch": 2}
SID = bytes.fromhex("81000000") + octets(b"")
VERSION, CONFORMANCE = bytes.fromhex("0016"), b"\xff" * 24
SIZES = (512).to_bytes(2, "big") * 2 + b"\x01" + (2000).to_bytes(2, "big") + (7200).to_bytes(4, "big")
SERVER_WORDS = 32 + len(VERSION + CONFORMANCE + SIZES)  # the maker's words come first
MAC_BYTES = 4


def read(address: str, one: Identifier) -> Question[MeterValue]:
    """Ask for a value: GET normal."""

    def take(rest: bytes) -> MeterValue:
        if rest[:1] == b"\x00":
            raise MeterRefused(f"698:{int.from_bytes(rest[1:2], 'big')}")
        return decode(one, data698.decode(rest[1:])[0])

    if not one.oad:
        raise MeterRefused(f"698:no_identifier:{one.name}")
    ask = bytes((GET, NORMAL, PIID)) + one.oad + bytes((NO_TIME_TAG,))
    return _question(f"read {one.name}", address, ask, take)


def write(address: str, one: Identifier, value: MeterValue, password: Password) -> Question[None]:
    """Set a value: SET normal. NOTE: the password is one of DL/T 645; here the session is what authorises."""
    del password
    if not one.oad:
        raise BadValue(one.name, "DL/T 698.45 has no such attribute")
    ask = bytes((SET, NORMAL, PIID)) + one.oad + data698.encode(encode(one, value)) + bytes((NO_TIME_TAG,))
    return _question(f"write {one.name}", address, ask, _done)


def read_address() -> Question[str]:
    """Ask the only meter on the line for its address: GET 40010200 by wildcard."""
    one = identifier("comm_address")
    ask = bytes((GET, NORMAL, PIID)) + one.oad + bytes((NO_TIME_TAG,))

    def take(raw: bytes) -> str:
        frame = unpack(raw)
        rest = _rest(ask, frame)
        found = str(decode(one, data698.decode(rest[1:])[0])) if rest[:1] == b"\x01" else ""
        if found != frame.address:
            raise BadFrame("no answer to the question for the address")
        return found

    raw = pack(Frame698("AAAAAAAAAAAA", ask, kind=frame698.WILDCARD))
    return Question("read address", raw, take)


def authenticate(address: str, challenge: Challenge, operator: str) -> Question[Identity]:
    """Open a session: CONNECT with a symmetric proof; its serial number must be read by itself."""
    del operator
    proof = bytes((SYMMETRY,)) + octets(challenge.nonce) + octets(challenge.cipher)
    ask = bytes((CONNECT, PIID)) + VERSION + CONFORMANCE + SIZES + proof + bytes((NO_TIME_TAG,))

    def take(raw: bytes) -> Identity:
        frame = unpack(raw)
        if frame.address != address or frame.apdu[:1] != bytes((CONNECT | ANSWER,)):
            raise BadFrame("no answer to CONNECT")
        result, rest = frame.apdu[2 + SERVER_WORDS : 3 + SERVER_WORDS], frame.apdu[3 + SERVER_WORDS :]
        if result != b"\x00" or rest[:1] != b"\x01":
            raise MeterRefused("698:connect:" + result.hex())
        nonce, rest = take_octets(rest[1:])
        return Identity(nonce, "", take_octets(rest)[0])

    return Question("authenticate", pack(Frame698(address, ask)), take)


def plain_action(action: Action) -> bytes:
    """Return the ACTION request that the encryption machine must seal; a trip names relay, delay and duration."""
    method, parameter = METHODS[action], Datum(data698.NULL)
    if action in ("trip", "close"):
        relay = Datum(data698.OAD, RELAY)
        minutes, hours = Datum(data698.UINT8, 0), Datum(data698.UINT16, 0)
        parts = (
            (relay, minutes, hours, Datum(data698.BOOLEAN, 0)) if action == "trip" else (relay, Datum(data698.ENUM, 1))
        )
        parameter = Datum(data698.ARRAY, (Datum(data698.STRUCTURE, parts),))
    return _action(method, parameter)


def control(address: str, sealed: bytes, operator: str) -> Question[None]:
    """Send a sealed ACTION by SECURITY: ciphered, with SID and code; the answer comes in plain."""
    del operator
    cipher, code = sealed[:-MAC_BYTES], sealed[-MAC_BYTES:]
    ask = bytes((SECURITY, CIPHERED)) + octets(cipher) + bytes((SID_MAC,)) + SID + octets(code)

    def take(raw: bytes) -> None:
        frame = unpack(raw)
        if frame.address != address or frame.apdu[:1] != bytes((SECURITY | ANSWER,)):
            raise BadFrame("no answer to SECURITY")
        if frame.apdu[1:2] == b"\x02":
            raise MeterRefused(f"698:{int.from_bytes(frame.apdu[2:3], 'big')}")
        _answered(take_octets(frame.apdu[2:])[0])

    return Question("control", pack(Frame698(address, ask)), take)


def install_key(address: str, packet: bytes, operator: str) -> Question[None]:
    """Send a sealed key: method 7 of the security module."""
    del operator
    cipher, code = packet[:-MAC_BYTES], packet[-MAC_BYTES:]
    parts = (Datum(data698.OCTETS, cipher), Datum(data698.OCTETS, SID), Datum(data698.OCTETS, code))
    return _question("install key", address, _action(KEY_UPDATE, Datum(data698.STRUCTURE, parts)), _done)


def clear_energy(address: str, password: Password) -> Question[None]:
    """Clear all registers: data initialisation of the device."""
    del password
    return _question("clear energy", address, _action(CLEAR_DATA, Datum(data698.NULL)), _done)


def clear_demand(address: str, password: Password) -> Question[None]:
    """Clear the demand: demand initialisation of the device."""
    del password
    return _question("clear demand", address, _action(CLEAR_DEMAND, Datum(data698.NULL)), _done)


def output(address: str, kind: Output) -> Question[None]:
    """Switch the multi-function terminal."""
    mode = Datum(data698.ENUM, OUTPUTS[kind])
    return _question("output", address, _action(OUTPUT_MODE, mode), _done)


def broadcast_time(at: datetime) -> bytes:
    """Return the frame that tells every meter the time; nobody answers."""
    ask = _action(BROADCAST_TIME, Datum(data698.DATE_TIME_S, data698.date_time_s(at)))
    return pack(Frame698("AA", ask, kind=frame698.EVERYONE))


def _action(method: bytes, parameter: Datum) -> bytes:
    return bytes((ACTION, NORMAL, PIID)) + method + data698.encode(parameter) + bytes((NO_TIME_TAG,))


def _question(name: str, address: str, ask: bytes, take: Callable[[bytes], T]) -> Question[T]:
    """Return a question whose answer must come from the meter asked, about the descriptor asked."""

    def taken(raw: bytes) -> T:
        frame = unpack(raw)
        if frame.address != address:
            raise BadFrame(f"{name}: an answer of {frame.address}")
        return take(_rest(ask, frame))

    return Question(name, pack(Frame698(address, ask)), taken)


def _rest(ask: bytes, frame: Frame698) -> bytes:
    """Return what an answer says behind its descriptor."""
    head, apdu = bytes((ask[0] | ANSWER, NORMAL)), frame.apdu
    if apdu[:2] != head or apdu[3:7] != ask[3:7]:
        raise BadFrame("an answer to something else")
    return apdu[7:]


def _done(rest: bytes) -> None:
    """Take a data access result; 0 is success."""
    if not rest:
        raise BadFrame("no result")
    if rest[0]:
        raise MeterRefused(f"698:{rest[0]}")


def _answered(apdu: bytes) -> None:
    if apdu[:2] != bytes((ACTION | ANSWER, NORMAL)):
        raise BadFrame("no answer to ACTION")
    _done(apdu[7:])

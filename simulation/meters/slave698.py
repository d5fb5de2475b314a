"""A virtual meter's end of DL/T 698.45-2017: GET, SET, ACTION, CONNECT, RELEASE and SECURITY."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from plc.meters import data698, frame698, values698
from plc.meters.asking import Action, Output
from plc.meters.data698 import Datum, octets, take_octets
from plc.meters.dialect698 import (
    ACTION,
    BROADCAST_TIME,
    CIPHERED,
    CLEAR_DATA,
    CLEAR_DEMAND,
    CONFORMANCE,
    CONNECT,
    GET,
    KEY_UPDATE,
    METHODS,
    NORMAL,
    OUTPUT_MODE,
    OUTPUTS,
    SECURITY,
    SET,
    SIZES,
    SYMMETRY,
    VERSION,
)
from plc.meters.errors import BadFrame, MeterError
from plc.meters.frame698 import EVERYONE, Frame698, pack, serves, unpack
from plc.meters.identifiers import Identifier, by_oad
from simulation.meters.reading import value_of, write

if TYPE_CHECKING:
    from simulation.meters.virtual import VirtualMeter

DONE, DENIED, UNDEFINED, WRONG_TYPE, BAD_SEAL, OTHER = 0, 3, 4, 7, 22, 255  # data access results
RELEASE, ERROR, LIST, NULL_SECURITY = 0x03, 0x6E, 0x02, 0x00
NONCE_BYTES, MAKER = 8, b"MSTK" + b"0102260105" + b"0101260105" + bytes(8)
ASKED, TIMEOUT_BYTES = len(VERSION + CONFORMANCE + SIZES), 4
FLAGS = slice(2, 2 + len(CONFORMANCE))
FIELDS = (slice(26, 28), slice(28, 30), slice(30, 31), slice(31, 33))  # sizes out and in, window, largest APDU
NOTHING = b"\x00\x00"  # no report follows, no time tag
ACTIONS: dict[bytes, Action] = {method: action for action, method in METHODS.items()}
MODES: dict[int, Output] = {number: output for output, number in OUTPUTS.items()}
SESSION_FREE = (BROADCAST_TIME,)


def answer(meter: VirtualMeter, raw: bytes) -> bytes | None:
    """Return the answer to a complete frame, or None if it is not for this meter, or for everyone."""
    try:
        frame = unpack(raw)
    except BadFrame:
        return None
    if not serves(frame, meter.address):
        return None
    try:
        apdu = _respond(meter, frame.apdu)
    except (MeterError, ValueError, IndexError, KeyError):
        apdu = bytes((ERROR | 0x80, *frame.apdu[1:2], 1))  # error response: the APDU is not understood
    if frame.kind == EVERYONE:
        return None
    return pack(Frame698(meter.address, apdu, frame698.REPLY | frame.control & 0x47, client=frame.client))


def _respond(meter: VirtualMeter, apdu: bytes) -> bytes:
    does = SERVICES.get(apdu[:1])
    if does is None:
        raise BadFrame("no service of this meter")
    return does(meter, apdu)


def _get(meter: VirtualMeter, apdu: bytes) -> bytes:
    """Answer GET normal and GET list."""
    if apdu[1] == NORMAL:
        return bytes((GET | 0x80, NORMAL, apdu[2])) + apdu[3:7] + _result(meter, apdu[3:7]) + NOTHING
    if apdu[1] != LIST:
        raise BadFrame("GET normal and GET list are all")
    oads = [apdu[4 + 4 * n : 8 + 4 * n] for n in range(apdu[3])]
    rows = b"".join(oad + _result(meter, oad) for oad in oads)
    return bytes((GET | 0x80, LIST, apdu[2], len(oads))) + rows + NOTHING


def _result(meter: VirtualMeter, oad: bytes) -> bytes:
    one = by_oad().get(oad)
    value = value_of(meter, one) if one is not None else None
    if one is None or value is None:
        return bytes((0, UNDEFINED))
    datum = values698.encode(one, value)
    if one.kind == "demand":
        moment = Datum(data698.DATE_TIME_S, data698.date_time_s(meter.demand_at()))
        datum = Datum(data698.STRUCTURE, (datum.value[0], moment))
    return b"\x01" + data698.encode(datum)


def _set(meter: VirtualMeter, apdu: bytes) -> bytes:
    if apdu[1] != NORMAL:
        raise BadFrame("SET normal is all")
    one, (datum, _) = by_oad().get(apdu[3:7]), data698.decode(apdu[7:])
    return bytes((SET | 0x80, NORMAL, apdu[2])) + apdu[3:7] + bytes((_put(meter, one, datum),)) + NOTHING


def _put(meter: VirtualMeter, one: Identifier | None, datum: Datum) -> int:
    if not meter.esam.session:
        return DENIED
    if one is None:
        return UNDEFINED
    try:
        return DONE if write(meter, one, values698.decode(one, datum)) else DENIED
    except BadFrame:
        return WRONG_TYPE


def _action(meter: VirtualMeter, apdu: bytes, *, is_sealed: bool = False) -> bytes:
    if apdu[1] != NORMAL:
        raise BadFrame("ACTION normal is all")
    method, (parameter, _) = apdu[3:7], data698.decode(apdu[7:])
    if not meter.esam.session and method not in SESSION_FREE:
        result = DENIED
    elif method in ACTIONS:
        result = DENIED if not is_sealed else DONE if meter.act(ACTIONS[method]) else OTHER
    else:
        does = PLAIN_METHODS.get(method)
        result = does(meter, parameter) if does is not None else UNDEFINED
    return bytes((ACTION | 0x80, NORMAL, apdu[2])) + method + bytes((result, 0)) + NOTHING


def _connect(meter: VirtualMeter, apdu: bytes) -> bytes:
    """Answer CONNECT: a public one opens no session, a symmetric one does if its proof is right."""
    asked, proof = apdu[2 : 2 + ASKED], apdu[2 + ASKED :]
    words = MAKER + _agreed(asked)
    result, security = 0, b"\x00"
    if proof[0] == SYMMETRY:
        nonce, rest = take_octets(proof[1:])
        identity = meter.esam.authenticate(nonce, take_octets(rest)[0], size=NONCE_BYTES)
        if identity is None:
            result = 2  # signature wrong
        else:
            security = b"\x01" + octets(identity.nonce) + octets(identity.proof)
    elif proof[0] != NULL_SECURITY:
        result = 4  # mechanism not supported
    return bytes((CONNECT | 0x80, apdu[1])) + words + bytes((result,)) + security + NOTHING


def _agreed(asked: bytes) -> bytes:
    """Return what both ends can do: the lower version, common services, the smaller sizes, the time-out asked for."""
    ours = VERSION + CONFORMANCE + SIZES
    flags = bytes(a & b for a, b in zip(asked[FLAGS], ours[FLAGS], strict=True))
    fields = b"".join(min(asked[field], ours[field]) for field in FIELDS)
    return min(asked[:2], VERSION) + flags + fields + asked[-TIMEOUT_BYTES:]


def _release(_: VirtualMeter, apdu: bytes) -> bytes:
    return bytes((RELEASE | 0x80, apdu[1], 0)) + NOTHING


def _secured(meter: VirtualMeter, apdu: bytes) -> bytes:
    """Answer SECURITY: a ciphered APDU with SID and code; the answer comes in plain."""
    if apdu[1] != CIPHERED:
        raise BadFrame("only ciphered APDUs")
    cipher, rest = take_octets(apdu[2:])
    _, rest = take_octets(rest[5:])  # one byte that says SID and code, four of the SID; its additional data
    plain = meter.esam.open(cipher + take_octets(rest)[0])
    if plain is None:
        return bytes((SECURITY | 0x80, 2, BAD_SEAL, 0))
    if plain[0] != ACTION:
        raise BadFrame("only actions are sealed")
    return bytes((SECURITY | 0x80, 0)) + octets(_action(meter, plain, is_sealed=True)) + b"\x00"


def _clear_data(meter: VirtualMeter, _: Datum) -> int:
    meter.clear_energy()
    return DONE


def _clear_demand(meter: VirtualMeter, _: Datum) -> int:
    meter.clear_demand()
    return DONE


def _update_key(meter: VirtualMeter, parameter: Datum) -> int:
    if parameter.tag != data698.STRUCTURE or [part.tag for part in parameter.value] != [data698.OCTETS] * 3:
        return WRONG_TYPE
    cipher, _, code = (part.value for part in parameter.value)
    return DONE if meter.esam.install(cipher + code) else BAD_SEAL


def _output(meter: VirtualMeter, parameter: Datum) -> int:
    if parameter.tag != data698.ENUM or parameter.value not in MODES:
        return WRONG_TYPE
    meter.output = MODES[parameter.value]
    return DONE


def _hear_time(meter: VirtualMeter, parameter: Datum) -> int:
    if parameter.tag != data698.DATE_TIME_S:
        return WRONG_TYPE
    meter.hear_time(data698.moment(parameter.value))
    return DONE


PLAIN_METHODS: dict[bytes, Callable[[VirtualMeter, Datum], int]] = {
    CLEAR_DATA: _clear_data,
    CLEAR_DEMAND: _clear_demand,
    KEY_UPDATE: _update_key,
    OUTPUT_MODE: _output,
    BROADCAST_TIME: _hear_time,
}
SERVICES: dict[bytes, Callable[[VirtualMeter, bytes], bytes]] = {
    bytes((GET,)): _get,
    bytes((SET,)): _set,
    bytes((ACTION,)): _action,
    bytes((CONNECT,)): _connect,
    bytes((RELEASE,)): _release,
    bytes((SECURITY,)): _secured,
}

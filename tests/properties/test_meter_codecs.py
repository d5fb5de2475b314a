"""What is coded comes back, and no bytes whatever raise anything but the declared errors."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from plc.meters import data698, frame645, frame698, values, values698
from plc.meters.asking import Password
from plc.meters.client import DIALECTS
from plc.meters.data698 import Datum
from plc.meters.errors import BadFrame, MeterRefused
from plc.meters.frame645 import Frame645
from plc.meters.frame698 import Frame698
from plc.meters.identifiers import identifier, identifiers
from plc.meters.security import Challenge
from plc.meters.stream import Frames
from simulation.meters.model import MeterModel
from simulation.meters.nature import nature
from simulation.meters.virtual import VirtualMeter
from simulation.physics import Physics

digits = st.text("0123456789", min_size=12, max_size=12)
blob = st.binary(max_size=200)
CODE = "1430009000004410113050"
numbers = st.sampled_from([(tag, size, signed) for tag, (size, signed) in data698._NUMBERS.items()]).flatmap(
    lambda row: st.integers(-(2 ** (8 * row[1] - 1)) if row[2] else 0, 2 ** (8 * row[1] - row[2]) - 1).map(
        lambda n: Datum(row[0], n)
    )
)
leaves = (
    numbers
    | st.just(Datum(data698.NULL))
    | st.binary(max_size=300).map(lambda raw: Datum(data698.OCTETS, raw))
    | st.text(st.characters(max_codepoint=127), max_size=40).map(lambda text: Datum(data698.TEXT, text))
    | st.binary(min_size=7, max_size=7).map(lambda raw: Datum(data698.DATE_TIME_S, raw))
    | st.binary(min_size=2, max_size=2).map(lambda raw: Datum(data698.BITS, b"\x10" + raw))
)
data = st.recursive(
    leaves,
    lambda inner: st.tuples(st.sampled_from([data698.ARRAY, data698.STRUCTURE]), st.lists(inner, max_size=4)).map(
        lambda pair: Datum(pair[0], tuple(pair[1]))
    ),
    max_leaves=8,
)


@given(digits, st.integers(0, 255), blob, st.integers(0, 4))
def test_frames_of_dlt645_come_back(address: str, control: int, raw: bytes, preamble: int) -> None:
    frame = Frame645(address, control, raw)
    (found,) = Frames().feed(frame645.pack(frame, preamble=preamble))
    assert frame645.unpack(found) == frame


@given(digits, blob, st.sampled_from([frame698.ASK, frame698.ANSWER]), st.integers(0, 255))
def test_frames_of_dlt698_come_back(address: str, apdu: bytes, control: int, client: int) -> None:
    frame = Frame698(address, apdu, control, client=client)
    (found,) = Frames().feed(frame698.pack(frame))
    assert frame698.unpack(found) == frame


@given(data)
def test_data_of_dlt698_come_back(datum: Datum) -> None:
    assert data698.decode(data698.encode(datum) + b"rest") == (datum, b"rest")


@given(st.binary(max_size=400))
def test_no_bytes_break_the_decoders(raw: bytes) -> None:
    for decode in (frame645.unpack, frame698.unpack, data698.decode):
        with contextlib.suppress(BadFrame):
            decode(raw)
    for one in identifiers().values():
        with contextlib.suppress(BadFrame):
            values.decode(one, raw[: one.size])


@given(data)
def test_no_datum_breaks_the_values(datum: Datum) -> None:
    for one in identifiers().values():
        if one.type is None:
            continue
        with contextlib.suppress(BadFrame):
            values698.decode(one, datum)


@given(st.integers(0, 99_999_999))
def test_energies_come_back_in_both_protocols(units: int) -> None:
    one, value = identifier("energy_total"), Decimal(units).scaleb(-2)
    assert values.decode(one, values.encode(one, value)) == value
    assert values698.decode(one, values698.encode(one, value)) == value


@given(st.datetimes(datetime(1960, 1, 1), datetime(2059, 12, 31)))  # noqa: DTZ001 - the zone is put on below
def test_moments_come_back_in_both_protocols(at: datetime) -> None:
    one, value = identifier("clock"), at.replace(microsecond=0, tzinfo=UTC)
    assert values.decode(one, values.encode(one, value)) == value
    assert values698.decode(one, values698.encode(one, value)) == value


@given(st.sampled_from(["645", "698"]), st.binary(max_size=60), st.booleans(), st.integers(0, 255))
def test_no_answer_breaks_a_question(protocol: str, rest: bytes, is_error: bool, head: int) -> None:
    """Answers that are whole frames of the right meter, with anything in them."""
    dialect, address = DIALECTS[protocol], "000441011305"  # type: ignore[index]
    challenge = Challenge(bytes(8), bytes(8), bytes(8))
    for question in (
        dialect.read(address, identifier("energy_total")), dialect.read_address(),
        dialect.authenticate(address, challenge, "00000000"), dialect.control(address, bytes(20), "00000000"),
        dialect.write(address, identifier("demand_period"), 15, Password()), dialect.output(address, "clock_pulse"),
    ):  # fmt: skip
        asked = question.raw.lstrip(b"\xfe")
        if protocol == "645":
            control = asked[8] | 0x80 | (0x40 if is_error else 0)
            raw = frame645.pack(Frame645(address, control, asked[10:-2][:4] + rest))
        else:
            apdu = frame698.unpack(asked).apdu
            raw = frame698.pack(Frame698(address, bytes((apdu[0] | 0x80, head)) + apdu[2:7] + rest, frame698.ANSWER))
        with contextlib.suppress(BadFrame, MeterRefused):
            question.take(raw)


@given(st.integers(0, 31), st.binary(max_size=60), st.booleans())
def test_no_question_breaks_a_meter(control: int, rest: bytes, is_known: bool) -> None:
    meter = VirtualMeter(nature(Physics(), CODE, MeterModel(), near_share=0), lambda: 1e9)
    meter.set_supply(voltage_v=220, current_a=0)
    di = identifier("demand_period").di + bytes.fromhex("0200000000000000") if is_known else b""
    answer = meter.answer(frame645.pack(Frame645(meter.address, control, di + rest)))
    assert answer is not None
    (found,) = Frames().feed(answer)
    assert frame645.unpack(found).control & 0x9F == control | 0x80


@given(
    st.sampled_from([1, 2, 3, 5, 6, 7, 16, 99]),
    st.binary(max_size=80),
    st.booleans(),
    st.sampled_from(list(identifiers())),
)
def test_no_apdu_breaks_a_meter(service: int, rest: bytes, is_open: bool, name: str) -> None:
    meter = VirtualMeter(nature(Physics(), CODE, MeterModel(protocol="698"), near_share=0), lambda: 1e9)
    meter.set_supply(voltage_v=220, current_a=0)
    meter.esam.session = b"12345678" if is_open else b""
    for apdu in (bytes((service,)) + rest, bytes((service, 1, 0)) + identifier(name).oad + rest):
        answer = meter.answer(frame698.pack(Frame698(meter.address, apdu)))
        assert answer is not None
        assert frame698.unpack(answer).apdu[0] & 0x80

"""Frames of both protocols against frames that are known, and against what a line does to them."""

from __future__ import annotations

import pytest

from plc.meters import dialect645, dialect698, frame645, frame698
from plc.meters.errors import BadFrame
from plc.meters.frame645 import Frame645
from plc.meters.frame698 import Frame698
from plc.meters.identifiers import identifier
from plc.meters.stream import Frames, is_645, is_reply

READ_ADDRESS = bytes.fromhex("68AAAAAAAAAAAA681300DF16")
READ_ENERGY = bytes.fromhex("68250403020100681104333334 33E116")
READ_COMBINED = bytes.fromhex("680320122220656811 04333333338D16")
GET_ADDRESS = bytes.fromhex("6817004345AAAAAAAAAAAA10DA5F0501004001020000ED0316")


@pytest.mark.parametrize(
    ("raw", "frame"),
    [
        (READ_ADDRESS, Frame645("AAAAAAAAAAAA", 0x13)),
        (READ_ENERGY, Frame645("000102030425", 0x11, bytes.fromhex("00000100"))),
        (READ_COMBINED, Frame645("652022122003", 0x11, bytes(4))),
    ],
)
def test_frames_of_dlt645_are_as_known(raw: bytes, frame: Frame645) -> None:
    assert frame645.unpack(raw) == frame
    assert frame645.pack(frame) == raw
    assert is_645(raw)
    assert not is_reply(raw)


def test_the_frame_of_dlt698_is_as_known() -> None:
    apdu = bytes.fromhex("0501004001020000")
    frame = frame698.unpack(GET_ADDRESS)
    assert frame == Frame698("AAAAAAAAAAAA", apdu, kind=frame698.WILDCARD)
    assert frame698.pack(frame) == GET_ADDRESS
    assert frame698.crc16(GET_ADDRESS[1:12]) == 0x5FDA
    assert frame698.crc16(GET_ADDRESS[1:22]) == 0x03ED
    assert not is_645(GET_ADDRESS)


def test_questions_are_the_frames_that_are_known() -> None:
    assert dialect645.read_address().raw == b"\xfe" * 4 + READ_ADDRESS
    assert dialect645.read("000102030425", identifier("energy_total")).raw == b"\xfe" * 4 + READ_ENERGY
    assert dialect698.read_address().raw == GET_ADDRESS


def test_a_scrambled_apdu_is_read_in_plain() -> None:
    plain = Frame698("000000000001", bytes.fromhex("0501004001020000"))
    apdu = bytes((byte + 0x33) & 0xFF for byte in plain.apdu)
    raw = frame698.pack(Frame698(plain.address, apdu, plain.control | frame698.SCRAMBLED))
    assert frame698.unpack(raw) == plain


@pytest.mark.parametrize("raw", [READ_ENERGY, GET_ADDRESS])
def test_one_wrong_bit_is_no_frame(raw: bytes) -> None:
    for place in range(len(raw)):
        wrong = bytearray(raw)
        wrong[place] ^= 0x04
        assert Frames().feed(bytes(wrong)) == []


def test_a_stream_gives_frames_whatever_lies_between() -> None:
    frames = Frames()
    torn = READ_ENERGY[:9]  # says that data follow, and would swallow what comes next
    noise = bytes.fromhex("68FE00681668")
    found = [
        one
        for byte in noise + READ_ADDRESS + torn + READ_ENERGY * 2 + GET_ADDRESS
        for one in frames.feed(bytes((byte,)))
    ]
    assert found == [READ_ADDRESS, READ_ENERGY, READ_ENERGY, GET_ADDRESS]


def test_a_stream_of_noise_is_not_kept() -> None:
    frames = Frames()
    for _ in range(100):
        assert frames.feed(b"\x68" * 500) == []
    assert frames.feed(READ_ADDRESS) == [READ_ADDRESS]


@pytest.mark.parametrize(
    "frame",
    [
        Frame645("123", 0x11),
        Frame645("12345678901B", 0x11),
        Frame645("123456789012", 0x11, bytes(201)),
        Frame645("123456789012", 256),
    ],
)
def test_what_no_frame_carries_is_refused(frame: Frame645) -> None:
    with pytest.raises(BadFrame):
        frame645.pack(frame)


@pytest.mark.parametrize(
    ("asked", "serves"),
    [
        ("123456789012", True),
        ("AAAAAAAAAAAA", True),
        ("999999999999", True),
        ("AAAAAA789012", True),
        ("AAAAAA789013", False),
        ("123456789013", False),
    ],
)
def test_a_meter_listens_to_its_address_a_wildcard_and_everyone(asked: str, serves: bool) -> None:
    assert frame645.serves(asked, "123456789012") is serves


@pytest.mark.parametrize(
    ("kind", "address", "serves"),
    [
        (frame698.SINGLE, "123456789012", True), (frame698.SINGLE, "123456789013", False),
        (frame698.WILDCARD, "AAAAAAAAAAAA", True), (frame698.WILDCARD, "AAAAAAAAAA12", True),
        (frame698.WILDCARD, "AAAAAAAAAA13", False), (frame698.EVERYONE, "AA", True), (frame698.GROUP, "01", False),
    ],
)  # fmt: skip
def test_a_meter_of_dlt698_listens_to_the_kind_of_address(kind: int, address: str, serves: bool) -> None:
    assert frame698.serves(Frame698(address, b"", kind=kind), "123456789012") is serves

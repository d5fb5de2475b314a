"""Blocks declared once: bytes, values, and the sources for the PLC programmer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plc import images
from plc.blocks import CMD_CODEC, CODECS, JRN_CODEC, RES_CODEC, STA_CODEC
from plc.codes import AckCode, ActState, CmdCode, EvtCode, PackML, StatusBit, UnitMode
from plc.images import UnknownCode
from plc.layout import Codec, leaves
from plc.layout_export import SourceError, data_blocks, files, parse
from plc.link import StatusImage
from plc.plant.kinds import DeviceKind
from plc.plant.model import DeviceSpec
from plc.plant.plcs import S7Plc
from plc.telegram import BoxResult, Command, Event, JournalEntry, MeterResult, Spot, Status

U16, U32 = st.integers(0, 65535), st.integers(0, 2**32 - 1)
I16, I32 = st.integers(-(2**15), 2**15 - 1), st.integers(-(2**31), 2**31 - 1)
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=22)
SPOTS = st.builds(Spot, U16, U16, U16, U16, U16)
COMMANDS = st.builds(Command, st.sampled_from(CmdCode), U32, SPOTS, SPOTS, U16, U16, U32, I32, I32, TEXT)
EVENTS = st.builds(Event, st.sampled_from(EvtCode), U32, U16, I16, I32, I32, TEXT)
STATUSES = st.builds(
    Status, st.sampled_from(PackML), st.sampled_from(UnitMode), st.builds(StatusBit, st.integers(0, 0x3FFF)), U32,
    st.sampled_from(ActState), U16, I32, I32, I32, U16, U16, st.tuples(*[U16] * 8),
)  # fmt: skip
IMAGES = st.builds(StatusImage, STATUSES, U16, st.sampled_from(AckCode), st.integers(1, 65535), EVENTS, U32)
ENTRIES = st.lists(st.builds(JournalEntry, U32, st.sampled_from(ActState), I16), max_size=24).map(tuple)
RESULTS = st.builds(
    BoxResult, TEXT, TEXT, U16, U16, st.lists(st.builds(MeterResult, TEXT, U16, TEXT), max_size=20).map(tuple)
)
SPEC = S7Plc(id="PLC2", kind="s7", host="h", cmd_db=10, sta_db=11, jrn_db=12, res_db=13, sys_db=9)
DEVICES = [DeviceSpec("SC2", DeviceKind.CRANE, "PLC2", 0), DeviceSpec("VL1", DeviceKind.LINE, "PLC2", 3)]


@given(COMMANDS, U16)
def test_a_command_survives_the_wire(command: Command, seq: int) -> None:
    values = images.command_values(seq or 1, command) | {"EvtAckSeq": 5, "CmdSeqTail": seq or 1}
    image = images.command_image(CMD_CODEC.unpack(CMD_CODEC.pack(values)))
    assert (image.command, image.tail, image.event_ack) == (command, seq or 1, 5)


@given(IMAGES)
def test_a_status_survives_the_wire(image: StatusImage) -> None:
    assert images.status_image(STA_CODEC.unpack(STA_CODEC.pack(images.status_values(image)))) == image


@given(ENTRIES)
def test_a_journal_survives_the_wire(entries: tuple[JournalEntry, ...]) -> None:
    assert images.journal_entries(JRN_CODEC.unpack(JRN_CODEC.pack(images.journal_values(entries)))) == entries


@given(RESULTS)
def test_a_box_survives_the_wire(result: BoxResult) -> None:
    assert images.box_result(RES_CODEC.unpack(RES_CODEC.pack(images.result_values(result)))) == result


def test_a_ring_that_has_wrapped_is_read_oldest_first() -> None:
    values = images.journal_values(tuple(JournalEntry(n, ActState.ENDED) for n in range(1, 25)))
    values |= {"Head": 3}
    assert [entry.mission for entry in images.journal_entries(values)][:2] == [4, 5]


def test_a_code_outside_the_table_is_an_error_from_the_plc_and_a_refusal_to_it() -> None:
    with pytest.raises(UnknownCode, match="99 is no EvtCode"):
        images.status_image(
            images.status_values(StatusImage(event_seq=1, event=Event(EvtCode.ENDED))) | {"EvtCode": 99}
        )
    values = images.command_values(1, Command(CmdCode.HOME, 5)) | {"CmdCode": 77, "CmdSeqTail": 1, "EvtAckSeq": 0}
    command = images.command_image(values).command
    assert command is not None
    assert command.code is CmdCode.NONE


@pytest.mark.parametrize("name", CODECS)
def test_every_field_starts_at_an_even_byte_and_a_telegram_fits_a_small_pdu(name: str) -> None:
    codec = CODECS[name]
    assert all(leaf.offset % 2 == 0 for leaf in codec.leaves)
    assert codec.size <= (205 if name in ("CMD", "SYS_CMD") else 222) or name == "RES"


def test_the_sizes_of_the_contract() -> None:
    sizes = {name: codec.size for name, codec in CODECS.items()}
    assert sizes == {"SYS_CMD": 10, "SYS_STA": 14, "CMD": 72, "STA": 100, "JRN": 196, "RES": 1054}


def test_sources_are_read_back_to_the_same_bytes() -> None:
    exported = files(SPEC, DEVICES)
    assert {"udtMsCmd.udt", "DB_MS_STA.db", "metrostack_PLC2.scl"} <= set(exported)
    _, blocks = parse(exported["metrostack_PLC2.scl"])
    declared = data_blocks(SPEC, DEVICES)
    assert set(blocks) == set(declared)
    for name, (_, block) in declared.items():
        read = [(leaf.path, leaf.offset, leaf.scalar) for leaf in leaves(blocks[name])]
        assert read == [(leaf.path, leaf.offset, leaf.scalar) for leaf in leaves(block)]
    assert Codec(blocks["DB_MS_STA"]).offset("Device[3].CmdAckSeq") == 3 * 100 + STA_CODEC.offset("CmdAckSeq")
    assert "NON_RETAIN" in exported["DB_MS_CMD.db"]
    assert "NON_RETAIN" not in exported["DB_MS_JRN.db"]


def test_an_optimised_block_is_refused_with_what_to_click() -> None:
    source = files(SPEC, DEVICES)["metrostack_PLC2.scl"].replace("'FALSE'", "'TRUE'")
    with pytest.raises(SourceError, match="Optimized block access"):
        parse(source)


def test_a_type_that_nobody_declared_is_named() -> None:
    with pytest.raises(SourceError, match=r"DB_X\.A: the type Foo"):
        parse("DATA_BLOCK \"DB_X\" { S7_Optimized_Access := 'FALSE' } STRUCT A : Foo; END_STRUCT;")

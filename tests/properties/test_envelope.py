"""The CRC-16 envelope: whatever goes in comes out, and a changed character never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plc.bench.envelope import EnvelopeSpoilt, crc16, seal, unseal
from plc.meters import frame698

TEXTS = st.text(max_size=300)


@given(TEXTS)
def test_what_goes_in_comes_out(text: str) -> None:
    assert unseal(seal(text)) == text
    assert unseal(seal(text).encode()) == text


@given(st.text(alphabet="abc123 {}:,", min_size=1, max_size=200), st.data())
def test_one_changed_character_is_always_seen(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("abcxyz789").filter(lambda letter: letter != text[place]))
    sealed, spoilt = seal(text), text[:place] + other + text[place + 1 :]
    with pytest.raises(EnvelopeSpoilt):
        unseal(sealed.replace(f'"{text}"', f'"{spoilt}"'))


@given(st.binary(max_size=400))
def test_it_is_the_crc_of_the_meters_own_protocol(raw: bytes) -> None:
    assert crc16(raw) == frame698.crc16(raw)

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigate.model.protocol.frames import (
    Command,
    Decoder,
    Frame,
    Reason,
    cobs_decode,
    cobs_encode,
    crc16,
    encode,
    parse,
)

BYTE = st.integers(0, 255)
FRAMES = st.builds(Frame, BYTE, st.sampled_from([each | reply for each in Command for reply in (0, 0x80)]),
                   st.binary(max_size=600))
LINES = st.text(st.characters(codec="ascii", min_codepoint=0x20, max_codepoint=0x7E), min_size=3).filter(str.strip)


def test_crc_has_the_catalogue_check_value():
    assert crc16(b"123456789") == 0x29B1
    assert crc16(b"") == 0xFFFF


@given(st.binary(max_size=300))
def test_crc_agrees_with_the_standard_library(data):
    assert crc16(data) == binascii.crc_hqx(data, 0xFFFF)


@pytest.mark.parametrize(("data", "wire"), [
    (b"", b"\x01"), (b"\0", b"\x01\x01"), (b"\0\0", b"\x01\x01\x01"), (b"\x11\x22\0\x33", b"\x03\x11\x22\x02\x33"),
    (b"\x11\0\0\0", b"\x02\x11\x01\x01\x01"), (b"\x01" * 254, b"\xFF" + b"\x01" * 254),
    (b"\x01" * 255, b"\xFF" + b"\x01" * 254 + b"\x02\x01"),
    (b"\x01" * 254 + b"\0", b"\xFF" + b"\x01" * 254 + b"\x01\x01"),
    (b"\0" + b"\x01" * 254, b"\x01\xFF" + b"\x01" * 254), (b"\x01" * 253 + b"\0", b"\xFE" + b"\x01" * 253 + b"\x01"),
])
def test_cobs_examples(data, wire):
    assert cobs_encode(data) == wire
    assert cobs_decode(wire) == data


@given(st.lists(st.one_of(st.binary(max_size=40), st.integers(250, 258).map(lambda n: b"\x07" * n))).map(b"".join))
def test_cobs_round_trip_without_zeros(data):
    wire = cobs_encode(data)
    assert 0 not in wire
    assert cobs_decode(wire) == data
    assert len(wire) <= len(data) + len(data) // 254 + 1


def test_an_empty_block_after_a_full_one_is_accepted():
    assert cobs_decode(b"\xFF" + b"\x01" * 254 + b"\x01") == b"\x01" * 254


@pytest.mark.parametrize("wire", [b"\x02", b"\x05\x01\x01", b"\x01\x03\x01", b"\x02\0"])
def test_malformed_cobs_is_refused(wire):
    with pytest.raises(ValueError, match="COBS"):
        cobs_decode(wire)


@given(FRAMES)
def test_frame_round_trip(frame):
    wire = encode(frame.seq, frame.command, frame.payload)
    assert wire[0] == wire[-1] == 0
    assert 0 not in wire[1:-1]
    assert parse(wire[1:-1]) == frame


@given(FRAMES, st.data())
def test_a_flipped_bit_is_seen(frame, data):
    wire = bytearray(encode(frame.seq, frame.command, frame.payload)[1:-1])
    bit = data.draw(st.integers(0, 8 * len(wire) - 1))
    wire[bit // 8] ^= 1 << bit % 8
    assert parse(bytes(wire)) in (Reason.CRC, Reason.COBS)


@given(st.lists(st.one_of(FRAMES, LINES)), st.lists(st.integers(1, 40)))
def test_decoder_separates_frames_from_text(items, cuts):
    stream = b"".join(item.encode() + b"\r\n" if isinstance(item, str)
                      else encode(item.seq, item.command, item.payload) for item in items)
    decoder, found = Decoder(), []
    for cut in cuts:
        found += decoder.feed(stream[:cut])
        stream = stream[cut:]
    assert found + decoder.feed(stream) == items
    assert decoder.damaged == 0


def test_a_line_does_not_wait_for_a_delimiter():
    assert Decoder().feed(b"\0\0flower 051: versicolor\r\n") == ["flower 051: versicolor"]


def test_decoder_goes_on_after_damage():
    decoder, good = Decoder(), encode(7, 0x80, b"yes")
    assert decoder.feed(b"\x90\x91\x92\x93\x94" + good + good[1:] + b"\x05\x81" + good) == [Frame(7, 0x80, b"yes")] * 3
    assert decoder.damaged == 2

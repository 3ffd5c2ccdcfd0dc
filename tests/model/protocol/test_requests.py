import pytest

from varigate.model.protocol.frames import NEGATIVE, UNKNOWN, Command, Frame, Reason, cobs_encode, crc16, encode
from varigate.model.protocol.requests import judge, negative_reply, request_lengths

LENGTHS = request_lengths(4, 2)


def chunk(seq, command, payload=b""):
    return encode(seq, command, payload)[1:-1]


def reason(*args, **options):
    request, reply = judge(*args, **options)
    assert request is None
    return reply and (Reason(reply.payload[0]), reply.seq, reply.payload[1])


def test_every_command_with_its_length_is_a_request():
    for command, length in LENGTHS.items():
        payload = b"\x01" * length
        assert judge(chunk(9, command, payload), LENGTHS) == (Frame(9, command, payload), None)
        for wrong in {0, 1, 2, 3, 4} - {length}:
            assert reason(chunk(9, command, b"\x01" * wrong), LENGTHS) == (Reason.LENGTH, 9, command)


@pytest.mark.parametrize(("bad", "expected"), [
    (chunk(5, 0x41), (Reason.COMMAND, 5, 0x41)),
    (chunk(5, Command.GENERATE, b"\0"), (Reason.ARGUMENT, 5, Command.GENERATE)),
    (chunk(5, Command.EPSILON, b"\x02"), (Reason.ARGUMENT, 5, Command.EPSILON)),
    (chunk(5, Command.SEED, bytes(5)), (Reason.OVERSIZE, 5, Command.SEED)),
    (cobs_encode(b"\x05\x10" + bytes(7)), (Reason.OVERSIZE, 0, UNKNOWN)),
    (cobs_encode(b"\x05\x10\x01\x02\x03\x04\x05\x06"), (Reason.CRC, 0, UNKNOWN)),
    (chunk(5, Command.SEED, b"\x01\x02\x03\x04")[:-1], (Reason.COBS, 0, UNKNOWN)),
    (b"\xFF" * 10, (Reason.OVERSIZE, 0, UNKNOWN)), (b"\xFF" * 9, (Reason.COBS, 0, UNKNOWN)),
])
def test_reasons(bad, expected):
    assert reason(bad, LENGTHS) == expected


def test_a_line_error_outranks_the_rest():
    assert reason(chunk(5, Command.INFO), LENGTHS, line_errors=1) == (Reason.LINE, 0, UNKNOWN)
    assert reason(b"\x01" * 4, LENGTHS, line_errors=1) == (Reason.LINE, 0, UNKNOWN)


@pytest.mark.parametrize("quiet", [b"", b"\xFF", b"\xFF" * 4, b"hello", b"x" * 5000, b"ls\r\n\tmake it so\r\n"])
def test_silence(quiet):
    assert judge(quiet, LENGTHS) == (None, None)
    if len(quiet) < 4:
        assert judge(quiet, LENGTHS, line_errors=1) == (None, None)


def test_a_printable_chunk_with_the_right_crc_is_a_frame():
    for seq in range(0x20, 0x7F):
        for command in range(0x20, 0x7F):
            crc = crc16(bytes([seq, command])).to_bytes(2, "little")
            if all(0x20 <= byte < 0x7F for byte in crc):
                found = cobs_encode(bytes([seq, command]) + crc)
                assert reason(found, LENGTHS) == (Reason.COMMAND, seq, command)
                # its code byte, 05, is not printable; longer ones have printable codes
    payload = next(p for p in (bytes([0x20 + a, 0x20 + b]) + b"x" * 25 for a in range(90) for b in range(90))
                   if all(0x20 <= byte < 0x7F for byte in crc16(b"AB" + p).to_bytes(2, "little")))
    assert reason(chunk(0x41, 0x42, payload), LENGTHS) == (Reason.OVERSIZE, 0x41, 0x42)


def test_negative_layout():
    assert negative_reply(Reason.BUSY, 3, 0x12) == Frame(3, NEGATIVE, b"\x08\x12")

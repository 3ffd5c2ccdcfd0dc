import tracemalloc

from varigate.model.protocol.frames import NEGATIVE, REPLY, Command, Reason, encode
from varigate.sim.board.transcript import KEPT, LONGEST, Transcript


def texts(transcript, count=0):
    return [entry.text for entry in transcript.since(count)]


def test_lines_and_frames_are_told_apart_whatever_the_pieces():
    data = b"hello\r\n" + encode(7, Command.SEED, b"\x01\x00\xAB\x00") + b"flower\r\n" + encode(7, Command.SEED | REPLY)
    for size in (1, 5, len(data)):
        transcript = Transcript()
        for start in range(0, len(data), size):
            transcript.feed("board", data[start:start + size])
        assert texts(transcript) == ["hello", "#7 seed 01 00 ab 00", "flower", "#7 seed reply"]
        assert [entry.kind for entry in transcript.since(0)] == ["text", "frame"] * 2


def test_negative_replies_and_unknown_commands_have_words():
    transcript = Transcript()
    transcript.feed("board", encode(3, NEGATIVE, bytes([Reason.BUSY, Command.INFO])) + encode(4, NEGATIVE, b"\x63\x20"))
    transcript.feed("host", encode(5, 0x33, b"\x01"))
    assert texts(transcript) == ["#3 info refused: busy", "#4 command 20 refused: reason 99", "#5 command 33 01"]
    assert [entry.sender for entry in transcript.since(2)] == ["host"]


def test_the_last_entries_are_kept():
    transcript = Transcript()
    transcript.feed("board", b"".join(b"line %d\n" % number for number in range(KEPT + 50)))
    assert (transcript.count, len(texts(transcript))) == (KEPT + 50, KEPT)
    assert texts(transcript, KEPT + 48) == [f"line {KEPT + 48}", f"line {KEPT + 49}"]
    assert texts(transcript, transcript.count) == []


def test_a_sender_that_never_ends_a_frame_takes_no_memory():
    transcript = Transcript()
    tracemalloc.start()
    for _ in range(500):
        transcript.feed("host", b"\x01" * LONGEST)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert used < 10 * LONGEST
    transcript.feed("host", encode(9, Command.INFO))
    assert texts(transcript) == ["#9 info"]

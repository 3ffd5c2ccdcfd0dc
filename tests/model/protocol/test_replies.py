import numpy as np
import pytest

from varigate.model.errors import UserError
from varigate.model.fixedpoint.formats import Format
from varigate.model.protocol.frames import Command
from varigate.model.protocol.replies import FIXED_BYTES, Answer, Info, pack_answer, reply_length, unpack_answer

INFO = Info(1, 4, 300, 2, 3, 5, Format(False, 8, 0), Format(True, 8, 4), 4, bytes(range(32)),
            False, (1 << 32) - 1, 1 << 31, 0x89ABCDEF)


def test_info_round_trip():
    assert Info.unpack(INFO.pack()) == INFO
    assert INFO.pack()[FIXED_BYTES:] == bytes.fromhex("00 FFFFFFFF 00000080 EFCDAB89")
    assert FIXED_BYTES < len(INFO.pack()) <= 64


@pytest.mark.parametrize(("payload", "message"), [
    (b"", "version none"), (b"\x02" + INFO.pack()[1:], "version 2"), (INFO.pack()[:-1], "bytes"),
    (INFO.pack()[:9] + b"\x7F" + INFO.pack()[10:], "fraction bits"),
])
def test_another_info_is_refused(payload, message):
    with pytest.raises(UserError, match=message):
        Info.unpack(payload)


@pytest.mark.parametrize("command", [each for each in Command if each >= Command.CLASSIFY])
@pytest.mark.parametrize("classes", [3, 0])
def test_answers_round_trip_at_the_ends_of_their_ranges(command, classes):
    info = Info.unpack(INFO.pack()[:6] + bytes([classes]) + INFO.pack()[7:])
    assert info.classes == classes
    full = {"index": 2**32 - 1, "mu": np.array([-32768, 32767]), "v": np.array([-128, 127]),
            "scores": np.array([-32768, 0, 32767]), "cls": 2, "z": np.array([-128, 127]),
            "output": np.arange(300) % 256 - 128}
    wanted = {Command.CLASSIFY: "mu scores cls", Command.ENCODE: "mu v", Command.GENERATE: "index z output",
              Command.RECONSTRUCT: "index mu v scores cls z output", Command.DECODE: "output"}[command].split()
    answer = Answer(**{part: full[part] for part in wanted if classes or part not in ("scores", "cls")})
    payload = pack_answer(command, info, answer)
    assert len(payload) + (command == Command.GENERATE) == reply_length(command, info)
    assert unpack_answer(command, info, payload) == answer
    with pytest.raises(UserError, match="bytes"):
        unpack_answer(command, info, payload + b"\0")

import random

import numpy as np
import pytest

from varigate.sim.testbench.corruption import clean
from varigate.sim.testbench.hostile import idle, line_of
from varigate.sim.testbench.serial_line import to_waveform
from varigate.sim.testbench.waveform import Reader, changes, levels


@pytest.mark.parametrize("bit", [8, 11, 868])
def test_what_is_sent_is_read_in_pieces_of_any_length(bit):
    rng, data = random.Random(bit), random.Random(7).randbytes(200)
    line = line_of(clean(data), bit)
    reader, items = Reader(bit), []
    while len(line):
        size = rng.randrange(1, 30 * bit)
        items += reader.read(line[:size])
        line = line[size:]
    assert items == [(10 * bit * place, byte, 0) for place, byte in enumerate(data)]


def test_a_list_of_changes_is_the_same_line():
    data = bytes(range(256))
    for times, values in (to_waveform(data, 8), changes(line_of(clean(data)))):
        assert [byte for _, byte, _ in Reader(8).changes(times, values, 80 * 256)] == list(data)
    line = line_of(clean(data))
    assert (levels(*changes(line), len(line)) == line).all()


def test_a_glitch_is_no_byte_and_a_break_is_one_zero_with_an_error():
    low = np.zeros(1000, np.uint8)
    assert Reader(8).read(np.concatenate([idle(5), low[:4], idle(100)])) == []
    assert Reader(8).read(np.concatenate([idle(5), low[:5], idle(100)])) == [(5, 255, 0)]
    reader = Reader(8)
    assert reader.read(low) == [(0, 0, 1)]
    assert reader.read(np.concatenate([low, idle(3), line_of(clean(b"U"))])) == [(2003, 0x55, 0)]


def test_a_byte_without_its_stop_bit():
    line = line_of([(0x41, 1), (0x42, 0)])
    assert Reader(8).read(line) == [(0, 0x41, 1), (96, 0x42, 0)]

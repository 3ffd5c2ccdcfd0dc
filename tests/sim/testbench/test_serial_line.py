import random

import numpy as np
import pytest

from varigate.sim.testbench.corruption import clean
from varigate.sim.testbench.hostile import idle, line_of
from varigate.sim.testbench.serial_line import Receiver, Sender, changes, to_waveform

DATA = bytes(np.random.default_rng(5).integers(0, 256, 300).tolist()) + b"\x00\xFF\x55\xAA"


def cuts(total, seed):
    """Lengths of pieces that make `total`, some of them empty."""
    places = np.sort(np.random.default_rng(seed).integers(0, total + 1, 40))
    return np.diff([0, *places, total]).tolist()


def test_a_byte_is_a_start_bit_eight_data_bits_from_the_least_and_a_stop_bit():
    times, values = to_waveform(b"\x35", 4, start=100)  # 0 1010 1100 1
    assert times.tolist() == [100, 104, 108, 112, 116, 120, 128, 136]
    assert values.tolist() == [0, 1, 0, 1, 0, 1, 0, 1]
    assert to_waveform(b"\xFF", 8)[0].tolist() == [0, 8]
    assert [len(each) for each in to_waveform(b"", 8)] == [0, 0]


@pytest.mark.parametrize("bit", [4, 8, 868, 100e6 / 115200, 4.3])
def test_what_is_sent_is_received_in_whatever_pieces(bit):
    receiver, (times, values) = Receiver(bit), to_waveform(DATA, bit, start=17)
    data, now = b"", 0
    for cycles in cuts(int(17 + 10 * bit * len(DATA)) + 1, 1):
        inside = (times >= now) & (times < now + cycles)
        data += receiver.feed(times[inside] - now, values[inside], cycles)
        now += cycles
    assert (data, receiver.errors) == (DATA, 0)


@pytest.mark.parametrize("bit", [8, 8.68])
def test_the_sender_is_the_waveform_in_pieces(bit):
    sender, found, now = Sender(bit), [], 0
    sender.write(DATA)
    assert sender.waiting == len(DATA)
    for cycles in cuts(int(10 * bit * len(DATA)) + 1, 2):
        times, values = sender.take(cycles)
        assert ((times >= 0) & (times < cycles)).all()
        found += zip((times + now).tolist(), values.tolist(), strict=True)
        now += cycles
    times, values = to_waveform(DATA, bit)
    assert [value for _, value in found] == values.tolist()
    assert np.abs(np.array([time for time, _ in found]) - times).max() <= 1  # a piece's fraction is rounded anew
    assert sender.waiting == 0


def test_the_sender_keeps_a_byte_s_time_after_a_byte_and_starts_at_once_on_an_idle_line():
    sender = Sender(8)
    sender.write(b"\xFF")
    assert sender.take(30)[0].tolist() == [0, 8]
    sender.write(b"\xFF")
    assert sender.take(100)[0].tolist() == [50, 58]
    sender.take(1000)
    sender.write(b"\xFF")
    assert sender.take(10)[0].tolist() == [0, 8]


def test_a_byte_without_its_stop_bit_is_an_error_and_costs_no_other():
    good = to_waveform(b"\x41", 8, start=200)
    low = [0, 120], [0, 1]  # longer than a byte: a break
    receiver = Receiver(8)
    data = receiver.feed(np.concatenate([low[0], good[0]]), np.concatenate([low[1], good[1]]), 400)
    assert (data, receiver.errors) == (b"\x41", 1)


def test_a_glitch_is_no_byte():
    times, values = to_waveform(b"\x42", 8, start=20)
    receiver = Receiver(8)
    assert receiver.feed(np.concatenate([[0, 3], times]), np.concatenate([[0, 1], values]), 200) == b"\x42"
    assert (receiver.errors, receiver.glitches) == (0, 1)


def test_a_byte_is_given_in_the_middle_of_its_stop_bit():
    times, values = to_waveform(b"\x00", 8)
    receiver = Receiver(8)
    assert receiver.feed(times[times < 76], values[times < 76], 76) == b""
    assert receiver.feed([], [], 1) == b"\x00"


@pytest.mark.parametrize("bit", [8, 11, 868])
def test_a_line_given_clock_by_clock_is_read_in_pieces_of_any_length(bit):
    rng, data = random.Random(bit), random.Random(7).randbytes(200)
    line = line_of(clean(data), bit)
    receiver, items = Receiver(bit), []
    while len(line):
        size = rng.randrange(1, 30 * bit)
        items += receiver.read_levels(line[:size])
        line = line[size:]
    assert items == [(10 * bit * place, byte, 0) for place, byte in enumerate(data)]


def test_a_list_of_changes_is_the_same_line():
    data = bytes(range(256))
    for found, wanted in zip(changes(line_of(clean(data))), to_waveform(data, 8), strict=True):
        assert found.tolist() == wanted.tolist()
    assert [each.tolist() for each in changes([0, 0, 1], before=0)] == [[2], [1]]


def test_a_short_low_is_no_byte_and_a_break_is_one_zero_with_an_error():
    low = np.zeros(1000, np.uint8)
    assert Receiver(8).read_levels(np.concatenate([idle(5), low[:4], idle(100)])) == []
    assert Receiver(8).read_levels(np.concatenate([idle(5), low[:5], idle(100)])) == [(5, 255, 0)]
    receiver = Receiver(8)
    assert receiver.read_levels(low) == [(0, 0, 1)]
    assert receiver.read_levels(np.concatenate([low, idle(3), line_of(clean(b"U"))])) == [(2003, 0x55, 0)]


def test_the_line_must_be_high_again_after_a_byte_without_its_stop_bit():
    assert Receiver(8).read_levels(line_of([(0x41, 1), (0x42, 0)])) == [(0, 0x41, 1), (96, 0x42, 0)]
    line = line_of(clean(b"\xFF"))
    line[76:] = 0  # falls where the stop bit is looked at: that is no start bit
    assert Receiver(8).read_levels(np.concatenate([line, np.zeros(200, np.uint8)])) == [(0, 0xFF, 1)]

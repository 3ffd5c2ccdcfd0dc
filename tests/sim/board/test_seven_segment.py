import numpy as np
import pytest

from varigate.gateware.panel.display import FONT, patterns
from varigate.sim.board.seven_segment import Persistence, spell

DIGIT, DARK = 1000, 30  # clocks
FADING = 10 * DIGIT


def scan(shown, rounds=6, lit=DIGIT - DARK):
    """Pins of a display that shows eight patterns, the leftmost first: anodes, segments, clocks."""
    times, anodes, segments = [0], [0], [0]
    for turn in range(8 * rounds):
        times += [turn * DIGIT + DARK, turn * DIGIT + DARK + lit]
        anodes += [1 << turn % 8, 0]
        segments += [shown[7 - turn % 8], 0]
    return (np.array(times), np.array(anodes)), (np.array(times), np.array(segments)), 8 * rounds * DIGIT


def test_multiplexed_digits_are_seen_all_at_once():
    eye = Persistence(FADING)
    eye.feed(*scan(patterns("051.vErSi")))
    assert eye.patterns == patterns("051.vErSi")


def test_pieces_shorter_than_a_digit_are_seen_the_same():
    eye, (anodes, segments, cycles) = Persistence(FADING), scan(patterns("6.93.14.81.5"))
    for start in range(0, cycles, 333):
        def piece(pin, start=start):
            times = np.union1d([start], pin[0][(pin[0] > start) & (pin[0] < start + 333)])
            return times - start, pin[1][np.searchsorted(pin[0], times, side="right") - 1]
        eye.feed(piece(anodes), piece(segments), min(333, cycles - start))
    assert eye.patterns == patterns("6.93.14.81.5")


def test_a_ghost_is_not_seen():
    eye = Persistence(FADING)
    eye.feed(*scan([0xFF] * 8, lit=DARK))
    assert eye.patterns == [0] * 8


def test_what_is_not_refreshed_fades_and_what_changes_is_seen_soon():
    eye, dark = Persistence(FADING), (np.array([0]), np.array([0]))
    eye.feed(*scan(patterns("88888888")))
    eye.feed(dark, dark, FADING // 4)
    assert eye.patterns == patterns("88888888")
    eye.feed(dark, dark, 2 * FADING)
    assert eye.patterns == [0] * 8
    eye.feed(*scan(patterns("12345678"), rounds=2))
    assert eye.patterns == patterns("12345678")


@pytest.mark.parametrize("text", ["051.vErSi", "101.virGi", "001.SEtoS", "---.", " 2.69-0.91", "6.93.16.02.3",
                                  "52.  25. "])
def test_the_display_is_read_as_a_person_reads_it(text):
    assert spell(patterns(text)) == text


def test_what_is_no_character_is_a_question_mark():
    assert 0x2A ^ 0x7F not in FONT.values()
    assert spell([0x2A ^ 0x7F, FONT["1"]]) == "?1"

"""The seven-segment display: eight digits that share their segments, one lit at a time.

A pattern is 8 bits, 1 = lit: bit 0 is segment a, bit 6 is g, bit 7 the decimal point.

        ─a─
      f│   │b
        ─g─
      e│   │c
        ─d─  · dp
"""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer, check_positive

__all__ = ["DIGITS", "FONT", "POINT", "Display", "glyph", "patterns"]

DIGITS = 8
POINT = 0x80

# Letters in the case that seven segments can show; k, m, v, w, x and z are as near as they come.
_SEGMENTS = {
    " ": "", "-": "g", "_": "d", "?": "abeg",
    "0": "abcdef", "1": "bc", "2": "abdeg", "3": "abcdg", "4": "bcfg", "5": "acdfg", "6": "acdefg", "7": "abc",
    "8": "abcdefg", "9": "abcdfg",
    "A": "abcefg", "b": "cdefg", "C": "adef", "d": "bcdeg", "E": "adefg", "F": "aefg", "G": "acdef", "H": "bcefg",
    "i": "c", "J": "bcde", "K": "acefg", "L": "def", "M": "ace", "n": "ceg", "o": "cdeg", "P": "abefg", "q": "abcfg",
    "r": "eg", "S": "acdfg", "t": "defg", "U": "bcdef", "v": "cde", "W": "bdf", "X": "adg", "y": "bcdfg", "Z": "abdeg",
}

FONT = {character: sum(1 << "abcdefg".index(segment) for segment in segments)
        for character, segments in _SEGMENTS.items()}
"""The pattern of each character; a letter stands for both cases."""


def glyph(character: str) -> int:
    """The pattern of a character: a letter in the case the font has; blank for a character that it lacks.

    >>> f"{glyph('1'):08b}"
    '00000110'
    """
    return next((FONT[c] for c in (character, character.lower(), character.upper()) if c in FONT), 0)


def patterns(text: str) -> list[int]:
    """The patterns of a text, the leftmost first; a point counts as part of the digit before it.

    >>> patterns("1.") == [FONT["1"] | POINT]
    True
    """
    digits = []
    for character in text:
        if character == ".":
            digits[-1] |= POINT
        else:
            digits.append(glyph(character))
    return digits


class Display(wiring.Component):
    """Drives the digits in turn: asks for one digit's pattern after the other, and shows each for `period` clocks.

    At the beginning of its time a digit is dark for `dark` clocks, segments and anodes alike, so that the one before
    leaves no ghost; the pattern is taken at their end and holds, so it has `dark` clocks to come.

        digit     3      ╳ 4                    ╳ 5
        anodes    00001000 00…00 00010000 …       00…00
                           dark

    Parameters
    ----------
    clock_hz : float
    digit_hz : float
        digits a second: each of the eight is refreshed an eighth as often.

    Members
    -------
    digit : Out(3)
        the digit that `pattern` is wanted for; 0 is the rightmost.
    pattern : In(8)
    segments : Out(8)
    anodes : Out(8)
        1 = on, for both; the board inverts if it must.

    Cycles
    ------
    A digit lasts `period` = round(clock_hz / digit_hz) clocks, and lights `dark` = max(1, period div 32) clocks after
    `digit` has changed, for the rest of them.

    Raises
    ------
    TypeError, ValueError
        if a rate is not a positive number, or a digit lasts less than two clocks.

    Examples
    --------
    >>> display = Display(clock_hz=100e6, digit_hz=1000)
    >>> display.period, display.dark
    (100000, 3125)
    """

    digit: Out(3)
    pattern: In(8)
    segments: Out(8)
    anodes: Out(8)

    def __init__(self, *, clock_hz: float = 100e6, digit_hz: float = 1000):
        check_positive("clock frequency", clock_hz)
        check_positive("rate of digits", digit_hz)
        self.period = round(clock_hz / digit_hz)
        self.dark = max(1, self.period // 32)
        check_integer("number of clocks of a digit", self.period, 2)
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        clock = Signal(range(self.period))
        m.d.sync += clock.eq(clock + 1)
        with m.If(clock == self.period - 1):
            m.d.sync += [clock.eq(0), self.digit.eq(self.digit + 1), self.segments.eq(0), self.anodes.eq(0)]
        with m.If(clock == self.dark - 1):
            m.d.sync += [self.segments.eq(self.pattern), self.anodes.eq(1 << self.digit)]
        return m

"""The display as an eye sees it: the visible segments of the multiplexed digits, and their text."""

import re

import numpy as np

from varigate.gateware.panel.display import DIGITS, FONT, POINT

__all__ = ["Persistence", "spell"]

SEGMENTS = 8
VISIBLE = 0.4  # the least light that is seen; 1 is a digit that is lit in its turn


class Persistence:
    """Averages the light of each segment, with exponential fading.

    A segment is seen if it has at least 40 % of the light of one that is lit an eighth of the time. A change is seen
    after about `fading`. A ghost of a few clocks is not seen, nor is a digit that is no longer refreshed.

    Parameters
    ----------
    fading : float
        the time constant, in clocks; it should be some refreshes long.

    Examples
    --------
    >>> eye = Persistence(100.0)
    >>> eye.feed(([0], np.array([0b00000001])), ([0], np.array([FONT["7"]])), 1000)  # the rightmost digit only
    >>> spell(eye.patterns)
    '       7'
    """

    def __init__(self, fading: float):
        self._fading = fading
        self._light = np.zeros((DIGITS, SEGMENTS))  # 1 if always lit; the rightmost digit first

    def feed(self, anodes: tuple, segments: tuple, cycles: int):
        """Adds the next `cycles` clocks of the pins.

        anodes, segments: (times, values), the changes as `Simulation.play` records them, from time 0.
        """
        times = np.union1d(anodes[0], segments[0])
        pins = [values[np.searchsorted(when, times, side="right") - 1, None] >> np.arange(8) & 1
                for when, values in (anodes, segments)]
        left = np.exp((np.append(times, cycles) - cycles) / self._fading)  # at the end, of what was lit at each time
        self._light = self._light * left[0] + (pins[0] * np.diff(left)[:, None]).T @ pins[1]

    @property
    def patterns(self) -> list[int]:
        """The visible segments of the eight digits, leftmost first; bits as in `gateware.panel.display`."""
        seen = self._light > VISIBLE / DIGITS
        return (seen @ (1 << np.arange(SEGMENTS)))[::-1].tolist()


DIGIT_OF = {FONT[c]: c for c in "0123456789"}
LETTER_OF = {pattern: c for c, pattern in FONT.items() if c.isalpha()}
OTHER_OF = {pattern: c for c, pattern in FONT.items() if not c.isalnum()}


def _character(pattern: int, among) -> str:
    return next((table[pattern] for table in among if pattern in table), "?")


def spell(patterns) -> str:
    """The text that the patterns show, with points; `?` for an unknown pattern.

    Two patterns are a letter and a digit (S and 5, Z and 2). They are read as letters in a word (the text between
    points and blanks) that has another letter.

    Examples
    --------
    >>> spell([FONT[c] for c in "51"])
    '51'
    """
    text = "".join(_character(pattern & ~POINT, (OTHER_OF, DIGIT_OF, LETTER_OF)) + ("." if pattern & POINT else "")
                   for pattern in patterns)

    def word(match):
        return "".join(_character(FONT[c], (OTHER_OF, LETTER_OF, DIGIT_OF)) for c in match[0])

    return re.sub(r"[^. ]*[A-Za-z][^. ]*", word, text)

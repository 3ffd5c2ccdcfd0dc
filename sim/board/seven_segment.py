"""The display as an eye sees it: which segments of the multiplexed digits glow, and what they spell."""

import re

import numpy as np

from varigate.gateware.panel.display import DIGITS, FONT, POINT

__all__ = ["Persistence", "spell"]

SEGMENTS = 8
VISIBLE = 0.4  # of the light of a digit that is lit in its turn


class Persistence:
    """Adds up the light of each segment, which fades exponentially.

    A segment is seen from 40 % of the light on that it has when it is lit an eighth of the time: after a change that
    takes about `fading`; a ghost of a few clocks is not seen, nor a digit that is not refreshed any more.

    Parameters
    ----------
    fading : float
        the time constant, in clocks; some refreshes long.
    """

    def __init__(self, fading: float):
        self._fading = fading
        self._light = np.zeros((DIGITS, SEGMENTS))  # 1 if always lit; the rightmost digit first

    def feed(self, anodes: tuple, segments: tuple, cycles: int):
        """`anodes`, `segments`: (times, values), the changes within `cycles` clocks, as `Simulation.play` records
        them: each begins at time 0.
        """
        times = np.union1d(anodes[0], segments[0])
        pins = [values[np.searchsorted(when, times, side="right") - 1, None] >> np.arange(8) & 1
                for when, values in (anodes, segments)]
        left = np.exp((np.append(times, cycles) - cycles) / self._fading)  # at the end, of what was lit at each time
        self._light = self._light * left[0] + (pins[0] * np.diff(left)[:, None]).T @ pins[1]

    @property
    def patterns(self) -> list[int]:
        """What is seen of the eight digits, the leftmost first; bits as in `gateware.panel.display`."""
        seen = self._light > VISIBLE / DIGITS
        return (seen @ (1 << np.arange(SEGMENTS)))[::-1].tolist()


DIGIT_OF = {FONT[c]: c for c in "0123456789"}
LETTER_OF = {pattern: c for c, pattern in FONT.items() if c.isalpha()}
OTHER_OF = {pattern: c for c, pattern in FONT.items() if not c.isalnum()}


def _character(pattern: int, among) -> str:
    return next((table[pattern] for table in among if pattern in table), "?")


def spell(patterns) -> str:
    """The text that the patterns show, points included; `?` for what is no character.

    Two patterns are letter and digit at once (S and 5, Z and 2). They count as letters within a word: between points
    and blanks, with a letter that is nothing else.
    """
    text = "".join(_character(pattern & ~POINT, (OTHER_OF, DIGIT_OF, LETTER_OF)) + ("." if pattern & POINT else "")
                   for pattern in patterns)

    def word(match):
        return "".join(_character(FONT[c], (OTHER_OF, LETTER_OF, DIGIT_OF)) for c in match[0])

    return re.sub(r"[^. ]*[A-Za-z][^. ]*", word, text)

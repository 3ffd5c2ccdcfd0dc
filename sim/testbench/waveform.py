"""A serial line clock by clock: any waveform, however broken, and what a serial port reads in it.

A line is an array of levels, uint8, one a clock. (`sim.testbench.serial_line` is for bytes that come as they should.)
"""

import numpy as np

from varigate.sim.testbench.serial_line import BITS

__all__ = ["Reader", "changes", "levels"]

DATA = {bytes(byte >> bit & 1 for bit in range(8)): byte for byte in range(256)}


def changes(line) -> tuple[np.ndarray, np.ndarray]:
    """The line as times and values for `Simulation.play`; it was high before. int64."""
    times = np.flatnonzero(np.diff(line, prepend=1))
    return times, line[times].astype(np.int64)


def levels(times, values, clocks: int, before: int = 1) -> np.ndarray:
    """The line from the changes in so many clocks, as `Simulation.play` records them; `before` the first it is that."""
    edges = np.concatenate([[0], times, [clocks]])
    return np.repeat(np.concatenate([[before], values]).astype(np.uint8), np.diff(edges))


class Reader:
    """Reads a line, piece by piece: after a falling edge, the middle of each bit.

    A start bit that is over by its middle is a glitch. After a byte without its stop bit the line must be high before
    the next one can start. The clock in which a bit is looked at is that of `gateware.link.uart`.

    Parameters
    ----------
    bit : int
        clocks
    """

    def __init__(self, bit: int):
        self._bit = bit
        self._line, self._now, self._level = b"", 0, 1  # what is not read yet, its end, the level there
        self._stuck = False  # low since a byte without its stop bit

    def changes(self, times, values, clocks: int) -> list[tuple[int, int, int]]:
        """As `read`, for the changes in the next `clocks` clocks."""
        return self.read(levels(times, values, clocks, self._level))

    def read(self, line) -> list[tuple[int, int, int]]:
        """(clock, byte, line error) of each byte that is complete with this piece; the clock is its falling edge's."""
        self._now += len(line)
        line = self._line + line.tobytes()
        self._level = line[-1] if line else self._level
        origin, items, place = self._now - len(line), [], 0
        first, stop = self._bit // 2, self._bit // 2 + (BITS - 1) * self._bit
        while True:
            place = line.find(1, place) if self._stuck else place
            start = line.find(0, place) if place >= 0 else -1
            self._stuck = place < 0
            if start < 0 or start + stop >= len(line):
                self._line = b"" if start < 0 else line[start:]
                return items
            place = start + first
            if not line[place]:
                place = start + stop
                self._stuck = not line[place]
                data = line[start + first + self._bit:place:self._bit]
                items.append((origin + start, DATA[data], int(self._stuck)))
            place += 1

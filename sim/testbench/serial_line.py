"""The serial line as changes of a pin, 8N1: bytes to a waveform, and any waveform to bytes, for `Simulation.play`.

Times are in clocks; a bit may last any number of them, a fraction included. Values are the pin's levels, 1 when idle.
"""

import numpy as np

__all__ = ["BITS", "Receiver", "Sender", "changes", "to_waveform"]

BITS = 10  # of a byte on the line: start, eight data, stop


def to_waveform(data: bytes, bit: float, start: float = 0) -> tuple[np.ndarray, np.ndarray]:
    """Bytes without gaps, the first start bit beginning at `start`, on a line that was idle.

    The last stop bit ends at start + 10·bit·len(data). Edges are rounded to the nearest clock, half up.

    Returns
    -------
    times, values : int64 (n,)
        the changes of level.
    """
    codes = np.frombuffer(bytes(data), np.uint8)
    levels = np.ones((len(codes), BITS), np.int64)
    levels[:, 0] = 0
    levels[:, 1:-1] = codes[:, None] >> np.arange(8) & 1
    levels = levels.ravel()
    changed = np.flatnonzero(np.diff(levels, prepend=1))
    return np.floor(start + changed * bit + 0.5).astype(np.int64), levels[changed]


def changes(line, before: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Converts a line (a level for each clock) to the times and values (int64) of its changes from `before`."""
    line = np.asarray(line, np.int64)
    times = np.flatnonzero(np.diff(line, prepend=before))
    return times, line[times]


class Sender:
    """Sends bytes over a line that is simulated piece by piece.

    Members
    -------
    waiting : int
        bytes that have not begun.
    """

    def __init__(self, bit: float):
        self._bit, self._data = bit, bytearray()
        self._free = 0.0  # when the line's last stop bit ends, from now on
        self._later = np.zeros(0, np.int64), np.zeros(0, np.int64)  # changes of a byte that has begun

    @property
    def waiting(self) -> int:
        return len(self._data)

    def write(self, data: bytes):
        self._data += data

    def take(self, cycles: int) -> tuple[np.ndarray, np.ndarray]:
        """The changes within the next `cycles` clocks; the next call continues after them."""
        byte = BITS * self._bit
        start = max(0.0, self._free)
        count = min(len(self._data), max(0, int(np.ceil((cycles - start) / byte))))
        pieces = zip(self._later, to_waveform(self._data[:count], self._bit, start), strict=True)
        times, values = map(np.concatenate, pieces)
        del self._data[:count]
        self._free = start + count * byte - cycles
        now = np.searchsorted(times, cycles)
        self._later = times[now:] - cycles, values[now:]
        return times[:now], values[:now]


class Receiver:
    """Reads a line piece by piece, as a serial port does: a falling edge, then the middle of each bit.

    A start bit that is over by its middle is a glitch, and no byte. After a byte without its stop bit the line must be
    high before the next one can start. The clock in which a bit is looked at is that of `gateware.link.uart`.

    Parameters
    ----------
    bit : float
        clocks.

    Members
    -------
    errors, glitches : int
        bytes without their stop bit, and glitches, so far.
    """

    def __init__(self, bit: float):
        self._middles = (np.arange(BITS) + 0.5) * bit
        self._times, self._values = np.array([-1]), np.array([1])
        self._now, self._resume = 0, -1.0  # the clock of time 0; a falling edge after this time starts a byte
        self.errors = self.glitches = 0

    def feed(self, times, values, cycles: int) -> bytes:
        """The bytes that are complete with the next `cycles` clocks, as `read` has them, without those in error."""
        return bytes(byte for _, byte, error in self.read(times, values, cycles) if not error)

    def read_levels(self, line) -> list[tuple[int, int, int]]:
        """Like `read`, for one level per clock."""
        return self.read(*changes(line, self._values[-1]), len(line))

    def read(self, times, values, cycles: int) -> list[tuple[int, int, int]]:
        """(clock, byte, line error) of each byte that is complete with the next `cycles` clocks.

        The clock is that of its falling edge, 0 being the first of the first piece; the error is 1 for a byte without
        its stop bit.

        Parameters
        ----------
        times, values : int (n,)
            changes of level, as `Simulation.play` records them; time 0 is where the piece before ended. An entry that
            repeats the level is none.
        """
        times, values = np.concatenate([self._times, times]), np.concatenate([self._values, values])
        falls = 1 + np.flatnonzero((values[1:] == 0) & (values[:-1] == 1))
        starts = times[falls]
        items, keep = [], len(times) - 1
        while (place := np.searchsorted(starts, self._resume, side="right")) < len(starts):
            start = starts[place]
            if start + self._middles[-1] >= cycles:
                keep = falls[place] - 1
                break
            levels = values[np.searchsorted(times, start + self._middles, side="right") - 1]
            glitch = levels[0] == 1
            self._resume = start + self._middles[0 if glitch else -1]
            if glitch:
                self.glitches += 1
            else:
                items.append((int(self._now + start), int(levels[1:-1] @ (1 << np.arange(8))), int(1 - levels[-1])))
        self.errors += sum(error for *_, error in items)
        self._times, self._values = times[keep:] - cycles, values[keep:]
        self._resume -= cycles
        self._now += cycles
        return items

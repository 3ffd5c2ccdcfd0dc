"""The monitor of the virtual board: decodes one picture after the other from the VGA pins."""

import numpy as np

from varigate.gateware.video.vga import PINS
from varigate.sim.testbench.vga import clocks_needed, decode

__all__ = ["Monitor"]


class Monitor:
    """Collects recordings of the pins until they contain a frame.

    Parameters
    ----------
    clocks : int
        per pixel.

    Members
    -------
    picture : uint8 array (480, 640, 3) or None
        the last whole frame: red, green and blue, 0…15.
    frames : int
        pictures so far.
    """

    def __init__(self, clocks: int):
        self._clocks, self._needed = clocks, clocks_needed(clocks)
        self.picture, self.frames = None, 0
        self._start()

    def _start(self):
        self._recorded, self._pieces = 0, {name: [] for name in PINS}

    def feed(self, pins: dict, cycles: int):
        """Adds the next `cycles` clocks of the pins, as `Simulation.play` records them."""
        for name, pieces in self._pieces.items():
            times, values = pins[name]
            pieces.append((times + self._recorded, values))
        self._recorded += cycles
        if self._recorded >= self._needed:
            self.picture = decode({name: _joined(pieces) for name, pieces in self._pieces.items()}, self._clocks)
            self.frames += 1
            self._start()


def _joined(pieces) -> tuple[np.ndarray, np.ndarray]:
    """Joins recordings into one: the first value, and each that differs from the one before."""
    times, values = (np.concatenate(arrays) for arrays in zip(*pieces, strict=True))
    kept = np.concatenate([[True], np.diff(values) != 0])
    return times[kept], values[kept]

"""The monitor at the virtual board's VGA socket: one picture after the other."""

import numpy as np

from varigate.gateware.video.vga import PINS
from varigate.sim.testbench.vga import clocks_needed, decode

__all__ = ["Monitor"]


class Monitor:
    """Puts recordings of the pins together until there is a frame in them.

    Parameters
    ----------
    clocks : int
        a pixel.

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
        """What the pins did in the `cycles` behind those of the last call, as `Simulation.play` records it."""
        for name, pieces in self._pieces.items():
            times, values = pins[name]
            pieces.append((times + self._recorded, values))
        self._recorded += cycles
        if self._recorded >= self._needed:
            self.picture = decode({name: _joined(pieces) for name, pieces in self._pieces.items()}, self._clocks)
            self.frames += 1
            self._start()


def _joined(pieces) -> tuple[np.ndarray, np.ndarray]:
    """One recording of several: the first value, and each that differs from the one before."""
    times, values = (np.concatenate(arrays) for arrays in zip(*pieces, strict=True))
    kept = np.concatenate([[True], np.diff(values) != 0])
    return times[kept], values[kept]

"""Simulates the board: the top in the compiled simulator, in real time."""

import asyncio
import time
from collections import deque

from varigate.gateware.engine.program import Array
from varigate.gateware.panel.buttons import ButtonLayout
from varigate.gateware.top import HumanTimes, Top
from varigate.gateware.video.screen_layout import image_side
from varigate.gateware.video.vga import PINS
from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.model.network.network import Network
from varigate.sim.board.monitor import Monitor
from varigate.sim.board.seven_segment import Persistence
from varigate.sim.board.transcript import Transcript
from varigate.sim.simulators.compiled import Simulation
from varigate.sim.testbench.serial_line import Receiver, Sender

__all__ = ["BIT", "BUTTONS", "RESET", "SWITCHES", "Board"]

CLOCK_HZ = 500_000  # so that a board takes a quarter of a core, and keeps real time beside other work
BIT = 8  # clocks: 62,500 baud
BITS = range(4, 1001)
SWITCHES = 16
BUTTONS = tuple(ButtonLayout.members)
RESET = "reset"  # the red button
PIECE = 0.002  # seconds that are simulated at once: the serial line's and the person's latency
PRESS, PAUSE = 0.1, 0.03  # seconds; contacts count once they have been still for `HumanTimes.settle`
PRESSES = 8  # that wait
FADING = 0.02  # seconds that the eye remembers
LAG = 0.25  # seconds behind real time that are caught up with
WAITING = 4096  # bytes for the board that are taken in advance


class Board:
    """A virtual board that runs a network.

    Parameters
    ----------
    network : Network
    array : Array
    weights : str
        `lut` or `block`.
    bit : int
        clocks per bit of the serial line, 4…1000.

    Members
    -------
    name : str
        of the network.
    classes : tuple of str
    switches, leds : int
        bit 0 is switch 0 and LED 0.
    patterns : list of int
        the segments of the display, leftmost digit first, see `gateware.panel.display`.
    pressed : str or None
        the button that is pressed.
    transcript : Transcript
        of the serial line.
    monitor : Monitor or None
        the VGA monitor, if the network is one of images.
    """

    def __init__(self, network: Network, array: Array, *, weights: str = "lut", bit: int = BIT):
        if bit not in BITS:
            raise UserError(f"--bit must be {BITS[0]}…{BITS[-1]} clocks, not {bit}")
        baud = CLOCK_HZ // bit
        self._clock_hz = baud * bit
        times = HumanTimes()
        self._simulation = Simulation(Top(network, network_file.digest(network), array=array, weights=weights,
                                          clock_hz=self._clock_hz, baud=baud, times=times))
        self._simulation.reset()
        self.monitor = None
        if image_side(network) is not None:
            self.monitor = Monitor(max(1, round(self._clock_hz / times.pixel_hz)))
        self._outputs = ["tx", "leds", "anodes", "segments", *(PINS if self.monitor else ())]
        self._sender, self._receiver = Sender(bit), Receiver(bit)
        self._eye = Persistence(FADING * self._clock_hz)
        self._presses, self._press_ends = deque(maxlen=PRESSES), 0
        self.name, self.classes = network.name, network.class_names
        self.switches = self.leds = 0
        self.pressed, self.transcript = None, Transcript()

    def close(self):
        self._simulation.close()

    def __enter__(self) -> "Board":
        return self

    def __exit__(self, *exception):
        self.close()

    @property
    def patterns(self) -> list[int]:
        return self._eye.patterns

    @property
    def room(self) -> int:
        """The number of bytes that `write` accepts now: as many as the line carries, since there is no flow control."""
        return WAITING - self._sender.waiting

    def write(self, data: bytes):
        """Sends bytes to the board."""
        self._sender.write(data)
        self.transcript.feed("host", data)

    def switch(self, number: int, on: bool):
        """Sets switch `number`, 0…15."""
        self.switches = self.switches & ~(1 << number) | on << number

    def press(self, button: str):
        """Presses one of `BUTTONS`, or `RESET`, for a tenth of a second, after earlier presses have ended."""
        self._presses.append(button)

    def advance(self, seconds: float) -> bytes:
        """Simulates for a time; returns the bytes that the board has sent."""
        cycles = round(seconds * self._clock_hz)
        self._hold_buttons(cycles)
        buttons = 1 << BUTTONS.index(self.pressed) if self.pressed in BUTTONS else 0
        held = {"switches": self.switches, "buttons": buttons, "rst": int(self.pressed == RESET)}
        drives = {name: ([0], [value]) for name, value in held.items()}
        seen = self._simulation.play(cycles, drives | {"rx": self._sender.take(cycles)},
                                     self._outputs)
        self.leds = int(seen["leds"][1][-1])
        self._eye.feed(seen["anodes"], seen["segments"], cycles)
        if self.monitor is not None:
            self.monitor.feed(seen, cycles)
        data = self._receiver.feed(*seen["tx"], cycles)
        self.transcript.feed("board", data)
        return data

    def _hold_buttons(self, cycles: int):
        self._press_ends -= cycles
        if self._press_ends <= 0:
            self.pressed = None
        if self._press_ends <= -PAUSE * self._clock_hz and self._presses:
            self.pressed, self._press_ends = self._presses.popleft(), round(PRESS * self._clock_hz)

    async def run(self, port):
        """Runs in real time, or as fast as the machine can, with `port` (see `sim.board.ports`), until cancelled."""
        due = time.monotonic()
        while True:
            if data := port.read(self.room):
                self.write(data)
            if data := self.advance(PIECE):
                port.write(data)
            due = max(due + PIECE, time.monotonic() - LAG)
            await asyncio.sleep(max(0.0, due - time.monotonic()))

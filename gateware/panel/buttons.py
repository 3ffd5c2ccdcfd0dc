"""Push-buttons and switches: from contacts that bounce to signals of the clock domain."""

from amaranth.hdl import Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

__all__ = ["ButtonLayout", "Buttons", "Switches"]

ButtonLayout = data.StructLayout({"center": 1, "up": 1, "down": 1, "left": 1, "right": 1})


class Switches(wiring.Component):
    """Two flops for each switch. Latency: two clocks. A bounce of a slide switch is a change like any other.

    Parameters
    ----------
    width : int
    """

    def __init__(self, width: int):
        super().__init__({"pins": In(width), "o": Out(width)})

    def elaborate(self, platform):
        m = Module()
        m.submodules.synchroniser = FFSynchronizer(self.pins, self.o)
        return m


class Buttons(wiring.Component):
    """Two flops for each button, then one debouncer for all: levels count once no contact has moved for a while.

    `pressed` is a pulse of one clock for each button that went down, `latency` clocks after its contact's last bounce;
    a release gives none. A pulse shorter than the settling time gives none either. A button that is held down during
    reset counts as pressed after it. `held` are the debounced levels; one rises with its pulse.

    Parameters
    ----------
    clock_hz : float
    settle : float
        seconds without a movement.
    """

    pins: In(ButtonLayout)
    pressed: Out(ButtonLayout)
    held: Out(ButtonLayout)

    def __init__(self, *, clock_hz: float = 100e6, settle: float = 0.01):
        self.settle = max(1, round(clock_hz * settle))
        super().__init__()

    @property
    def latency(self) -> int:
        """Clocks from the contact's last movement to the pulse."""
        return 2 + 1 + self.settle

    def elaborate(self, platform):
        m = Module()
        pins, last, level = Signal(ButtonLayout), Signal(ButtonLayout), self.held
        timer = Signal(range(self.settle))
        m.submodules.synchroniser = FFSynchronizer(self.pins.as_value(), pins.as_value())
        m.d.sync += [last.eq(pins), self.pressed.eq(0)]
        with m.If(last.as_value() != pins.as_value()):
            m.d.sync += timer.eq(0)
        with m.Elif(timer != self.settle - 1):
            m.d.sync += timer.eq(timer + 1)
        with m.Else():
            m.d.sync += [level.eq(last), self.pressed.eq(last.as_value() & ~level.as_value())]
        return m

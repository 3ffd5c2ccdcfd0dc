"""Push-buttons and switches: from contacts that bounce to signals of the clock domain."""

from amaranth.hdl import Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer, check_positive

__all__ = ["ButtonLayout", "Buttons", "Switches"]

ButtonLayout = data.StructLayout({"center": 1, "up": 1, "down": 1, "left": 1, "right": 1})


class Switches(wiring.Component):
    """Synchronises slide switches with two flip-flops each. A bounce is a change like any other.

    Parameters
    ----------
    width : int

    Members
    -------
    pins : In(width)
    o : Out(width)

    Cycles
    ------
    `latency` = 2.

    Raises
    ------
    TypeError, ValueError
        if `width` is not a positive integer.

    Examples
    --------
    >>> Switches(16).o.shape()
    unsigned(16)
    """

    latency = 2

    def __init__(self, width: int):
        check_integer("number of switches", width)
        super().__init__({"pins": In(width), "o": Out(width)})

    def elaborate(self, platform):
        m = Module()
        m.submodules.synchroniser = FFSynchronizer(self.pins, self.o)
        return m


class Buttons(wiring.Component):
    """Synchronises push-buttons with two flip-flops each, and debounces them: levels count once no contact has moved
    for a while. All buttons share one timer.

    A button that is held down during reset counts as pressed after it.

    Parameters
    ----------
    clock_hz : float
    settle : float
        seconds without a movement.

    Members
    -------
    pins : In(ButtonLayout)
    pressed : Out(ButtonLayout)
        a pulse of one clock for each button that went down. A release gives none, nor does a press that is shorter than
        the settling time.
    held : Out(ButtonLayout)
        the debounced levels; one rises with its pulse.

    Cycles
    ------
    `latency` = 3 + round(clock_hz·settle) from the contact's last bounce to the pulse.

    Raises
    ------
    TypeError, ValueError
        if `clock_hz` or `settle` is not a positive number.

    Examples
    --------
    >>> Buttons(clock_hz=1000, settle=0.01).latency
    13
    """

    pins: In(ButtonLayout)
    pressed: Out(ButtonLayout)
    held: Out(ButtonLayout)

    def __init__(self, *, clock_hz: float = 100e6, settle: float = 0.01):
        check_positive("clock frequency", clock_hz)
        check_positive("settling time", settle)
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

"""The sixteen LEDs: the class, whether ε is on, protocol errors, activity."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.job import Result
from varigate.gateware.lib.checks import check_positive
from varigate.gateware.panel.text import class_shape
from varigate.model.network.network import Network
from varigate.model.protocol.operations import Part

__all__ = ["CLASS_LEDS", "Leds", "Snoop"]

CLASS_LEDS = 13
EPSILON, ERROR, BUSY = 13, 14, 15

Snoop = wiring.Signature({"valid": Out(1), "ready": Out(1), "payload": Out(Result)})
"""The core's result stream as a mere observer sees it."""


class Leds(wiring.Component):
    """Drives the LEDs: 0…12 show the class one-hot, 13 that ε is on, 14 a protocol error, 15 that core or panel is
    busy.

    The class is that of the last completed operation that had one, whoever asked; none lights before the first, nor for
    a class from 13 on. `error` and `busy` are stretched so that an eye sees them: each lights its LED while it is high
    and for `stretch` clocks after.

    Parameters
    ----------
    network : Network
    clock_hz : float
    led_time : float
        seconds.

    Members
    -------
    snoop : In(Snoop)
    epsilon_on, error, busy : In(1)
    leds : Out(16)

    Cycles
    ------
    `latency` = 1 from any input to `leds`. A stretched LED goes out `stretch` = max(1, round(clock_hz·led_time)) clocks
    after its input.

    Raises
    ------
    TypeError, ValueError
        if `clock_hz` or `led_time` is not a positive number.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> Leds(network_file.load(network_file.find("iris")), clock_hz=100e6, led_time=0.05).stretch
    5000000
    """

    latency = 1

    def __init__(self, network: Network, *, clock_hz: float = 100e6, led_time: float = 0.05):
        check_positive("clock frequency", clock_hz)
        check_positive("LED time", led_time)
        self._network = network
        self.stretch = max(1, round(clock_hz * led_time))
        super().__init__({"snoop": In(Snoop), "epsilon_on": In(1), "error": In(1), "busy": In(1),
                          "leds": Out(16)})

    def elaborate(self, platform):
        m = Module()

        shown = min(self._network.classes, CLASS_LEDS)
        if shown:
            has_class, met = Signal(), Signal()
            kept = Signal(class_shape(self._network), reset_less=True)
            cls = Signal.like(kept)
            result = self.snoop.payload
            m.d.comb += [
                has_class.eq(result.part == Part.CLASS),
                cls.eq(Mux(has_class, result.value, kept)),
            ]
            with m.If(self.snoop.valid & self.snoop.ready):
                m.d.sync += [kept.eq(cls), met.eq(met | has_class)]
                with m.If(result.last & (met | has_class)):
                    m.d.sync += [self.leds[index].eq(cls == index) for index in range(shown)]

        m.d.sync += self.leds[EPSILON].eq(self.epsilon_on)
        for led, level in ((ERROR, self.error), (BUSY, self.busy)):
            clock = Signal(range(self.stretch), name=f"clock_{led}", reset_less=True)
            with m.If(level):
                m.d.sync += [self.leds[led].eq(1), clock.eq(0)]
            with m.Elif(clock == self.stretch - 1):
                m.d.sync += self.leds[led].eq(0)
            with m.Else():
                m.d.sync += clock.eq(clock + 1)
        return m

"""The sixteen LEDs: the class, whether ε is on, protocol errors, activity."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from gateware.job import Part, Result
from gateware.text import class_shape
from model.network import Network

__all__ = ["CLASS_LEDS", "Leds", "Snoop"]

CLASS_LEDS = 13
EPSILON, ERROR, BUSY = 13, 14, 15

Snoop = wiring.Signature({"valid": Out(1), "ready": Out(1), "payload": Out(Result)})
"""The core's result stream as somebody sees it who takes no part in it."""


class Leds(wiring.Component):
    """LEDs 0…12 show the class one-hot, 13 that ε is on, 14 a protocol error, 15 that the core or the panel is busy.

    The class is that of the last completed operation that had one, whoever asked; none lights before the first, nor
    for a class from 13 on. The error lights when `error` rises, for `stretch` clocks after it was last high, and goes
    out at once with `good`, to light again only when `error` rises again. Latency: one clock.

    Parameters
    ----------
    network : Network
    clock_hz : float
    error_time : float
        seconds.

    Members
    -------
    snoop : In(Snoop)
    epsilon_on, error, good, busy : In(1)
    leds : Out(16)
    """

    def __init__(self, network: Network, *, clock_hz: float = 100e6, error_time: float = 0.05):
        self._network = network
        self.stretch = max(1, round(clock_hz * error_time))
        super().__init__({"snoop": In(Snoop), "epsilon_on": In(1), "error": In(1), "good": In(1), "busy": In(1),
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

        before, lit = Signal(), self.leds[ERROR]
        clock = Signal(range(self.stretch), reset_less=True)
        m.d.sync += [before.eq(self.error), clock.eq(clock + 1)]
        with m.If(self.error):
            m.d.sync += clock.eq(0)
        with m.Elif(clock == self.stretch - 1):
            m.d.sync += lit.eq(0)
        with m.If(self.good):
            m.d.sync += lit.eq(0)
        with m.Elif(self.error & ~before):
            m.d.sync += lit.eq(1)

        m.d.sync += [self.leds[EPSILON].eq(self.epsilon_on), self.leds[BUSY].eq(self.busy)]
        return m

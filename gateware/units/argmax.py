"""The class: the index of the greatest score, ties to the lowest."""

from amaranth.hdl import Module, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["ArgMax"]


class ArgMax(wiring.Component):
    """Watches scores go by; takes one a clock and holds nobody up: `model.network.integer.classify` in hardware.

    Members
    -------
    start : In(1)
        forgets all scores; not in a cycle with `valid`.
    valid : In(1), score : In(signed)
    index : Out
        of the greatest score so far, from the cycle after it on.

    Parameters
    ----------
    classes : int
    bits : int
        of a score.
    """

    def __init__(self, classes: int, bits: int):
        index = range(max(classes, 2))
        super().__init__({"start": In(1), "valid": In(1), "score": In(signed(bits)), "index": Out(index)})

    def elaborate(self, platform):
        m = Module()
        best, place, empty = Signal.like(self.score, reset_less=True), Signal.like(self.index), Signal(init=1)
        with m.If(self.valid):
            m.d.sync += [place.eq(place + 1), empty.eq(0)]
            with m.If(empty | (self.score > best)):
                m.d.sync += [best.eq(self.score), self.index.eq(place)]
        with m.If(self.start):
            m.d.sync += [place.eq(0), empty.eq(1)]
        return m

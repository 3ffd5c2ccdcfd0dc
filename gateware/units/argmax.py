"""The class of a sample: the index of its greatest score."""

from amaranth.hdl import Module, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer

__all__ = ["ArgMax"]


class ArgMax(wiring.Component):
    """Finds the index of the greatest of the scores that pass by; ties go to the lowest index. It stalls nobody.

    The integer function is `model.network.integer.classify`.

    Parameters
    ----------
    classes : int
    bits : int
        bits of a signed score.

    Members
    -------
    start : In(1)
        forgets all scores; not in a cycle with `valid`.
    valid : In(1), score : In(signed)
    index : Out
        index of the greatest score so far.

    Cycles
    ------
    `latency` = 1 from a score to the index that takes it into account; one score a clock.

    Raises
    ------
    TypeError, ValueError
        if `classes` or `bits` is not a positive integer.

    Examples
    --------
    >>> ArgMax(classes=10, bits=16).index.shape()
    unsigned(4)
    """

    latency = 1

    def __init__(self, classes: int, bits: int):
        check_integer("number of classes", classes)
        check_integer("width of a score", bits)
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

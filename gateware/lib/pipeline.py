"""Registers behind a stream: a pipeline that moves as a whole, and a buffer that cuts the path of `ready`."""

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer
from varigate.gateware.lib.delay import delay

__all__ = ["Pipeline", "SkidBuffer"]


class Pipeline:
    """Controls a pipeline between streams `i` and `o`, to be filled with stages of data registers.

    `advance` is high when every stage moves on; data registers are written under `m.If(pipeline.advance)`, or with
    `stage(value)`. Only the valid bits are reset. The pipeline does not close gaps: it stalls as a whole.

    Parameters
    ----------
    m : Module
    i, o : stream interfaces
        `o.payload` is left for the caller to drive.
    latency : int
        number of stages.
    clear : value
        high for a cycle: forgets everything that is in the pipeline, and what is accepted in that cycle.

    Cycles
    ------
    `latency` from an accepted input to its output being valid; one item a clock. `ready` of `o` reaches that of `i`
    combinationally.

    Raises
    ------
    TypeError, ValueError
        if `latency` is not a positive integer.

    Examples
    --------
    >>> m, i, o = Module(), stream.Signature(8).create(), stream.Signature(8).create()
    >>> pipeline = Pipeline(m, i, o, latency=2)
    >>> m.d.comb += o.payload.eq(pipeline.stage(i.payload, name="late", cycles=2))
    >>> pipeline.valid.shape()
    unsigned(2)
    """

    def __init__(self, m: Module, i, o, latency: int, clear=0):
        check_integer("latency of a pipeline", latency)
        self.module = m
        self.valid = Signal(latency)
        self.advance = Signal()
        m.d.comb += [
            self.advance.eq(~self.valid[-1] | o.ready),
            i.ready.eq(self.advance),
            o.valid.eq(self.valid[-1]),
        ]
        with m.If(self.advance):
            m.d.sync += self.valid.eq(self.valid << 1 | i.valid)
        with m.If(clear):
            m.d.sync += self.valid.eq(0)

    def stage(self, value, *, name: str, cycles: int = 1):
        """Delay `value` by `cycles` stages, without reset."""
        return delay(self.module, value, cycles=cycles, name=name, enable=self.advance)


class SkidBuffer(wiring.Component):
    """Cuts a stream with two registers, so that neither `ready` nor `valid` goes straight through: for long handshake
    paths.

    Parameters
    ----------
    shape : shape-like

    Members
    -------
    i : In(stream of shape)
    o : Out(stream of shape)
    clear : In(1)
        high for a cycle: forgets what it holds, and what is accepted in that cycle.

    Cycles
    ------
    `latency` = 1; one item a clock.

    Examples
    --------
    >>> SkidBuffer(8).latency
    1
    """

    latency = 1

    def __init__(self, shape):
        super().__init__({"i": In(stream.Signature(shape)), "o": Out(stream.Signature(shape)), "clear": In(1)})

    def elaborate(self, platform):
        m = Module()
        spare = Signal.like(self.i.payload, reset_less=True)
        offered = Signal.like(self.i.payload, reset_less=True)
        waiting = Signal()  # `spare` holds an item, behind the one that is offered
        m.d.comb += [self.i.ready.eq(~waiting), self.o.payload.eq(offered)]
        with m.If(~self.o.valid | self.o.ready):
            m.d.sync += [self.o.valid.eq(self.i.valid | waiting), waiting.eq(0)]
            with m.If(waiting):
                m.d.sync += offered.eq(spare)
            with m.Else():
                m.d.sync += offered.eq(self.i.payload)
        with m.Elif(self.i.valid & ~waiting):
            m.d.sync += [spare.eq(self.i.payload), waiting.eq(1)]
        with m.If(self.clear):
            m.d.sync += [self.o.valid.eq(0), waiting.eq(0)]
        return m

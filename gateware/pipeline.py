"""A pipeline of registers behind a stream: moves as long as its output is taken or empty."""

from amaranth.hdl import Module, Signal

__all__ = ["Pipeline"]


class Pipeline:
    """The control of a pipeline between streams `i` and `o`, to be filled with stages of data registers.

    `advance` is high when every stage moves on; data registers are written under `m.If(pipeline.advance)`, or with
    `stage(value)`. Only the valid bits are reset. The pipeline does not close gaps: it stalls as a whole.

    Parameters
    ----------
    m : Module
    i, o : stream interfaces
        `o.payload` is left for the caller to drive.
    latency : int
        number of stages: cycles from an accepted input to its output being valid.
    clear : value
        high for a cycle: forgets everything that is in the pipeline.
    """

    def __init__(self, m: Module, i, o, latency: int, clear=0):
        self._m = m
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

    def stage(self, value, *, name: str | None = None, cycles: int = 1):
        """`value` delayed by `cycles` stages, without reset."""
        for _ in range(cycles):
            register = Signal(value.shape(), name=name, reset_less=True)
            with self._m.If(self.advance):
                self._m.d.sync += register.eq(value)
            value = register
        return value

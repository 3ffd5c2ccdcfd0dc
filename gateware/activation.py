"""The sigmoid unit: segmented polynomials by Horner's rule, one result a clock.

The integer function is `model.sigmoid.Sigmoid`. (A ReLU needs no unit: it is the saturation to an unsigned format.)
"""

import numpy as np
from amaranth.hdl import Array, Const, Module, Mux, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from gateware.number import Fixed
from gateware.pipeline import Pipeline
from model.intervals import signed_bits
from model.sigmoid import Sigmoid

__all__ = ["SigmoidUnit"]


class SigmoidUnit(wiring.Component):
    """Input codes to output codes of a `model.sigmoid.Sigmoid`.

    Members
    -------
    i : In(stream of sigmoid.input)
    o : Out(stream of sigmoid.output)

    Cycles
    ------
    latency = 3 + 2·order; one result a clock, with `order` multipliers.

    Parameters
    ----------
    sigmoid : Sigmoid
    """

    def __init__(self, sigmoid: Sigmoid):
        self._sigmoid = sigmoid
        super().__init__({
            "i": In(stream.Signature(Fixed(sigmoid.input))),
            "o": Out(stream.Signature(Fixed(sigmoid.output))),
        })

    @staticmethod
    def latency_of(sigmoid: Sigmoid) -> int:
        return 3 + 2 * sigmoid.order

    def elaborate(self, platform):
        m = Module()
        spec = self._sigmoid
        pipeline = Pipeline(m, self.i, self.o, self.latency_of(spec))
        stage = pipeline.stage

        # Stage 1: the magnitude, one bit wider than the input's without its sign, and held.
        x = self.i.payload.raw
        negative = stage(x < 0, name="negative")
        size = Signal(spec.input.bits)
        m.d.comb += size.eq(Mux(x < 0, -x, x))
        held = Mux(size > spec.hold, spec.hold, size)
        magnitude = stage(held[:spec.hold.bit_length()], name="magnitude")

        # Stage 2: the segment, its centre and coefficients, and the abscissa.
        segment = Signal(range(spec.segments))
        index = magnitude >> spec.segment_bits
        m.d.comb += segment.eq(Mux(index >= spec.segments, spec.segments - 1, index))
        t = stage(magnitude.as_unsigned() - _select(spec.centres, segment), name="t")
        coefficients = [stage(_select(spec.coefficients[:, power], segment), name=f"c{power}")
                        for power in range(spec.order + 1)]

        # Two stages a power: the product, then the next coefficient. Adding it before the shift is the same floor.
        # Each sum is as wide as its values over all |x| demand.
        values = spec.horner(np.arange(spec.hold + 1))
        y = coefficients[spec.order]
        for power, reached in zip(range(spec.order - 1, -1, -1), values[1:], strict=True):
            product = stage(y * t, name=f"product_{power}")
            age = 2 * (spec.order - power)
            c = stage(coefficients[power], name=f"c{power}_{age}", cycles=age - 1)
            t = stage(t, name=f"t_{age}", cycles=2)
            y = Signal(signed(signed_bits(int(reached.min()), int(reached.max()))), name=f"y_{power}", reset_less=True)
            with m.If(pipeline.advance):
                m.d.sync += y.eq(((c << spec.input.frac) + product) >> spec.input.frac)

        # The last stage: one rounding half up, the reflection of the negative side, and the saturation.
        negative = stage(negative, name="negative_last", cycles=1 + 2 * spec.order)
        rounded = (y + ((1 << spec.guard) >> 1)) >> spec.guard
        reflected = Mux(negative, (1 << spec.output.frac) - rounded, rounded)
        result = Signal(spec.output.bits, reset_less=True)
        with m.If(pipeline.advance):
            m.d.sync += result.eq(Mux(reflected > spec.output.high, spec.output.high,
                                      Mux(reflected < 0, 0, reflected)))
        m.d.comb += self.o.payload.eq(Fixed(spec.output)(result))
        return m


def _select(values, index):
    """The constant of `values` at `index`."""
    bits = signed_bits(int(min(values)), int(max(values)))
    constants = [Const(int(value), signed(bits)) for value in values]
    return constants[0] if len(constants) == 1 else Array(constants)[index]

"""The sigmoid unit: segmented polynomials by Horner's rule, one result a clock.

The integer function is `model.fixedpoint.sigmoid.Sigmoid`. (A ReLU needs no unit: it is the saturation to an unsigned
format.)
"""

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.number import Fixed
from varigate.gateware.lib.pipeline import Pipeline
from varigate.gateware.units import horner
from varigate.model.fixedpoint.intervals import signed_bits
from varigate.model.fixedpoint.sigmoid import Sigmoid

__all__ = ["FoldedSigmoidUnit", "SigmoidUnit"]


def _magnitude(sigmoid: Sigmoid, x):
    """min(|x|, hold) of the signed input code, unsigned.

    Where it is held at the greatest positive code, the one code whose magnitude exceeds that is left inverted without
    its 1's being added.
    """
    negative, span = x[-1], 1 << (sigmoid.input.bits - 1)
    inverted = x[:-1] ^ negative.replicate(len(x) - 1)
    if sigmoid.hold == span - 1:
        return (inverted + (negative & x[:-1].any()))[:-1]
    size = inverted + negative
    return Mux(size > sigmoid.hold, sigmoid.hold, size)[:sigmoid.hold.bit_length()]


def _finish(sigmoid: Sigmoid, y, negative):
    """The output code of the polynomial `y`, to which the rounding's half has been added.

    Drops the guard bits, reflects the negative side, and saturates where `y` can reach so far.
    """
    low, high = (value >> sigmoid.guard for value in _half_added(sigmoid)[-1])
    one, target = 1 << sigmoid.output.frac, sigmoid.output
    rounded = y[sigmoid.guard:].as_signed()
    value = (rounded.as_unsigned() ^ negative.replicate(len(rounded))).as_signed() + Mux(negative, one + 1, 0)
    result = value[:target.bits]
    if max(high, one - low) > target.high:
        result = Mux(value > target.high, target.high, result)
    if min(low, one - high) < target.low:
        result = Mux(value < target.low, target.low, result)
    return result


def _half_added(sigmoid: Sigmoid) -> list[tuple[int, int]]:
    """The intervals of Horner's steps with half of the output's last place added in the last one."""
    return horner.intervals(sigmoid.polynomial, sigmoid.hold, _half(sigmoid))


def _half(sigmoid: Sigmoid) -> int:
    """Half of the output's last place, in the coefficients' fraction bits."""
    return (1 << sigmoid.guard) >> 1


class SigmoidUnit(wiring.Component):
    """Input codes to output codes of a `model.fixedpoint.sigmoid.Sigmoid`.

    Members
    -------
    i : In(stream of sigmoid.input)
    o : Out(stream of sigmoid.output)

    Cycles
    ------
    latency = 3 + 2·order, and 1 for order 0, which is a table of all codes; one result a clock, with `order`
    multipliers.

    Parameters
    ----------
    sigmoid : Sigmoid
    """

    def __init__(self, sigmoid: Sigmoid):
        self._sigmoid = sigmoid
        self.latency = self.latency_of(sigmoid)
        super().__init__({
            "i": In(stream.Signature(Fixed(sigmoid.input))),
            "o": Out(stream.Signature(Fixed(sigmoid.output))),
        })

    @staticmethod
    def latency_of(sigmoid: Sigmoid) -> int:
        return 2 + horner.latency_of(sigmoid.polynomial) if sigmoid.order else 1

    def elaborate(self, platform):
        m = Module()
        spec = self._sigmoid
        pipeline = Pipeline(m, self.i, self.o, self.latency)
        stage = pipeline.stage

        x = self.i.payload.raw
        if spec.order == 0:
            value = _table(spec, x.as_unsigned())
        else:
            negative = stage(x[-1], name="negative", cycles=self.latency - 1)
            y = horner.horner(pipeline, spec.polynomial, stage(_magnitude(spec, x), name="magnitude"),
                              greatest=spec.hold, offset=_half(spec))
            value = _finish(spec, y, negative)
        result = Signal(spec.output.bits, reset_less=True)
        with m.If(pipeline.advance):
            m.d.sync += result.eq(value)
        m.d.comb += self.o.payload.eq(Fixed(spec.output)(result))
        return m


class FoldedSigmoidUnit(wiring.Component):
    """The same function, of order 1 or more, with one multiplier: products and sums take turns.

    Members
    -------
    i : In(stream of sigmoid.input)
    o : Out(stream of sigmoid.output)

    Cycles
    ------
    latency = interval = 2 + 2·order.

    Parameters
    ----------
    sigmoid : Sigmoid
        where segments × (order + 1) is at most 64, each bit of the coefficients is one look-up table.
    """

    def __init__(self, sigmoid: Sigmoid):
        self._sigmoid = sigmoid
        self.latency = self.interval = 2 + 2 * sigmoid.order
        super().__init__({
            "i": In(stream.Signature(Fixed(sigmoid.input))),
            "o": Out(stream.Signature(Fixed(sigmoid.output))),
        })

    def elaborate(self, platform):
        spec = self._sigmoid
        if spec.order == 0:
            raise ValueError("a sigmoid of order 0 is a table, which has nothing to fold")
        m = Module()
        frac, bits = spec.input.frac, max(signed_bits(*interval) for interval in _half_added(spec))
        size = Signal(spec.hold.bit_length(), reset_less=True)
        negative = Signal(reset_less=True)
        total = Signal(signed(bits + frac), reset_less=True)
        y = total[frac:].as_signed()

        # `left` counts down: odd for a sum, even for a product. The first sum is with a product of zero.
        left = Signal(range(2 * spec.order + 2))
        segment, t = horner.abscissa(spec.polynomial, size, spec.hold)
        product = Signal((y * t).shape(), reset_less=True)
        rows = spec.coefficients.copy()
        rows[:, 0] += _half(spec)
        entries = [rows[k, min(power, spec.order)] for power in range(1 << len(left) - 1) for k in range(spec.segments)]
        segment_bits = spec.segments.bit_length() - 1
        c = horner.select(entries, Cat(segment[:segment_bits], left[1:]))
        accepted = self.i.valid & self.i.ready
        m.d.comb += [
            self.i.ready.eq((left == 0) & (~self.o.valid | self.o.ready)),
            self.o.payload.eq(Fixed(spec.output)(_finish(spec, y, negative))),
        ]
        m.d.sync += product.eq(Mux(accepted, 0, y * t))
        with m.If(left[0]):
            m.d.sync += total.eq((c << frac) + product)
        with m.If(left != 0):
            m.d.sync += [left.eq(left - 1), self.o.valid.eq(left == 1)]
        with m.Elif(accepted):
            m.d.sync += [left.eq(2 * spec.order + 1), self.o.valid.eq(0), negative.eq(self.i.payload.raw[-1]),
                         size.eq(_magnitude(spec, self.i.payload.raw))]
        with m.Elif(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        return m


def _table(sigmoid: Sigmoid, code):
    """The output code of every input code, a table for each of its bits: so Yosys makes fewer look-up tables of it."""
    entries = range(1 << sigmoid.input.bits)
    values = sigmoid([entry - (entry > sigmoid.input.high) * len(entries) for entry in entries])
    return Cat(Array(Const(int(value) >> bit & 1, 1) for value in values)[code] for bit in range(sigmoid.output.bits))

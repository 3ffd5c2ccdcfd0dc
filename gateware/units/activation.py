"""The sigmoid in hardware: segmented polynomials by Horner's rule, pipelined or with one multiplier.

The integer function is `model.fixedpoint.sigmoid.Sigmoid`. (A ReLU needs no unit: it is the saturation to an unsigned
format.)
"""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer
from varigate.gateware.lib.number import Fixed
from varigate.gateware.lib.pipeline import Pipeline
from varigate.gateware.lib.saturation import saturate
from varigate.gateware.lib.tables import select
from varigate.gateware.units import horner
from varigate.model.fixedpoint.intervals import signed_bits
from varigate.model.fixedpoint.sigmoid import Sigmoid

__all__ = ["FoldedSigmoidUnit", "SigmoidUnit"]


def _magnitude(sigmoid: Sigmoid, x):
    """Return min(|x|, hold) of the signed input code `x`, unsigned.

    Where `hold` is the greatest positive code, only the most negative code has a greater magnitude: its bits are
    inverted and the 1 is not added.
    """
    negative, span = x[-1], 1 << (sigmoid.input.bits - 1)
    inverted = x[:-1] ^ negative.replicate(len(x) - 1)
    if sigmoid.hold == span - 1:
        return (inverted + (negative & x[:-1].any()))[:-1]
    size = inverted + negative
    return Mux(size > sigmoid.hold, sigmoid.hold, size)[:sigmoid.hold.bit_length()]


def _finish(sigmoid: Sigmoid, y, negative):
    """Turn the polynomial's value `y`, with half of the last place already added, into the output code.

    Drops the guard bits, reflects the negative side, and saturates if `y` can reach beyond the output format.
    """
    low, high = (value >> sigmoid.guard for value in _half_added(sigmoid)[-1])
    one = 1 << sigmoid.output.frac
    rounded = y[sigmoid.guard:].as_signed()
    value = (rounded.as_unsigned() ^ negative.replicate(len(rounded))).as_signed() + Mux(negative, one + 1, 0)
    return saturate(value, sigmoid.output, (min(low, one - high), max(high, one - low)))


def _half_added(sigmoid: Sigmoid) -> list[tuple[int, int]]:
    """Intervals of Horner's steps, with half of the output's last place added in the last step."""
    return horner.intervals(sigmoid.polynomial, sigmoid.hold, _half(sigmoid))


def _half(sigmoid: Sigmoid) -> int:
    """Half of the output's last place, in the coefficients' fraction bits."""
    return (1 << sigmoid.guard) >> 1


class SigmoidUnit(wiring.Component):
    """A pipelined sigmoid: takes and gives one code a clock.

    The integer function is `model.fixedpoint.sigmoid.Sigmoid`.

    Parameters
    ----------
    sigmoid : Sigmoid
        formats, segments and coefficients; one of order 0 is built as a table of all codes.

    Members
    -------
    i : In(stream of sigmoid.input)
    o : Out(stream of sigmoid.output)

    Cycles
    ------
    `latency` = 3 + 2·order, or 1 for order 0; one result a clock. It takes `order` multipliers.

    Examples
    --------
    >>> from varigate.model.fixedpoint.sigmoid import byte, classic
    >>> SigmoidUnit(byte()).latency, classic().order, SigmoidUnit(classic()).latency
    (1, 5, 13)
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
        """Latency in clocks of the unit for `sigmoid`, without building it."""
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
    """A sigmoid with one multiplier, which products and sums use in turn. The integer function is
    `model.fixedpoint.sigmoid.Sigmoid`.

    Parameters
    ----------
    sigmoid : Sigmoid
        of order 1 or more. If segments × (order + 1) is at most 64, each bit of the coefficients is one look-up table.

    Members
    -------
    i : In(stream of sigmoid.input)
    o : Out(stream of sigmoid.output)

    Cycles
    ------
    `latency` = `interval` = 2 + 2·order: a result leaves as the next code is accepted.

    Raises
    ------
    ValueError
        if the sigmoid has order 0.

    Examples
    --------
    >>> from varigate.model.fixedpoint.sigmoid import classic
    >>> FoldedSigmoidUnit(classic()).interval
    12
    """

    def __init__(self, sigmoid: Sigmoid):
        check_integer("order of a folded sigmoid", sigmoid.order)
        self._sigmoid = sigmoid
        self.latency = self.interval = 2 + 2 * sigmoid.order
        super().__init__({
            "i": In(stream.Signature(Fixed(sigmoid.input))),
            "o": Out(stream.Signature(Fixed(sigmoid.output))),
        })

    def elaborate(self, platform):
        m = Module()
        spec = self._sigmoid
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
        c = select(entries, Cat(segment[:segment_bits], left[1:]))
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
    """Look up the output code of any input code, in a table for each output bit: Yosys makes fewer look-up tables of
    it."""
    entries = range(1 << sigmoid.input.bits)
    values = sigmoid([entry - (entry > sigmoid.input.high) * len(entries) for entry in entries])
    return Cat(select(values >> bit & 1, code) for bit in range(sigmoid.output.bits))

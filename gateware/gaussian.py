"""The Gaussian source ε: a segmented inverse CDF over uniform draws, and the stream of samples with its index.

The integer functions are `model.epsilon.gaussian` and `model.epsilon.epsilon`.
"""

from amaranth.hdl import Cat, Module, Mux, Signal, signed, unsigned
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from gateware.lfsr import Taus88
from gateware.number import Fixed, connect
from gateware.pipeline import Pipeline
from model.epsilon import COEFFICIENT_BITS, GUARD, POSITION_BITS, X_BITS
from model.sampling import EPSILON

__all__ = ["EpsilonSource", "InverseCdf"]


def _leading_zeros(bits):
    """The number of zeros before the first one, from the most significant bit on; a binary tree, not a chain.

    Returns (count, all_zero); `count` is meant only where not all are zero. The width is a power of two.
    """
    if len(bits) == 1:
        return Cat(), ~bits
    half = len(bits) // 2
    (low, low_zero), (high, high_zero) = _leading_zeros(bits[:half]), _leading_zeros(bits[half:])
    return Cat(Mux(high_zero, low, high) if len(low) else low, high_zero), low_zero & high_zero


class InverseCdf(wiring.Component):
    """A 32-bit uniform draw to a Gaussian sample, one a clock: two multiply-adds and a table of 256 rows.

    Members
    -------
    i : In(stream of 32 bits)
    o : Out(stream of s16.11)
    clear : In(1)
        drops what is in the pipeline.

    Cycles
    ------
    latency = 9; one sample a clock.

    Parameters
    ----------
    table : int array (256, 3)
        the quadratics' coefficients: `Network.epsilon_table`.
    """

    latency = 9

    def __init__(self, table):
        self._table = [[int(c) for c in row] for row in table]
        super().__init__({
            "i": In(stream.Signature(unsigned(32))),
            "o": Out(stream.Signature(Fixed(EPSILON))),
            "clear": In(1),
        })

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o, self.latency, self.clear)
        stage = pipeline.stage

        # Stage 1: octave and segment, which are the table's address. A one behind the 31 bits makes their count at
        # most 31, so that "all zero" needs no case of its own.
        draw = self.i.payload
        octave, _ = _leading_zeros(Cat(1, draw[:31]))
        position = Cat(draw[bit] for bit in reversed(range(POSITION_BITS)))
        address = stage(Cat(position[X_BITS:], octave), name="address")
        negative, x = stage(draw[31], name="negative"), stage(position[:X_BITS], name="x_1")

        # Stages 2 and 3: the table and its output register. The final rounding's half is folded into c0.
        layout = data.StructLayout({"c0": COEFFICIENT_BITS[0], "c1": signed(COEFFICIENT_BITS[1]),
                                    "c2": COEFFICIENT_BITS[2]})
        rows = [{"c0": c0 + (1 << GUARD >> 1), "c1": c1, "c2": c2} for c0, c1, c2 in self._table]
        m.submodules.table = table = memory.Memory(
            shape=layout, depth=len(rows), init=rows, attrs={"ram_style": "block"})
        port = table.read_port()
        m.d.comb += [port.addr.eq(address), port.en.eq(pipeline.advance)]
        row = layout(stage(port.data.as_value(), name="row"))
        x = stage(x, name="x_3", cycles=2)

        # Stages 4 to 8: Horner's rule; each product has its register, as a DSP slice has.
        product = stage(x * row.c2, name="product_1")
        t = stage((stage(row.c1, name="c1_4") << X_BITS) + product, name="sum_1") >> X_BITS
        t, x = stage(t, name="t"), stage(x, name="x_6", cycles=3)
        product = stage(t * x, name="product_2")
        magnitude = stage((stage(row.c0, name="c0_7", cycles=4) << X_BITS) + product, name="sum_2") >> X_BITS + GUARD

        # Stage 9: the sign.
        negative = stage(negative, name="negative_8", cycles=7)
        result = Signal(signed(EPSILON.bits), reset_less=True)
        with m.If(pipeline.advance):
            m.d.sync += result.eq(Mux(negative, -magnitude, magnitude))
        m.d.comb += self.o.payload.eq(Fixed(EPSILON)(result))
        return m


class EpsilonSource(wiring.Component):
    """The numbered stream of ε samples.

    Members
    -------
    i : In(stream of 32 bits)
        a seed, always accepted; the next sample taken is sample 0.
    o : Out(stream of s16.11)
    index : Out(32)
        the index of the sample that `o` offers next: the number of samples taken since the seed, modulo 2³².

    Cycles
    ------
    `seeding` from seed or reset to sample 0; then one sample a clock.

    Parameters
    ----------
    table : int array (256, 3)
    seed : int
        after reset.
    """

    seeding = Taus88.seeding + InverseCdf.latency

    def __init__(self, table, seed: int):
        self._table, self._seed = table, seed
        super().__init__({
            "i": In(stream.Signature(unsigned(32))),
            "o": Out(stream.Signature(Fixed(EPSILON))),
            "index": Out(32),
        })

    def elaborate(self, platform):
        m = Module()
        m.submodules.uniform = uniform = Taus88(self._seed)
        m.submodules.gaussian = gaussian = InverseCdf(self._table)
        wiring.connect(m, wiring.flipped(self.i), uniform.i)
        connect(m, uniform.o, gaussian.i)
        connect(m, gaussian.o, wiring.flipped(self.o))
        m.d.comb += gaussian.clear.eq(self.i.valid)
        with m.If(self.i.valid):
            m.d.sync += self.index.eq(0)
        with m.Elif(self.o.valid & self.o.ready):
            m.d.sync += self.index.eq(self.index + 1)
        return m

"""The Gaussian source ε: a segmented inverse CDF over uniform draws, and the stream of samples with its index.

The integer functions are `model.fixedpoint.epsilon.gaussian` and `model.fixedpoint.epsilon.epsilon`.
"""

from amaranth.hdl import Cat, Module, Mux, Signal, signed, unsigned
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer
from varigate.gateware.lib.number import Fixed, connect
from varigate.gateware.lib.pipeline import Pipeline, SkidBuffer
from varigate.gateware.units.lfsr import Taus88
from varigate.model.fixedpoint.epsilon import POSITION_BITS, segments_of
from varigate.model.fixedpoint.sampling import EPSILON

__all__ = ["EpsilonSource", "InverseCdf"]


def _leading_zeros(bits):
    """Count the zeros before the first one, from the most significant bit on; a binary tree, not a chain.

    Returns (count, all_zero); `count` means nothing if all are zero. The width is a power of two.
    """
    if len(bits) == 1:
        return Cat(), ~bits
    half = len(bits) // 2
    (low, low_zero), (high, high_zero) = _leading_zeros(bits[:half]), _leading_zeros(bits[half:])
    return Cat(Mux(high_zero, low, high) if len(low) else low, high_zero), low_zero & high_zero


class InverseCdf(wiring.Component):
    """Turns 32-bit uniform draws into Gaussian samples: a table, and one multiply-add for each degree.

    The integer function is `model.fixedpoint.epsilon.gaussian`.

    Parameters
    ----------
    table : int array (rows, degree + 1)
        the polynomials' coefficients: `Network.epsilon_table`, or any `model.fixedpoint.epsilon.epsilon_table(kind)`.

    Members
    -------
    i : In(stream of 32 bits)
    o : Out(stream of s16.11)
    clear : In(1)
        drops what is in the pipeline.

    Cycles
    ------
    `latency` = 3 + 3·degree: 9 for the quadratic, 6 for straight lines; one sample a clock.

    Raises
    ------
    ValueError
        if no kind of table has the shape of `table`.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> InverseCdf(network_file.load(network_file.find("iris")).epsilon_table).latency
    9
    """

    def __init__(self, table):
        self._segments = segments_of(table)
        self._table = [[int(c) for c in row] for row in table]
        self.latency = self.latency_of(table)
        super().__init__({
            "i": In(stream.Signature(unsigned(32))),
            "o": Out(stream.Signature(Fixed(EPSILON))),
            "clear": In(1),
        })

    @staticmethod
    def latency_of(table) -> int:
        """Latency in clocks of the unit for `table`, without building it."""
        return 3 + 3 * segments_of(table).degree

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o, self.latency, self.clear)
        stage = pipeline.stage
        degree, guard, x_bits = self._segments.degree, self._segments.guard, self._segments.x_bits

        # Stage 1: octave and segment, which are the table's address. A one behind the 31 bits makes their count at most
        # 31, so that "all zero" needs no case of its own.
        draw = self.i.payload
        octave, _ = _leading_zeros(Cat(1, draw[:31]))
        position = Cat(draw[bit] for bit in reversed(range(POSITION_BITS)))
        address = stage(Cat(position[x_bits:], octave), name="address")
        negative, x = stage(draw[31], name="negative"), stage(position[:x_bits], name="x_1")

        # Stages 2 and 3: the table and its output register. The final rounding's half is folded into c0.
        layout = data.StructLayout({f"c{index}": signed(bits) if index == 1 else unsigned(bits)
                                    for index, bits in enumerate(self._segments.bits)})
        rows = [{f"c{index}": c + (1 << guard >> 1 if index == 0 else 0) for index, c in enumerate(row)}
                for row in self._table]
        m.submodules.table = table = memory.Memory(
            shape=layout, depth=len(rows), init=rows, attrs={"ram_style": "block"})
        port = table.read_port()
        m.d.comb += [port.addr.eq(address), port.en.eq(pipeline.advance)]
        row = layout(stage(port.data.as_value(), name="row"))
        x = stage(x, name="x_3", cycles=2)

        # Three stages a degree, Horner's rule: product, sum and (but for the last) the next factor each have their
        # register, as a DSP slice has.
        value = row[f"c{degree}"]
        for power in reversed(range(degree)):
            age = 3 * (degree - 1 - power)
            product = stage(x * value, name=f"product_{power}")
            constant = stage(row[f"c{power}"], name=f"c{power}_{age + 4}", cycles=age + 1)
            total = stage((constant << x_bits) + product, name=f"sum_{power}")
            if power:
                value, x = stage(total >> x_bits, name=f"t_{power}"), stage(x, name=f"x_{age + 6}", cycles=3)
        magnitude = total >> x_bits + guard

        # The last stage: the sign.
        negative = stage(negative, name=f"negative_{self.latency - 1}", cycles=self.latency - 2)
        result = Signal(signed(EPSILON.bits), reset_less=True)
        with m.If(pipeline.advance):
            m.d.sync += result.eq(Mux(negative, -magnitude, magnitude))
        m.d.comb += self.o.payload.eq(Fixed(EPSILON)(result))
        return m


class EpsilonSource(wiring.Component):
    """Gives the numbered stream of ε samples. The integer function is `model.fixedpoint.epsilon.epsilon`.

    Parameters
    ----------
    table : int array (rows, degree + 1)
        as `InverseCdf`'s.
    seed : int
        the 32-bit seed after reset.

    Members
    -------
    i : In(stream of 32 bits)
        a seed, always accepted; the next sample taken is sample 0.
    o : Out(stream of s16.11)
    index : Out(32)
        the index of the sample that `o` offers next: the number of samples taken since the seed, modulo 2³².

    Cycles
    ------
    `seeding` = `Taus88.seeding` + `InverseCdf.latency` + `SkidBuffer.latency` from an accepted seed, or reset, to
    sample 0; then one sample a clock.

    Raises
    ------
    TypeError, ValueError
        if `seed` is not an integer of 32 bits, or no kind of table has the shape of `table`.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> EpsilonSource(network_file.load(network_file.find("iris")).epsilon_table, seed=1).seeding
    60
    """

    def __init__(self, table, seed: int):
        check_integer("seed", seed, 0, 0xFFFFFFFF)
        self._seed = seed
        self._gaussian = InverseCdf(table)
        self.seeding = Taus88.seeding + self._gaussian.latency + SkidBuffer.latency
        super().__init__({
            "i": In(stream.Signature(unsigned(32))),
            "o": Out(stream.Signature(Fixed(EPSILON))),
            "index": Out(32),
        })

    def elaborate(self, platform):
        m = Module()
        m.submodules.uniform = uniform = Taus88(self._seed)
        m.submodules.gaussian = gaussian = self._gaussian
        wiring.connect(m, wiring.flipped(self.i), uniform.i)
        connect(m, uniform.o, gaussian.i)
        # The buffer keeps the taker's `ready` from the clock enables of inverse CDF and LFSR.
        m.submodules.buffer = buffer = SkidBuffer(Fixed(EPSILON))
        connect(m, gaussian.o, buffer.i)
        connect(m, buffer.o, wiring.flipped(self.o))
        m.d.comb += [gaussian.clear.eq(self.i.valid), buffer.clear.eq(self.i.valid)]
        with m.If(self.i.valid):
            m.d.sync += self.index.eq(0)
        with m.Elif(self.o.valid & self.o.ready):
            m.d.sync += self.index.eq(self.index + 1)
        return m

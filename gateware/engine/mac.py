"""The multiply-accumulate array: `rows` sums in parallel, each taking `columns` products a clock.

    activations ──►[×]──►[+ P]──► chain ──►(split)──► tree ──►[+ acc]──► sums

A column's product has its register; up to `chain` columns are then summed down a cascade (each adds to its neighbour's
register, as DSP slices do over PCIN/PCOUT), their inputs skewed by a register a step; the chains' sums meet in a
registered tree; the accumulator is last. With one column the accumulator follows the product directly, and the whole
lane is one DSP slice.

*Packed*, one multiplier serves two rows: its factor is w₁·2¹⁷ + w₀, so that the products by an activation a lie side by
side in one number, a·w₁·2¹⁷ + a·w₀ (Xilinx WP486, "Deep learning with INT8 optimization on Xilinx devices", 2016).
Where the sum of a chain's low products stays below 2¹⁶ in size, the high sum is what lies above bit 17, plus the borrow
that bit 16 shows.
"""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer
from varigate.gateware.lib.delay import delay

__all__ = ["LOW_BITS", "MacArray", "longest_chain"]

CHAIN = 4  # columns down one cascade
LOW_BITS = 17  # bits of the low product of two; with 8 more for the high weight, a factor has 25


def longest_chain(columns: int, *, packed: bool, cascade: bool = True, product: int = 127 * 255) -> int:
    """Greatest number of columns that one cascade may sum.

    Packed, at most as many as keep the low sum, of products up to `product` in size, inside `LOW_BITS` signed bits.

    >>> longest_chain(16, packed=True, product=127 * 128), longest_chain(16, packed=True, product=127 * 255)
    (4, 2)
    """
    limit = CHAIN if cascade else 1
    if packed:
        limit = min(limit, ((1 << LOW_BITS - 1) - 1) // product)
    return min(limit, columns)


class MacArray(wiring.Component):
    """Multiplies and accumulates: `rows` sums over `columns` inputs in parallel.

    Parameters
    ----------
    rows, columns : int
    weight_bits, activation_bits, accumulator_bits : int
        bits of signed numbers.
    chain : int
        columns to a cascade; 1 is a plain adder tree. See `longest_chain`.
    packed : bool
        two rows to a multiplier; the last one of an odd number has its own.

    Members
    -------
    activations : In(columns × signed)
    weights : In(rows × columns × signed)
        packed, the second row of each pair is given less one where the first row's weight is negative
        (`gateware.engine.program.packed_weights`), so that the two lie in the factor side by side.
    first : In(1)
        these are the first products of their sums: the accumulators start anew.
    sums : Out(rows × signed)
        the accumulators; they wrap modulo 2**accumulator_bits, which is harmless if the final sum fits.

    Cycles
    ------
    `latency` = 2 + chain (0 for a chain of 1) + packed + ⌈log₂⌈columns/chain⌉⌉ from inputs to the sums that include
    them; one step of rows × columns products a clock.

    Raises
    ------
    TypeError, ValueError
        if a size is not a positive integer.

    Examples
    --------
    >>> macs = MacArray(8, 4, weight_bits=8, activation_bits=8, accumulator_bits=24, packed=True)
    >>> macs.latency, MacArray.multipliers_of(8, 4, packed=True)
    (7, 16)
    """

    def __init__(self, rows: int, columns: int, *, weight_bits: int, activation_bits: int, accumulator_bits: int,
                 chain: int = CHAIN, packed: bool = False):
        for name, size in (("number of rows", rows), ("number of columns", columns), ("width of a weight", weight_bits),
                           ("width of an activation", activation_bits), ("width of an accumulator", accumulator_bits),
                           ("length of a chain", chain)):
            check_integer(name, size)
        self.rows, self.columns, self._packed = rows, columns, packed
        self._chain = min(chain, columns)
        self.latency = self.latency_of(columns, chain, packed)
        self._accumulator = signed(accumulator_bits)
        super().__init__({
            "activations": In(data.ArrayLayout(signed(activation_bits), columns)),
            "weights": In(data.ArrayLayout(data.ArrayLayout(signed(weight_bits), columns), rows)),
            "first": In(1),
            "sums": Out(data.ArrayLayout(self._accumulator, rows)),
        })

    @staticmethod
    def latency_of(columns: int, chain: int = CHAIN, packed: bool = False) -> int:
        """Latency in clocks: 1 for the product, one for each column of a cascade, 1 to split pairs, ⌈log₂⌉ of the
        number of cascades, 1 to accumulate."""
        chain = min(chain, columns)
        return 1 + (chain if chain > 1 else 0) + packed + (-(-columns // chain) - 1).bit_length() + 1

    @staticmethod
    def multipliers_of(rows: int, columns: int, packed: bool) -> int:
        """Number of the array's multipliers, which are DSP slices."""
        return columns * (-(-rows // 2) if packed else rows)

    def elaborate(self, platform):
        m = Module()

        def register(value, *, name: str, cycles: int = 1):
            return delay(m, value, cycles=cycles, name=name)

        def skewed(value, column, *, name):
            """Columns of a chain start a clock after one another, so that each meets its neighbour's sum."""
            start = self._chain - min(self._chain, self.columns - column // self._chain * self._chain)
            return register(value, name=name, cycles=start + column % self._chain)

        activations = [skewed(self.activations[column], column, name=f"activation_{column}")
                       for column in range(self.columns)]
        first = register(self.first, name="first", cycles=self.latency - 1)
        size = 2 if self._packed else 1
        for row in range(0, self.rows, size):
            pair = range(row, min(row + size, self.rows))
            factors = [self._factor([self.weights[each][column] for each in pair]) for column in range(self.columns)]
            products = [register(activations[column] * skewed(factors[column], column, name="weight"),
                                 name=f"product_{row}_{column}") for column in range(self.columns)]
            chains = [self._cascade(register, products[start:start + self._chain])
                      for start in range(0, self.columns, self._chain)]
            if self._packed:
                split = [self._split(register, total, len(pair)) for total in chains]
            else:
                split = [[total] for total in chains]
            for each, sums in zip(pair, zip(*split, strict=True), strict=True):
                while len(sums) > 1:
                    sums = [register(sum(sums[index:index + 2]), name="tree") for index in range(0, len(sums), 2)]
                total = Signal(self._accumulator, name=f"total_{each}", reset_less=True)
                m.d.sync += total.eq(sums[0] + Mux(first, 0, total))
                m.d.comb += self.sums[each].eq(total)
        return m

    @staticmethod
    def _factor(weights):
        """Put one row's weight, or two rows', into one factor."""
        if len(weights) == 1:
            return weights[0]
        low, high = weights
        return Cat(low, low[-1].replicate(LOW_BITS - len(low)), high).as_signed()

    def _cascade(self, register, products):
        if self._chain == 1:
            return products[0]
        total = register(products[0], name="cascade")
        for product in products[1:]:
            total = register(total + product, name="cascade")
        return total

    @staticmethod
    def _split(register, total, rows: int):
        """Split a chain's sum into those of the pair's rows."""
        if rows == 1:
            return [register(total, name="single")]
        low, high = total[:LOW_BITS].as_signed(), total[LOW_BITS:].as_signed()
        return [register(low, name="low"), register(high + total[LOW_BITS - 1], name="high")]

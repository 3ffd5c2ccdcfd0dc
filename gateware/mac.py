"""The multiply-accumulate array: `rows` sums in parallel, each taking `columns` products a clock.

    activations ──►[×]──►[+ P]──► chain ──► tree ──►[+ acc]──► sums

A column's product has its register; up to `chain` columns are then summed down a cascade (each adds to its
neighbour's register, as DSP slices do over PCIN/PCOUT), their inputs skewed by a register a step; the chains' sums meet
in a registered tree; the accumulator is last. With one column the accumulator follows the product directly, and the
whole lane is one DSP slice.
"""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["MacArray"]

CHAIN = 4


class MacArray(wiring.Component):
    """`rows` accumulators over `columns` inputs.

    Members
    -------
    activations : In(columns × signed)
    weights : In(rows × columns × signed)
    first : In(1)
        these are the first products of their sums: the accumulators start anew.
    sums : Out(rows × signed)
        the accumulators; they wrap modulo 2**accumulator_bits, which is harmless where the final sum fits.

    Cycles
    ------
    `latency` from inputs to the sums that include them; one step of rows × columns products a clock.

    Parameters
    ----------
    rows, columns : int
    weight_bits, activation_bits, accumulator_bits : int
        of signed numbers.
    chain : int
        columns to a cascade; 1 is a plain adder tree.
    """

    def __init__(self, rows: int, columns: int, *, weight_bits: int, activation_bits: int, accumulator_bits: int,
                 chain: int = CHAIN):
        self.rows, self.columns, self._chain = rows, columns, min(chain, columns)
        self.latency = self.latency_of(columns, chain)
        self._accumulator = signed(accumulator_bits)
        super().__init__({
            "activations": In(data.ArrayLayout(signed(activation_bits), columns)),
            "weights": In(data.ArrayLayout(data.ArrayLayout(signed(weight_bits), columns), rows)),
            "first": In(1),
            "sums": Out(data.ArrayLayout(self._accumulator, rows)),
        })

    @staticmethod
    def latency_of(columns: int, chain: int = CHAIN) -> int:
        """1 for the product, one for each column of a cascade, ⌈log2⌉ of the number of cascades, 1 to accumulate."""
        chain = min(chain, columns)
        return 1 + (chain if chain > 1 else 0) + (-(-columns // chain) - 1).bit_length() + 1

    def elaborate(self, platform):
        m = Module()

        def register(value, *, name: str, cycles: int = 1):
            for _ in range(cycles):
                delayed = Signal(value.shape(), name=name, reset_less=True)
                m.d.sync += delayed.eq(value)
                value = delayed
            return value

        def skewed(value, column, *, name):
            """Columns of a chain start a clock after one another, so that each meets its neighbour's sum."""
            start = self._chain - min(self._chain, self.columns - column // self._chain * self._chain)
            return register(value, name=name, cycles=start + column % self._chain)

        activations = [skewed(self.activations[column], column, name=f"activation_{column}")
                       for column in range(self.columns)]
        first = register(self.first, name="first", cycles=self.latency - 1)
        for row in range(self.rows):
            products = [register(activations[column] * skewed(self.weights[row][column], column, name="weight"),
                                 name=f"product_{row}_{column}") for column in range(self.columns)]
            sums = [self._cascade(register, products[start:start + self._chain])
                    for start in range(0, self.columns, self._chain)]
            while len(sums) > 1:
                sums = [register(sum(sums[index:index + 2]), name="tree") for index in range(0, len(sums), 2)]
            total = Signal(self._accumulator, name=f"total_{row}", reset_less=True)
            m.d.sync += total.eq(sums[0] + Mux(first, 0, total))
            m.d.comb += self.sums[row].eq(total)
        return m

    def _cascade(self, register, products):
        if self._chain == 1:
            return products[0]
        total = register(products[0], name="cascade")
        for product in products[1:]:
            total = register(total + product, name="cascade")
        return total

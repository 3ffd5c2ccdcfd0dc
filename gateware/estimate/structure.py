"""A core's structure in numbers: of how many adders, registers, multiplexers and memories, how wide, it is made.

These are what its look-up tables and flip-flops are predicted from (`explore.costs.area`), and what its energy is
counted from (`explore.costs.energy`).
"""

from dataclasses import dataclass
from math import lcm

from varigate.gateware.engine.drain import table_layout, value_bits
from varigate.gateware.engine.mac import MacArray, longest_chain
from varigate.gateware.engine.matmul import accumulator_bits_of, greatest_product, weight_bits_of
from varigate.gateware.engine.program import Array, lower
from varigate.gateware.engine.result_queue import ResultQueue
from varigate.gateware.engine.schedule import plan
from varigate.gateware.lib.division import ceil_divide
from varigate.model.fixedpoint.intervals import signed_bits
from varigate.model.network.network import Network

__all__ = ["NetworkStructure", "Structure"]

ROM_WORDS = 64  # of one bit, in a look-up table
RAM_WORDS = 64  # of three bits, written and read, in a quad of look-up tables
RAM_BITS = 3 / 4


def _ram(words: int, bits: int) -> float:
    """Look-up tables of a distributed memory with one write and one read port."""
    return ceil_divide(words, RAM_WORDS) * bits / RAM_BITS if words > RAM_WORDS // 2 else bits * 2 / 3


class NetworkStructure:
    """What of a network's structure does not depend on the array: quick to ask for many arrays.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: Network):
        subnets = lower(network)
        self.network, self.subnets = network, subnets
        self.matrices = [matrix for subnet in subnets for matrix in subnet]
        self.accumulator = accumulator_bits_of(self.matrices, network.sigmoid)
        self._product = greatest_product(self.matrices)
        self.weight_bits = weight_bits_of(self.matrices)
        self.value_bits = value_bits(self.matrices, network.sigmoid)
        self.activation_bits = max(self._bits(matrix) for matrix in self.matrices)
        word = table_layout(self.matrices, Array(1, 1), self.accumulator)
        self.lane_bits = word["lanes"].shape.size
        self.shifts = max(int(matrix.shift.max()) for matrix in self.matrices).bit_length()
        self.queues = [(subnet[-1].rows, value_bits(subnet[-1:], network.sigmoid)) for subnet in subnets]
        self.vectors = [(subnet[0].inputs, self._bits(subnet[0])) for subnet in subnets]
        self.inner = [(matrix.inputs, self._bits(matrix)) for subnet in subnets for matrix in subnet[1:]]

    @staticmethod
    def _bits(matrix) -> int:
        return signed_bits(matrix.source.low, matrix.source.high)

    def on(self, array: Array, weights: str) -> "Structure":
        """The structure with an array, and weights kept in `lut` or `block`."""
        plans = [plan(matrix, array) for matrix in self.matrices]
        chain = longest_chain(array.columns, packed=array.packed, cascade=array.cascade, product=self._product)
        chains = ceil_divide(array.columns, chain)
        words, groups = sum(each.words for each in plans), sum(each.groups for each in plans)
        banks = lcm(array.columns, array.drain)
        hidden = sum(ceil_divide(inputs, banks) for inputs, _ in self.inner)
        return Structure(
            engine=self, array=array, block=weights == "block", chain=chain, chains=chains, words=words,
            groups=groups, banks=banks if self.inner else 0, hidden_words=hidden,
            slices=MacArray.multipliers_of(array.rows, array.columns, array.packed))


@dataclass(frozen=True)
class Structure:
    """A core with an array.

    Parameters
    ----------
    chain, chains : int
        columns to a cascade, and cascades to a row (or pair of rows).
    words, groups : int
        of weights, and of the drain's table.
    banks, hidden_words : int
        of the buffer between layers.
    slices : int
        DSP slices of the array.
    """

    engine: NetworkStructure
    array: Array
    block: bool
    chain: int
    chains: int
    words: int
    groups: int
    banks: int
    hidden_words: int
    slices: int

    @property
    def weight_bits(self) -> int:
        """Of a word of weights."""
        return self.array.multipliers * self.engine.weight_bits

    @property
    def content_bits(self) -> int:
        """Of all weights, without what fills the words where the array is larger than a matrix."""
        return sum(matrix.weights.size for matrix in self.engine.matrices) * self.engine.weight_bits

    @property
    def table_bits(self) -> int:
        """Of a word of the drain's table."""
        return self.array.drain * self.engine.lane_bits + 2

    @property
    def split_bits(self) -> int:
        """Registered bits that come out of the packed cascades."""
        product = self.engine.weight_bits + self.engine.activation_bits + 2
        return self.array.packed * self.array.rows * self.chains * product

    @property
    def tree_bits(self) -> int:
        """Of the adders that sum the cascades."""
        product = self.engine.weight_bits + self.engine.activation_bits + 2
        return self.array.rows * (self.chains - 1) * product

    @property
    def accumulator_bits(self) -> int:
        """Of the accumulators that lie outside of DSP slices."""
        inside = self.array.columns == 1 and not self.array.packed
        return 0 if inside else self.array.rows * self.engine.accumulator

    @property
    def skew_bits(self) -> int:
        """Of the registers that delay a cascade's later factors: those of the weights, then of the activations."""
        steps = sum(column % self.chain for column in range(self.array.columns))
        return steps * (self.array.rows * self.engine.weight_bits + self.engine.activation_bits)

    @property
    def held_bits(self) -> int:
        """Of the sums that wait to be drained."""
        return self.array.rows * self.engine.accumulator

    @property
    def vector_luts(self) -> float:
        """Of the memories for vectors on their way in."""
        array, total = self.array, 0.0
        for inputs, bits in self.engine.vectors:
            words = array.buffers << max(ceil_divide(inputs, array.columns) - 1, 0).bit_length()
            total += array.columns * _ram(max(words, 2), bits)
        return total

    @property
    def hidden_luts(self) -> float:
        bits = max((bits for _, bits in self.engine.inner), default=0)
        return self.banks * _ram(max(self.hidden_words, 2), bits)

    @property
    def queue_luts(self) -> float:
        array, total = self.array, 0.0
        for results, bits in self.engine.queues:
            depth = ResultQueue.jobs_of(results, array.drain, array.buffers) * ceil_divide(results, array.drain)
            total += _ram(depth, array.drain * bits + 1)
        return total

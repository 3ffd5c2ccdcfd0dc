"""A core's structure in numbers: how many adders, registers, multiplexers and memories it has, and how wide they are.

Its look-up tables and flip-flops are predicted from these numbers (`explore.costs.area`), and its energy is computed
from them (`explore.costs.energy`).
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

ROM_WORDS = 64  # words of one bit that a look-up table holds
RAM_WORDS = 64  # words of three bits that four look-up tables hold, with a write port and a read port
RAM_BITS = 3 / 4  # bits of each word for one look-up table


def _ram(words: int, bits: int) -> float:
    """Look-up tables of a distributed memory with one write and one read port."""
    return ceil_divide(words, RAM_WORDS) * bits / RAM_BITS if words > RAM_WORDS // 2 else bits * 2 / 3


class NetworkStructure:
    """The part of a core's structure that does not depend on the array, so that many arrays are quick to compare.

    Parameters
    ----------
    network : Network

    Members
    -------
    accumulator, weight_bits, value_bits, activation_bits : int
        widths of a sum, of a weight, of a result, and of the widest factor of a weight.
    lane_bits, shifts : int
        bits of the drain's table for one lane, and stages of its shifter.
    queues : list of (int, int)
        for each subnet: number of results, and bits of each.
    vectors, inner : list of (int, int)
        number of inputs and bits of each: for the first matrix of each subnet, and for all other matrices.

    Examples
    --------
    >>> from varigate.model.network.network_file import find, load
    >>> network = NetworkStructure(load(find("iris")))
    >>> len(network.matrices), network.weight_bits
    (5, 8)
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
        """Return the structure of a core with `array`, whose `weights` are kept in `lut` or `block`.

        Examples
        --------
        >>> from varigate.model.network.network_file import find, load
        >>> core = NetworkStructure(load(find("iris"))).on(Array(8, 1), "lut")
        >>> core.slices, core.words, core.held_bits
        (8, 24, 152)
        """
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
    """The structure of a core with an array; `NetworkStructure.on` makes it.

    Parameters
    ----------
    engine : NetworkStructure
    array : Array
    block : bool
        whether weights are kept in block RAM, not in look-up tables.
    chain, chains : int
        columns to a cascade, and cascades to a row (or pair of rows).
    words, groups : int
        words of the weights, and words of the drain's table.
    banks, hidden_words : int
        banks of the buffer between layers, and words of each.
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
        """Bits of one word of weights."""
        return self.array.multipliers * self.engine.weight_bits

    @property
    def content_bits(self) -> int:
        """Bits of all weights, padding left out: words are padded where the array is larger than a matrix."""
        return sum(matrix.weights.size for matrix in self.engine.matrices) * self.engine.weight_bits

    @property
    def table_bits(self) -> int:
        """Bits of one word of the drain's table."""
        return self.array.drain * self.engine.lane_bits + 2

    @property
    def split_bits(self) -> int:
        """Total width of the registers after the packed cascades."""
        product = self.engine.weight_bits + self.engine.activation_bits + 2
        return self.array.packed * self.array.rows * self.chains * product

    @property
    def tree_bits(self) -> int:
        """Total width of the adders that sum the cascades."""
        product = self.engine.weight_bits + self.engine.activation_bits + 2
        return self.array.rows * (self.chains - 1) * product

    @property
    def accumulator_bits(self) -> int:
        """Total width of the accumulators outside of DSP slices."""
        inside = self.array.columns == 1 and not self.array.packed
        return 0 if inside else self.array.rows * self.engine.accumulator

    @property
    def skew_bits(self) -> int:
        """Total width of the registers that delay the later factors of a cascade, weights and activations."""
        steps = sum(column % self.chain for column in range(self.array.columns))
        return steps * (self.array.rows * self.engine.weight_bits + self.engine.activation_bits)

    @property
    def held_bits(self) -> int:
        """Total width of the registers for sums that wait to be drained."""
        return self.array.rows * self.engine.accumulator

    @property
    def vector_luts(self) -> float:
        """Look-up tables of the memories for input vectors (an estimate)."""
        array, total = self.array, 0.0
        for inputs, bits in self.engine.vectors:
            words = array.buffers << max(ceil_divide(inputs, array.columns) - 1, 0).bit_length()
            total += array.columns * _ram(max(words, 2), bits)
        return total

    @property
    def hidden_luts(self) -> float:
        """Look-up tables of the buffer between layers (an estimate)."""
        bits = max((bits for _, bits in self.engine.inner), default=0)
        return self.banks * _ram(max(self.hidden_words, 2), bits)

    @property
    def queue_luts(self) -> float:
        """Look-up tables of the queues for results (an estimate)."""
        array, total = self.array, 0.0
        for results, bits in self.engine.queues:
            depth = ResultQueue.jobs_of(results, array.drain, array.buffers) * ceil_divide(results, array.drain)
            total += _ram(depth, array.drain * bits + 1)
        return total

"""Estimates of DSP slices and block RAMs for a network on an array, before anything is synthesised.

The counts are those of Yosys's mapping; tests hold the two equal. Other memories lie in look-up tables.
"""

from collections import Counter
from dataclasses import dataclass

from varigate.gateware.engine.mac import MacArray
from varigate.gateware.engine.matmul import accumulator_bits_of, weight_bits_of
from varigate.gateware.engine.program import Array, lower
from varigate.gateware.engine.schedule import plan
from varigate.gateware.estimate.stored_bits import table_bits, weight_bits
from varigate.gateware.lib.rom import DEEP, bank_bits
from varigate.gateware.panel.panel import LUT_ROM_BITS, examples_shape
from varigate.gateware.video.gallery import PICTURES, PIXEL_BITS
from varigate.gateware.video.screen_layout import image_side
from varigate.model.fixedpoint.epsilon import segments_of
from varigate.model.network.network import Network
from varigate.model.protocol.requests import request_lengths

__all__ = ["Core", "Need", "around", "blocks", "spread"]


LUT_BITS = 64
LARGE = 512  # bytes from which on Yosys puts a memory into block RAM


@dataclass(frozen=True)
class Need:
    """Resources that a part of a design needs.

    Parameters
    ----------
    dsp : int
        DSP slices.
    ramb18 : int
        block RAMs of 18 Kb, two of which are one of 36 Kb.
    lut : int
        look-up tables that hold weights, 64 bits each; logic in look-up tables is not counted.

    Examples
    --------
    >>> (Need(dsp=1, ramb18=2) + Need(ramb18=1)).ramb36
    2
    """

    dsp: int = 0
    ramb18: int = 0
    lut: int = 0

    def __add__(self, other: "Need") -> "Need":
        return Need(self.dsp + other.dsp, self.ramb18 + other.ramb18, self.lut + other.lut)

    @property
    def ramb36(self) -> int:
        """Block RAMs of 36 Kb, rounded up."""
        return -(-self.ramb18 // 2)


def blocks(words: int, bits: int) -> int:
    """Block RAMs of 18 Kb for `words` words of `bits` bits, cut into banks of the width that their number allows.

    A rest that fits into half a block takes no more. For more than `DEEP` words it is an upper bound: Yosys may find a
    layout that takes fewer, with multiplexers.

    >>> blocks(512, 72), blocks(512, 36), blocks(1024, 72)
    (2, 1, 4)
    """
    width = bank_bits(words)
    deep = -(-words // DEEP)
    whole, rest = divmod(bits, width)
    half = width // 2 if width != 9 else 4  # the ninth bit comes only with a whole byte
    return deep * (2 * whole + (0 if rest == 0 else 1 if rest <= half else 2))


def spread(words: int, bits: int) -> int:
    """Lower bound on block RAMs of 18 Kb if the tool chooses the aspect ratio.

    >>> spread(16384, 8)
    8
    """
    shapes = [(512, 36), (1024, 18), (2048, 9), (4096, 4), (8192, 2), (16384, 1)]
    return min(-(-words // deep) * -(-bits // wide) for deep, wide in shapes)


class Core:
    """Estimates the core of one network on any array. It is quick, for a search asks often.

    Parameters
    ----------
    network : Network
    weights : str
        `lut` or `block`.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> Core(iris, "block").need(Array(8, 1)).dsp
    11
    """

    def __init__(self, network: Network, weights: str):
        subnets = lower(network)
        self.network = network
        self.matrices = [matrix for subnet in subnets for matrix in subnet]
        self._weights = weights
        self._weight_bits = weight_bits_of(self.matrices)
        self._accumulator_bits = accumulator_bits_of(self.matrices, network.sigmoid)
        self._banks, self._tables = {}, {}  # shared by arrays: see `_banks_of` and `_table_bits`
        epsilon = segments_of(network.epsilon_table)
        self._epsilon = Need(epsilon.degree, blocks(len(network.epsilon_table), sum(epsilon.bits)))
        self._sigmoid = network.sigmoid.order if network.sigmoid else 0

    def need(self, array: Array) -> Need:
        """Count the needs of the core with this array.

        DSP slices: the array's multipliers, the sampler's one, and one for each power of the polynomials, of ε and, in
        each lane of the drain, of the sigmoid. Block RAMs: the tables of ε and, with weights in block RAM, of the
        drain; the weights.
        """
        dsp = MacArray.multipliers_of(array.rows, array.columns, array.packed) + 1 + self._sigmoid * array.drain
        plans = [plan(matrix, array) for matrix in self.matrices]
        words, bits = sum(each.words for each in plans), array.multipliers * self._weight_bits
        if self._weights == "lut":
            return Need(dsp, lut=words * bits // LUT_BITS) + self._epsilon
        groups = sum(each.groups for each in plans)
        marks = (groups > sum(each.tiles for each in plans)) + (groups > len(plans))  # marks that differ between words
        table = blocks(groups, self._table_bits(array.drain) + marks)
        weights = sum(count * blocks(words, stored) for stored, count in self._banks_of(array).items())
        return Need(dsp, weights + table) + self._epsilon

    def _banks_of(self, array: Array) -> Counter:
        """Count the banks of the weights by the number of bits that are stored in them."""
        key = array.rows, array.columns, array.packed
        if key not in self._banks:
            self._banks[key] = Counter(weight_bits(self.matrices, array, self._weight_bits))
        return self._banks[key]

    def _table_bits(self, drain: int) -> int:
        """Count the bits of a word of the drain's table that are stored, its marks left out."""
        if drain not in self._tables:
            self._tables[drain] = table_bits(self.matrices, drain, self._accumulator_bits)
        return self._tables[drain]


def around(network: Network) -> Need:
    """Upper bound on the needs of the top around the core.

    These are the memories of examples, of requests, and of the screen: an image, the pictures, and a table for each
    axis.

    >>> from varigate.model.network import network_file
    >>> around(network_file.load(network_file.find("digits")))
    Need(dsp=0, ramb18=12, lut=0)
    """
    rows, columns = examples_shape(network)
    ramb18 = spread(rows * columns, 8) if 8 * rows * columns > LUT_ROM_BITS else 0
    requests = 2 << (max(request_lengths(network.inputs, network.latent).values()) - 1).bit_length()
    ramb18 += spread(requests, 8) if requests >= LARGE else 0
    side = image_side(network)
    if side is not None:
        image = 1 << 2 * (side - 1).bit_length()
        ramb18 += spread(image, PIXEL_BITS) + spread(PICTURES * image, PIXEL_BITS) + 2
    return Need(ramb18=ramb18)

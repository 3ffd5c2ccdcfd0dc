"""The program of the matrix engine: matrices and subnets as plain data, made from a quantised network.

A *subnet* is a list of matrices that a vector runs through without leaving the engine: the encoder, the decoder, the
class head. A network is lowered to subnets; an array and its subnets give a schedule (`gateware.engine.schedule`).
"""

import enum
import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.intervals import accumulator_interval, signed_bits
from varigate.model.network.network import IntegerLayer, Network

__all__ = ["Array", "Kind", "Matrix", "Subnet", "lower", "packed_weights", "weight_blocks"]


@dataclass(frozen=True)
class Array:
    """The shape of the MAC array: `rows` outputs × `columns` inputs a clock; `drain` results leave it a clock.

    Parameters
    ----------
    rows, columns : int
        multipliers in parallel: outputs, and inputs of each.
    drain : int
        divides `rows`.
    packed : bool
        two rows to a DSP slice.
    cascade : bool
        columns are summed from slice to slice, and not in a tree alone.
    buffers : int
        incoming vectors that a subnet has room for, and, if they are few, results: 2, so that the next vector comes in
        while one is read, or 1.

    Raises
    ------
    ValueError
        if `drain` does not divide `rows`, or for other `buffers`.

    Examples
    --------
    >>> Array(8, 4, drain=2).multipliers, str(Array(8, 4))
    (32, '8x4')
    """

    rows: int
    columns: int
    drain: int = 1
    packed: bool = False
    cascade: bool = True
    buffers: int = 2

    def __post_init__(self):
        if min(self.rows, self.columns, self.drain) < 1 or self.rows % self.drain:
            raise ValueError(f"an array has at least one row and column, and a drain that divides the rows; "
                             f"not {self.rows} rows, {self.columns} columns, drain {self.drain}")
        if self.buffers not in (1, 2):
            raise ValueError(f"an array has 1 or 2 buffers, not {self.buffers}")

    @classmethod
    def parse(cls, text: str) -> "Array":
        """Read an array that is written as ROWSxCOLUMNS, with a drain of 1.

        Raises
        ------
        ValueError
            for any other text.

        Examples
        --------
        >>> Array.parse("8x1")
        Array(rows=8, columns=1, drain=1, packed=False, cascade=True, buffers=2)
        """
        match = re.fullmatch(r"([1-9][0-9]{0,5})[x×]([1-9][0-9]{0,5})", text)
        if match is None:
            raise ValueError(f"an array is given as ROWSxCOLUMNS, say 8x1, not {text!r}")
        return cls(int(match[1]), int(match[2]))

    def __str__(self):
        return f"{self.rows}x{self.columns}"

    @property
    def multipliers(self) -> int:
        return self.rows * self.columns


@dataclass(frozen=True)
class Kind:
    """The treatment of a shifted accumulator: saturate to `format`, then apply the sigmoid if there is one."""

    format: Format
    sigmoid: bool = False


@dataclass(frozen=True, eq=False)
class Matrix:
    """One matrix-vector product with its requantisation.

    Parameters
    ----------
    weights : int array (rows, inputs)
    bias : int array (rows,)
        includes the rounding constant of the row's shift.
    shift : int array (rows,)
    kinds : tuple of Kind, one for each row
    source : Format
        format of the input vector.
    accumulator_bits : int
        bits of the signed number that holds every sum.
    """

    weights: np.ndarray
    bias: np.ndarray
    shift: np.ndarray
    kinds: tuple[Kind, ...]
    source: Format
    accumulator_bits: int

    @classmethod
    def of(cls, *layers: IntegerLayer, source: Format) -> "Matrix":
        """Stack `layers` that read the same input vector, row by row."""
        return cls(
            np.concatenate([layer.weights for layer in layers]),
            np.concatenate([layer.bias + ((1 << layer.shift) >> 1) for layer in layers]),
            np.concatenate([layer.shift for layer in layers]),
            tuple(Kind(layer.format, layer.unit.sigmoid) for layer in layers for _ in range(layer.outputs)),
            source,
            max(signed_bits(*accumulator_interval(layer, source)) for layer in layers),
        )

    @cached_property
    def greatest(self) -> int:
        """The greatest weight's magnitude, at least 1."""
        return int(np.abs(self.weights).max(initial=1))

    @property
    def rows(self) -> int:
        return self.weights.shape[0]

    @property
    def inputs(self) -> int:
        return self.weights.shape[1]


def packed_weights(block: np.ndarray) -> np.ndarray:
    """Prepare blocks (…, rows, columns) of weights for a packed `gateware.engine.mac.MacArray`.

    The second row of each pair is given less one where the first is negative. Weights are at least −127, so that the
    result fits their bits.

    >>> packed_weights(np.array([[-1, 2], [5, 6]])).tolist()
    [[-1, 2], [4, 6]]
    """
    packed = block.copy()
    packed[..., 1::2, :] -= block[..., :-1:2, :] < 0
    return packed


def weight_blocks(weights: np.ndarray, array: Array) -> np.ndarray:
    """Cut a matrix's weights into steps in the order of their use: int64 (tiles · steps, rows, columns).

    Zeros fill blocks that reach beyond the matrix; they are packed if the array is.

    >>> weight_blocks(np.array([[1, 2, 3]]), Array(2, 2)).tolist()
    [[[1, 2], [0, 0]], [[3, 0], [0, 0]]]
    """
    tiles, steps = -(-weights.shape[0] // array.rows), -(-weights.shape[1] // array.columns)
    padded = np.zeros((tiles * array.rows, steps * array.columns), dtype=np.int64)
    padded[:weights.shape[0], :weights.shape[1]] = weights
    blocks = padded.reshape(tiles, array.rows, steps, array.columns).transpose(0, 2, 1, 3)
    blocks = blocks.reshape(-1, array.rows, array.columns)
    return packed_weights(blocks) if array.packed else blocks


class Subnet(enum.IntEnum):
    """The parts of a network. Networks without a class head have no HEAD."""

    ENCODER = 0
    DECODER = 1
    HEAD = 2


def lower(network: Network) -> list[list[Matrix]]:
    """Lower `network` to the subnets of `Subnet`: μ and v are stacked into one matrix, μ first.

    >>> from varigate.model.network import network_file
    >>> subnets = lower(network_file.load(network_file.find("iris")))
    >>> [[(matrix.rows, matrix.inputs) for matrix in subnet] for subnet in subnets]
    [[(8, 4), (4, 8)], [(8, 2), (4, 8)], [(3, 2)]]
    """
    source = network.input
    encoder = []
    for layer in network.encoder:
        encoder.append(Matrix.of(layer, source=source))
        source = network.output_format(layer)
    encoder.append(Matrix.of(network.mu, network.v, source=source))
    source = network.z
    decoder = []
    for layer in network.decoder:
        decoder.append(Matrix.of(layer, source=source))
        source = network.output_format(layer)
    head = [] if network.head is None else [[Matrix.of(network.head, source=network.z)]]
    return [encoder, decoder, *head]

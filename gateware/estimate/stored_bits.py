"""Bits of read-only memories that synthesis stores: Yosys drops those that are the same in every word.

Such are the bits of lanes that the network does not reach.
"""

import numpy as np

from varigate.gateware.engine.drain import kinds_of
from varigate.gateware.engine.program import Array, Matrix, weight_blocks
from varigate.gateware.lib.rom import bank_bits

__all__ = ["table_bits", "weight_bits"]

FEW = 6


def weight_bits(matrices: list[Matrix], array: Array, bits: int) -> list[int]:
    """Count the stored bits of the words of weights in each bank (`gateware.lib.rom.RegisteredRom`).

    `bits` is the width of one weight. `drain`, `cascade` and `buffers` of the array play no part.

    >>> from varigate.gateware.engine.program import lower
    >>> from varigate.model.network import network_file
    >>> weight_bits(lower(network_file.load(network_file.find("iris")))[0], Array(8, 1), bits=8)
    [63]
    """
    words = sum(len(range(0, matrix.rows, array.rows)) * len(range(0, matrix.inputs, array.columns))
                for matrix in matrices)
    # A bit that differs between a few words differs between all: mostly these few suffice, and a search asks often.
    varying = _varying([_middle(matrix.weights, array) for matrix in matrices], array, bits)
    if not varying.all():
        varying = _varying([matrix.weights for matrix in matrices], array, bits)
    return np.add.reduceat(varying, np.arange(0, varying.size, bank_bits(words)), dtype=int).tolist()


def _varying(weights: list[np.ndarray], array: Array, bits: int) -> np.ndarray:
    """Find the bits of a word of weights that are not the same in all words; bool (rows · columns · bits,)."""
    words = np.concatenate([weight_blocks(each, array) for each in weights])
    changes = np.bitwise_or.reduce(words) ^ np.bitwise_and.reduce(words)
    return (changes.reshape(-1, 1) >> np.arange(bits) & 1).ravel() == 1


def _middle(weights: np.ndarray, array: Array) -> np.ndarray:
    """Cut whole tiles and steps, at most `FEW` of each, from the middle of a matrix, where images are least often
    empty."""
    parts = []
    for length, size in zip(weights.shape, (array.rows, array.columns), strict=True):
        start = max(length // size - FEW, 0) // 2 * size
        parts.append(slice(start, start + FEW * size))
    return weights[tuple(parts)]


def table_bits(matrices: list[Matrix], drain: int, accumulator_bits: int) -> int:
    """Count the stored bits of a word of the drain's table (`gateware.engine.drain.table_layout`), its marks left out.

    Row r of a matrix lies in lane r mod `drain`, whatever the tiles; zeros fill a matrix's last group.

    >>> from varigate.gateware.engine.program import lower
    >>> from varigate.model.network import network_file
    >>> table_bits(lower(network_file.load(network_file.find("iris")))[0], drain=1, accumulator_bits=24)
    30
    """
    kinds, groups = kinds_of(matrices), []
    for matrix in matrices:
        columns = np.stack([matrix.bias & (1 << accumulator_bits) - 1, matrix.shift,
                            [kinds.index(kind) for kind in matrix.kinds]])
        groups.append(np.pad(columns, ((0, 0), (0, -matrix.rows % drain))).reshape(len(columns), -1, drain))
    words = np.concatenate(groups, 1)
    return int(np.bitwise_count(np.bitwise_or.reduce(words, 1) ^ np.bitwise_and.reduce(words, 1)).sum())

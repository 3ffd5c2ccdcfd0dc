"""Counts of stored bits against memories that are laid out here, word by word."""

import numpy as np
import pytest

from varigate.gateware.engine.drain import kinds_of
from varigate.gateware.engine.matmul import accumulator_bits_of, weight_bits_of
from varigate.gateware.engine.program import Array, lower
from varigate.gateware.estimate.stored_bits import table_bits, weight_bits
from varigate.gateware.lib.rom import bank_bits
from varigate.model.network.random_network import random_network


def matrices_of(seed, **options):
    network = random_network(np.random.default_rng(seed), **options)
    return network, [matrix for subnet in lower(network) for matrix in subnet]


def word_of(numbers, bits):
    return sum((int(number) & (1 << bits) - 1) << index * bits for index, number in enumerate(numbers))


def stored(words):
    """A mask of the bits that are not the same in all words."""
    every, some = words[0], 0
    for word in words:
        every, some = every & word, some | word
    return every ^ some


def weight_words(matrices, array, bits):
    for matrix in matrices:
        for tile in range(0, matrix.rows, array.rows):
            for step in range(0, matrix.inputs, array.columns):
                block = np.zeros((array.rows, array.columns), int)
                part = matrix.weights[tile:tile + array.rows, step:step + array.columns]
                block[:part.shape[0], :part.shape[1]] = part
                for row in range(1, array.rows if array.packed else 0, 2):
                    block[row] -= block[row - 1] < 0
                yield word_of(block.ravel(), bits)


@pytest.mark.parametrize("array", [Array(1, 1), Array(3, 2), Array(5, 4, packed=True), Array(12, 8, packed=True),
                                   Array(30, 1)], ids=str)
@pytest.mark.parametrize("options", [{}, {"bits": 4}, {"inputs": 60, "hidden": (50,)}], ids=str)
def test_weights(array, options):
    _, matrices = matrices_of(3, **options)
    bits = weight_bits_of(matrices)
    words = list(weight_words(matrices, array, bits))
    mask, width = stored(words), bank_bits(len(words))
    expected = [(mask >> start & (1 << width) - 1).bit_count() for start in range(0, array.multipliers * bits, width)]
    assert weight_bits(matrices, array, bits) == expected


def test_what_only_the_edge_of_matrices_tells():
    _, matrices = matrices_of(3, inputs=60, hidden=(50,), classes=0)
    for matrix in matrices:
        matrix.weights[:] = 0
        matrix.weights[0, 0] = 2
    assert weight_bits(matrices, Array(1, 1), 8) == [1, 0]  # in banks of 4 bits


@pytest.mark.parametrize("array", [Array(8, 1), Array(8, 1, 2), Array(12, 1, 4), Array(24, 1, 8)], ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_the_drains_table(array, seed):
    network, matrices = matrices_of(seed, hidden=(13, 9), outputs=11, activation="mixed")
    bits, kinds = accumulator_bits_of(matrices, network.sigmoid), kinds_of(matrices)
    words = []
    for matrix in matrices:
        rows = [word_of((bias, shift, kinds.index(kind)), bits)
                for bias, shift, kind in zip(matrix.bias, matrix.shift, matrix.kinds, strict=True)]
        for tile in range(0, len(rows), array.rows):
            words += [word_of(rows[first:first + array.drain], 3 * bits)
                      for first in range(tile, min(tile + array.rows, len(rows)), array.drain)]
    assert table_bits(matrices, array.drain, bits) == stored(words).bit_count()

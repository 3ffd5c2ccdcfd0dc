"""A core's structure: counted by hand for small arrays, and held against the generator's own parts."""

import pytest

from varigate.explore.spaces.workloads import Workload
from varigate.gateware.engine.mac import MacArray
from varigate.gateware.engine.program import Array, lower
from varigate.gateware.engine.schedule import plan
from varigate.gateware.estimate.structure import NetworkStructure


@pytest.fixture(scope="module")
def engine():
    return NetworkStructure(Workload.parse("4-8-z2-c3").network())


def test_eight_rows_and_one_column(engine):
    """The matrices are 8×4, 4×8, 8×2, 4×8 and 3×2: a tile each, a column a step, a result a clock."""
    core = engine.on(Array(8, 1), "lut")
    assert (core.words, core.groups, core.slices) == (4 + 8 + 2 + 8 + 2, 8 + 4 + 8 + 4 + 3, 8)
    assert (core.chain, core.chains, core.banks, core.hidden_words) == (1, 1, 1, 8 + 8)
    assert core.weight_bits == 8 * engine.weight_bits == 8 * 8
    assert core.split_bits == core.tree_bits == core.accumulator_bits == core.skew_bits == 0
    assert core.held_bits == 8 * engine.accumulator


def test_columns_in_cascades_of_two_rows_a_slice(engine):
    core = engine.on(Array(4, 6, 2, packed=True), "block")
    assert core.slices == MacArray.multipliers_of(4, 6, True) == 12
    assert core.chain * core.chains >= 6 > core.chain * (core.chains - 1) and core.chain > 1
    product = engine.weight_bits + engine.activation_bits + 2
    assert core.split_bits == 4 * core.chains * product
    assert core.tree_bits == 4 * (core.chains - 1) * product
    assert core.accumulator_bits == 4 * engine.accumulator
    steps = sum(column % core.chain for column in range(6))
    assert core.skew_bits == steps * (4 * engine.weight_bits + engine.activation_bits)
    assert core.table_bits == 2 * engine.lane_bits + 2 and core.banks == 6


def test_without_a_cascade_nothing_is_delayed(engine):
    core = engine.on(Array(4, 6, cascade=False), "lut")
    assert (core.chain, core.chains, core.skew_bits) == (1, 6, 0)


def test_words_and_groups_are_those_of_the_schedule(engine):
    array = Array(4, 7, 2)
    plans = [plan(matrix, array) for subnet in lower(engine.network) for matrix in subnet]
    core = engine.on(array, "lut")
    assert (core.words, core.groups) == (sum(each.words for each in plans), sum(each.groups for each in plans))


def test_a_second_buffer_takes_memory():
    engine = NetworkStructure(Workload.parse("100-20-z8-c0").network())
    one, two = (engine.on(Array(4, 1, buffers=buffers), "lut") for buffers in (1, 2))
    assert one.vector_luts < two.vector_luts and one.hidden_luts == two.hidden_luts > 0


def test_a_network_without_hidden_layers_has_no_buffer_between_layers():
    core = NetworkStructure(Workload.parse("6-z2-c0").network()).on(Array(2, 2), "lut")
    assert core.banks == core.hidden_words == core.hidden_luts == 0


@pytest.mark.parametrize(("inputs", "buffers", "luts"), [(24, 1, 2 / 3), (24, 2, 4 / 3), (40, 2, 8 / 3)])
def test_memories_of_32_64_and_128_words(inputs, buffers, luts):
    """Up to 32 words two look-up tables hold three bits; of 64 words four do, and of 128 eight."""
    engine = NetworkStructure(Workload.parse(f"{inputs}-z2-c0").network())
    (_, input_bits), (_, latent_bits) = engine.vectors
    core = engine.on(Array(4, 1, buffers=buffers), "lut")
    assert core.vector_luts == pytest.approx(luts * input_bits + latent_bits * 2 / 3)

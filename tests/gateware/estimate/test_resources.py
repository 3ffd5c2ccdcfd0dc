"""What a network takes of a device: facts that synthesis has told, and synthesis itself in the long run."""

import numpy as np
import pytest
from amaranth.back import rtlil

from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.program import Array
from varigate.gateware.estimate.resources import Core, Need, around, blocks, spread
from varigate.model.network.random_network import random_network
from varigate.platform.toolchains import output_registers
from varigate.platform.toolchains.yosys import synthesise


@pytest.mark.parametrize(("words", "bits", "count"), [  # as Yosys maps `RegisteredRom`
    (600, 40, 3), (30, 20, 1), (1500, 40, 5), (300, 80, 3), (1617, 2048, 228), (976, 3584, 200), (1, 36, 1),
    (1, 37, 2), (3000, 4, 1), (3000, 5, 2), (40_000, 1, 4), (1024, 4, 1), (1 << 15, 8, 16)])
def test_blocks_of_a_memory(words, bits, count):
    assert blocks(words, bits) == count


@pytest.mark.parametrize(("words", "bits", "count"), [(21504, 4, 6), (1024, 4, 1), (1024, 19, 2), (512, 36, 1)])
def test_blocks_of_a_memory_that_is_cut_by_the_tool(words, bits, count):
    assert spread(words, bits) == count


def shaped(**options):
    """A network whose widths, and so resources, do not depend on the random numbers."""
    shape = {"inputs": 20, "hidden": (12,), "latent": 3, "activation": "relu", "output_activation": "sigmoid",
             "segments": 128, "signed_input": False, "extreme": False}
    return random_network(np.random.default_rng(7), **shape | options)


def test_needs_add_up():
    assert Need(1, 2, 3) + Need(4, 5) == Need(5, 7, 3)
    assert (Need(0, 7).ramb36, Need(0, 8).ramb36) == (4, 4)


@pytest.mark.parametrize(("array", "options", "dsp"), [  # 3: the sampler's and two of ε
    (Array(8, 1), {}, 8 + 3), (Array(8, 3, packed=True), {}, 12 + 3), (Array(5, 2, packed=True), {}, 6 + 3),
    (Array(4, 1, 2), {"segments": 8}, 4 + 2 * 2 + 3), (Array(4, 1, 4), {"segments": 1}, 4 + 4 * 5 + 3)])
def test_dsp_slices(array, options, dsp):
    assert Core(shaped(**options), "block").need(array).dsp == dsp


def test_weights_in_look_up_tables_take_no_block_ram():
    network = shaped()
    assert Core(network, "lut").need(Array(8, 1)).ramb18 == 2  # ε's table
    weights = sum(layer.weights.size for layer in (*network.encoder, network.mu, network.v, network.head,
                                                   *network.decoder))
    assert Core(network, "lut").need(Array(1, 1)).lut == weights * 8 // 64


def test_bits_that_never_change_are_not_stored(iris):
    """As Yosys has been seen to map these: the arrays are larger than the networks."""
    assert Core(iris, "block").need(Array(16, 8)) == Need(16 * 8 + 3, 14)
    small = shaped(inputs=5, hidden=(6,), bits=4)
    assert Core(small, "block").need(Array(12, 8, packed=True)) == Need(6 * 8 + 3, 8)


def test_the_core_of_mnist(mnist_shaped):
    core = Core(mnist_shaped, "block")
    assert core.need(Array(16, 16, 4, packed=True)).dsp == 131
    assert core.need(Array(32, 14, 8, packed=True)).dsp == 227
    assert around(mnist_shaped).ramb18 == 16 + 1 + 1 + 6 + 2  # examples, requests, input, pictures, axes


@pytest.mark.long
@pytest.mark.parametrize(("array", "options"), [
    (Array(8, 1), {}), (Array(8, 4, 4, packed=True), {}), (Array(5, 3, packed=True), {"activation": "sigmoid"}),
    (Array(12, 5, 6, packed=True), {"inputs": 300, "hidden": (40,)}), (Array(4, 2, 2), {"segments": 8}),
    (Array(4, 1, 4), {"segments": 1}), (Array(5, 4, packed=True, buffers=1), {"bits": 4, "epsilon": "linear"}),
    (Array(6, 3, cascade=False), {"bits": 4}), (Array(8, 4, 2, packed=True, cascade=False), {"bits": 6}),
    (Array(4, 2, buffers=1), {"bits": 6, "epsilon": "linear"})], ids=str)
@pytest.mark.parametrize("weights", ["lut", "block"])
def test_synthesis_takes_as_much(tmp_path, array, options, weights):
    network = shaped(**options)
    (tmp_path / "top.il").write_text(rtlil.convert(FoldedVae(network, array, weights=weights), emit_src=False))
    mapped = synthesise(tmp_path)
    need, used = Core(network, weights).need(array), mapped.resources
    assert (used.dsp, 2 * used.ramb36 + used.ramb18) == (need.dsp, need.ramb18)
    read, unregistered = output_registers.memory_bits(mapped, "weights")
    assert unregistered == 0
    assert read == (array.multipliers * options.get("bits", 8) if weights == "block" else 0)

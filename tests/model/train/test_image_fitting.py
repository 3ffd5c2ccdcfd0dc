from dataclasses import replace

import numpy as np
import pytest

from varigate.model.errors import UserError
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.intervals import accumulator_interval
from varigate.model.network import network_file
from varigate.model.network.integer import infer
from varigate.model.quantise import float_network
from varigate.model.train import trained
from varigate.model.train.fitting import example_count, integers


def make(data, settings, **options):
    return trained.make(data[0], settings, test=data[1], **options)


@pytest.fixture(scope="module")
def made(small_digits, small_settings):
    return {bits: make(small_digits, replace(small_settings, bits=bits), name=f"d{bits}")
            for bits in (8, 6, 4)}


def test_eight_bits_cost_little(made):
    card = made[8].card
    assert card["accuracy_float"] > 0.9 and abs(card["accuracy_integer"] - card["accuracy_float"]) <= 0.01
    assert card["class_agreement"] >= 0.985
    assert abs(card["neg_elbo_integer"] - card["neg_elbo_float"]) < 0.15


def test_training_with_rounded_weights_makes_good_for_few_bits(made, small_digits, small_settings):
    """Its integers have few values and lose nothing more; rounding the weights afterwards costs far more."""
    for bits in (6, 4):
        card, network, limit = made[bits].card, made[bits].network, 2 ** (bits - 1) - 1
        assert card["accuracy_integer"] > 0.88 and card["class_agreement"] >= 0.985
        assert abs(card["neg_elbo_integer"] - card["neg_elbo_float"]) < 0.15
        for name, layer, _ in network.layers():
            assert len(np.unique(layer.weights)) <= 2 * limit + 1 or name in ("mu", "head")  # some rows are shifted
            assert (np.abs(layer.weights) // (layer.weights & -layer.weights).max(1, keepdims=True) <= limit).all()
    train, test = small_digits
    worse = trained.measure(integers(made[8].real, train, test=test, bits=4, name="after"), made[8].real, test)
    assert worse["neg_elbo_integer"] > made[4].card["neg_elbo_integer"] + 0.3


def test_rounded_weights_are_held_exactly(made):
    real, network = made[4].real, made[4].network
    for (name, layer, source), (_, own) in zip(network.layers(), real.layers(), strict=True):
        target = layer.format.frac
        held = layer.weights / 2.0 ** (layer.shift[:, None] - source.frac + target)
        scale = 256 if name == "encoder.0" else 1  # codes there, grey levels of u8.8 here
        np.testing.assert_allclose(held, own.weights.astype(float) * scale, rtol=1e-6, atol=0)


def test_what_the_network_says_of_itself(made, small_digits):
    network, test = made[8].network, small_digits[1]
    assert network.input == network.output == Format(False, 8, 8)
    assert network.noun == "digit" and network.class_names == tuple("0123456789")
    assert (network.inputs, network.latent, network.outputs) == (64, 6, 64)
    np.testing.assert_array_equal(network.example_codes, test.codes[:200])
    np.testing.assert_allclose(network.input_step, 1 / 255)
    assert (example_count(784), example_count(64), example_count(100000)) == (32, 255, 0)


def test_integers_follow_the_floats_through_the_files(tmp_path, made, small_digits):
    trained.save(made[8], tmp_path / "d8.npz")
    again, codes = trained.load(tmp_path / "d8.npz"), small_digits[1].codes
    assert network_file.digest(again.network) == network_file.digest(made[8].network)
    whole, exact = infer(again.network, codes), again.real.infer(codes)
    assert again.real.encoder[0].weights.dtype == np.float32 and again.real.whitening is None
    assert np.abs(whole.mu / 256 - exact.mu).max() < 0.3
    assert np.sqrt(np.mean((whole.output - np.clip(exact.output, 0, 255)) ** 2)) < 4
    np.testing.assert_allclose(again.real.targets(codes), codes / 255)
    float_network.save(replace(again.real, output="linear"), tmp_path / "l.npz")
    assert float_network.load(tmp_path / "l.npz").output == "linear"


def test_without_a_class_weight_there_is_no_head(small_digits, small_settings):
    made = make(small_digits, replace(small_settings, class_weight=0.0, epochs=2))
    assert made.network.classes == 0 and made.network.class_names == () and made.real.head is None
    assert not {"accuracy_float", "class_agreement"} & made.card.keys() and "neg_elbo_integer" in made.card
    assert "test_accuracy" not in made.card["curves"] and len(made.card["curves"]["loss"]) == 2


def test_bernoulli_pixels_only(small_digits, small_settings):
    with pytest.raises(UserError, match="--output sigmoid"):
        make(small_digits, replace(small_settings, output="linear"))


def test_accumulators_stay_within_32_bits(made):
    for _, layer, source in made[8].network.layers():
        low, high = accumulator_interval(layer, source)
        assert min(low, -high - 1) >= -(1 << 31)

from dataclasses import replace

import numpy as np
import pytest

from varigate.model.errors import UserError
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.intervals import accumulator_interval
from varigate.model.fixedpoint.sampling import MU, V
from varigate.model.network import network_file
from varigate.model.network.integer import dense, infer
from varigate.model.nn.activations import ACTIVATIONS, Activation, quantisable
from varigate.model.quantise.equalisation import weight_fracs
from varigate.model.quantise.float_network import Affine
from varigate.model.quantise.quantiser import INPUT, quantise, quantise_layer
from varigate.model.train.fitting import fit
from varigate.model.train.recipes import TrainingSettings


def layer_and_data(seed, spread=1.0):
    rng = np.random.default_rng(seed)
    layer = Affine(rng.normal(0, spread, (6, 5)) * 2.0 ** rng.integers(-6, 1, (6, 1)), rng.normal(0, 3, 6))
    return layer, rng.integers(0, 256, (400, 5))


def quantise_random(layer, x, target=MU, source=INPUT, mean=None):
    return quantise_layer("mu", layer, x.mean(0) if mean is None else mean, source, target, "linear")


def quantise_flowers(real, flowers):
    return quantise(real, flowers.codes, name="q", input_offset=flowers.offset, input_step=flowers.step,
                    class_names=flowers.class_names)


@pytest.mark.parametrize("seed", range(10))
def test_each_row_uses_its_weights_range_and_is_as_near_as_that_allows(seed):
    layer, x = layer_and_data(seed, 0.1)
    dense_layer = quantise_random(layer, x)
    scale = 2.0 ** (dense_layer.shift + MU.frac)
    assert (np.abs(dense_layer.weights).max(1) >= 64).all() and np.abs(dense_layer.weights).max() <= 127
    np.testing.assert_array_equal(dense_layer.weights, np.floor(layer.weights * scale[:, None] + 0.5))
    error = MU.real(dense(dense_layer, x)) - np.clip(layer(x), MU.real(MU.low), MU.real(MU.high))
    bound = (np.abs(x - x.mean(0)).sum(1)[:, None] + 1) * 0.5 / scale + MU.step / 2
    assert (np.abs(error) <= bound + 1e-9).all()


@pytest.mark.parametrize("limit", [31, 7])
@pytest.mark.parametrize("seed", range(4))
def test_where_few_bits_are_too_coarse_weights_are_multiples_of_a_power_of_two(seed, limit):
    layer, x = layer_and_data(seed)
    layer = Affine(layer.weights * 0.45 / np.abs(layer.weights).max(), layer.bias)
    quantised = quantise_layer("mu", layer, x.mean(0), INPUT, MU, "linear", limit)
    scale = 2.0 ** weight_fracs(layer, limit)[:, None]
    few = np.floor(layer.weights * scale + 0.5)
    assert np.abs(few).max() <= limit < np.abs(quantised.weights).max()
    np.testing.assert_array_equal(quantised.weights / 2.0 ** (quantised.shift[:, None] + MU.frac), few / scale)


def test_the_bias_absorbs_the_mean_of_the_rounding_error():
    layer, x = layer_and_data(3, 0.1)
    with_mean, without = quantise_random(layer, x), quantise_random(layer, x, mean=np.zeros(5))

    def mean_error(quantised):
        exact = (x @ quantised.weights.T + quantised.bias) / 2.0 ** (quantised.shift + MU.frac)
        return np.abs((exact - layer(x)).mean(0))

    assert (mean_error(with_mean) <= 0.51 / 2.0 ** (with_mean.shift + MU.frac)).all()
    assert mean_error(without).max() > 10 * mean_error(with_mean).max()


def test_a_row_of_tiny_weights_is_coarsened_and_right():
    layer = Affine(np.array([[1e-9] * 4, [0.0] * 4]), np.array([-3.0, 5.0]))
    quantised = quantise_layer("v", layer, np.zeros(4), INPUT, V, "linear")
    assert (quantised.shift <= 13).all() and accumulator_interval(quantised, INPUT)[1] < 1 << 20
    assert V.real(dense(quantised, [[255] * 4])).tolist() == [[-3.0, 5.0]]


def test_a_weight_too_large_for_the_target_is_refused():
    with pytest.raises(UserError, match=r"layer mu, row 1: a weight of 300 .*u8\.0 and s16\.8"):
        quantise_layer("mu", Affine(np.array([[0.1], [300.0]]), np.zeros(2)), np.zeros(1), INPUT, MU, "linear")


def test_a_bias_too_large_is_refused():
    with pytest.raises(UserError, match="a bias of 1e"):
        quantise_layer("mu", Affine(np.array([[0.1]]), np.array([1e12])), np.zeros(1), INPUT, MU, "linear")


def test_a_channel_is_coarsened_rather_than_shifted_left(quick, flowers):
    """A unit with weights of ±100 that is hardly ever excited: 8 bits would be finer than its weights can be."""
    network = quick["relu", "linear"]
    first = network.encoder[0]
    greatest = (flowers.codes @ np.array([1.0, -1.0, 0, 0])).max()
    wild = replace(network, encoder=(Affine(np.vstack([first.weights[:-1], [[100, -100, 0, 0]]]),
                                            np.append(first.bias[:-1], 50 - 100 * greatest)),),
                   **{name: Affine(np.column_stack([getattr(network, name).weights[:, :-1], [0.01, -0.01]]),
                                   getattr(network, name).bias) for name in ("mu", "v")})
    quantised = quantise(wild, flowers.codes, name="wild", input_offset=flowers.offset, input_step=flowers.step,
                         class_names=flowers.class_names)
    assert quantised.encoder[0].shift.tolist().count(0) == 1
    assert np.abs(MU.real(infer(quantised, flowers.codes).mu) - wild.infer(flowers.codes).mu).max() < 0.3


def test_what_no_scale_can_hold_is_refused(quick, flowers):
    network = quick["relu", "linear"]
    wild = replace(network, mu=Affine(network.mu.weights * 1e4, network.mu.bias))
    with pytest.raises(UserError, match=r"layer mu, row .: a weight"):
        quantise(wild, flowers.codes, name="wild", input_offset=flowers.offset, input_step=flowers.step)


@pytest.mark.parametrize("kind", [(a, o) for a in ("relu", "sigmoid", "taylor") for o in ("linear", "sigmoid")])
def test_integers_follow_the_floats(quick, flowers, kind):
    real = quick[kind]
    network = quantise_flowers(real, flowers)
    whole, exact = infer(network, flowers.codes), real.infer(flowers.codes)
    assert np.abs(MU.real(whole.mu) - exact.mu).max() < 0.15
    assert np.abs(V.real(whole.v) - exact.v).max() < 0.1
    assert np.abs(network.head.format.real(whole.scores) - exact.scores).max() < 0.5
    assert np.abs(whole.output - np.clip(exact.output, 0, 255)).mean() < 1.5
    assert (network.sigmoid is None) == (kind == ("relu", "linear"))
    assert network.output == (Format(False, 8, 8) if kind[1] == "sigmoid" else Format(False, 8, 0))
    activations = {"relu": "relu"}.get(kind[0], "sigmoid")
    assert network.encoder[0].activation == network.decoder[0].activation == activations
    assert np.abs(whole.z).max() < 127  # nothing of the training data saturates


def test_an_activation_without_a_unit_trains_and_is_refused(monkeypatch, flowers):
    softsign = Activation(lambda x: x / (1 + abs(x)), lambda x, y: (1 - abs(y)) ** 2)
    monkeypatch.setitem(ACTIVATIONS, "softsign", softsign)
    (real,) = fit(flowers, TrainingSettings(activation="softsign", epochs=200), [np.arange(150)], [0])
    assert (real.infer(flowers.codes).cls == flowers.labels).mean() > 0.95
    with pytest.raises(UserError, match=r"^the hardware has no unit for the activation softsign: "
                                        r"train with one of relu, sigmoid, taylor$"):
        quantise_flowers(real, flowers)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_name_is_quantised_or_refused(quick, flowers, name):
    real = replace(quick["relu", "linear"], activation=name)
    if name in quantisable():
        assert quantise_flowers(real, flowers).encoder[0].unit is ACTIVATIONS[name].unit
    else:
        with pytest.raises(UserError, match=f"no unit for the activation {name}"):
            quantise_flowers(real, flowers)


def test_a_new_name_for_a_unit_is_quantised_as_that_unit(monkeypatch, quick, flowers):
    monkeypatch.setitem(ACTIVATIONS, "rectifier", ACTIVATIONS["relu"])
    real = quick["relu", "linear"]
    other = quantise_flowers(replace(real, activation="rectifier"), flowers)
    assert network_file.digest(other) == network_file.digest(quantise_flowers(real, flowers))


def test_class_scores_cannot_saturate(shipped):
    head, z = shipped.network.head, shipped.network.z
    low, high = accumulator_interval(head, z)
    assert (high >> head.shift.min()) <= head.format.high and (low >> head.shift.min()) >= head.format.low


@pytest.mark.parametrize("weight", [1e-6, 0.0])
def test_a_bias_that_diverged_asks_for_a_smaller_rate(weight):
    layer = Affine(np.full((1, 2), weight), np.array([1e6]))
    with pytest.raises(UserError, match=r"^layer mu: a bias of 1e.06 is too large for 32 bits: .* a smaller --rate$"):
        quantise_random(layer, np.zeros((1, 2)))

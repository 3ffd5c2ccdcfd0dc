"""The integer inference against plain Python integers, one multiplication at a time."""

import numpy as np
import pytest
from fxpmath import Fxp

from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.intervals import accumulator_interval
from varigate.model.network.integer import EXACT, classify, dense, infer, products
from varigate.model.network.network import IntegerLayer
from varigate.model.network.random_network import random_input, random_network


def clip(value, form):
    return max(form.low, min(form.high, value))


def slow_layer(network, layer, x):
    result = []
    for row, bias, shift in zip(layer.weights.tolist(), layer.bias.tolist(), layer.shift.tolist(), strict=True):
        total = bias + sum(w * v for w, v in zip(row, x, strict=True))
        value = clip((total + (2**shift // 2)) // 2**shift, layer.format)
        result.append(int(network.sigmoid(value)) if layer.activation == "sigmoid" else value)
    return result


def slow_infer(network, x, epsilon):
    """μ, v, z, scores, class and output of one sample."""
    for layer in network.encoder:
        x = slow_layer(network, layer, x)
    mu, v = slow_layer(network, network.mu, x), slow_layer(network, network.v, x)
    drop = 17 - network.z.frac
    z = [clip((m * 512 + int(network.sigma_table[b % 256]) * e + 2 ** (drop - 1)) // 2**drop, network.z)
         for m, b, e in zip(mu, v, epsilon, strict=True)]
    drop = 8 - network.z.frac
    mu_z = [clip((m + 2**drop // 2) // 2**drop, network.z) for m in mu]
    scores = slow_layer(network, network.head, mu_z) if network.head else []
    output = z
    for layer in network.decoder:
        output = slow_layer(network, layer, output)
    return mu, v, z, scores, scores.index(max(scores)) if scores else 0, output


CASES = [("relu", "linear", (8,), 3), ("sigmoid", "sigmoid", (5, 3), 2), ("linear", "linear", (), 0),
         ("mixed", "sigmoid", (7, 4, 6), 5), ("mixed", "linear", (3, 9), 1)]


@pytest.mark.parametrize(("activation", "output", "hidden", "classes"), CASES)
def test_equals_plain_integers(activation, output, hidden, classes):
    for seed in range(12):
        rng = np.random.default_rng(seed)
        network = random_network(
            rng, inputs=int(rng.integers(1, 9)), hidden=hidden, latent=int(rng.integers(1, 4)), classes=classes,
            activation=activation, output_activation=output, epsilon=["quadratic", "linear"][seed % 2])
        x = random_input(rng, network, 10)
        noise = epsilon(network.epsilon_table, seed, 10 * network.latent).reshape(10, -1)
        fast = infer(network, x, noise)
        for index in range(10):
            row = slow_infer(network, x[index].tolist(), noise[index].tolist())
            got = (fast.mu, fast.v, fast.z, fast.scores, fast.cls, fast.output)
            assert [each[index].tolist() for each in got] == list(row)


def test_dense_against_fxpmath():
    rng = np.random.default_rng(3)
    source, target = Format.parse("s8.4"), Format.parse("s8.3")
    layer = IntegerLayer(rng.integers(-127, 128, (6, 5)), rng.integers(-3000, 3000, 6), np.full(6, 7), target)
    x = rng.integers(-128, 128, (40, 5))
    x[0], x[1] = 127, -128
    weights = Fxp(layer.weights / 2**6, signed=True, n_word=8, n_frac=6)
    total = Fxp(None, signed=True, n_word=32, n_frac=10)
    for row, got in zip(x, dense(layer, x), strict=True):
        value = Fxp(row / 2**source.frac, signed=True, n_word=8, n_frac=4)
        total(np.asarray((weights * value).get_val()).sum(1) + layer.bias / 2**10 + 2.0**-4)  # half of s8.3's step
        oracle = Fxp(total, signed=True, n_word=8, n_frac=3, rounding="floor", overflow="saturate")
        np.testing.assert_array_equal(got, np.asarray(oracle.val, np.int64))


@pytest.mark.parametrize("sign", [1, -1])
def test_weights_and_inputs_at_their_ends_saturate(sign):
    target = Format.parse("s8.0")
    layer = IntegerLayer(np.full((1, 4), 127 * sign), np.zeros(1, np.int64), np.zeros(1, np.int64), target)
    assert dense(layer, [[255] * 4]) == (target.high if sign > 0 else target.low)
    relu = IntegerLayer(layer.weights, layer.bias, layer.shift, Format.parse("u8.0"), "relu")
    assert dense(relu, [[255] * 4]) == (255 if sign > 0 else 0)


def test_biases_at_their_limits_stay_within_32_bits():
    reached = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        network = random_network(rng, hidden=(6,))
        for _, layer, source in network.layers():
            low, high = accumulator_interval(layer, source)
            assert low >= -(2**31) and high < 2**31
            reached += low == -(2**31) or high == 2**31 - 1
    assert reached > 20


def test_random_networks_have_all_that_the_contract_allows():
    shifts, signs, frac, kinds, segments = set(), set(), set(), set(), set()
    for seed in range(150):
        rng = np.random.default_rng(seed)
        network = random_network(rng, hidden=(3, 2), activation="mixed")
        signs.add(network.input.signed)
        frac.add(network.z.frac)
        segments.add(network.sigmoid and network.sigmoid.segments)
        for _, layer, _ in network.layers():
            shifts |= set(layer.shift.tolist())
            kinds.add(layer.activation)
    assert {0, 1, 30, 31} <= shifts and len(shifts) > 15
    assert signs == {False, True} and frac == set(range(9))
    assert kinds == {"linear", "relu", "sigmoid"} and {1, 8, 128} <= segments


def test_epsilon_off_makes_z_the_rounded_mean():
    rng = np.random.default_rng(0)
    network = random_network(rng)
    result = infer(network, random_input(rng, network, 30))
    np.testing.assert_array_equal(result.z, result.mu_z)


def test_ties_go_to_the_lowest_class():
    assert classify(np.array([[3, 7, 7], [1, 1, 1], [0, 2, 9]])).tolist() == [1, 0, 2]


def test_a_wrong_shape_is_refused():
    network = random_network(np.random.default_rng(0), inputs=4)
    with pytest.raises(ValueError, match=r"\(1, 5\)"):
        infer(network, np.zeros((1, 5), int))


@pytest.mark.parametrize("seed", range(4))
def test_products_are_exact_on_either_side_of_what_float64_can_hold(seed):
    """Sums that just fit 53 bits, and such that do not: Python's integers are the judge."""
    rng = np.random.default_rng(seed)
    for bits in (8, 44, 45, 46, 47, 52):
        x = rng.integers(-(1 << bits), 1 << bits, (3, 7)) | 1
        weights = rng.integers(-127, 128, (4, 7))
        expected = [[sum(map(int.__mul__, row, own)) for own in weights.tolist()] for row in x.tolist()]
        found = products(weights, x)
        assert found.dtype == np.int64 and found.tolist() == expected
    assert EXACT == 2**53


def test_the_limit_of_the_fast_product_is_strict():
    """2⁵³ + 1 is the first integer that float64 does not have."""
    weights, x = np.array([[1, 1]]), np.array([[2**53, 1], [2**52, 1]])
    assert products(weights, x).ravel().tolist() == [2**53 + 1, 2**52 + 1]
    assert products(weights, np.zeros((0, 2), np.int64)).shape == (0, 1)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigate.model.quantise.equalisation import equalise, frac_for, weight_fracs
from varigate.model.quantise.float_network import Affine


@given(st.floats(1e-3, 200), st.sampled_from([127, 255, 32767]))
def test_the_most_fraction_bits_that_fit(greatest, high):
    frac = frac_for(greatest, high)
    assert np.floor(greatest * 2.0**frac + 0.5) <= high
    assert frac == 16 or np.floor(greatest * 2.0 ** (frac + 1) + 0.5) > high


def hidden(layers, x):
    values = [x]
    for layer in layers:
        values.append(np.maximum(layer(values[-1]), 0))
    return values


@pytest.fixture(params=range(5))
def case(request):
    rng = np.random.default_rng(request.param)
    x = rng.integers(0, 256, (300, 4)).astype(float)
    layers = [Affine(rng.normal(size=(6, 4)) * 2.0 ** rng.integers(-8, 2, (6, 1)), rng.normal(size=6)),
              Affine(rng.normal(size=(5, 6)) * 2.0 ** rng.integers(-4, 4, (5, 1)), rng.normal(size=5))]
    layers[0].weights[0], layers[0].bias[0] = -1, -1  # never excited
    return layers, [Affine(rng.normal(size=(2, 5)), rng.normal(size=2)) for _ in range(2)], x


def test_the_network_stays_the_same_exactly(case):
    layers, after, x = case
    greatest = [each.max(0) for each in hidden(layers, x)[1:]]
    scaled, scaled_after, _ = equalise(layers, after, greatest, 0)
    before, now = hidden(layers, x)[-1], hidden(scaled, x)[-1]
    for a, b in zip(after, scaled_after, strict=True):
        np.testing.assert_allclose(b(now), a(before), rtol=1e-12, atol=1e-9)


def test_units_use_their_formats_range_unless_their_weights_are_too_coarse(case):
    layers, after, x = case
    greatest = [each.max(0) for each in hidden(layers, x)[1:]]
    scaled, _, fracs = equalise(layers, after, greatest, 0)
    source = 0
    for layer, values, frac in zip(scaled, hidden(scaled, x)[1:], fracs, strict=True):
        codes = values.max(0) * 2.0**frac
        shift = weight_fracs(layer) + source - frac
        assert codes.max() < 255.5 and (shift >= 0).all()
        assert ((codes > 127.4) | (shift == 0) | (codes == 0)).all()
        source = frac


def test_nothing_is_excited():
    layer = Affine(-np.ones((2, 3)), -np.ones(2))
    (same,), _, _ = equalise([layer], [], [np.zeros(2)], 0)
    np.testing.assert_array_equal(same.weights, layer.weights)


def test_no_hidden_layers():
    after = [Affine(np.ones((1, 1)), np.zeros(1))]
    assert equalise([], after, [], 0) == ([], after, [])

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.intervals import accumulator_interval, signed_bits
from varigate.model.network.network import IntegerLayer


def extremes(layer, source):
    """The sums at every corner of the input's range, by brute force."""
    corners = np.stack(np.meshgrid(*[[source.low, source.high]] * layer.inputs), -1).reshape(-1, layer.inputs)
    half = (1 << layer.shift) >> 1
    return corners @ layer.weights.T + layer.bias + half


@pytest.mark.parametrize("source", ["u8.0", "s8.4", "u3.0"])
def test_the_interval_is_tight(source):
    source, rng = Format.parse(source), np.random.default_rng(1)
    for _ in range(50):
        layer = IntegerLayer(rng.integers(-127, 128, (3, 5)), rng.integers(-10**6, 10**6, 3), rng.integers(0, 20, 3),
                      Format(True, 8))
        sums = extremes(layer, source)
        assert accumulator_interval(layer, source) == (min(sums.min(), 0), max(sums.max(), 0))


@given(st.integers(-(2**40), 0), st.integers(0, 2**40))
def test_signed_bits_are_enough_and_not_one_too_many(low, high):
    bits = signed_bits(low, high)
    assert -(2 ** (bits - 1)) <= low and high < 2 ** (bits - 1)
    assert bits == 1 or low < -(2 ** (bits - 2)) or high >= 2 ** (bits - 2)

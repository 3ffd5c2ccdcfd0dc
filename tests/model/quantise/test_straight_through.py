import numpy as np
import pytest

from varigate.model.quantise.straight_through import quantised_weights, round_rows


@pytest.mark.parametrize("bits", [4, 6])
def test_rows_are_whole_multiples_of_a_power_of_two_within_the_limit(bits):
    spread = 2.0 ** np.arange(-20, 20)[:, None]
    weights = (np.random.default_rng(bits).normal(size=(40, 30)) * spread).astype(np.float32)
    rounded = round_rows(weights, bits)
    limit = 2 ** (bits - 1) - 1
    for row, real in zip(rounded.astype(float), weights, strict=True):
        steps = [2.0**power for power in range(-60, 60) if not (row / 2.0**power % 1).any()]
        assert np.abs(row / max(steps)).max() <= limit
        # as good as the best power of two that there is
        errors = [((np.clip(np.floor(real / 2.0**power + 0.5), -limit, limit) * 2.0**power - real) ** 2).sum()
                  for power in range(-40, 40)]
        assert ((row - real) ** 2).sum() <= min(errors) * 1.35


def test_the_better_of_two_scales_is_taken():
    flat, peaked = np.full((1, 200), 1.0, np.float32), np.full((1, 200), 0.3, np.float32)
    flat[0, 0] = peaked[0, 0] = 4.4  # in steps of 1 it fits 4 bits; in halves it is clipped to 3.5
    assert round_rows(flat, 4)[0].tolist() == [4.0] + [1.0] * 199
    assert round_rows(peaked, 4)[0].tolist() == [3.5] + [0.5] * 199


def test_zero_rows_stay():
    assert not round_rows(np.zeros((2, 3), np.float32), 4).any()


def test_at_8_bits_nothing_is_done():
    parameters = {"encoder.0.weights": np.full((1, 2), 0.123, np.float32)}
    assert quantised_weights(parameters, 8) is parameters


def test_biases_are_left_alone_and_the_originals_too():
    rng = np.random.default_rng(0)
    parameters = {"mu.weights": rng.normal(size=(3, 4)).astype(np.float32), "mu.bias": np.full(3, 0.123, np.float32)}
    before = parameters["mu.weights"].copy()
    rounded = quantised_weights(parameters, 4)
    assert rounded["mu.bias"] is parameters["mu.bias"] and not np.array_equal(rounded["mu.weights"], before)
    np.testing.assert_array_equal(parameters["mu.weights"], before)

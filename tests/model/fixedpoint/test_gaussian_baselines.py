import numpy as np

from varigate.model.fixedpoint.epsilon import epsilon_table, gaussian
from varigate.model.fixedpoint.gaussian_baselines import clt, popcount, shift, shift_words
from varigate.model.fixedpoint.sampling import EPSILON
from varigate.model.fixedpoint.uniform import expand_seed, uniforms


def test_the_shift_register_bit_by_bit():
    state, words = expand_seed(9)[0], []
    for _ in range(300):
        bit = (state >> 31 ^ state >> 21 ^ state >> 1 ^ state) & 1
        state = (state << 1 | bit) & 0xFFFFFFFF
        words.append(state)
    assert shift_words(9, 300).tolist() == words
    assert shift_words(9, 100, start=200).tolist() == words[200:]


def test_the_shift_register_has_its_full_period():
    """The order of one step is 2³² − 1: it returns after so many, and not after that divided by any prime factor."""
    period = (1 << 32) - 1
    start = expand_seed(9)[0]
    assert shift_words(9, 1, start=period - 1) == start
    for prime in (3, 5, 17, 257, 65537):
        assert shift_words(9, 1, start=period // prime - 1) != start


def test_the_shift_source_is_the_inverse_cdf_of_its_words():
    table = epsilon_table()
    np.testing.assert_array_equal(shift(table, 9, 500, 40), gaussian(table, shift_words(9, 540)[40:]))


def test_the_sum_of_twelve_uniform_numbers_less_six():
    draws = uniforms(4, 6 * 700)
    halves = np.stack([draws & 0xFFFF, draws >> 16], axis=1).reshape(700, 12)
    real = (halves / 65536 + 2**-17).sum(axis=1) - 6
    assert np.abs(EPSILON.real(clt(4, 700)) - real).max() <= EPSILON.step / 2
    np.testing.assert_array_equal(clt(4, 200, start=500), clt(4, 700)[500:])


def test_the_number_of_ones():
    ones = np.array([int(draw).bit_count() for draw in uniforms(4, 700)])
    np.testing.assert_allclose(EPSILON.real(popcount(4, 700)), (ones - 16) / np.sqrt(8), atol=16 * EPSILON.step / 2)
    np.testing.assert_array_equal(popcount(4, 200, start=500), popcount(4, 700)[500:])


def test_all_have_mean_0_and_variance_1():
    for source in (clt, popcount, lambda *arguments: shift(epsilon_table(), *arguments)):
        x = EPSILON.real(source(2, 200_000))
        assert abs(x.mean()) < 0.02 and abs(x.var() - 1) < 0.03

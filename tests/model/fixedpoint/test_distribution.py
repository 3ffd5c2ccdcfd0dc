from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import norm

from varigate.model.fixedpoint.distribution import (
    CODES,
    DRAWS,
    Distribution,
    chi_square_distance,
    exact,
    kolmogorov_distance,
    octave_inputs,
    rounded_gaussian,
    rounded_tail,
    total_variation,
)
from varigate.model.fixedpoint.epsilon import KINDS, OCTAVES, POSITION_BITS, epsilon, epsilon_table, gaussian
from varigate.model.fixedpoint.sampling import EPSILON

GAUSSIAN = rounded_gaussian()


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def distribution(kind):
    return exact(epsilon_table(kind))


def histogram(codes):
    return np.bincount(np.asarray(codes) - EPSILON.low, minlength=CODES.size)


def test_the_weights_count_all_draws(distribution):
    assert distribution.weights.sum() == DRAWS
    np.testing.assert_array_equal(distribution.weights[1:], distribution.weights[1:][::-1])


def test_the_weights_are_those_of_a_count_one_by_one(kind):
    """All 2²² draws of the octaves from 9 on, of which octave 9 has two draws for each input."""
    table = epsilon_table(kind)
    weighted = sum(weight * histogram(gaussian(table, draws))
                   for draws, weight in map(octave_inputs, range(9, OCTAVES)))
    np.testing.assert_array_equal(weighted, histogram(gaussian(table, np.arange(1 << 22))))


def test_each_draw_of_an_octave_is_stood_for(kind):
    """Bits between the leading one and the position change nothing."""
    rng = np.random.default_rng(0)
    for octave in range(10):
        draws, weight = octave_inputs(octave)
        assert draws.size * weight == 1 << 30 - octave
        chosen = rng.choice(draws, 1000)
        between = rng.integers(0, weight, 1000) << POSITION_BITS
        np.testing.assert_array_equal(gaussian(epsilon_table(kind), chosen),
                                      gaussian(epsilon_table(kind), chosen | between))


def test_a_long_stream_has_this_distribution(kind, distribution):
    count = 1 << 21
    observed = histogram(epsilon(epsilon_table(kind), 12, count))
    expected = count * distribution.probability
    kept = expected >= 20
    chi_square = ((observed - expected)[kept] ** 2 / expected[kept]).sum()
    assert abs(chi_square - kept.sum()) < 5 * np.sqrt(2 * kept.sum())


def test_what_the_documentation_says(distribution):
    """Bounds for both tables; 5.5 σ and beyond is reached, with the probability of a Gaussian within half a percent."""
    assert distribution.mean == 0
    assert abs(distribution.variance - 1) < 4e-6 and abs(distribution.kurtosis - 3) < 1e-5
    assert distribution.greatest == pytest.approx(6.338, abs=1e-3)
    for sigmas, tolerance in ((3, 1e-5), (4, 2e-5), (5, 3e-4), (5.5, 5e-3), (6, 0.06)):
        assert float(distribution.tail(sigmas)) == pytest.approx(rounded_tail(sigmas), rel=tolerance)
    p = distribution.probability
    assert total_variation(p, GAUSSIAN) < 1.1e-3
    assert kolmogorov_distance(p, GAUSSIAN) < 4e-6
    assert chi_square_distance(p, GAUSSIAN, 2e-7) < 7e-6


def test_moments_by_hand():
    weights = np.zeros(CODES.size, dtype=np.int64)
    one = 1 << EPSILON.frac
    weights[np.array([-one, 0, 2 * one]) - EPSILON.low] = DRAWS // 2, DRAWS // 4, DRAWS // 4
    distribution = Distribution(weights)
    assert distribution.mean == 0
    assert distribution.variance == Fraction(3, 2)
    assert distribution.kurtosis == Fraction(9, 2) / Fraction(9, 4)
    assert distribution.greatest == 2
    assert distribution.tail(1) == Fraction(3, 4) and distribution.tail(1.001) == Fraction(1, 4)


def test_the_rounded_gaussian():
    assert GAUSSIAN.sum() == pytest.approx(1, abs=1e-14)
    np.testing.assert_array_equal(GAUSSIAN[2:-1], GAUSSIAN[2:-1][::-1])
    codes = np.array([-14000, -3000, -1, 0, 1, 5000, 14000])
    lower = norm.sf((np.abs(codes) - 0.5) * EPSILON.step) - norm.sf((np.abs(codes) + 0.5) * EPSILON.step)
    np.testing.assert_allclose(GAUSSIAN[codes - EPSILON.low], lower, rtol=1e-9)
    assert rounded_tail(3) == pytest.approx(GAUSSIAN[np.abs(CODES) >= 3 * 2048].sum(), rel=1e-12)
    assert rounded_tail(3) == pytest.approx(2 * norm.sf(3 - 2**-12), rel=1e-12)


def test_distances_by_hand():
    p, q = np.array([0.5, 0.5, 0]), np.array([0.25, 0.25, 0.5])
    assert total_variation(p, q) == 0.5
    assert kolmogorov_distance(p, q) == 0.5
    assert chi_square_distance(p, q) == 1.0 and chi_square_distance(p, q, 0.3) == 0.5

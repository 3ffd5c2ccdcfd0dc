from decimal import ROUND_FLOOR, Decimal, getcontext
from fractions import Fraction
from math import floor

import numpy as np
import pytest

from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import EPSILON, MU, V, mean_latent, prior_latent, sample, sigma_table


def test_the_sigma_table_is_the_rounded_power_of_two():
    getcontext().prec = 50
    for byte, sigma in enumerate(sigma_table().tolist()):
        v = Decimal(byte - 256 if byte > 127 else byte) / 16
        assert sigma == min(255, int((64 * Decimal(2) ** v + Decimal("0.5")).to_integral_value(ROUND_FLOOR)))


def test_sigma_is_zero_where_it_is_below_half_a_step_and_held_at_the_top():
    table = sigma_table()
    assert table[256 - 128] == 0 and table[127] == 255 and table[0] == 64


@pytest.mark.parametrize("frac", range(9))
def test_one_rounding_of_the_exact_sum(frac):
    rng, z = np.random.default_rng(frac), Format(True, 8, frac)
    mu = rng.integers(MU.low, MU.high + 1, 400) >> rng.integers(0, 9, 400)
    v, noise = rng.integers(V.low, V.high + 1, 400), rng.integers(EPSILON.low, EPSILON.high + 1, 400)
    table = sigma_table()
    for got, m, b, e in zip(sample(table, mu, v, noise, z), mu.tolist(), v.tolist(), noise.tolist(), strict=True):
        exact = Fraction(m, 2**8) + Fraction(int(table[b % 256]), 2**6) * Fraction(e, 2**11)
        assert got == max(z.low, min(z.high, floor(exact * 2**frac + Fraction(1, 2))))


@pytest.mark.parametrize("frac", range(9))
def test_z_without_noise_is_the_mean(frac):
    z, mu = Format(True, 8, frac), np.arange(MU.low, MU.high + 1, 7)
    zero = np.zeros_like(mu)
    np.testing.assert_array_equal(sample(sigma_table(), mu, zero, zero, z), mean_latent(mu, z))


def test_all_three_saturate_at_both_ends():
    z, table, ends = Format(True, 8, 5), sigma_table(), [MU.low, MU.high]
    assert mean_latent(ends, z).tolist() == prior_latent(ends, z).tolist() == [-128, 127]
    assert sample(table, ends, [127, 127], [EPSILON.low, EPSILON.high], z).tolist() == [-128, 127]

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import binom, chisquare, kstest

from varigate.model.fixedpoint.distribution import CODES, rounded_gaussian
from varigate.model.fixedpoint.sampling import EPSILON
from varigate.sim.units import goodness


def sample(count, seed=0):
    """True Gaussians, and how often each code comes when they are rounded."""
    z = np.random.default_rng(seed).standard_normal(count)
    return z, np.bincount(EPSILON.quantise(z) - EPSILON.low, minlength=CODES.size)


@pytest.mark.parametrize(("probability", "quantile"), [
    (0.1, 1.93296), (0.05, 2.49237), (0.025, 3.07747), (0.01, 3.87813), (0.005, 4.49820), (0.001, 5.96940)])
def test_anderson_darling_has_its_known_quantiles(probability, quantile):
    """P. Lewis, Annals of Math. Statistics 32, 1961; G. Marsaglia, J. Marsaglia, J. of Statistical Software 9, 2004."""
    assert goodness.anderson_darling_sf(quantile) == pytest.approx(probability, rel=1e-4)


def test_anderson_darling_is_the_law_of_its_sum():
    """Σ χ²₁/(j·(j+1)); the terms left out have the mean 1/1001."""
    weights = 1 / (np.arange(1, 1001) * np.arange(2, 1002))
    rng = np.random.default_rng(0)
    sums = np.array([weights @ rng.chisquare(1, 1000) for _ in range(4000)]) + 1 / 1001
    assert kstest(sums, lambda x: 1 - np.vectorize(goodness.anderson_darling_sf)(x)).pvalue > 0.01


def test_anderson_darling_far_out():
    assert goodness.anderson_darling_sf(0) == 1 and goodness.anderson_darling_sf(0.05) == pytest.approx(1, abs=1e-6)
    assert goodness.anderson_darling_sf(30.001) == pytest.approx(goodness.anderson_darling_sf(29.999), rel=0.02)
    assert goodness.anderson_darling_sf(1e6) == 0


@pytest.mark.parametrize("count", [20_000, 300_000])
def test_statistics_of_the_counts_are_those_of_the_unrounded_samples(count):
    z, counts = sample(count)
    u = np.sort(ndtr(z))
    i = np.arange(1, count + 1)
    a2 = -count - ((2 * i - 1) / count * (np.log(u) + np.log1p(-u[::-1]))).sum()
    assert goodness.anderson_darling(counts).statistic == pytest.approx(a2, rel=0.02)
    exact = kstest(z, "norm")
    found = goodness.kolmogorov_smirnov(counts)
    assert found.statistic <= exact.statistic and found.p - exact.pvalue < 0.03


@pytest.mark.parametrize(("width", "name"), [(128, "χ², 0.0625 σ"), (1, "χ², 1 LSB")])
def test_chi_square(width, name):
    _, counts = sample(100_000)
    result = goodness.chi_square(counts, width)
    starts, expected = goodness._cells(100_000, width)
    assert expected.min() >= goodness.LEAST_EXPECTED and expected.sum() == pytest.approx(100_000)
    assert (starts % width == 0).all() and expected.max() < 110 * width
    other = chisquare(np.add.reduceat(counts, starts), expected * (counts.sum() / expected.sum()))
    assert result.name == name
    assert (result.statistic, result.p) == pytest.approx((other.statistic, other.pvalue))


@pytest.mark.parametrize("sigmas", [3, 4, 5])
def test_tails_count_the_samples_from_there_on(sigmas):
    counts = np.zeros(CODES.size, dtype=np.int64)
    edge = sigmas * 2048
    for code in (edge, -edge, edge - 1, 1 - edge, 20_000):
        counts[code - EPSILON.low] += 1
    counts[0 - EPSILON.low] += 99_995
    result = goodness.tail(counts, sigmas)
    assert result.statistic == 3 and not result.continuous
    law = binom(100_000, rounded_gaussian()[np.abs(CODES) >= edge].sum())
    assert result.p == pytest.approx(2 * min(law.cdf(3), law.sf(2)))


def test_moments():
    z, counts = sample(100_000)
    mean, square = goodness.moments(counts)
    assert mean.statistic == pytest.approx(z.mean(), abs=1e-5)
    assert square.statistic == pytest.approx((z**2).mean(), abs=1e-4)
    assert mean.p == pytest.approx(2 * ndtr(-abs(z.mean()) * np.sqrt(z.size)), abs=1e-2)
    assert square.p == pytest.approx(2 * ndtr(-abs((z**2).mean() - 1) * np.sqrt(z.size / 2)), abs=3e-2)


def test_runs_by_hand():
    """n = 10, six high, nine runs: expected 1 + 48/10, variance 48·38/(100·9)."""
    result = goodness.runs("runs", 8, 6, 10)
    assert result.p == pytest.approx(2 * ndtr(-(9 - 5.8) / np.sqrt(48 * 38 / 900)))
    assert goodness.runs("runs", 0, 0, 10).p == 0

from itertools import pairwise

import mpmath
import numpy as np
import pytest
from scipy.optimize import linprog

from varigate.model.fixedpoint import polynomial
from varigate.model.fixedpoint.polynomial import Segmented, fit, minimax, taylor


def logistic(x):
    return 1 / (1 + mpmath.exp(-x))


def exponential(x):
    return mpmath.power(2, x)


CASES = [(exponential, "0.5", "0.5", 1), (exponential, "0.0625", "0.0625", 2), (logistic, "0.0625", "0.0625", 2),
         (logistic, "5", "0.25", 3), (mpmath.exp, "0", "1", 4), (mpmath.log, "3", "1", 5)]


@pytest.mark.parametrize(("function", "centre", "half", "order"), CASES)
def test_the_error_of_the_best_polynomial_equioscillates(function, centre, half, order):
    """Chebyshev's criterion, on a grid that knows nothing of the exchange: order + 2 extrema of alternating signs, all
    of one magnitude. By de la Vallée-Poussin's theorem no polynomial's error is below the least of them."""
    with mpmath.workdps(40):
        centre, half = mpmath.mpf(centre), mpmath.mpf(half)
        found = minimax(function, centre, half, order)
        assert len(found) == order + 1
        grid = [half * mpmath.cos(mpmath.pi * k / 2000) for k in range(2001)]
        errors = [function(centre + t) - sum(c * t**power for power, c in enumerate(found)) for t in grid]
        cuts = [0, *(k + 1 for k, (a, b) in enumerate(pairwise(errors)) if a * b < 0), len(errors)]
        extrema = [max(errors[a:b], key=abs) for a, b in pairwise(cuts)]
        assert len(extrema) == order + 2
        magnitudes = [abs(each) for each in extrema]
        assert max(magnitudes) / min(magnitudes) < 1 + 1e-4  # the grid misses the very top


@pytest.mark.parametrize(("function", "centre", "half", "order"), CASES[:1] + CASES[4:])
def test_the_best_polynomial_is_that_of_linear_programming(function, centre, half, order):
    """Least e with |f(t) − Σ c·t^p| ≤ e on a grid: another algorithm, another library."""
    t = float(half) * np.cos(np.pi * np.arange(801) / 800)
    with mpmath.workdps(40):
        values = np.array([float(function(mpmath.mpf(centre) + x)) for x in t])
        found = np.array([float(c) for c in minimax(function, mpmath.mpf(centre), half, order)])
    powers = t[:, None] ** np.arange(order + 1)
    one, scale = np.ones((len(t), 1)), 1e4  # against the solver's tolerance
    best = linprog([0] * (order + 1) + [1], A_ub=np.block([[powers, -one], [-powers, -one]]),
                   b_ub=scale * np.concatenate([values, -values]), bounds=(None, None))
    assert np.abs(values - powers @ found).max() == pytest.approx(best.fun / scale, rel=2e-4)
    np.testing.assert_allclose(found, best.x[:-1] / scale, rtol=2e-3, atol=2 * best.fun / scale)


def test_the_best_line_of_the_exponential_is_as_in_closed_form():
    """On [0, 1]: slope e − 1, error (2 − e + slope·ln slope)/2 (equal at both ends and opposite between)."""
    with mpmath.workdps(40):
        slope = mpmath.e - 1
        error = (2 - mpmath.e + slope * mpmath.log(slope)) / 2
        c0, c1 = minimax(mpmath.exp, mpmath.mpf(1) / 2, mpmath.mpf(1) / 2, 1)
        assert abs(c1 - slope) < 1e-12
        assert abs(abs(1 - (c0 - c1 / 2)) - error) < 1e-12


def test_a_polynomial_is_its_own_best_polynomial():
    with mpmath.workdps(40):
        found = minimax(lambda x: 1 + 2 * x - 3 * x**2, mpmath.mpf(0), 1, 2)
        assert [float(c) for c in found] == pytest.approx([1, 2, -3], abs=1e-30)


def test_an_endless_exchange_is_refused():
    with pytest.raises(ArithmeticError, match="no best polynomial of order 2"):
        minimax(lambda x: mpmath.sin(400 * x), mpmath.mpf(0), 1, 2)


def test_taylor_is_the_series():
    with mpmath.workdps(40):
        assert [float(c) for c in taylor(mpmath.exp, 0, None, 4)] == pytest.approx([1, 1, 1 / 2, 1 / 6, 1 / 24])


@pytest.mark.parametrize("method", sorted(polynomial.METHODS))
def test_both_methods_are_fitted_by_the_same_code(method):
    """Centres in the middle, coefficients rounded to the nearest, and an error as small as the order allows."""
    p = fit(exponential, span=4096, frac=12, segments=8, order=2, scale_bits=20, method=method)
    assert p.centres.tolist() == [512 * k + 256 for k in range(8)] and p.segment_bits == 9
    with mpmath.workdps(40):
        real = polynomial.METHODS[method](exponential, mpmath.mpf(256 + 512) / 4096, mpmath.mpf(1) / 16, 2)
        assert p.coefficients[1].tolist() == [int(mpmath.floor(c * 2**20 + 0.5)) for c in real]
    error = np.abs(p.steps(np.arange(4096))[-1] / 2**20 - 2 ** (np.arange(4096) / 4096)).max()
    assert error < {"taylor": 2.9e-5, "minimax": 8.5e-6}[method]


def test_the_best_polynomials_are_better():
    def error(method):
        p = fit(logistic, span=128, frac=4, segments=4, order=2, scale_bits=30, method=method)
        return np.abs(p.steps(np.arange(128))[-1] / 2**30 - 1 / (1 + np.exp(-np.arange(128) / 16))).max()

    assert error("minimax") < 0.5 * error("taylor")


def test_coarse_coefficients_end_in_zeros():
    p = fit(exponential, span=4096, frac=12, segments=64, order=2, scale_bits=20, method="minimax", coarsen=5)
    full = fit(exponential, span=4096, frac=12, segments=64, order=2, scale_bits=20, method="minimax")
    assert (p.coefficients[:, 1] % 32 == 0).all() and (p.coefficients[:, 2] % 1024 == 0).all()
    assert (np.abs(p.coefficients - full.coefficients) <= [0, 16, 512]).all()


def test_horner_floors_after_each_product():
    p = Segmented(2, 3, np.array([4, 12]), np.array([[7, -5, 3], [1, 2, -3]]))
    for u in range(16):
        t = u - (4 if u < 8 else 12)
        c0, c1, c2 = ((7, -5, 3) if u < 8 else (1, 2, -3))
        first = (c2 * t) // 4 + c1
        assert p.steps([u])[:, 0].tolist() == [c2, first, (first * t) // 4 + c0]
    assert p.steps([17])[0, 0] == -3  # beyond the last segment
    assert (p.segments, p.order) == (2, 2)


@pytest.mark.parametrize("segments", [0, 3, -1, 256])
def test_segments_divide_the_span(segments):
    with pytest.raises(ValueError, match="power of two up to 128"):
        fit(logistic, span=128, frac=4, segments=segments, order=1, scale_bits=8)

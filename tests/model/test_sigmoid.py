from fractions import Fraction
from math import floor

import mpmath
import numpy as np
import pytest

from model.sigmoid import BYTE_INPUT, taylor

CODES = np.arange(-128, 128)


def exact_rows(segments, order):
    """Taylor coefficients from y' = y(1 − y), by the recurrence (n + 1)·a₍ₙ₊₁₎ = aₙ − Σ aᵢ·a₍ₙ₋ᵢ₎."""
    rows = []
    for k in range(segments):
        centre = Fraction(0) if segments == 1 else Fraction(8 * (2 * k + 1), 2 * segments)
        with mpmath.workdps(60):
            start = 1 / (1 + mpmath.exp(-mpmath.mpf(centre.numerator) / centre.denominator))
            a = [Fraction(int(mpmath.nint(start * 10**50)), 10**50)]
        for n in range(order):
            a.append((a[n] - sum(a[i] * a[n - i] for i in range(n + 1))) / (n + 1))
        rows.append((centre, a))
    return rows


def fixed(x: int, rows, hold, guard=4):
    """The unit's value for the code x by Horner's rule on fractions, floored after each product."""
    scale, magnitude = 2 ** (8 + guard), min(abs(x), hold)
    width = 128 // len(rows)
    centre, a = rows[min(magnitude // width, len(rows) - 1)]
    t = Fraction(magnitude, 16) - centre
    integers = [floor(c * scale + Fraction(1, 2)) for c in a]
    y = integers[-1]
    for c in reversed(integers[:-1]):
        y = floor(y * t) + c
    y = floor(Fraction(y, 2**guard) + Fraction(1, 2))
    return max(0, min(255, 256 - y if x < 0 else y))


@pytest.mark.parametrize(("segments", "order", "hold"), [(1, 5, 37), (8, 2, 128), (16, 1, 128), (4, 3, 128)])
def test_every_code_is_as_exact_arithmetic_has_it(segments, order, hold):
    rows = exact_rows(segments, order)
    assert taylor(segments, order)(CODES).tolist() == [fixed(x, rows, hold) for x in CODES.tolist()]


@pytest.mark.parametrize(("segments", "order", "error"), [(8, 2, 1 / 256), (1, 5, 0.0511)])
def test_close_to_the_real_function(segments, order, error):
    real = 1 / (1 + np.exp(-BYTE_INPUT.real(CODES)))
    assert np.abs(taylor(segments, order)(CODES) / 256 - real).max() <= error


def test_the_classic_series_is_held():
    unit = taylor()
    assert unit.hold == 37 and len(set(unit(np.arange(37, 128)).tolist())) == 1
    assert unit.coefficients.tolist() == [[2048, 1024, 0, -85, 0, 9]]


def test_symmetric_and_monotonic():
    for unit in (taylor(), taylor(8, 2)):
        y = unit(CODES)
        assert (np.diff(y) >= 0).all() and y[128] in (127, 128)
        np.testing.assert_array_equal(y[129:] + y[127:0:-1], np.where(y[129:] == 255, y[129:] + y[127:0:-1], 256))


@pytest.mark.parametrize("segments", [0, 3, -1])
def test_segments_are_a_power_of_two(segments):
    with pytest.raises(ValueError, match="power of two"):
        taylor(segments)

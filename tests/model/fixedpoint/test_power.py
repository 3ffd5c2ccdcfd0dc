from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor

import numpy as np
import pytest

from varigate.model.fixedpoint.accuracy import power_errors, power_reference
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.polynomial import Segmented
from varigate.model.fixedpoint.power import FINE_SIGMA, FINE_V, Power, fine

CODES = np.arange(FINE_V.low, FINE_V.high + 1)


def test_every_code_is_within_an_ulp_or_saturates():
    below, sigma = CODES < 2 << 12, fine()(CODES)
    errors = np.abs(power_errors(fine()))
    assert len(errors) == below.sum() == 40960
    assert 0.955 < errors.max() <= 0.956 and 0.258 < errors.mean() <= 0.259
    assert "within 0.956 ulp" in fine.__doc__ and "0.258 on average" in fine.__doc__
    assert (sigma[~below] == FINE_SIGMA.high).all() and sigma[below].max() < FINE_SIGMA.high


def test_the_reference_is_that_of_another_library():
    reference = power_reference(fine())
    with localcontext() as context:
        context.prec = 50
        for code in [-32768, -32767, -4097, -1, 0, 1, 8191, *range(-32000, 8000, 1777)]:
            assert reference[code + 32768] == floor(2**54 * Decimal(2) ** (Decimal(code) / 4096))


def test_every_code_is_as_exact_arithmetic_has_it():
    unit = fine()
    rows, centres = unit.polynomial.coefficients.tolist(), unit.polynomial.centres.tolist()
    for code in range(FINE_V.low, FINE_V.high + 1, 37):
        whole, fraction = divmod(code, 4096)
        (c0, c1), t = rows[fraction // 64], fraction - centres[fraction // 64]
        y = c0 + floor(Fraction(c1 * t, 4096))
        exact = Fraction(y, 2**18) * Fraction(2) ** whole
        assert unit(code) == min(65535, floor(exact * 2**14 + Fraction(1, 2)))


def test_exact_powers_and_order():
    sigma = fine()(CODES)
    assert sigma[::4096].tolist() == [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, *[65535] * 6]
    assert (np.diff(sigma) >= 0).all()
    np.testing.assert_array_equal(fine()(CODES.reshape(256, 256)), sigma.reshape(256, 256))


@pytest.mark.parametrize(("bits", "value"), [(5, 31), (6, 63), (7, 64)])
def test_a_fraction_that_rounds_up_to_two_saturates(bits, value):
    """With a polynomial of the constant 2 − 2⁻⁶, n = 0 and 4 fraction bits, σ rounds to 32 of 16ths."""
    nearly = Segmented(4, 4, np.array([0]), np.array([[127]]))
    unit = Power(Format(True, 6, 4), Format(False, bits, 4), 2, nearly)
    assert unit(0) == min(32, (1 << bits) - 1)
    assert unit(16) == value if bits < 7 else unit(16) == 64

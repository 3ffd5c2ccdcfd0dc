import re
from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor

import mpmath
import numpy as np
import pytest

from varigate.model.fixedpoint.accuracy import sigmoid_errors, sigmoid_reference
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.polynomial import fit
from varigate.model.fixedpoint.sigmoid import (
    FINE_INPUT,
    FINE_OUTPUT,
    byte,
    classic,
    compact,
    fine,
    minimax,
    taylor,
    wide,
)

CODES = np.arange(-128, 128)


def exact_rows(segments, order):
    """Taylor coefficients from y' = y(1 − y), by the recurrence (n + 1)·a₍ₙ₊₁₎ = aₙ − Σ aᵢ·a₍ₙ₋ᵢ₎."""
    rows = []
    for k in range(segments):
        centre = Fraction(0) if segments == 1 else Fraction(8 * (2 * k + 1), 2 * segments)
        if segments == 128:  # a segment is one code
            centre = Fraction(k, 16)
        with mpmath.workdps(60):
            start = 1 / (1 + mpmath.exp(-mpmath.mpf(centre.numerator) / centre.denominator))
            a = [Fraction(int(mpmath.nint(start * 10**50)), 10**50)]
        for n in range(order):
            a.append((a[n] - sum(a[i] * a[n - i] for i in range(n + 1))) / (n + 1))
        rows.append((centre, a))
    return rows


def fixed(x: int, rows, hold, guard):
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


@pytest.mark.parametrize(("segments", "order", "hold", "guard"), [
    (1, 5, 37, 8), (1, 5, 37, 4), (8, 2, 127, 4), (16, 1, 127, 4), (4, 3, 127, 4), (128, 0, 127, 0)])
def test_every_code_is_as_exact_arithmetic_has_it(segments, order, hold, guard):
    rows = exact_rows(segments, order)
    unit = taylor(segments, order, guard=guard)
    assert unit.hold == hold
    assert unit(CODES).tolist() == [fixed(x, rows, hold, guard) for x in CODES.tolist()]


def test_the_classic_unit():
    unit = classic()
    assert unit.coefficients.tolist() == [[2**15, 2**14, 0, -1365, 0, 137]]  # 1/2, 1/4, −1/48, 1/480 in 2⁻¹⁶
    assert unit(CODES).tolist() == [fixed(x, exact_rows(1, 5), 37, 8) for x in CODES.tolist()]
    assert unit.hold == 37 and len(set(unit(np.arange(37, 128)).tolist())) == 1


def test_the_docstring_of_the_classic_unit_states_its_errors():
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    text, x = classic.__doc__, np.array([1, 2, 3])
    stated = {row: [float(value) for value in re.search(rf"{row} +([\d.]+) +([\d.]+) +([\d.]+)", text).groups()]
              for row in ("this unit", "the series without a hold")}
    series = 1 / 2 + x / 4 - x**3 / 48 + x**5 / 480
    assert stated["this unit"] == np.abs(classic()(16 * x) / 256 - sigmoid(x)).round(4).tolist()
    assert stated["this unit"] == np.abs(classic()(-16 * x) / 256 - sigmoid(-x)).round(4).tolist()
    assert stated["the series without a hold"] == np.abs(series - sigmoid(x)).round(4).tolist()
    error = np.abs(sigmoid_errors(classic())) / 256
    assert re.search(r"worst error is ([\d.]+)", text)[1] == f"{error.max():.4f}"
    assert abs(CODES[error.argmax()]) == 37


def test_the_byte_unit_is_correctly_rounded():
    with mpmath.workdps(40):
        right = [int(mpmath.floor(256 / (1 + mpmath.exp(mpmath.mpf(-code) / 16)) + 0.5)) for code in CODES.tolist()]
    assert byte()(CODES).tolist() == [min(255, value) for value in right]
    assert max(right) == 256 and byte()(-128) == 0 and (byte().segments, byte().order) == (128, 0)


@pytest.mark.parametrize(("unit", "worst", "mean"), [(fine, 0.593, 0.250), (compact, 0.675, 0.251)])
def test_every_code_of_the_fine_units_is_within_an_ulp(unit, worst, mean):
    errors = np.abs(sigmoid_errors(unit()))
    assert (unit().input, unit().output) == (FINE_INPUT, FINE_OUTPUT) and len(errors) == 1 << 16
    assert worst - 0.001 < errors.max() <= worst and mean - 0.001 < errors.mean() <= mean
    assert f"within {worst} ulp" in unit.__doc__


def test_the_reference_is_that_of_another_library():
    """Decimal's exponential, at the ends and at some codes between; the reference is the floor."""
    reference = sigmoid_reference(fine())
    with localcontext() as context:
        context.prec = 50
        for code in [-32768, -32767, -1, 0, 1, 32767, *range(-30000, 30000, 1777)]:
            exact = 2**56 / (1 + (Decimal(-code) / 4096).exp())
            assert reference[code + 32768] == floor(exact)


def test_eight_quadratics_are_within_an_ulp():
    assert np.abs(sigmoid_errors(taylor(8, 2))).max() <= 1


def test_wide_is_byte_over_twice_its_range():
    with mpmath.workdps(40):
        right = [int(mpmath.floor(256 / (1 + mpmath.exp(-mpmath.mpf(int(code)) / 8)) + 0.5)) for code in CODES]
    assert wide()(CODES).tolist() == [min(255, value) for value in right]
    assert wide().input == Format(True, 8, 3) and (wide().segments, wide().order) == (128, 0)
    np.testing.assert_array_equal(wide()(CODES[64:192]), byte()(2 * CODES[64:192]))


@pytest.mark.parametrize("unit", [classic(), byte(), fine(), compact(), taylor(8, 2)], ids=range(5))
def test_symmetric_and_monotonic(unit):
    codes = np.arange(unit.input.low, unit.input.high + 1)
    half = len(codes) // 2
    y, one = unit(codes), 1 << unit.output.frac
    assert (np.diff(y) >= 0).all() and one // 2 - y[half] == (unit.segments == 8)  # the error of taylor(8, 2) at 0
    positive, negative = y[half + 1:], y[half - 1:0:-1]
    np.testing.assert_array_equal(positive + negative, np.where(positive == one - 1, positive + negative, one))
    assert y[0] in (y[1], y[1] - 1)  # the magnitude of the lowest code is held


def test_the_method_alone_makes_the_difference():
    best = minimax(64, 2, guard=4)
    again = fit(lambda x: 1 / (1 + mpmath.exp(-x)), span=1 << 15, frac=12, segments=64, order=2, scale_bits=20,
                method="minimax")
    np.testing.assert_array_equal(best.coefficients, again.coefficients)
    series = taylor(64, 2, input=FINE_INPUT, output=FINE_OUTPUT)
    assert np.abs(sigmoid_errors(best)).max() < np.abs(sigmoid_errors(series)).max()


def test_units_are_made_once_and_cannot_be_changed():
    assert fine() is fine() and byte() is byte() and classic() is classic()
    with pytest.raises(ValueError, match="read-only"):
        byte().coefficients[0] = 0


@pytest.mark.parametrize("segments", [0, 3, -1])
def test_segments_are_a_power_of_two(segments):
    with pytest.raises(ValueError, match="power of two"):
        taylor(segments)
    with pytest.raises(ValueError, match=r"power of two|two segments"):
        minimax(segments, 2)


def test_a_coarser_format():
    unit = taylor(16, 2, input=Format(True, 7, 3), output=Format(False, 6, 5))
    assert np.abs(sigmoid_errors(unit)).max() < 1 and unit(63) == 32

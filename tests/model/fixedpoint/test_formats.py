from fractions import Fraction
from math import floor

import numpy as np
import pytest
from fxpmath import Fxp
from hypothesis import given
from hypothesis import strategies as st

from varigate.model.fixedpoint.formats import Format, requantise, round_shift, saturate

formats = st.builds(lambda signed, bits, frac: Format(signed, bits, frac),
                    st.booleans(), st.integers(2, 32), st.integers(-8, 16))


def exact_requantise(accumulator: int, shift: int, target: Format) -> int:
    """With fractions: half up, then saturate."""
    return min(max(floor(Fraction(accumulator, 2**shift) + (Fraction(1, 2) if shift else 0)), target.low), target.high)


@pytest.mark.parametrize("text", ["s8.4", "u8.8", "s16.-3", "u1.0", "s2.0", "u32.32"])
def test_a_format_is_written_as_it_is_read(text):
    assert str(Format.parse(text)) == text


@pytest.mark.parametrize("text", ["8.4", "s8", "s1.0", "u0.0", "u33.0", "s8.33", "s8.4 ", "", "S8.4"])
def test_other_texts_are_no_formats(text):
    with pytest.raises(ValueError, match="format"):
        Format.parse(text)


def test_ends_of_the_ranges():
    assert [(f.low, f.high) for f in map(Format.parse, ("s8.4", "u8.8", "s16.11", "u1.0"))] == [
        (-128, 127), (0, 255), (-32768, 32767), (0, 1)]


@given(st.integers(-(2**40), 2**40), st.integers(0, 31), formats)
def test_requantise_is_exact(accumulator, shift, target):
    assert requantise(accumulator, shift, target) == exact_requantise(accumulator, shift, target)


@given(st.integers(-(2**31), 2**31 - 1), st.integers(1, 12), st.integers(4, 16))
def test_requantise_is_fxpmaths_floor_after_a_half(accumulator, shift, bits):
    wide = Fxp((accumulator + (1 << (shift - 1))) / 2**shift, signed=True, n_word=48, n_frac=shift)
    oracle = Fxp(wide, signed=True, n_word=bits, n_frac=0, rounding="floor", overflow="saturate")
    assert requantise(accumulator, shift, Format(True, bits)) == int(oracle.val)


def test_half_rounds_up_on_both_sides_of_zero():
    assert round_shift([-3, -2, -1, 0, 1, 2, 3, 5, 6, -6], [1, 1, 1, 1, 1, 1, 1, 2, 2, 2]).tolist() == [
        -1, -1, 0, 0, 1, 1, 2, 1, 2, -1]


def test_a_shift_of_zero_adds_nothing():
    assert round_shift([-1, 0, 1], 0).tolist() == [-1, 0, 1]


@given(formats)
def test_saturation_at_both_ends(target):
    beyond = [target.low - 1, target.low, target.high, target.high + 1]
    assert saturate(beyond, target).tolist() == [target.low, target.low, target.high, target.high]


def test_quantise_rounds_half_up_and_saturates():
    f = Format.parse("s8.4")
    assert f.quantise([0.03125, -0.03125, 0.0312, 100, -100]).tolist() == [1, 0, 0, 127, -128]
    np.testing.assert_array_equal(f.quantise(f.real(np.arange(-128, 128))), np.arange(-128, 128))

"""Gaussian sources that are often built and that are not good enough: the yardsticks that the tests of ε must refuse.

`clt`
    twelve uniform numbers less six (G. E. P. Box, M. E. Muller, Annals of Math. Statistics 29, 1958, name it): here the
    two 16-bit halves of six draws. Its kurtosis is 3 − 12/120 = 2.9, and nothing lies beyond 6 σ.
`shift`
    a 32-bit Fibonacci LFSR (taps 32, 22, 2, 1: P. Alfke, Xilinx XAPP 052, 1996) that moves by *one bit* a sample, its
    word read as a uniform draw. 31 of 32 bits are the last sample's, so that neighbours depend on each other.
`popcount`
    the number of ones in a 32-bit draw: a binomial variable of 33 values, 0.35 σ apart.

All give s16.11 like ε and take (seed, count, start).

In hardware: `gateware.units.gaussian_baselines.ShiftRegister`, `gateware.units.gaussian_baselines.SumOfUniforms`.
"""

import numpy as np

from varigate.model.fixedpoint.epsilon import gaussian
from varigate.model.fixedpoint.formats import round_shift
from varigate.model.fixedpoint.sampling import EPSILON
from varigate.model.fixedpoint.uniform import expand_seed, linear_words, uniforms

__all__ = ["CLT_CENTRE", "CLT_DRAWS", "CLT_SHIFT", "SHIFT_TAPS", "clt", "popcount", "shift", "shift_words"]

CLT_DRAWS = 6  # a sample
CLT_CENTRE = 12 * 0xFFFF // 2  # the mean of the sum
CLT_SHIFT = 16 - EPSILON.frac  # the sum's deviation is √(2³² − 1)
SHIFT_TAPS = (31, 21, 1, 0)
POPCOUNT_STEP = round(2**EPSILON.frac / np.sqrt(8))


def clt(seed: int, count: int, start: int = 0) -> np.ndarray:
    """Samples by the central limit: (Σ of 12 uniform 16-bit numbers − mean) / 2⁵, *half up*; int64 (count,), s16.11.

    Examples
    --------
    >>> round(float(clt(seed=1, count=10000).std() / 2**EPSILON.frac), 2)
    1.0
    """
    draws = uniforms(seed, CLT_DRAWS * count, CLT_DRAWS * start).reshape(count, CLT_DRAWS).astype(np.int64)
    return round_shift(((draws & 0xFFFF) + (draws >> 16)).sum(axis=1) - CLT_CENTRE, CLT_SHIFT)


def _shift_once(words):
    feedback = words >> SHIFT_TAPS[0]
    for tap in SHIFT_TAPS[1:]:
        feedback = feedback ^ words >> tap
    return words << 1 ^ feedback & 1


def shift_words(seed: int, count: int, start: int = 0) -> np.ndarray:
    """The LFSR's states after each shift by one bit; it starts as taus88's first component does. uint32 (count,).

    Examples
    --------
    >>> first, second = shift_words(seed=1, count=2).tolist()
    >>> second >> 1 == first & 0x7FFFFFFF  # 31 bits are those of the word before
    True
    """
    return linear_words(_shift_once, expand_seed(seed)[0], count, start)


def shift(table, seed: int, count: int, start: int = 0) -> np.ndarray:
    """Samples by the inverse CDF of the words of `shift_words`; int64 (count,), s16.11.

    Examples
    --------
    >>> from varigate.model.fixedpoint.epsilon import epsilon_table
    >>> shift(epsilon_table(), seed=1, count=3).shape
    (3,)
    """
    return gaussian(table, shift_words(seed, count, start))


def popcount(seed: int, count: int, start: int = 0) -> np.ndarray:
    """Samples by counting ones: (ones in a draw − 16)·`POPCOUNT_STEP`, about (ones − 16) / √8; int64 (count,), s16.11.

    Examples
    --------
    >>> len(np.unique(popcount(seed=1, count=10000))) <= 33
    True
    """
    return (np.bitwise_count(uniforms(seed, count, start)).astype(np.int64) - 16) * POPCOUNT_STEP

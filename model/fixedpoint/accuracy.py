"""Errors of the sigmoid and σ units at every input code, in units in the last place (ulp) of the real functions."""

import mpmath
import numpy as np

from varigate.model.fixedpoint.power import Power
from varigate.model.fixedpoint.sampling import SIGMA, V, sigma_table
from varigate.model.fixedpoint.sigmoid import Sigmoid, logistic

__all__ = ["power_errors", "power_reference", "sigma_table_errors", "sigmoid_errors", "sigmoid_reference"]

DIGITS = 30
EXTRA = 40  # fraction bits of a reference beyond the output's; it is the floor


def _floors(function, count: int, frac: int, bits: int) -> np.ndarray:
    """The integers ⌊function(n·2**−frac)·2**bits⌋ for n = 0 … count − 1; int64."""
    with mpmath.workdps(DIGITS):
        return np.array([int(mpmath.floor(mpmath.ldexp(function(mpmath.ldexp(n, -frac)), bits))) for n in range(count)])


def sigmoid_reference(sigmoid: Sigmoid) -> np.ndarray:
    """The real sigmoid of every input code, from the lowest one on, in 2**−40 ulp; int64.

    Examples
    --------
    >>> from varigate.model.fixedpoint.sigmoid import byte
    >>> int(sigmoid_reference(byte())[128]) / 2**40  # at x = 0, in ulp: σ(0) = ½
    128.0
    """
    positive = _floors(logistic, -sigmoid.input.low + 1, sigmoid.input.frac,
                       sigmoid.output.frac + EXTRA)
    negative = (1 << sigmoid.output.frac + EXTRA) - 1 - positive[:0:-1]  # −⌊y⌋ is ⌊−y⌋ + 1 where y is no integer
    return np.concatenate([negative, positive[:-1]])


def sigmoid_errors(sigmoid: Sigmoid) -> np.ndarray:
    """The unit's value minus the real one for every input code, from the lowest one on, in ulp; float64.

    Examples
    --------
    >>> from varigate.model.fixedpoint.sigmoid import byte
    >>> round(float(abs(sigmoid_errors(byte())).max()), 3)  # the last codes saturate to 255
    0.909
    """
    codes = np.arange(sigmoid.input.low, sigmoid.input.high + 1)
    return ((sigmoid(codes) << EXTRA) - sigmoid_reference(sigmoid)) / 2**EXTRA


def power_reference(power: Power) -> np.ndarray:
    """The real 2**v of every input code below saturation, from the lowest one on, in 2**−40 ulp; int64.

    Examples
    --------
    >>> from varigate.model.fixedpoint.power import fine
    >>> len(power_reference(fine()))
    40960
    """
    top = power.ceiling - 1
    one = _floors(lambda f: mpmath.power(2, f), 1 << power.input.frac, power.input.frac,
                  power.output.frac + EXTRA + top)
    return np.concatenate([one >> top - whole for whole in range(power.lowest, top + 1)])


def power_errors(power: Power) -> np.ndarray:
    """The unit's value minus the real one for every input code below saturation, in ulp; float64.

    Examples
    --------
    >>> from varigate.model.fixedpoint.power import fine
    >>> round(float(abs(power_errors(fine())).max()), 3)
    0.955
    """
    reference = power_reference(power)
    codes = np.arange(power.input.low, power.input.low + len(reference))
    return ((power(codes) << EXTRA) - reference) / 2**EXTRA


def sigma_table_errors() -> np.ndarray:
    """The 8-bit σ table's values minus the real ones for every code of v below saturation, in ulp; float64.

    Examples
    --------
    >>> bool(abs(sigma_table_errors()).max() <= 0.5)  # correctly rounded
    True
    """
    codes = np.arange(V.low, V.high + 1)
    with mpmath.workdps(DIGITS):
        real = [mpmath.power(2, mpmath.ldexp(int(code), -V.frac) + SIGMA.frac) for code in codes]
        errors = [float(int(value) - exact) for value, exact in zip(sigma_table()[codes & 0xFF], real, strict=True)]
    return np.array(errors)[[exact < SIGMA.high for exact in real]]

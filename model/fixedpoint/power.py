"""σ = 2**v in integers, finer than by `sigma_table`: 2 to the power of v's fraction, shifted by its whole.

    y = 2**f by a segmented polynomial (`model.fixedpoint.polynomial`), in output.frac + guard fraction bits, 1 ≤ y < 2
    σ = sat((y·2**n + 2**(guard − 1)) >> guard),   v = n + f, n whole and 0 ≤ f < 1

*Floor* after Horner's products, one rounding *half up*; v at or above the output's range saturates.

In hardware: `gateware.units.power.PowerUnit`.
"""

from dataclasses import dataclass
from functools import cache

import mpmath
import numpy as np

from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.polynomial import Segmented, fit

__all__ = ["FINE_SIGMA", "FINE_V", "Power", "fine"]

FINE_V = Format(True, 16, 12)
FINE_SIGMA = Format(False, 16, 14)


@dataclass(frozen=True, eq=False)
class Power:
    """A unit for σ = 2**v.

    Parameters
    ----------
    input, output : Format
        signed input; unsigned output.
    guard : int
        fraction bits of the coefficients beyond the output's.
    polynomial : Segmented
        2**f of the input's fraction bits.

    Examples
    --------
    >>> unit = fine()
    >>> v = FINE_V.quantise([-1.0, 0.5, 1.99])
    >>> FINE_SIGMA.real(unit(v)).round(3).tolist()
    [0.5, 1.414, 3.972]
    """

    input: Format
    output: Format
    guard: int
    polynomial: Segmented

    @property
    def lowest(self) -> int:
        """The lowest whole part n of an input."""
        return self.input.low >> self.input.frac

    @property
    def ceiling(self) -> int:
        """The n from which on the result saturates."""
        return self.output.bits - self.output.frac

    def __call__(self, v) -> np.ndarray:
        """Compute 2**v for input codes v of any shape: int64 output codes."""
        v = np.asarray(v, np.int64)
        whole, fraction = v >> self.input.frac, v & (1 << self.input.frac) - 1
        y = self.polynomial.steps(fraction.ravel())[-1].reshape(v.shape) << np.clip(whole - self.lowest, 0, 31)
        rounded = (y + (1 << self.guard - self.lowest >> 1)) >> self.guard - self.lowest
        return np.where(whole >= self.ceiling, self.output.high, np.minimum(rounded, self.output.high))


@cache
def fine() -> Power:
    """The fine unit, s16.12 → u16.14, by the best straight lines on 64 segments.

    It is within 0.956 ulp for each code below v = 2, 0.258 on average; from there on, σ = 65535.
    Eight quadratics are within 0.70 ulp and need one multiplier more.

    Examples
    --------
    >>> fine().polynomial.segments, fine().polynomial.order
    (64, 1)
    """
    guard = 4
    polynomial = fit(lambda f: mpmath.power(2, f), span=1 << FINE_V.frac, frac=FINE_V.frac, segments=64, order=1,
                     scale_bits=FINE_SIGMA.frac + guard, method="minimax", coarsen=7)
    return Power(FINE_V, FINE_SIGMA, guard, polynomial)

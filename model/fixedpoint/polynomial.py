"""Segmented polynomials in integers, and their coefficients by Taylor's series or as the best (minimax) polynomials.

The argument `u` is a non-negative integer with `frac` fraction bits. Its high bits select one of K equal segments, K a
power of two; `t = u - centre` is the abscissa. The polynomial is evaluated by Horner's rule in the fraction bits of its
coefficients, with a *floor* after each product; the one rounding at the end is the user's.

The best polynomial is found by Remez's exchange: the error of a polynomial of order n that is the best takes its
greatest magnitude at n + 2 points or more, with alternating signs (E. W. Cheney, "Introduction to Approximation
Theory", 1966, ch. 3).
"""

from dataclasses import dataclass
from itertools import pairwise

import mpmath
import numpy as np

__all__ = ["METHODS", "Segmented", "fit", "minimax", "taylor"]

DIGITS = 40
TOLERANCE = mpmath.mpf("1e-9")  # by how much the extrema of a best polynomial's error may differ, relatively
HALVINGS = 40  # of the interval in which a zero of the error lies
SECTIONS = 30  # golden sections of the interval in which an extremum lies: it is flat there


@dataclass(frozen=True, eq=False)
class Segmented:
    """A function by segmented polynomials in integers: one polynomial for each segment of the argument.

    Parameters
    ----------
    frac : int
        fraction bits of the argument.
    segment_bits : int
        the right shift that turns an argument into its segment's index. Arguments beyond the last segment use it.
    centres : int64 array (K,)
        the arguments from which the abscissa is counted.
    coefficients : int64 array (K, order + 1)
        lowest power first.

    Examples
    --------
    >>> square = Segmented(frac=4, segment_bits=8, centres=np.array([0]), coefficients=np.array([[0, 0, 256]]))
    >>> (square.steps([24])[-1] / 256).tolist()  # 1.5², with 8 fraction bits
    [2.25]
    """

    frac: int
    segment_bits: int
    centres: np.ndarray
    coefficients: np.ndarray

    @property
    def segments(self) -> int:
        return len(self.centres)

    @property
    def order(self) -> int:
        return self.coefficients.shape[1] - 1

    def steps(self, u) -> np.ndarray:
        """The values after each step of Horner's rule, highest power first, for arguments (n,): int64 (order + 1, n).

        They have the fraction bits of the coefficients; the last one is the polynomial.
        """
        u = np.asarray(u, np.int64)
        segment = np.minimum(u >> self.segment_bits, self.segments - 1)
        t = u - self.centres[segment]
        values = [self.coefficients[segment, self.order]]
        for power in range(self.order - 1, -1, -1):
            values.append(((values[-1] * t) >> self.frac) + self.coefficients[segment, power])
        return np.array(values)


def taylor(function, centre, half, order: int) -> list:
    """The coefficients of the Taylor polynomial about `centre`, lowest power first; `half` is not used.

    Examples
    --------
    >>> [float(c) for c in taylor(mpmath.exp, 0, None, 2)]
    [1.0, 1.0, 0.5]
    """
    return mpmath.taylor(function, centre, order)


def minimax(function, centre, half, order: int) -> list:
    """The coefficients of the best (minimax) polynomial on centre ± half, lowest power of (x − centre) first.

    `function` is one whose derivative of order + 1 has no zero there, so that there are exactly order + 2 extrema.

    Raises
    ------
    ArithmeticError
        when the exchange finds no end.

    Examples
    --------
    >>> [round(float(c), 3) for c in minimax(mpmath.exp, 0, 1, 1)]
    [1.264, 1.175]
    """
    half = mpmath.mpf(half)
    points = [-half * mpmath.cos(mpmath.pi * k / (order + 1)) for k in range(order + 2)]
    for _ in range(20):
        system = mpmath.matrix([[t**power for power in range(order + 1)] + [(-1) ** k]
                                for k, t in enumerate(points)])
        *coefficients, level = mpmath.lu_solve(system, mpmath.matrix([function(centre + t) for t in points]))

        def error(t, polynomial=tuple(coefficients)):
            return function(centre + t) - mpmath.fdot((c, t**power) for power, c in enumerate(polynomial))

        if abs(level) < mpmath.mpf(10) ** (8 - mpmath.mp.dps):
            return coefficients  # `function` is itself a polynomial
        zeros = [_zero(error, a, b) for a, b in pairwise(points)]
        points = [_extremum(error, a, b) for a, b in pairwise([-half, *zeros, half])]
        reached = [abs(error(t)) for t in points]
        if max(reached) - min(reached) <= TOLERANCE * max(reached):
            return coefficients
    raise ArithmeticError(f"no best polynomial of order {order} was found about {mpmath.nstr(centre, 6)}")


METHODS = {"taylor": taylor, "minimax": minimax}


def _zero(function, low, high):
    """A zero of `function`, which has opposite signs at the two ends, by halving the interval."""
    positive = function(low) > 0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if (function(middle) > 0) == positive else (low, middle)
    return (low + high) / 2


def _extremum(function, low, high):
    """The place where |`function`| is greatest, by golden sections; it rises, falls, or rises and then falls."""
    ratio = (mpmath.sqrt(5) - 1) / 2
    ends = low, high
    inner = [high - ratio * (high - low), low + ratio * (high - low)]
    values = [abs(function(t)) for t in inner]
    for _ in range(SECTIONS):
        if values[0] > values[1]:
            high, inner[1], values[1] = inner[1], inner[0], values[0]
            inner[0] = high - ratio * (high - low)
            values[0] = abs(function(inner[0]))
        else:
            low, inner[0], values[0] = inner[0], inner[1], values[1]
            inner[1] = low + ratio * (high - low)
            values[1] = abs(function(inner[1]))
    return max([*ends, *inner], key=lambda t: abs(function(t)))


def fit(function, *, span: int, frac: int, segments: int, order: int, scale_bits: int, method: str = "taylor",
        coarsen: int = 0) -> Segmented:
    """Fit polynomials to `function`, a real function in mpmath, on equal segments of the arguments 0…span.

    Parameters
    ----------
    span, segments : int
        powers of two. The abscissa is counted from the middle of a segment; with one segment, from 0 by Taylor's
        series (the classic one) and from the middle otherwise.
    frac : int
        fraction bits of the argument.
    scale_bits : int
        fraction bits of the coefficients, which are rounded to the nearest integers.
    method : str
        `taylor` or `minimax`.
    coarsen : int
        the coefficient of power p is rounded to a multiple of 2**(coarsen·p). With |t| ≤ 2**−coarsen, each then adds
        no more to the error than the constant does, and the zeros below cost no hardware.

    Raises
    ------
    ValueError
        for a number of segments that does not divide the span into equal ones.

    Examples
    --------
    >>> roots = fit(lambda x: mpmath.sqrt(1 + x), span=256, frac=8, segments=4, order=2, scale_bits=12)
    >>> round(float(roots.steps([128])[-1][0] / 2**12), 3)  # √1.5
    1.225
    """
    if segments < 1 or segments & (segments - 1) or segments > span:
        raise ValueError(f"the number of segments is a power of two up to {span}, not {segments!r}")
    width = span // segments
    centres = [width * k + width // 2 for k in range(segments)]
    if segments == 1 and method == "taylor":
        centres = [0]
    rows = []
    with mpmath.workdps(DIGITS):
        half = mpmath.ldexp(width, -frac - 1)
        for centre in centres:
            real = METHODS[method](function, mpmath.ldexp(centre, -frac), half, order)
            rows.append([int(mpmath.nint(mpmath.ldexp(c, scale_bits - coarsen * power))) << coarsen * power
                         for power, c in enumerate(real)])
    arrays = np.array(centres, np.int64), np.array(rows, np.int64)
    for array in arrays:
        array.setflags(write=False)
    return Segmented(frac, width.bit_length() - 1, *arrays)

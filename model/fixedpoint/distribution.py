"""The exact distribution of ε over uniform 32-bit draws, and the Gaussian rounded to ε's format beside it.

Nothing is sampled: every input that the table can see is evaluated once and weighted by the number of the 2³² draws
that lead to it. Octave k has b = 30 − k bits below its leading one. Where b > 20, the 20 position bits are free and
2**(b−20) draws share each; otherwise each of the 2**b draws stands for itself. The sign is one more free bit.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from varigate.model.fixedpoint.epsilon import OCTAVES, POSITION_BITS, gaussian
from varigate.model.fixedpoint.sampling import EPSILON

__all__ = ["Distribution", "chi_square_distance", "exact", "kolmogorov_distance", "octave_inputs",
           "rounded_gaussian", "rounded_tail", "total_variation"]

CODES = np.arange(EPSILON.low, EPSILON.high + 1)
DRAWS = 1 << 32


@dataclass(frozen=True, eq=False)
class Distribution:
    """The distribution of ε over all 2³² draws, with its moments and tails.

    Parameters
    ----------
    weights : int64 array (65536,)
        how many of the 2³² draws give each code of `EPSILON`, from the lowest on.

    Examples
    --------
    >>> from varigate.model.fixedpoint.epsilon import epsilon_table
    >>> found = exact(epsilon_table())
    >>> float(found.mean), round(float(found.variance), 4), round(float(found.kurtosis), 3)
    (0.0, 1.0, 3.0)
    >>> found.greatest  # in units of σ
    6.337890625
    """

    weights: np.ndarray

    @property
    def probability(self) -> np.ndarray:
        """The probability of each code; float64 (65536,)."""
        return self.weights / DRAWS

    def moment(self, order: int) -> Fraction:
        """The moment E[ε**order], exactly, with ε in units of σ."""
        used = np.flatnonzero(self.weights)
        total = sum(int(self.weights[i]) * int(CODES[i]) ** order for i in used)
        return Fraction(total, DRAWS << EPSILON.frac * order)

    @property
    def mean(self) -> Fraction:
        return self.moment(1)

    @property
    def variance(self) -> Fraction:
        return self.moment(2) - self.mean ** 2

    @property
    def kurtosis(self) -> Fraction:
        """The kurtosis E[(ε − mean)⁴] / variance²; 3 for a Gaussian."""
        m1, m2, m3, m4 = map(self.moment, range(1, 5))
        return (m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4) / self.variance ** 2

    @property
    def greatest(self) -> float:
        """The greatest |ε|, in units of σ."""
        return float(np.abs(CODES[self.weights > 0]).max() * EPSILON.step)

    def tail(self, sigmas: float) -> Fraction:
        """The probability P(|ε| ≥ sigmas), exactly."""
        return Fraction(int(self.weights[np.abs(CODES) >= sigmas / EPSILON.step].sum()), DRAWS)


def octave_inputs(octave: int) -> tuple[np.ndarray, int]:
    """The distinguishable positive draws of `octave`, int64 (n,), and how many of the 2³¹ draws each stands for.

    Examples
    --------
    >>> draws, weight = octave_inputs(0)
    >>> len(draws), weight, len(draws) * weight == 2**30
    (1048576, 1024, True)
    """
    if octave == OCTAVES - 1:
        return np.zeros(1, dtype=np.int64), 1
    free = OCTAVES - 2 - octave
    return (1 << free) + np.arange(1 << min(free, POSITION_BITS)), 1 << max(free - POSITION_BITS, 0)


def exact(table) -> Distribution:
    """The distribution of `model.fixedpoint.epsilon.gaussian(table, draw)` over all 2³² draws.

    See `Distribution` for an example.
    """
    weights = np.zeros(CODES.size, dtype=np.int64)
    for octave in range(OCTAVES):
        draws, weight = octave_inputs(octave)
        for sign in (0, 1 << 31):
            codes = gaussian(table, draws + sign)
            weights += weight * np.bincount(codes - EPSILON.low, minlength=CODES.size)
    weights.setflags(write=False)
    return Distribution(weights)


def _upper(x: float) -> float:
    """The upper tail P(Z > x) of the standard normal distribution."""
    return math.erfc(x / math.sqrt(2)) / 2


@cache
def rounded_gaussian() -> np.ndarray:
    """The Gaussian rounded to `EPSILON`: P(Z rounds to the code), float64 (65536,), without cancellation.

    Examples
    --------
    >>> p = rounded_gaussian()
    >>> round(float(p.sum()), 12), bool(p.argmax() == 1 << 15)
    (1.0, True)
    """
    edges = (np.arange(EPSILON.high + 1) + 0.5) * EPSILON.step
    upper = np.array([_upper(edge) for edge in edges])
    half = upper[:-1] - upper[1:]  # of the codes 1, 2, …
    result = np.concatenate([upper[-1:], half[::-1], [math.erf(edges[0] / math.sqrt(2))], half])
    result[-1] += upper[-1]  # what saturates
    result.setflags(write=False)
    return result


def rounded_tail(sigmas: float) -> float:
    """The tail P(|Z| ≥ sigmas) of the Gaussian rounded to `EPSILON`: what `Distribution.tail` is compared with.

    Examples
    --------
    >>> f"{rounded_tail(4):.3g}"
    '6.34e-05'
    """
    return 2 * _upper((math.ceil(sigmas / EPSILON.step) - 0.5) * EPSILON.step)


def total_variation(p, q) -> float:
    """The total variation ½ Σ |p − q|: the greatest difference between the probabilities of one event.

    Examples
    --------
    >>> total_variation(np.array([0.5, 0.5]), np.array([0.75, 0.25]))
    0.25
    """
    return float(np.abs(p - q).sum() / 2)


def kolmogorov_distance(p, q) -> float:
    """The Kolmogorov distance: max |P − Q| of the cumulative distributions.

    Examples
    --------
    >>> kolmogorov_distance(np.array([0.5, 0.5]), np.array([0.75, 0.25]))
    0.25
    """
    return float(np.abs(np.cumsum(p - q)).max())


def chi_square_distance(p, q, least: float = 0.0) -> float:
    """The χ² distance Σ (p − q)²/q over the cells with q > `least`.

    For n samples of p tested against q, the mean of χ² grows by n times this.

    Examples
    --------
    >>> chi_square_distance(np.array([0.5, 0.5]), np.array([0.75, 0.25])) * 3
    1.0
    """
    kept = q > least
    return float(((p[kept] - q[kept]) ** 2 / q[kept]).sum())

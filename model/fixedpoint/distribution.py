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
    """`weights`, int64 (65536,): of the 2³² draws, how many give each code of `EPSILON`, from the least on."""

    weights: np.ndarray

    @property
    def probability(self) -> np.ndarray:
        """float64 (65536,)"""
        return self.weights / DRAWS

    def moment(self, order: int) -> Fraction:
        """E[ε**order], with ε in units of σ."""
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
        """E[(ε − mean)⁴] / variance²; 3 for a Gaussian."""
        m1, m2, m3, m4 = map(self.moment, range(1, 5))
        return (m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4) / self.variance ** 2

    @property
    def greatest(self) -> float:
        """The greatest |ε|, in units of σ."""
        return float(np.abs(CODES[self.weights > 0]).max() * EPSILON.step)

    def tail(self, sigmas: float) -> Fraction:
        """P(|ε| ≥ sigmas)."""
        return Fraction(int(self.weights[np.abs(CODES) >= sigmas / EPSILON.step].sum()), DRAWS)


def octave_inputs(octave: int) -> tuple[np.ndarray, int]:
    """One positive draw for each input that the table can see in `octave`, and how many of the 2³¹ each stands for."""
    if octave == OCTAVES - 1:
        return np.zeros(1, dtype=np.int64), 1
    free = OCTAVES - 2 - octave
    return (1 << free) + np.arange(1 << min(free, POSITION_BITS)), 1 << max(free - POSITION_BITS, 0)


def exact(table) -> Distribution:
    """The distribution of `model.fixedpoint.epsilon.gaussian(table, draw)` over all 2³² draws."""
    weights = np.zeros(CODES.size, dtype=np.int64)
    for octave in range(OCTAVES):
        draws, weight = octave_inputs(octave)
        for sign in (0, 1 << 31):
            codes = gaussian(table, draws + sign)
            weights += weight * np.bincount(codes - EPSILON.low, minlength=CODES.size)
    weights.setflags(write=False)
    return Distribution(weights)


def _upper(x: float) -> float:
    """P(Z > x) of the standard normal distribution."""
    return math.erfc(x / math.sqrt(2)) / 2


@cache
def rounded_gaussian() -> np.ndarray:
    """P(Z rounds to the code) for every code of `EPSILON`; float64 (65536,), symmetric, without cancellation."""
    edges = (np.arange(EPSILON.high + 1) + 0.5) * EPSILON.step
    upper = np.array([_upper(edge) for edge in edges])
    half = upper[:-1] - upper[1:]  # of the codes 1, 2, …
    result = np.concatenate([upper[-1:], half[::-1], [math.erf(edges[0] / math.sqrt(2))], half])
    result[-1] += upper[-1]  # what saturates
    result.setflags(write=False)
    return result


def rounded_tail(sigmas: float) -> float:
    """P(|Z rounded to the last place| ≥ sigmas), the same event as `Distribution.tail`'s."""
    return 2 * _upper((math.ceil(sigmas / EPSILON.step) - 0.5) * EPSILON.step)


def total_variation(p, q) -> float:
    """½ Σ |p − q|: the greatest difference of the two probabilities of any event."""
    return float(np.abs(p - q).sum() / 2)


def kolmogorov_distance(p, q) -> float:
    """max |P − Q| of the cumulative distributions."""
    return float(np.abs(np.cumsum(p - q)).max())


def chi_square_distance(p, q, least: float = 0.0) -> float:
    """Σ (p − q)²/q over the cells with q > `least`: n times this is added to the mean of a χ² of n samples."""
    kept = q > least
    return float(((p[kept] - q[kept]) ** 2 / q[kept]).sum())

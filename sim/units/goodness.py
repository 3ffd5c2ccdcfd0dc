"""Tests of the hypothesis "standard normal, rounded to ε's last place, independent": counts and sums in, p-values out.

The hypothesis is discrete, with the probabilities of `model.fixedpoint.distribution.rounded_gaussian`; each test says
how it treats this.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import chdtrc, erfc
from scipy.stats import binom, kstwo

from varigate.model.fixedpoint.distribution import CODES, rounded_gaussian
from varigate.model.fixedpoint.sampling import EPSILON

__all__ = ["LEAST_EXPECTED", "GoodnessResult", "anderson_darling", "anderson_darling_sf", "chi_square", "correlation",
           "kolmogorov_smirnov", "moments", "runs", "tail"]

LEAST_EXPECTED = 20  # samples in a cell of χ²; smaller cells are merged with their neighbours


@dataclass(frozen=True)
class GoodnessResult:
    """The result of one test.

    Parameters
    ----------
    name, detail : str
        the test, and its statistic in words.
    statistic, p : float
    continuous : bool
        whether p is uniform under the hypothesis. The p-values of small counts are discrete, and tend to be greater.
    """

    name: str
    detail: str
    statistic: float
    p: float
    continuous: bool = True


def _normal(name: str, detail: str, statistic: float, score: float) -> GoodnessResult:
    """The two-sided result for a `score` that is standard normal under the hypothesis."""
    return GoodnessResult(name, detail, statistic, float(erfc(abs(score) / np.sqrt(2))))


@cache
def _cells(count: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The first codes of the cells of χ², and the number of `count` samples that is expected in each cell.

    Cells of `width` codes are merged from the left until `LEAST_EXPECTED` is reached; the rest joins the last cell.
    """
    expected = count * np.add.reduceat(rounded_gaussian(), np.arange(0, CODES.size, width))
    starts, total = [0], 0.0
    for index, value in enumerate(expected.tolist()):
        if total >= LEAST_EXPECTED:
            starts.append(index)
            total = 0.0
        total += value
    if total < LEAST_EXPECTED and len(starts) > 1:
        starts.pop()
    return width * np.array(starts), np.add.reduceat(expected, starts)


def chi_square(counts, width: int) -> GoodnessResult:
    """Pearson's χ² over cells of `width` codes. `counts`, here and below: samples of each code, int64 (65536,).

    Examples
    --------
    >>> probability = rounded_gaussian() / rounded_gaussian().sum()
    >>> counts = np.random.default_rng(0).multinomial(10**6, probability)  # samples of a perfect source
    >>> chi_square(counts, 128).p > 0.001
    True
    """
    starts, expected = _cells(int(counts.sum()), width)
    observed = np.add.reduceat(counts, starts)
    statistic, freedom = float(((observed - expected) ** 2 / expected).sum()), len(starts) - 1
    name = "χ², 1 LSB" if width == 1 else f"χ², {width * EPSILON.step:.4g} σ"
    return GoodnessResult(name, f"{statistic:,.1f} for {freedom:,} degrees of freedom", statistic,
                  float(chdtrc(freedom, statistic)))


def _deviation(counts):
    """F − F₀ (in samples), F₀ and 1 − F₀ at every boundary between two codes."""
    count, probability = int(counts.sum()), rounded_gaussian()
    below, above = np.cumsum(probability)[:-1], np.cumsum(probability[::-1])[:-1][::-1]
    return count, np.cumsum(counts)[:-1] - count * np.where(below < 0.5, below, 1 - above), below, above


def kolmogorov_smirnov(counts) -> GoodnessResult:
    """sup |F − F₀| over the boundaries of the codes, with the exact law for continuous F₀ (SciPy's `kstwo`).

    The supremum within a code is not known. No code has a probability above 2e-4, so √n·D is too small by
    0.58·√2e-4 = 0.008 on average, and p is too great by at most 0.015, which is the safe side.
    """
    count, deviation, *_ = _deviation(counts)
    distance = float(np.abs(deviation).max() / count)
    return GoodnessResult("Kolmogorov–Smirnov", f"D = {distance:.3e}", distance, float(kstwo.sf(distance, count)))


def anderson_darling(counts) -> GoodnessResult:
    """A² = n ∫ (F − F₀)² / (F₀·(1 − F₀)) dF₀ by the trapezoidal rule over the boundaries of the codes.

    This is the discrete A² of V. Choulakian, R. Lockhart, M. Stephens (Canadian J. of Statistics 22, 1994). Boundaries
    beyond which less than one sample is expected are left out; that and the 2e-4 of a code change its mean of 1
    by less than 2/n + 1e-3, so the law is `anderson_darling_sf`.
    """
    count, deviation, below, above = _deviation(counts)
    kept = (count * below >= 1) & (count * above >= 1)
    weight = (rounded_gaussian()[1:] + rounded_gaussian()[:-1])[kept] / 2
    statistic = float((deviation[kept] ** 2 / (below * above)[kept] * weight).sum() / count)
    return GoodnessResult("Anderson–Darling", f"A² = {statistic:.4f}", statistic, anderson_darling_sf(statistic))


def anderson_darling_sf(statistic: float) -> float:
    """P(A² > statistic) for many samples of a known distribution (T. Anderson, D. Darling, Annals of Math. Statistics
    23, 1952): A² = Σ χ²₁ / (j·(j+1)), whose moment generating function √(−2πs / cos(½π·√(1 + 8s))) is inverted along
    Re s = c: (1/π) ∫₀ Re M(s)·exp(−s·A²)/s dy, s = c + iy. Beyond 30: √3·P(χ²₁ > 2·A²), V. Zolotarev's tail (1961).
    """
    if statistic <= 0:
        return 1.0
    if statistic > 30:
        return float(np.sqrt(3) * chdtrc(1, 2 * statistic))
    c = max(0.5, 1 - 0.5 / statistic)
    step = (1 - c) / 6
    s = c + 1j * step * np.arange(int(400 / step))
    square = -2 * np.pi * s / np.cos(np.pi / 2 * np.sqrt(1 + 8 * s))
    generating = np.sqrt(np.abs(square)) * np.exp(0.5j * np.unwrap(np.angle(square)))
    terms = (generating * np.exp(-s * statistic) / s).real
    return float(min(1.0, step / np.pi * (terms.sum() - terms[0] / 2)))


def tail(counts, sigmas: float) -> GoodnessResult:
    """The number of samples with |ε| ≥ sigmas: two-sided test of its exact binomial distribution."""
    beyond = np.abs(CODES) >= sigmas / EPSILON.step
    count, observed, probability = int(counts.sum()), int(counts[beyond].sum()), float(rounded_gaussian()[beyond].sum())
    law = binom(count, probability)
    p = float(min(1.0, 2 * min(law.cdf(observed), law.sf(observed - 1))))
    expected = f"{observed:,}, expected {count * probability:,.1f}"
    return GoodnessResult(f"beyond {sigmas} σ", expected, observed, p, False)


def moments(counts) -> list[GoodnessResult]:
    """Tests of the mean and the mean square, which are normal for many samples."""
    count, x = int(counts.sum()), EPSILON.real(CODES)
    second, fourth = (float((rounded_gaussian() * x**order).sum()) for order in (2, 4))
    mean, square = (float((counts * x**order).sum()) / count for order in (1, 2))
    return [
        _normal("mean", f"{mean:+.2e}", mean, mean * np.sqrt(count / second)),
        _normal("mean square", f"1 {square - 1:+.2e}", square,
                (square - second) * np.sqrt(count / (fourth - second**2))),
    ]


def correlation(name: str, lag: int, products: float, squares: float, count: int) -> GoodnessResult:
    """Test of r = (Σ xₜ·xₜ₊lag / pairs) / (Σ xₜ² / count).

    For independent x of mean 0 its standard deviation is 1/√pairs. `products` and `squares` are the two sums.
    """
    pairs = count - lag
    r = products / pairs / (squares / count)
    return _normal(f"autocorrelation of {name}, lag {lag}", f"{r:+.2e}", r, r * np.sqrt(pairs))


def runs(name: str, changes: int, high: int, count: int) -> GoodnessResult:
    """Test of the number of runs, `changes` + 1, in `count` samples of which `high` are high.

    Source: A. Wald, J. Wolfowitz (Annals of Math. Statistics 11, 1940).

    Examples
    --------
    >>> runs("sign", changes=50, high=50, count=100).p
    1.0
    """
    product, observed = 2.0 * high * (count - high), changes + 1
    if not product:
        return GoodnessResult(name, "no change", observed, 0.0)
    expected = 1 + product / count
    deviation = np.sqrt(product * (product - count) / (count**2 * (count - 1.0)))
    return _normal(name, f"{observed:,}, expected {expected:,.1f}", observed, (observed - expected) / deviation)

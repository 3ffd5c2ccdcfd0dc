"""The surrogate of Bayesian optimisation: a Gaussian process of log costs, and its expected improvement.

Kernel: amplitude · Matérn-5/2 with a length scale per column + white noise (scikit-learn). Its hyper-parameters
maximise the marginal likelihood; they are fitted again whenever the number of observations has grown by half.
"""

import warnings

import numpy as np
from scipy.linalg import solve_triangular
from scipy.stats import norm
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

__all__ = ["Surrogate", "expected_improvement", "finite"]

ENOUGH = 6  # observations that a fit of hyper-parameters needs
REFIT = 1.5
MARGIN = 0.1  # of the observed range: added to the worst cost for a design that breaks a limit
LENGTHS = (0.3, 1e3)  # features are 0…1: below a step of a coarse grid all is noise; 1000 means no influence
TRUST = (1.0, 0.5, 0.0)
LEAST = 0.01  # smaller differences of a log cost do not matter


def finite(values) -> np.ndarray:
    """Costs (m,) with infinity (a broken limit) replaced by the worst finite cost plus a tenth of the range.

    The range counts as 1 at least. If no cost is finite, all become 0.

    Examples
    --------
    >>> finite([0.0, np.inf, 2.0])
    array([0. , 2.2, 2. ])
    """
    values = np.array(values, np.float64)
    good = np.isfinite(values)
    if not good.any():
        return np.zeros(len(values))
    worst = values[good].max()
    values[~good] = worst + MARGIN * max(worst - values[good].min(), 1.0)
    return values


def expected_improvement(mean, deviation, best: float) -> np.ndarray:
    """E[max(best − y, 0)] for normal y with these means and deviations: (m,) (Jones, Schonlau and Welch, 1998).

    Examples
    --------
    >>> expected_improvement(np.array([0.0, 1.0]), np.array([1.0, 1.0]), 0.0).round(4)
    array([0.3989, 0.0833])
    """
    deviation = np.maximum(deviation, 1e-12)
    gain = (best - mean) / deviation
    return deviation * (gain * norm.cdf(gain) + norm.pdf(gain))


class Surrogate:
    """A Gaussian process of the difference between warped log costs and their prior mean.

    Costs y are warped to asinh((y − least)/unit), where the unit is a quarter of the median distance from the least
    cost. Without this, parameters that change the cost tenfold would hide those that change it by a tenth, and near the
    optimum only the latter matter. The prior mean is shifted to the mean of the observations, then warped as well.

    A prior mean may be wrong. So hyper-parameters are fitted with the whole prior mean, with half of it and without it
    (`TRUST`), and the fit with the greatest marginal likelihood is kept.

    Examples
    --------
    >>> surrogate = Surrogate(columns=1)
    >>> points = np.array([[0.0], [0.5], [1.0]])
    >>> surrogate.observe(points, [3.0, 1.0, 2.0], np.zeros(3))
    >>> surrogate.improvement(np.array([[0.25], [0.75]]), np.zeros(2)).shape
    (2,)
    """

    def __init__(self, columns: int):
        kernel = ConstantKernel(1.0, (0.05, 50.0)) * Matern(np.ones(columns), LENGTHS, nu=2.5)
        self.kernels = dict.fromkeys(TRUST, kernel + WhiteKernel(1e-4, (1e-6, 1e-2)))
        self.trust, self.fitted = TRUST[0], 0

    def _warp(self, values) -> np.ndarray:
        return np.arcsinh((values - self.least) / self.unit)

    def observe(self, points, values, prior):
        """Conditions the process on log costs `values` (m,) at points (m, columns) with the prior mean `prior` (m,)."""
        values = finite(values)
        self.least = values.min()
        self.unit = max(np.median(values - self.least) / 4, LEAST)
        if len(points) >= max(ENOUGH, REFIT * self.fitted):
            self.fitted = len(points)
            choices = TRUST if np.ptp(prior) > 0 else TRUST[:1]
            self.trust = max(choices, key=lambda trust: self._condition(points, values, prior, trust, fit=True))
        self._condition(points, values, prior, self.trust)

    def _condition(self, points, values, prior, trust, *, fit=False) -> float:
        """Conditions on the prior mean times `trust`; returns the log marginal likelihood of the warped costs."""
        self.shift = np.mean(values - trust * prior)
        residuals = self._warp(values) - self._warp(trust * prior + self.shift)
        self.offset, spread = np.mean(residuals), np.std(residuals)
        self.spread = spread if len(points) >= ENOUGH and spread > 0 else 1.0
        optimizer = "fmin_l_bfgs_b" if fit else None
        self.process = GaussianProcessRegressor(self.kernels[trust], alpha=1e-10, optimizer=optimizer)
        with warnings.catch_warnings():
            # A hyper-parameter at its bound (a parameter without influence has a huge length scale) is not an error.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.process.fit(points, (residuals - self.offset) / self.spread)
        self.kernels[trust] = self.process.kernel_
        return self.process.log_marginal_likelihood_value_ - len(points) * np.log(self.spread)

    def improvement(self, points, prior) -> np.ndarray:
        """The expected improvement (m,) on the warped scale at points (m, columns) with the prior mean `prior` (m,)."""
        signal = self.process.kernel_.k1
        cross = signal(points, self.process.X_train_)
        left = solve_triangular(self.process.L_, cross.T, lower=True, check_finite=False)
        variance = np.maximum(signal.diag(points) - np.einsum("ij,ij->j", left, left), 0.0)
        expected = self._warp(self.trust * prior + self.shift)
        mean = expected + self.offset + self.spread * cross @ self.process.alpha_
        return expected_improvement(mean, self.spread * np.sqrt(variance), 0.0)

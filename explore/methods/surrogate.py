"""The surrogate of Bayesian optimisation: a Gaussian process of log costs, and the expected improvement it promises.

Kernel: amplitude · Matérn-5/2 with a length scale a column + white noise (scikit-learn). Its hyper-parameters maximise
the marginal likelihood; they are fitted again when the number of observations has grown by half, not at every step.
"""

import warnings

import numpy as np
from scipy.linalg import solve_triangular
from scipy.stats import norm
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

__all__ = ["Surrogate", "expected_improvement", "finite"]

ENOUGH = 6  # observations from which on hyper-parameters are fitted to them
REFIT = 1.5
MARGIN = 0.1  # of the observed range: how much worse than the worst a design counts that breaks a limit
LENGTHS = (0.3, 1e3)  # on a scale of 0…1 less than a step of a coarse grid would be noise; a thousand is no influence
TRUST = (1.0, 0.5, 0.0)
LEAST = 0.01  # a log cost that much apart is near enough


def finite(values) -> np.ndarray:
    """Costs (m,) in which a broken limit, infinity, is replaced by the worst cost and a tenth of the range on top."""
    values = np.array(values, np.float64)
    good = np.isfinite(values)
    if not good.any():
        return np.zeros(len(values))
    worst = values[good].max()
    values[~good] = worst + MARGIN * max(worst - values[good].min(), 1.0)
    return values


def expected_improvement(mean, deviation, best: float) -> np.ndarray:
    """E[max(best − y, 0)] for y normal: (m,) (Jones, Schonlau and Welch, 1998)."""
    deviation = np.maximum(deviation, 1e-12)
    gain = (best - mean) / deviation
    return deviation * (gain * norm.cdf(gain) + norm.pdf(gain))


class Surrogate:
    """A Gaussian process of what a prior mean leaves unexplained, on a scale that is fine near the best cost.

    Costs y are warped to asinh((y − least)/unit), with a quarter of the median distance from the least cost as unit:
    otherwise the few parameters that cost a factor of ten hide those that cost a tenth, and only these are left to
    decide near the optimum. The prior mean is shifted to the mean of the observations, then warped alike.

    A prior mean may be wrong. Whenever hyper-parameters are fitted, they are for the whole of it, for half of it and
    for none (`TRUST`), and the one of the greatest marginal likelihood is kept.
    """

    def __init__(self, columns: int):
        kernel = ConstantKernel(1.0, (0.05, 50.0)) * Matern(np.ones(columns), LENGTHS, nu=2.5)
        self.kernels = dict.fromkeys(TRUST, kernel + WhiteKernel(1e-4, (1e-6, 1e-2)))
        self.trust, self.fitted = TRUST[0], 0

    def _warp(self, values) -> np.ndarray:
        return np.arcsinh((values - self.least) / self.unit)

    def observe(self, points, values, prior):
        """Condition on log costs (m,) at points (m, columns), where the prior mean is `prior` (m,)."""
        values = finite(values)
        self.least = values.min()
        self.unit = max(np.median(values - self.least) / 4, LEAST)
        if len(points) >= max(ENOUGH, REFIT * self.fitted):
            self.fitted = len(points)
            choices = TRUST if np.ptp(prior) > 0 else TRUST[:1]
            self.trust = max(choices, key=lambda trust: self._condition(points, values, prior, trust, fit=True))
        self._condition(points, values, prior, self.trust)

    def _condition(self, points, values, prior, trust, *, fit=False) -> float:
        """The log marginal likelihood of the warped costs if the prior mean counts as much as `trust`."""
        self.shift = np.mean(values - trust * prior)
        residuals = self._warp(values) - self._warp(trust * prior + self.shift)
        self.offset, spread = np.mean(residuals), np.std(residuals)
        self.spread = spread if len(points) >= ENOUGH and spread > 0 else 1.0
        optimizer = "fmin_l_bfgs_b" if fit else None
        self.process = GaussianProcessRegressor(self.kernels[trust], alpha=1e-10, optimizer=optimizer)
        with warnings.catch_warnings():
            # A hyper-parameter at its bound (a parameter without influence has an endless length scale) is no fault.
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

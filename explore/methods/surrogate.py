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

REFIT = 1.5
MARGIN = 0.1  # of the observed range: how much worse than the worst a design counts that breaks a limit


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
    """A Gaussian process of what a prior mean leaves unexplained.

    Parameters
    ----------
    columns : int
        of the points.
    scale : float
        the standard deviation of what is unexplained, as long as there are fewer than `enough` observations to tell.
    enough : int
        observations from which on the process is fitted to them.
    """

    def __init__(self, columns: int, scale: float = 1.0, enough: int = 6):
        self.scale, self.enough, self.fitted = scale, enough, 0
        self.kernel = ConstantKernel(1.0, (0.05, 50.0)) * Matern(np.full(columns, 1.0), (0.05, 50.0), nu=2.5)
        self.kernel += WhiteKernel(1e-4, (1e-8, 0.1))

    def observe(self, points, residuals):
        """Condition on residuals (m,) at points (m, columns)."""
        due = len(points) >= max(self.enough, REFIT * self.fitted)
        spread = float(np.std(residuals)) if len(points) >= self.enough else 0.0
        self.offset, self.unit = float(np.mean(residuals)), spread or self.scale
        self.process = GaussianProcessRegressor(self.kernel, alpha=1e-10, optimizer="fmin_l_bfgs_b" if due else None)
        with warnings.catch_warnings():
            # A hyper-parameter at its bound (a parameter without influence has an endless length scale) is no fault.
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.process.fit(points, (residuals - self.offset) / self.unit)
        if due:
            self.fitted, self.kernel = len(points), self.process.kernel_

    def residual(self, points) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation (m,) at points (m, columns), of the function without its noise."""
        signal = self.process.kernel_.k1
        cross = signal(points, self.process.X_train_)
        left = solve_triangular(self.process.L_, cross.T, lower=True, check_finite=False)
        variance = np.maximum(signal.diag(points) - np.einsum("ij,ij->j", left, left), 0.0)
        return self.offset + self.unit * cross @ self.process.alpha_, self.unit * np.sqrt(variance)

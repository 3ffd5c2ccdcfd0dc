"""Splits targets into the parts that predictors learn: log target_t(z, c) = m_t(c) + s(c)·d_t(z, c).

The mean m over designs and their spread s depend on the layer or workload c only; d ranks the designs. So a layer on
which designs differ by 1 % counts as much in training as one on which they differ a hundredfold.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Scales", "decompose"]

LEAST = 1e-6  # smaller scales come from rounding


@dataclass(frozen=True, eq=False)
class Scales:
    """Means and standard deviations over the training rows, float64.

    Parameters
    ----------
    feature_mean, feature_scale : (columns,)
    layer_mean, layer_scale : (targets + 1,)
        of m, followed by log s.
    pair_scale : (targets,)
        standard deviation of d, whose mean is 0.

    Examples
    --------
    >>> mean, spread = Scales.unit(columns=2, targets=1).layer(np.array([[3.0, 0.0]]))
    >>> mean, spread
    (array([[3.]]), array([[1.]]))
    """

    feature_mean: np.ndarray
    feature_scale: np.ndarray
    layer_mean: np.ndarray
    layer_scale: np.ndarray
    pair_scale: np.ndarray

    @classmethod
    def unit(cls, columns: int, targets: int) -> "Scales":
        """Scales that change nothing: means 0, deviations 1."""
        return cls(np.zeros(columns), np.ones(columns), np.zeros(targets + 1), np.ones(targets + 1), np.ones(targets))

    def features(self, raw) -> np.ndarray:
        """Raw features (n, columns), normalised for the predictors."""
        return (raw - self.feature_mean) / self.feature_scale

    def layer(self, outputs) -> tuple[np.ndarray, np.ndarray]:
        """m (n, targets) and s (n, 1) from the layer network's outputs (n, targets + 1)."""
        found = self.layer_mean + self.layer_scale * outputs
        return found[:, :-1], np.exp(found[:, -1:])


def decompose(raw, logs) -> tuple[Scales, np.ndarray, np.ndarray]:
    """Fits the scales, and computes the normalised values that the predictors have to learn.

    Parameters
    ----------
    raw : (layers, columns)
        features.
    logs : (designs, layers, targets)
        natural logarithms; NaN for a pair that was not evaluated. It is left out of the scales and stays NaN in d.

    Returns
    -------
    scales : Scales
    d : (designs, layers, targets)
    of_layer : (layers, targets + 1)
        m, followed by log s.

    Examples
    --------
    >>> logs = np.array([[[1.0], [10.0]], [[3.0], [30.0]]])  # 2 designs, 2 layers, 1 target
    >>> _, deviation, of_layer = decompose(np.ones((2, 1)), logs)
    >>> deviation[..., 0]  # the same on both layers
    array([[-1., -1.],
           [ 1.,  1.]])
    """
    mean = np.nanmean(logs, 0)
    deviation = logs - mean
    spread = np.maximum(np.sqrt(np.nanmean(deviation**2, (0, 2))), LEAST)
    deviation /= spread[:, None]
    of_layer = np.concatenate([mean, np.log(spread)[:, None]], 1)
    scales = Scales(raw.mean(0), np.maximum(raw.std(0), LEAST), of_layer.mean(0),
                    np.maximum(of_layer.std(0), LEAST), np.maximum(np.nanstd(deviation, (0, 1)), LEAST))
    return scales, deviation / scales.pair_scale, (of_layer - scales.layer_mean) / scales.layer_scale

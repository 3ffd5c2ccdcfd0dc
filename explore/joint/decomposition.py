"""Targets as predictors learn them: log target_t(z, c) = m_t(c) + s(c)·d_t(z, c).

m and s, the mean over designs and their spread, depend on the layer or workload c alone; d is what ranks designs. So a
layer on which designs differ by a hundredth counts as much in training as one on which they differ a hundredfold.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Scales", "decompose"]

LEAST = 1e-6  # a scale below it is rounding, not a difference


@dataclass(frozen=True, eq=False)
class Scales:
    """Means and standard deviations over the training rows, float64: of features (columns,), of m with log s
    (targets + 1,), and of d (targets,), whose mean is 0."""

    feature_mean: np.ndarray
    feature_scale: np.ndarray
    layer_mean: np.ndarray
    layer_scale: np.ndarray
    pair_scale: np.ndarray

    @classmethod
    def unit(cls, columns: int, targets: int) -> "Scales":
        """Those that change nothing."""
        return cls(np.zeros(columns), np.ones(columns), np.zeros(targets + 1), np.ones(targets + 1), np.ones(targets))

    def features(self, raw) -> np.ndarray:
        """Features (n, columns) as predictors read them."""
        return (raw - self.feature_mean) / self.feature_scale

    def layer(self, outputs) -> tuple[np.ndarray, np.ndarray]:
        """m (n, targets) and s (n, 1) of a network's outputs (n, targets + 1)."""
        found = self.layer_mean + self.layer_scale * outputs
        return found[:, :-1], np.exp(found[:, -1:])


def decompose(raw, logs) -> tuple[Scales, np.ndarray, np.ndarray]:
    """The scales of raw features (layers, columns) and logarithms (designs, layers, targets), and what is to be learnt.

    That is d (designs, layers, targets), and m with log s (layers, targets + 1), each divided by its scale. A logarithm
    that is NaN, of a pair that was not evaluated, is left out of the scales and stays NaN in d.
    """
    mean = np.nanmean(logs, 0)
    deviation = logs - mean
    spread = np.maximum(np.sqrt(np.nanmean(deviation**2, (0, 2))), LEAST)
    deviation /= spread[:, None]
    of_layer = np.concatenate([mean, np.log(spread)[:, None]], 1)
    scales = Scales(raw.mean(0), np.maximum(raw.std(0), LEAST), of_layer.mean(0),
                    np.maximum(of_layer.std(0), LEAST), np.maximum(np.nanstd(deviation, (0, 1)), LEAST))
    return scales, deviation / scales.pair_scale, (of_layer - scales.layer_mean) / scales.layer_scale

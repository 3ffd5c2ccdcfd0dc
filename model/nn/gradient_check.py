"""Gradients by finite differences: what a back-propagation written by hand is checked against."""

import numpy as np

__all__ = ["difference", "numeric_gradient"]


def numeric_gradient(function, array, step: float = 1e-5) -> np.ndarray:
    """The gradient of `function()`, a number, at the float64 `array` that it reads; central differences, of an error of
    about step² times the third derivative. The array is left as it was."""
    gradient = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        values = []
        for moved in (kept + step, kept - step):
            array[place] = moved
            values.append(function())
        array[place] = kept
        gradient[place] = (values[0] - values[1]) / (2 * step)
    return gradient


def difference(a, b) -> float:
    """‖a − b‖/(‖a‖ + ‖b‖), 0 for two zeros."""
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(a) + np.linalg.norm(b), 1e-300))

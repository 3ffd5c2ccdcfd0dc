"""Gradients by finite differences, against which back-propagation written by hand is checked."""

import numpy as np

__all__ = ["difference", "numeric_gradient"]


def numeric_gradient(function, array, step: float = 1e-5) -> np.ndarray:
    """The gradient of `function()`, a number, at the float64 `array` that it reads, by central differences.

    The error is about step² times the third derivative. The array is left as it was.

    Examples
    --------
    >>> x = np.array([1.0, 2.0])
    >>> numeric_gradient(lambda: (x**2).sum(), x).round(6).tolist()
    [2.0, 4.0]
    """
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
    """The relative difference ‖a − b‖/(‖a‖ + ‖b‖); 0 for two zeros.

    Examples
    --------
    >>> difference(np.array([1.0]), np.array([3.0]))
    0.5
    """
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(a) + np.linalg.norm(b), 1e-300))

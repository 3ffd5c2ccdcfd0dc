"""Orders designs by their cost on the nearest layers that are known."""

import numpy as np

from varigate.explore.methods.uniform import in_order

__all__ = ["in_order", "nearest_order"]


def nearest_order(features, target, tables, count: int = 3) -> np.ndarray:
    """The candidates (n,), cheapest first, by their mean log cost on the `count` layers nearest to a target layer.

    Parameters
    ----------
    features : float64 array (layers, k)
        positive dimensions of the known layers. Distances are Euclidean, of logarithms standardised over the layers.
    target : array (k,)
        the dimensions of the layer that is searched, which must not be among them.
    tables : float64 array (layers, n)
        the log cost of every candidate for every known layer.

    Examples
    --------
    >>> nearest_order([[1.0], [2.0], [64.0]], [1.5], np.array([[3, 1], [4, 1], [0, 9]]), count=2)
    array([1, 0])
    """
    logs = np.log(np.asarray(features, np.float64))
    spread = logs.std(0)
    scaled = (logs - np.log(np.asarray(target, np.float64))) / np.where(spread > 0, spread, 1.0)
    nearest = np.argsort((scaled**2).sum(1), kind="stable")[:count]
    return np.argsort(np.mean(tables[nearest], axis=0), kind="stable")

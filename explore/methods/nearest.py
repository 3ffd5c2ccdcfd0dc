"""The table of the nearest layers: what is best there is tried first."""

import numpy as np

from varigate.explore.methods.uniform import in_order

__all__ = ["in_order", "nearest_order"]


def nearest_order(features, target, tables, count: int = 3) -> np.ndarray:
    """The candidates (n,), by their mean log cost over the `count` layers nearest to a target layer.

    Parameters
    ----------
    features : float64 array (layers, k)
        positive dimensions of the layers that are known; their logarithms are standardised over these layers.
    target : array (k,)
        the dimensions of the layer that is searched, which must not be among them.
    tables : float64 array (layers, n)
        the log cost of every candidate for every known layer.
    """
    logs = np.log(np.asarray(features, np.float64))
    spread = logs.std(0)
    scaled = (logs - np.log(np.asarray(target, np.float64))) / np.where(spread > 0, spread, 1.0)
    nearest = np.argsort((scaled**2).sum(1), kind="stable")[:count]
    return np.argsort(np.mean(tables[nearest], axis=0), kind="stable")

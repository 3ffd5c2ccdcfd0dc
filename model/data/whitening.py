"""Standardisation and within-class whitening: one affine map, fitted on training data only.

After `u = matrix·(x − mean)` the classes have, on average, the identity as covariance: distances are counted in
standard deviations of a class, which is what separates classes best by straight lines (Fisher's discriminant).

Two kinds of directions are stretched less than that. Where classes are tight, or points, they would come to lie
hundreds of deviations apart, and a network could learn nothing else: their spread is bounded. And where the data never
vary, as in the sum of one-hot columns, there is nothing to stretch but errors.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Whitening", "identity", "standardisation", "within_class_whitening"]

RIDGE = 1e-3  # of the standardised features' variance: bounds the map when features are collinear
SEPARATION = 48.0  # the greatest variance between classes, a sum over directions, that trains well
UNVARIED = 0.01  # the variance below which a direction holds nothing but rounding
CONSTANT = 64.0  # what is taken for the deviation of a constant feature: a quarter of its codes


@dataclass(frozen=True, eq=False)
class Whitening:
    """An invertible affine map u = matrix·(x − mean); mean (features,), matrix (features, features).

    Examples
    --------
    >>> map_ = standardisation([[0.0, 5.0], [2.0, 5.0]])
    >>> map_([[2.0, 5.0]]).tolist(), map_.inverse([[1.0, 0.0]]).tolist()
    ([[1.0, 0.0]], [[2.0, 5.0]])
    """

    mean: np.ndarray
    matrix: np.ndarray

    def __call__(self, x) -> np.ndarray:
        """Map x (…, features) to u, of the same shape."""
        return (np.asarray(x, np.float64) - self.mean) @ self.matrix.T

    def inverse(self, u) -> np.ndarray:
        """Map u (…, features) back to x."""
        return np.asarray(u, np.float64) @ np.linalg.inv(self.matrix).T + self.mean


def identity(features: int) -> Whitening:
    """The map of `features` features that changes nothing.

    Examples
    --------
    >>> identity(2)([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    """
    return Whitening(np.zeros(features), np.eye(features))


def standardisation(x, constant: float = 1.0) -> Whitening:
    """Fit the map that gives each feature of x (n, features) mean 0 and variance 1.

    A constant feature is centred, and divided by `constant`.

    Examples
    --------
    >>> standardisation([[0.0, 5.0], [2.0, 5.0]])([[0.0, 5.0]]).tolist()
    [[-1.0, 0.0]]
    """
    x = np.asarray(x, np.float64)
    spread = x.std(0)
    return Whitening(x.mean(0), np.diag(1 / np.where(spread > 0, spread, constant)))


def within_class_whitening(x, labels) -> Whitening:
    """Fit the map that standardises codes x (n, features), then whitens them by the pooled covariance of the classes.

    A direction's variance is then 1 within the classes, and as much more as these are apart. All that is more is summed
    over the directions to at most `SEPARATION`: where classes are tight, or points, the widest are shrunk to that.

    labels: int (n,).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x, labels = rng.standard_normal((300, 2)) * [1.0, 10.0], np.repeat([0, 1, 2], 100)
    >>> u = within_class_whitening(x, labels)(x)
    >>> np.allclose(np.cov(u.T), np.eye(2), atol=0.1)
    True
    """
    standard = standardisation(x, CONSTANT)
    u = standard(x)
    labels = np.asarray(labels)
    classes, index = np.unique(labels, return_inverse=True)
    means = np.stack([u[labels == label].mean(0) for label in classes])
    centred = u - means[index]
    within = centred.T @ centred / max(len(u) - len(classes), 1)
    values, vectors = np.linalg.eigh(within + RIDGE * np.eye(u.shape[1]))
    root = vectors @ np.diag(values**-0.5) @ vectors.T
    root = _bounded(root, within, means.T @ means / len(classes))
    return Whitening(standard.mean, root @ standard.matrix)


def _bounded(root, within, between) -> np.ndarray:
    """Shrink the symmetric whitening `root` where the variances (features, features) leave a direction too much."""
    variance, axes = np.linalg.eigh(root @ (within + between) @ root)
    greatest = 1 + _level(np.maximum(variance - 1, 0), SEPARATION)
    gain = np.where(variance < UNVARIED, RIDGE**0.5, np.sqrt(np.minimum(1, greatest / np.maximum(variance, UNVARIED))))
    return root if (gain == 1).all() else axes @ np.diag(gain) @ axes.T @ root


def _level(values, total: float) -> float:
    """The greatest level such that `values`, cut off at it, sum to `total` at most; infinity if they do without."""
    values = np.sort(values)
    for index, value in enumerate(values):
        if value * (len(values) - index) > total:
            return total / (len(values) - index)
        total -= value
    return np.inf

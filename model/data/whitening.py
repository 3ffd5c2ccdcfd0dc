"""Standardisation and within-class whitening: one affine map, fitted on training data only.

After `u = matrix·(x − mean)` the classes have, on average, the identity as covariance: distances are counted in
standard deviations of a class, which is what separates classes best by straight lines (Fisher's discriminant).
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Whitening", "identity", "standardisation", "within_class_whitening"]

RIDGE = 1e-3  # of the standardised features' variance: bounds the map when features are collinear


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


def standardisation(x) -> Whitening:
    """Fit the map that gives each feature of x (n, features) mean 0 and variance 1; a constant one is only centred.

    Examples
    --------
    >>> standardisation([[0.0, 5.0], [2.0, 5.0]])([[0.0, 5.0]]).tolist()
    [[-1.0, 0.0]]
    """
    x = np.asarray(x, np.float64)
    spread = x.std(0)
    return Whitening(x.mean(0), np.diag(1 / np.where(spread > 0, spread, 1.0)))


def within_class_whitening(x, labels) -> Whitening:
    """Fit the map that standardises x (n, features), then whitens it by the pooled covariance of its classes.

    labels: int (n,).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x, labels = rng.standard_normal((300, 2)) * [1.0, 10.0], np.repeat([0, 1, 2], 100)
    >>> u = within_class_whitening(x, labels)(x)
    >>> np.allclose(np.cov(u.T), np.eye(2), atol=0.1)
    True
    """
    standard = standardisation(x)
    u = standard(x)
    labels = np.asarray(labels)
    classes, index = np.unique(labels, return_inverse=True)
    means = np.stack([u[labels == label].mean(0) for label in classes])
    centred = u - means[index]
    covariance = centred.T @ centred / max(len(u) - len(classes), 1) + RIDGE * np.eye(u.shape[1])
    values, vectors = np.linalg.eigh(covariance)
    root = vectors @ np.diag(values**-0.5) @ vectors.T
    return Whitening(standard.mean, root @ standard.matrix)

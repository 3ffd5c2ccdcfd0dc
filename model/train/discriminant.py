"""Linear discriminant analysis, the yardstick of a network's accuracy: it is always defined, and it never diverges."""

from dataclasses import dataclass

import numpy as np

from varigate.model.data.whitening import standardisation

__all__ = ["CERTAIN", "Discriminant", "allowed_errors", "lda_errors", "linear_discriminant"]

RIDGE = 1e-6  # of the standardised features' variance: a class may be a point, and features may be collinear
CERTAIN = 50  # samples, from which on a single error is chance


@dataclass(frozen=True, eq=False)
class Discriminant:
    """Class scores that are affine in x: weights (classes, features), bias (classes,), mean (features,).

    Examples
    --------
    See `linear_discriminant`.
    """

    weights: np.ndarray
    bias: np.ndarray
    mean: np.ndarray

    def __call__(self, x) -> np.ndarray:
        """The classes of x (n, features); int64 (n,)."""
        return ((np.asarray(x, np.float64) - self.mean) @ self.weights.T + self.bias).argmax(-1)


def linear_discriminant(x, labels) -> Discriminant:
    """Fit Fisher's discriminant to x (n, features) with its labels, int (n,): normal classes of one covariance.

    A class without any sample is never found.

    Examples
    --------
    >>> found = linear_discriminant([[0.0, 1.0], [0.0, 2.0], [9.0, 1.0], [9.0, 2.0]], [0, 0, 2, 2])
    >>> found([[1.0, 1.5], [8.0, 1.5]]).tolist()
    [0, 2]
    """
    x, labels = np.asarray(x, np.float64), np.asarray(labels)
    standard, counts = standardisation(x), np.bincount(labels)
    u = standard(x)
    means = np.stack([u[labels == label].mean(0) if count else np.zeros(u.shape[1])
                      for label, count in enumerate(counts)])
    centred = u - means[labels]
    within = centred.T @ centred / max(len(u) - np.count_nonzero(counts), 1)
    directions = np.linalg.solve(within + RIDGE * np.eye(u.shape[1]), means.T).T
    with np.errstate(divide="ignore"):  # the logarithm of a class that has no sample
        bias = np.log(counts / len(u)) - 0.5 * (directions * means).sum(1)
    return Discriminant(directions @ standard.matrix, bias, standard.mean)


def lda_errors(x, labels) -> int:
    """Count the errors of linear discriminant analysis on the samples x (n, features) that it is fitted to.

    Examples
    --------
    >>> lda_errors([[0.0], [1.0], [2.0], [9.0]], [0, 0, 1, 1])
    1
    """
    return int((linear_discriminant(x, labels)(x) != labels).sum())


def allowed_errors(errors: float, count: int) -> float:
    """The most errors among `count` samples that are, but for chance, no more than the `errors` of something else.

    That is two standard errors, as if both erred independently.

    Examples
    --------
    >>> allowed_errors(4, 150), allowed_errors(0, 10)
    (9.0, 0.2)
    """
    return errors + 2 * errors**0.5 + min(1.0, count / CERTAIN)

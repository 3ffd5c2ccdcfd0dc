"""Principal component analysis: the best linear encoder, whose decoder is its transpose (K. Pearson, 1901)."""

from dataclasses import dataclass

import numpy as np

from varigate.model.checks import real_array

__all__ = ["Pca", "principal_angles", "principal_components"]


@dataclass(frozen=True, eq=False)
class Pca:
    """Principal components P with their variances Λ: C·P = P·Λ and PᵀP = 1 for the covariance C of the data.

    Parameters
    ----------
    mean : array (features,)
    components : array (features, k)
        P, by falling variance.
    variances : array (k,)
        the diagonal of Λ.

    Examples
    --------
    >>> pca = principal_components([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]], 1)
    >>> pca.decode(pca.encode(np.array([[1.0, 1.0]]))).round(6).tolist()
    [[1.0, 1.0]]
    """

    mean: np.ndarray
    components: np.ndarray
    variances: np.ndarray

    def encode(self, x) -> np.ndarray:
        """Encode x (n, features): (x − mean)·P, (n, k)."""
        return (x - self.mean) @ self.components

    def decode(self, z) -> np.ndarray:
        """Decode z (n, k): z·Pᵀ + mean, (n, features), for an encoded x the nearest point of the subspace."""
        return z @ self.components.T + self.mean


def principal_components(x, count: int) -> Pca:
    """Compute the first `count` principal components of x (n, features).

    Raises
    ------
    ValueError
        for fewer than 2 samples, and for a count outside 1…features.

    Examples
    --------
    >>> principal_components([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]], 1).variances.round(3).tolist()
    [2.0]
    """
    x = real_array("x", x, 2)
    if len(x) < 2 or not 1 <= count <= x.shape[1]:
        raise ValueError(f"count is {count} for x of shape {x.shape}; 1…{x.shape[1]} components of at least 2 samples")
    values, vectors = np.linalg.eigh(np.cov(x.T).reshape(x.shape[1], -1))
    order = np.argsort(values)[::-1][:count]
    components = vectors[:, order]
    components *= np.sign(components[np.abs(components).argmax(0), np.arange(count)])  # the sign is free: choose one
    return Pca(x.mean(0), components, values[order])


def principal_angles(a, b) -> np.ndarray:
    """The principal angles, in radians and falling, between the subspaces that the columns of a and of b span.

    They come from the sines, so that small angles are exact, too (Å. Björck and G. Golub, 1973).

    Examples
    --------
    >>> principal_angles([[1.0], [0.0]], [[1.0], [1.0]]).round(4).tolist()  # π/4
    [0.7854]
    """
    a, b = (np.linalg.qr(np.asarray(each, np.float64))[0] for each in (a, b))
    sines = np.linalg.svd(b - a @ (a.T @ b), compute_uv=False)
    cosines = np.linalg.svd(a.T @ b, compute_uv=False)[::-1]
    return np.where(sines < 0.7, np.arcsin(np.minimum(sines, 1)), np.arccos(np.minimum(cosines, 1)))

"""Principal component analysis: the best linear encoder, whose decoder is its transpose (K. Pearson, 1901)."""

from dataclasses import dataclass

import numpy as np

from varigate.model.checks import real_array

__all__ = ["Pca", "principal_angles", "principal_components"]


@dataclass(frozen=True, eq=False)
class Pca:
    """C·P = P·Λ and PᵀP = 1 for the covariance C of the data.

    mean: (features,); components P: (features, k), by falling variance; variances Λ: (k,).
    """

    mean: np.ndarray
    components: np.ndarray
    variances: np.ndarray

    def encode(self, x) -> np.ndarray:
        """e(x) = (x − mean)·P, (n, k)."""
        return (x - self.mean) @ self.components

    def decode(self, z) -> np.ndarray:
        """d(z) = z·Pᵀ + mean, (n, features): d(e(x)) is x's nearest point in the subspace, and x only within it."""
        return z @ self.components.T + self.mean


def principal_components(x, count: int) -> Pca:
    """The first `count` principal components of x (n, features)."""
    x = real_array("x", x, 2)
    if len(x) < 2 or not 1 <= count <= x.shape[1]:
        raise ValueError(f"count is {count} for x of shape {x.shape}; 1…{x.shape[1]} components of at least 2 samples")
    values, vectors = np.linalg.eigh(np.cov(x.T).reshape(x.shape[1], -1))
    order = np.argsort(values)[::-1][:count]
    components = vectors[:, order]
    components *= np.sign(components[np.abs(components).argmax(0), np.arange(count)])  # the sign is free: choose one
    return Pca(x.mean(0), components, values[order])


def principal_angles(a, b) -> np.ndarray:
    """The angles in radians between the subspaces that the columns of a and of b span, falling.

    By sines, so that small angles are exact, too (Å. Björck and G. Golub, 1973).
    """
    a, b = (np.linalg.qr(np.asarray(each, np.float64))[0] for each in (a, b))
    sines = np.linalg.svd(b - a @ (a.T @ b), compute_uv=False)
    cosines = np.linalg.svd(a.T @ b, compute_uv=False)[::-1]
    return np.where(sines < 0.7, np.arcsin(np.minimum(sines, 1)), np.arccos(np.minimum(cosines, 1)))

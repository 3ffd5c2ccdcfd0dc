"""A data set as the figures of the story want it: in units of its own spread, about its mean."""

from dataclasses import dataclass

import numpy as np

from varigate.model.data.images import Images
from varigate.model.data.tables import LabelledTable

__all__ = ["Material", "material"]

MOST = 1500  # samples
GREY_NOISE = 0.1  # of an image's spread: a pixel that is always black would have an infinite density


@dataclass(frozen=True, eq=False)
class Material:
    """x (n, features): of mean 0, and of variance 1 in each feature (tables), or over all pixels (images).

    value = mean + spread·x. labels: (n,); shape: (rows, columns) of images, None for tables; smooth: x, for images with
    a little noise.
    """

    name: str
    noun: str
    x: np.ndarray
    smooth: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    mean: np.ndarray
    spread: np.ndarray
    shape: tuple[int, int] | None = None

    def values(self, x) -> np.ndarray:
        """x (…, features) in the data's own units."""
        return self.mean + self.spread * x


def material(dataset: LabelledTable | Images) -> Material:
    """Tables and images alike, at most 1,500 samples."""
    images = isinstance(dataset, Images)
    values = np.asarray(dataset.grey if images else dataset.x, np.float64)
    rows = np.sort(np.random.default_rng(0).permutation(len(values))[:MOST])
    values, labels = values[rows], dataset.labels[rows]
    mean, spread = values.mean(0), values.std(0)
    spread = np.full_like(mean, values.std()) if images else np.where(spread > 0, spread, 1.0)
    x = (values - mean) / spread
    noise = GREY_NOISE * np.random.default_rng(1).standard_normal(x.shape) if images else 0.0
    return Material(dataset.name, dataset.noun, x, x + noise, labels, tuple(dataset.class_names),
                    () if images else dataset.feature_names, mean, spread, dataset.shape if images else None)

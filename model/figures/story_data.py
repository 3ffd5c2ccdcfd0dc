"""A data set in the form that the figures of the story use: in units of its own spread, about its mean."""

from dataclasses import dataclass

import numpy as np

from varigate.model.data.images import Images
from varigate.model.data.tables import LabelledTable

__all__ = ["Material", "material"]

MOST = 1500  # samples
GREY_NOISE = 0.1  # of an image's spread: a pixel that is always black would have an infinite density


@dataclass(frozen=True, eq=False)
class Material:
    """A data set in units of its spread: x (n, features) has mean 0 and variance 1.

    Variance 1 in each feature for tables, over all pixels for images.

    value = mean + spread·x. labels: (n,); shape: (rows, columns) of images, None for tables; smooth: x, for images with
    a little noise.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> data = material(iris())
    >>> data.x.shape, data.shape
    ((150, 4), None)
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
        """Turn x (…, features) into the data's own units."""
        return self.mean + self.spread * x


def material(dataset: LabelledTable | Images) -> Material:
    """Bring a table or images into the form of `Material`, at most 1,500 samples.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> round(float(material(iris()).x.std()), 6)
    1.0
    """
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

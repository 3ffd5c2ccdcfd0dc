"""Maps of the latent space over the parameters of the experiment."""

import numpy as np

from varigate.model.vae.dataset import Dataset
from varigate.model.vae.model import VAEmodel

__all__ = ["check_pair", "compute_repr2d", "most_active"]


def check_pair(dataset: Dataset, theta_pair) -> tuple[int, int]:
    """The two axes of the grid, rows first."""
    count, pair = len(dataset.thetas), tuple(theta_pair)
    if count < 2:
        raise ValueError(f"the data set's grid has {count} parameters; a map needs two at least")
    if len(pair) != 2 or pair[0] == pair[1] or not all(index in range(count) for index in pair):
        raise ValueError(f"theta_pair is {pair}; two different numbers of 0…{count - 1} are needed")
    return pair


def compute_repr2d(model: VAEmodel, dataset: Dataset, theta_pair=(1, 0), values_other_thetas=(),
                   return_latvar=False):
    """The mean of |μ| over the samples of each grid point, (latent, rows, columns).

    The absolute value, because two signs of a latent often stand for one state (a magnet up or down).

    Parameters
    ----------
    theta_pair : the axes of the grid that become rows and columns; (1, 0) has thetas[1] upwards, thetas[0] to the right
    values_other_thetas : values of the other parameters, in the order of their axes, each one of the grid's
    return_latvar : also return the mean log-variances, (latent, rows, columns)
    """
    rows, columns = check_pair(dataset, theta_pair)
    others = [axis for axis in range(len(dataset.grid)) if axis not in (rows, columns)]
    if len(values_other_thetas) != len(others):
        raise ValueError(f"values_other_thetas has {len(values_other_thetas)} values; one for each of the axes "
                         f"{others} is needed")
    place = [slice(None)] * len(dataset.grid)
    for axis, value in zip(others, values_other_thetas, strict=True):
        theta = dataset.thetas[axis]
        nearest = int(np.abs(theta - value).argmin())
        if not np.isclose(theta[nearest], value):
            raise ValueError(f"values_other_thetas has {value} for axis {axis}, whose grid has {theta.tolist()}")
        place[axis] = nearest
    mean, logvar = model.encode(dataset.samples)
    maps = [dataset.on_grid(each).mean(len(dataset.grid))[tuple(place)] for each in (np.abs(mean), logvar)]
    if rows > columns:
        maps = [each.swapaxes(0, 1) for each in maps]
    maps = [np.moveaxis(each, -1, 0) for each in maps]
    return tuple(maps) if return_latvar else maps[0]


def most_active(logvar) -> int:
    """The latent of the lowest mean log-variance: the one that says most. logvar: (latent, …)."""
    return int(np.asarray(logvar).reshape(len(logvar), -1).mean(1).argmin())

"""Maps of the latent space over the parameters of the experiment."""

import numpy as np

from varigate.model.vae.dataset import Dataset
from varigate.model.vae.model import VAEmodel

__all__ = ["check_pair", "compute_repr2d", "most_active"]


def check_pair(dataset: Dataset, theta_pair) -> tuple[int, int]:
    """Check `theta_pair`, two different axes of the data set's grid, and return it as a tuple, rows first.

    Examples
    --------
    >>> check_pair(Dataset(np.zeros((2, 3, 9, 4)), [[0, 1], [0, 1, 2]]), [1, 0])
    (1, 0)
    """
    count, pair = len(dataset.thetas), tuple(theta_pair)
    if count < 2:
        raise ValueError(f"the data set's grid has {count} parameters; a map needs two at least")
    if len(pair) != 2 or pair[0] == pair[1] or not all(index in range(count) for index in pair):
        raise ValueError(f"theta_pair is {pair}; two different numbers of 0…{count - 1} are needed")
    return pair


def compute_repr2d(model: VAEmodel, dataset: Dataset, theta_pair=(1, 0), values_other_thetas=(),
                   return_latvar=False):
    """Map each latent over two parameters: the mean of |μ| over the samples of each grid point.

    The absolute value is taken because two signs of a latent often stand for one state (a magnet up or down).

    Parameters
    ----------
    model : VAEmodel
    dataset : Dataset
        with at least two parameters.
    theta_pair : pair of int
        the axes of the grid that become rows and columns; (1, 0) has thetas[1] upwards, thetas[0] to the right.
    values_other_thetas : sequence of float
        values of the other parameters, in the order of their axes; each has to be on the grid.
    return_latvar : bool
        also return the log-variances.

    Returns
    -------
    float64 array (latent, rows, columns)
        the maps of mean |μ|; with `return_latvar` the pair of these and the maps of the mean log-variances.

    Raises
    ------
    ValueError
        for a grid of fewer than two parameters, a pair that is none, and values that are missing or not on the grid.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import Dataset, DenseDecoder, DenseEncoder, VAEmodel, compute_repr2d
    >>> rng = np.random.default_rng(0)
    >>> data = Dataset(rng.integers(0, 2, (3, 4, 10, 6)), thetas=[[0, 1, 2], [0, 1, 2, 3]])
    >>> model = VAEmodel(DenseEncoder(data.sites), DenseDecoder(data.sites)).initialise(rng)
    >>> compute_repr2d(model, data).shape  # 2 latents, 4 values of thetas[1], 3 of thetas[0]
    (2, 4, 3)
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
    """The index of the latent with the lowest mean log-variance, which tells most of x. logvar: (latent, …).

    Examples
    --------
    >>> most_active([[-0.1, 0.0], [-4.0, -3.0]])
    1
    """
    return int(np.asarray(logvar).reshape(len(logvar), -1).mean(1).argmin())

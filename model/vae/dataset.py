"""Data for the VAE library: samples of discrete, continuous or both kinds of sites over a grid of parameters θ."""

import numpy as np

from varigate.model.checks import check_whole, label_array, real_array
from varigate.model.vae.samples import Samples
from varigate.model.vae.sites import DATA_TYPES, Sites

__all__ = ["Dataset"]


class Dataset(Samples):
    """Samples that were measured at every point of a grid of parameters, or on no grid at all.

    Parameters
    ----------
    data : array (*grid, samples, seq_len)
        with `grid` the lengths of `thetas`; (samples, seq_len) without any. For `hybrid` data the pair of such arrays,
        labels and values, that differ in their last axis only.
    thetas : sequence of increasing 1-D arrays
        the parameters of the experiment, one array for each axis of the grid, in units of your own.
    data_type : str
        `discrete`: labels 0…local_dimension − 1. `continuous`: real numbers. `hybrid`: labels and real numbers.
    local_dimension : int
        how many values a label has.
    validation : float
        share of the samples, 0 ≤ share < 1, that is held out at random: training does not see them.
    seed : int
        of that choice and of the fixed order of the training samples.

    Members
    -------
    sites : Sites
        what one sample is made of, for encoders and decoders.
    grid : tuple of int
        the lengths of `thetas`.
    samples : float64 array (n, seq_len)
        all samples in the order of the grid, labels first.
    training, held_out : int arrays
        indices into `samples`.

    Raises
    ------
    ValueError
        that names the argument and its shape or value.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import Dataset
    >>> spins = np.random.default_rng(0).integers(0, 2, (5, 100, 16))  # 5 temperatures, 100 samples each, 16 spins
    >>> data = Dataset(spins, thetas=[np.linspace(1, 3, 5)], validation=0.1)
    >>> data.grid, data.samples.shape, len(data.training), len(data.held_out)
    ((5,), (500, 16), 450, 50)
    """

    def __init__(self, data, thetas=(), data_type: str = "discrete", local_dimension: int = 2, validation: float = 0.0,
                 seed: int = 0):
        if data_type not in DATA_TYPES:
            raise ValueError(f"data_type is {data_type!r}; it is one of {', '.join(DATA_TYPES)}")
        check_whole("local_dimension", local_dimension, 1)
        if not 0 <= validation < 1:
            raise ValueError(f"validation is {validation}; it is a share of the samples, from 0 to less than 1")
        self.thetas = tuple(real_array(f"thetas[{index}]", theta, 1) for index, theta in enumerate(thetas))
        for index, theta in enumerate(self.thetas):
            if not len(theta) or (np.diff(theta) <= 0).any():
                raise ValueError(f"thetas[{index}] is {theta}; its values have to increase")
        self.grid = tuple(map(len, self.thetas))
        self.local_dimension = int(local_dimension)
        arrays = self._arrays(data, data_type)
        lengths = [array.shape[-1] for array in arrays]
        super().__init__(Sites(lengths[0] if data_type != "continuous" else 0,
                               lengths[-1] if data_type != "discrete" else 0, self.local_dimension),
                         np.concatenate([array.reshape(-1, array.shape[-1]) for array in arrays], 1, dtype=np.float64))
        order = np.random.default_rng(seed).permutation(len(self.samples))
        held_out = round(validation * len(order))
        self.held_out, self.training = np.sort(order[:held_out]), order[held_out:]
        if not len(self.training):
            raise ValueError(f"validation is {validation}, which leaves none of {len(order)} samples for training")

    def _arrays(self, data, data_type: str) -> list[np.ndarray]:
        """The one or two arrays of `data`, checked."""
        if data_type == "hybrid":
            if not isinstance(data, (tuple, list)) or len(data) != 2:
                raise ValueError("data has to be the pair (labels, values) for the data_type hybrid")
            names, arrays = ("data[0]", "data[1]"), data
        else:
            names, arrays = ("data",), (data,)
        found = [real_array(name, array) for name, array in zip(names, arrays, strict=True)]
        for name, array in zip(names, found, strict=True):
            if array.ndim != len(self.grid) + 2 or array.shape[:-2] != self.grid or not array.size:
                wanted = ", ".join([*map(str, self.grid), "samples", "seq_len"])
                raise ValueError(f"{name} has shape {array.shape}; ({wanted}) is needed")
            if array.shape[:-1] != found[0].shape[:-1]:
                raise ValueError(f"{name} has shape {array.shape}, {names[0]} {found[0].shape}; "
                                 "they may differ in the last axis only")
        if data_type != "continuous":
            found[0] = label_array(names[0], found[0], self.local_dimension)
        return found

    def pack(self, name: str, samples) -> np.ndarray:
        """Check samples (batch, seq_len) and return them as float64; `name` is what an error calls them.

        For hybrid data, samples are the pair (labels, values), whose columns are joined.
        """
        if self.data_type == "hybrid":
            if not isinstance(samples, (tuple, list)) or len(samples) != 2:
                raise ValueError(f"{name} has to be the pair (labels, values) for hybrid data")
            labels, values = (real_array(f"{name}[{index}]", each, 2) for index, each in enumerate(samples))
            if len(labels) != len(values):
                raise ValueError(f"{name} has {len(labels)} rows of labels and {len(values)} of values")
            samples = np.concatenate([labels, values], 1)
        return self.sites.check(name, samples)

    def unpack(self, x):
        """Turn float64 (batch, seq_len) into the data's own type, the inverse of `pack`; labels are int64."""
        labels, values = x[:, :self.sites.discrete].astype(np.int64), x[:, self.sites.discrete:]
        return {"discrete": labels, "continuous": values, "hybrid": (labels, values)}[self.data_type]

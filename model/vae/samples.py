"""Samples to train on that lie on no grid: tables and images with their classes, and such sets side by side."""

import numpy as np

__all__ = ["SampleSets", "Samples"]


def _split(order, batch_size: int, whole: bool) -> list[np.ndarray]:
    """Split `order` (…, n) into batches along its last axis; `whole` as in `Samples`."""
    count = order.shape[-1]
    if not whole:
        return np.array_split(order, -(-count // batch_size), -1)
    size = min(batch_size, count)
    return np.split(order[..., :count // size * size], count // size, -1)


class Samples:
    """Samples that lie on no grid, such as a table or images; all are trained on.

    Parameters
    ----------
    sites : Sites or PlainSites
        what one sample is made of.
    samples : array (n, seq_len)
    targets : array (n, seq_len) or None
        what is to be reconstructed, where it is not the samples themselves.
    onehot : array (n, classes) or None
        the classes, for a model with a head.
    whole_batches : bool
        True: all batches of an epoch have exactly the wanted size, and the samples left over are skipped (fewer samples
        than that make one batch). False: an epoch has all samples, in batches of equal size to one sample.

    Examples
    --------
    >>> from varigate.model.vae.plain_sites import PlainSites
    >>> data = Samples(PlainSites(1), np.zeros((7, 1)), whole_batches=True)
    >>> [len(rows) for rows in data.batches(np.random.default_rng(0), 3)]
    [3, 3]
    """

    grid, thetas = (), ()

    def __init__(self, sites, samples, targets=None, onehot=None, *, whole_batches: bool = False):
        self.sites, self.samples = sites, sites.check("samples", samples)
        given = {"x": self.samples, "targets": targets, "onehot": onehot}
        self.parts = {name: each for name, each in given.items() if each is not None}
        self.whole_batches = whole_batches
        self.training, self.held_out = np.arange(len(self.samples)), np.arange(0)

    @property
    def data_type(self) -> str:
        return self.sites.data_type

    def batches(self, rng, batch_size: int, re_shuffle: bool = True) -> list[np.ndarray]:
        """The batches of an epoch: a list of index arrays, in the order that `rng` draws."""
        return _split(rng.permutation(self.training) if re_shuffle else self.training, batch_size, self.whole_batches)

    def smallest_batch(self, batch_size: int) -> int:
        """The number of samples in the smallest batch."""
        return min(map(len, _split(self.training, batch_size, self.whole_batches)))

    def batch(self, rows) -> dict:
        """The samples at the indices `rows`, as arguments x, targets and onehot of `VAEmodel.loss`."""
        return {name: each[rows] for name, each in self.parts.items()}

    def pack(self, name: str, samples) -> np.ndarray:
        """Check samples (batch, seq_len) and return them as numbers; `name` is what an error calls them."""
        return self.sites.check(name, samples)

    def unpack(self, x):
        """Turn what `pack` returned into the data's own type: here, the same."""
        return x

    def on_grid(self, rows) -> np.ndarray:
        """Reshape rows (n, …), one a sample, to (*grid, samples, …)."""
        return rows.reshape(*self.grid, -1, *rows.shape[1:])


def _stack(arrays) -> np.ndarray:
    """Stack R arrays (n_r, …) to (R, greatest n, …), padded with zeros, which are never drawn."""
    stacked = np.zeros((len(arrays), max(map(len, arrays)), *arrays[0].shape[1:]))
    for row, array in zip(stacked, arrays, strict=True):
        row[:len(array)] = array
    return stacked


class SampleSets:
    """Several `Samples`, one for each of the networks that are trained side by side.

    An epoch takes as many whole batches from every set as the smallest can give, in an order of its own: a network
    depends on its own samples and generator only, as long as the smallest set stays the same.

    Parameters
    ----------
    sets : list of Samples
        of the same sites.

    Examples
    --------
    >>> from varigate.model.vae.plain_sites import PlainSites
    >>> data = SampleSets([Samples(PlainSites(1), np.zeros((n, 1))) for n in (6, 9)])
    >>> [rows.shape for rows in data.batches([np.random.default_rng(seed) for seed in (0, 1)], 3)]
    [(2, 3), (2, 3)]
    """

    def __init__(self, sets: list[Samples]):
        self.sites, self.data_type = sets[0].sites, sets[0].data_type
        self.sizes = [len(each.training) for each in sets]
        self.parts = {name: _stack([each.parts[name] for each in sets]) for name in sets[0].parts}
        self.training, self.held_out = np.arange(min(self.sizes)), np.arange(0)

    def batches(self, rngs, batch_size: int, re_shuffle: bool = True) -> list[np.ndarray]:
        """The batches of an epoch: a list of index arrays (networks, batch); `rngs` has a generator for each."""
        orders = [rng.permutation(size)[:len(self.training)] if re_shuffle else self.training
                  for rng, size in zip(rngs, self.sizes, strict=True)]
        return _split(np.stack(orders), batch_size, True)

    def smallest_batch(self, batch_size: int) -> int:
        return min(batch_size, len(self.training))

    def batch(self, rows) -> dict:
        own = np.arange(len(self.sizes))[:, None]
        return {name: each[own, rows] for name, each in self.parts.items()}

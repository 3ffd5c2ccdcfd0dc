"""Designs as samples of a VAE: the label of each parameter, then the ordered parameters' places on their scales.

The labels identify the design; the places tell which designs are similar.
"""

import numpy as np

from varigate.model.nn.losses import log_normal_pdf
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.sites import Sites

__all__ = ["Codec", "DesignEncoder"]


class Codec:
    """Turns designs of `space` into samples of a VAE and back. Labels are int64 (n, parameters).

    Examples
    --------
    >>> from varigate.explore.spaces.space import Parameter, Space
    >>> space = Space("example", (Parameter("rows", (2, 4, 8)), Parameter("weights", ("lut", "block"))))
    >>> Codec(space).samples([[1, 0], [2, 1]])  # two labels, then the place of `rows`
    array([[1. , 0. , 0.5],
           [2. , 1. , 1. ]])
    """

    def __init__(self, space):
        self.space = space
        self.ordered = np.array([index for index, each in enumerate(space.parameters) if each.ordered], np.int64)
        self.sites = Sites(len(space.shape), len(self.ordered), max(2, *space.shape))

    def samples(self, labels) -> np.ndarray:
        """The samples, float64 (n, parameters + ordered parameters), of designs `labels`."""
        labels = np.asarray(labels)
        places = [self.space.parameters[index].scale[labels[:, index], None] for index in self.ordered]
        return np.concatenate([labels, *places], 1, dtype=np.float64)

    def labels(self, cp) -> np.ndarray:
        """The likeliest designs, int64 (n, parameters), for the decoder's output `cp` (see `model.vae.model.Output`).

        The likelihood of a label is that of the label and its place together.
        """
        log_cp, density = self.sites.parts(cp)
        score = log_cp.copy()
        for site, index in enumerate(self.ordered):
            scale = self.space.parameters[index].scale
            mean, logvar = density[:, site, :1], density[:, site, 1:]
            score[:, index, :len(scale)] += log_normal_pdf(mean, logvar, scale[None])
        score[np.broadcast_to(np.arange(self.sites.local_dimension) >= np.array(self.space.shape)[:, None],
                              score.shape)] = -np.inf
        return score.argmax(-1)


class DesignEncoder(DenseEncoder):
    """An encoder that reads the places of ordered parameters, and the labels of the others one-hot.

    It does not read the labels of ordered parameters: so a new design lies between the similar ones of the training.
    """

    def __init__(self, codec: Codec, hidden, latent: int, activation: str):
        super().__init__(codec.sites, hidden, latent, activation)
        self.mask = ~np.isin(codec.sites.column_sites, codec.ordered)

    def read(self, x):
        """Samples x (n, columns) as the first layer gets them: −1…1, and 0 for columns that are not read."""
        read = self.sites.encode(x)
        read[:, self.sites.discrete * self.sites.local_dimension:] -= 0.5
        return 2 * read * self.mask

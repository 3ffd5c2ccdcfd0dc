"""Designs as a VAE's samples: every parameter's label, then the ordered parameters' places on their scales again.

The labels tell the design exactly, the places tell what lies near it.
"""

import numpy as np

from varigate.model.nn.losses import log_normal_pdf
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.sites import Sites

__all__ = ["Codec", "DesignEncoder"]


class Codec:
    """The samples of the designs of `space`, and the way back. Labels are int64 (n, parameters)."""

    def __init__(self, space):
        self.space = space
        self.ordered = np.array([index for index, each in enumerate(space.parameters) if each.ordered], np.int64)
        self.sites = Sites(len(space.shape), len(self.ordered), max(2, *space.shape))

    def samples(self, labels) -> np.ndarray:
        """Labels to samples (n, seq_len)."""
        labels = np.asarray(labels)
        places = [self.space.parameters[index].scale[labels[:, index], None] for index in self.ordered]
        return np.concatenate([labels, *places], 1, dtype=np.float64)

    def labels(self, cp) -> np.ndarray:
        """The likeliest design by the density `cp` (see `model.vae.model.Output`) of its label and place together."""
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
    """Reads the places of ordered parameters and the one-hot labels of the others.

    Without the labels of ordered parameters, a design that was not trained on lies between those that were.
    """

    def __init__(self, codec: Codec, hidden, latent: int, activation: str):
        super().__init__(codec.sites, hidden, latent, activation)
        self.mask = ~np.isin(codec.sites.column_sites, codec.ordered)

    def read(self, x):
        read = self.sites.encode(x)
        read[:, self.sites.discrete * self.sites.local_dimension:] -= 0.5
        return 2 * read * self.mask

"""Decoders: from latent samples to the density of the data, p(x|z).

A decoder, any that `model.vae.model.VAEmodel` takes, has

    sites, latent                           what it gives (`model.vae.sites.Sites`), and how many latents it reads
    initial(rng)                            a dict of random parameters
    forward(parameters, z, x)               z (batch, latent), samples x (batch, seq_len) → cp as `Sites` has it, and
                                            what the way back needs
    backward(parameters, saved, d_cp)       from the gradient at cp: the one at z, and a dict like the parameters
    sample(parameters, z, rng)              samples (batch, seq_len) of p(x|z)
"""

import numpy as np

from varigate.model.nn.activations import find
from varigate.model.nn.layers import Activate, Chain, Dense, hidden_layers

__all__ = ["AutoregressiveDecoder", "DenseDecoder"]


def _check_latent(latent: int):
    if latent < 1:
        raise ValueError(f"latent is {latent}; a VAE has at least one latent variable")


class DenseDecoder:
    """A decoder of dense layers: given z, the sites are independent, p(x|z) = Π p(x_i|z).

    Parameters
    ----------
    sites : Sites
        the data, `dataset.sites`.
    hidden : sequence of int
        widths of the hidden layers; none makes the decoder linear.
    latent : int
        number of latents, as the encoder's.
    activation : str
        of the hidden layers, a name of `model.nn.activations.ACTIVATIONS`.
    output_gain : float
        variance of the initial outputs, for inputs of variance 1.

    Raises
    ------
    ValueError
        for `latent` below 1 and for an unknown activation.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import Dataset, DenseDecoder
    >>> data = Dataset(np.zeros((10, 6)))
    >>> decoder = DenseDecoder(data.sites, hidden=(16,), latent=2)
    >>> rng = np.random.default_rng(0)
    >>> decoder.sample(decoder.initial(rng), np.zeros((3, 2)), rng).shape
    (3, 6)
    """

    def __init__(self, sites, hidden=(32,), latent: int = 2, activation: str = "relu", *, output_gain: float = 1.0):
        _check_latent(latent)
        self.sites, self.latent, self.hidden, self.activation = sites, latent, tuple(hidden), activation
        body = hidden_layers(latent, self.hidden, activation)
        self.body = Chain([*body.layers, Dense("output", (latent, *self.hidden)[-1], sites.outputs, gain=output_gain)])

    def initial(self, rng) -> dict:
        """Draw random parameters: a dict of arrays."""
        return self.body.initial(rng)

    def forward(self, parameters, z, x=None):
        """Decode z (batch, latent) to cp, see `VAEmodel`, and what `backward` needs; x is not read."""
        outputs, saved = self.body.forward(parameters, z)
        cp = self.sites.density(outputs)
        return cp, (cp, saved)

    def backward(self, parameters, saved, d_cp):
        """The gradient at z (batch, latent), and those at the parameters, from the gradient at cp."""
        (cp, saved), gradients = saved, {}
        delta = self.sites.density_back(cp, d_cp)
        return self.body.backward(parameters, saved, delta, gradients), gradients

    def sample(self, parameters, z, rng) -> np.ndarray:
        """Draw a sample from p(x|z) for each z (batch, latent): (batch, seq_len)."""
        return self.sites.draw(self.forward(parameters, z)[0], rng)


class AutoregressiveDecoder:
    """A decoder in which each site depends on z and on the sites before it, p(x|z) = Π p(x_i | x_<i, z).

    It is a masked network that reads x beside z (M. Germain et al., "MADE", 2015). Unit k of every hidden layer has the
    degree k mod seq_len and sees the sites before its degree only; site i is computed from units of degree i and less.
    All units see z. The densities of all sites take one pass, drawing a sample takes seq_len.

    Parameters
    ----------
    sites : Sites
        the data, `dataset.sites`.
    hidden : sequence of int
        widths of the hidden layers: at least one layer, each with at least as many units as there are sites.
    latent : int
        number of latents, as the encoder's.
    activation : str
        of the hidden layers, a name of `model.nn.activations.ACTIVATIONS`.

    Raises
    ------
    ValueError
        for `latent` below 1, hidden layers that are too narrow, and an unknown activation.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import AutoregressiveDecoder, Dataset
    >>> data = Dataset(np.zeros((10, 6)))
    >>> decoder = AutoregressiveDecoder(data.sites, hidden=(24,), latent=2)
    >>> rng = np.random.default_rng(0)
    >>> decoder.sample(decoder.initial(rng), np.zeros((3, 2)), rng).shape
    (3, 6)
    """

    def __init__(self, sites, hidden=(64,), latent: int = 2, activation: str = "relu"):
        _check_latent(latent)
        if not hidden or min(hidden) < sites.seq_len:
            raise ValueError(f"hidden is {tuple(hidden)}; the masks need at least one layer, "
                             f"and {sites.seq_len} units in each, one a site")
        self.sites, self.latent, self.hidden, self.activation = sites, latent, tuple(hidden), activation
        # a column of site i has degree i + 1: only what comes after i may see it
        below, layers = np.concatenate([np.zeros(latent, np.int64), sites.column_sites + 1]), []
        for index, width in enumerate(self.hidden):
            degrees = np.arange(width) % sites.seq_len
            layers += [self._masked(str(index), below, degrees, find(activation).gain),
                       Activate(activation)]
            below = degrees
        self.body = Chain([*layers, self._masked("output", below, sites.output_sites, 1.0)])

    @staticmethod
    def _masked(name: str, below, degrees, gain: float) -> Dense:
        return Dense(name, len(below), len(degrees), mask=degrees[:, None] >= below, gain=gain)

    def initial(self, rng) -> dict:
        """Draw random parameters: a dict of arrays."""
        return self.body.initial(rng)

    def forward(self, parameters, z, x):
        """Decode z (batch, latent) with x (batch, seq_len) to cp, see `VAEmodel`, and what `backward` needs."""
        if x is None:
            raise ValueError("x is None; an autoregressive decoder reads the samples beside z")
        outputs, saved = self.body.forward(parameters, np.concatenate([z, self.sites.encode(x)], 1))
        cp = self.sites.density(outputs)
        return cp, (cp, saved)

    def backward(self, parameters, saved, d_cp):
        """The gradient at z (batch, latent), and those at the parameters, from the gradient at cp."""
        (cp, saved), gradients = saved, {}
        delta = self.body.backward(parameters, saved, self.sites.density_back(cp, d_cp), gradients)
        return delta[:, :self.latent], gradients

    def sample(self, parameters, z, rng) -> np.ndarray:
        """Draw a sample from p(x|z) for each z (batch, latent): (batch, seq_len)."""
        x = np.zeros((len(z), self.sites.seq_len))
        for site in range(self.sites.seq_len):
            x[:, site] = self.sites.draw(self.forward(parameters, z, x)[0], rng)[:, site]
        return x

"""Encoders: from samples to the means and log-variances of q(z|x).

An encoder, any that `model.vae.model.VAEmodel` takes, has

    sites, latent                           what it reads (`model.vae.sites.Sites`), and how many latents it gives
    initial(rng)                            a dict of random parameters
    sampled                                 may be False: then it gives means alone, None for logvar, and takes None for
                                            d_logvar, as that of a plain autoencoder does
    forward(parameters, x)                  samples x (batch, seq_len) → mean, logvar, each (batch, latent), and what
                                            the way back needs
    backward(parameters, saved, d_mean, d_logvar)   the gradients, a dict like the parameters
"""

import numpy as np

from varigate.model.nn.activations import find
from varigate.model.nn.layers import Activate, Chain, CircularConvolution, Dense, hidden_layers
from varigate.model.vae.sites import Sites

__all__ = ["ConvolutionalEncoder", "DenseEncoder"]

LOGVAR_GAIN = 0.01  # logvar starts near the prior's: the first z are not wild


class _Encoder:
    """The common part: layers `self.body` that give `width` numbers, then the two linear layers `mu` and `logvar`."""

    def __init__(self, sites, latent: int, width: int, logvar_gain: float = LOGVAR_GAIN, sampled: bool = True):
        if latent < 1:
            raise ValueError(f"latent is {latent}; a VAE has at least one latent variable")
        self.sites, self.latent, self.sampled = sites, latent, sampled
        self.mu = Dense("mu", width, latent)
        self.logvar = Dense("logvar", width, latent, gain=logvar_gain) if sampled else None

    def initial(self, rng) -> dict:
        """Draw random parameters: a dict of arrays."""
        ends = (self.mu, self.logvar) if self.sampled else (self.mu,)
        return self.body.initial(rng) | {name: value for end in ends for name, value in end.initial(rng).items()}

    def flatten(self, features):  # the body's output as (…, batch, width)
        return features

    def forward(self, parameters, x):
        """Encode samples x (batch, seq_len): mean and logvar, each (batch, latent), and what `backward` needs."""
        features, saved = self.body.forward(parameters, self.read(x))
        flat = self.flatten(features)
        logvar = self.logvar.forward(parameters, flat)[0] if self.sampled else None
        return self.mu.forward(parameters, flat)[0], logvar, (features.shape, flat, saved)

    def backward(self, parameters, saved, d_mean, d_logvar) -> dict:
        """The gradients at the parameters from those at mean and logvar, each (batch, latent)."""
        (shape, flat, saved), gradients = saved, {}
        delta = self.mu.backward(parameters, flat, d_mean, gradients)
        if self.sampled:
            delta = delta + self.logvar.backward(parameters, flat, d_logvar, gradients)
        self.body.backward(parameters, saved, delta.reshape(shape), gradients)
        return gradients


class DenseEncoder(_Encoder):
    """An encoder of dense layers, then one linear layer each for means and log-variances.

    Parameters
    ----------
    sites : Sites
        the data, `dataset.sites`.
    hidden : sequence of int
        widths of the hidden layers; none makes the encoder linear.
    latent : int
        number of latents, at least 1.
    activation : str
        of the hidden layers, a name of `model.nn.activations.ACTIVATIONS`.
    logvar_gain : float
        variance of the initial log-variances, for inputs of variance 1.
    sampled : bool
        False: means alone, z = μ, as in a plain autoencoder.

    Raises
    ------
    ValueError
        for `latent` below 1 and for an unknown activation.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import Dataset, DenseEncoder
    >>> data = Dataset(np.zeros((10, 6)), data_type="continuous")
    >>> encoder = DenseEncoder(data.sites, hidden=(32, 16), latent=3)
    >>> parameters = encoder.initial(np.random.default_rng(0))
    >>> mean, logvar, _ = encoder.forward(parameters, data.samples)
    >>> mean.shape, logvar.shape
    ((10, 3), (10, 3))
    """

    def __init__(self, sites, hidden=(32,), latent: int = 2, activation: str = "relu", *,
                 logvar_gain: float = LOGVAR_GAIN, sampled: bool = True):
        self.hidden, self.activation = tuple(hidden), activation
        self.body = hidden_layers(sites.columns, self.hidden, activation)
        super().__init__(sites, latent, (sites.columns, *self.hidden)[-1], logvar_gain, sampled)

    def read(self, x):
        return self.sites.encode(x)


class ConvolutionalEncoder(_Encoder):
    """An encoder of circular convolutions over the sites, for data on a ring.

    A discrete site has its one-hot label as channels, a continuous one its value; with both kinds, each has all the
    channels and zeros in those of the other kind.

    Parameters
    ----------
    sites : Sites
        the data, `dataset.sites`.
    channels : sequence of int
        output channels of each convolution.
    latent : int
        number of latents, at least 1.
    width : int
        sites that a convolution reads around each site.
    activation : str
        after each convolution, a name of `model.nn.activations.ACTIVATIONS`.

    Raises
    ------
    ValueError
        for `latent` below 1 and for an unknown activation.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import ConvolutionalEncoder, Dataset
    >>> data = Dataset(np.zeros((10, 6)))
    >>> encoder = ConvolutionalEncoder(data.sites, channels=(8,), latent=2, width=3)
    >>> parameters = encoder.initial(np.random.default_rng(0))
    >>> mean, logvar, _ = encoder.forward(parameters, data.samples)
    >>> mean.shape
    (10, 2)
    """

    def __init__(self, sites: Sites, channels=(16,), latent: int = 2, width: int = 3, activation: str = "relu"):
        layers, depth = [], bool(sites.discrete) * sites.local_dimension + bool(sites.continuous)
        for index, each in enumerate(channels):
            layers += [CircularConvolution(str(index), depth, each, width, gain=find(activation).gain),
                       Activate(activation)]
            depth = each
        self.body = Chain(layers)
        super().__init__(sites, latent, sites.seq_len * depth)

    def flatten(self, features):
        return features.reshape(len(features), -1)

    def read(self, x):
        sites, found = self.sites, []
        if sites.discrete:
            onehot = x[:, :, None] == np.arange(sites.local_dimension)
            found.append(onehot & (np.arange(sites.seq_len) < sites.discrete)[:, None])
        if sites.continuous:
            found.append(np.where(np.arange(sites.seq_len) >= sites.discrete, x, 0.0)[..., None])
        return np.concatenate(found, -1, dtype=np.float64)

"""Encoders: samples to the means and log-variances of q(z|x).

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
    """Layers `self.body` that end in `width` numbers, then the two linear layers `mu` and `logvar`."""

    def __init__(self, sites, latent: int, width: int, logvar_gain: float = LOGVAR_GAIN, sampled: bool = True):
        if latent < 1:
            raise ValueError(f"latent is {latent}; a VAE has at least one latent variable")
        self.sites, self.latent, self.sampled = sites, latent, sampled
        self.mu = Dense("mu", width, latent)
        self.logvar = Dense("logvar", width, latent, gain=logvar_gain) if sampled else None

    def initial(self, rng) -> dict:
        ends = (self.mu, self.logvar) if self.sampled else (self.mu,)
        return self.body.initial(rng) | {name: value for end in ends for name, value in end.initial(rng).items()}

    def flatten(self, features):
        """The body's output (…, batch, …) as (…, batch, width)."""
        return features

    def forward(self, parameters, x):
        features, saved = self.body.forward(parameters, self.read(x))
        flat = self.flatten(features)
        logvar = self.logvar.forward(parameters, flat)[0] if self.sampled else None
        return self.mu.forward(parameters, flat)[0], logvar, (features.shape, flat, saved)

    def backward(self, parameters, saved, d_mean, d_logvar) -> dict:
        (shape, flat, saved), gradients = saved, {}
        delta = self.mu.backward(parameters, flat, d_mean, gradients)
        if self.sampled:
            delta = delta + self.logvar.backward(parameters, flat, d_logvar, gradients)
        self.body.backward(parameters, saved, delta.reshape(shape), gradients)
        return gradients


class DenseEncoder(_Encoder):
    """Dense layers of the widths `hidden`, which may be empty: then it is linear.

    logvar_gain: the variance that logvar starts with for inputs of variance 1. sampled: see `model.vae.encoders`.
    """

    def __init__(self, sites, hidden=(32,), latent: int = 2, activation: str = "relu", *,
                 logvar_gain: float = LOGVAR_GAIN, sampled: bool = True):
        self.hidden, self.activation = tuple(hidden), activation
        self.body = hidden_layers(sites.columns, self.hidden, activation)
        super().__init__(sites, latent, (sites.columns, *self.hidden)[-1], logvar_gain, sampled)

    def read(self, x):
        return self.sites.encode(x)


class ConvolutionalEncoder(_Encoder):
    """Circular convolutions over the sites, `width` wide, of as many `channels` each: for data on a ring.

    A discrete site has its one-hot label as channels, a continuous one its value; with both kinds, each has all the
    channels and zeros in those of the other kind.
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

"""The plain autoencoder, whose loss is ‖x − d(e(x))‖² and nothing else: the VAE is compared with it."""

import numpy as np
from scipy.optimize import minimize

from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.plain_sites import PlainSites

__all__ = ["autoencoder", "error", "linear_autoencoder"]


def autoencoder(features: int, hidden, latent: int, activation: str = "relu") -> VAEmodel:
    """Make a plain autoencoder: dense layers `hidden` on either side of `latent` numbers that are not sampled.

    Its loss is the mean over samples of ½‖x − x̂‖². Without any hidden layers it is linear.

    Examples
    --------
    >>> model = autoencoder(4, (8,), 2).initialise(np.random.default_rng(0))
    >>> model.decode(model.encode(np.zeros((3, 4)))[0]).shape
    (3, 4)
    """
    sites, hidden = PlainSites(features), tuple(hidden)
    return VAEmodel(DenseEncoder(sites, hidden, latent, activation, sampled=False),
                    DenseDecoder(sites, hidden[::-1], latent, activation))


def error(x, output) -> float:
    """The mean squared error of a feature, for x and output (n, features): 1 if standardised data get their mean.

    Examples
    --------
    >>> error(np.array([[1.0, -1.0]]), np.zeros((1, 2)))
    1.0
    """
    return float(np.mean((x - output)**2))


def linear_autoencoder(x, latent: int, rng) -> VAEmodel:
    """Train a linear autoencoder of x (n, features), whose mean is 0, until the loss falls no more (by L-BFGS).

    Its biases stay 0, and so the loss depends on x by the covariance alone: x's triangular factor stands for all of x.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((50, 1)) * [1.0, 2.0, -1.0]  # on a line
    >>> model = linear_autoencoder(x - x.mean(0), 1, rng)
    >>> round(error(x - x.mean(0), model.decode(model.encode(x - x.mean(0))[0])), 6) == 0
    True
    """
    made = autoencoder(x.shape[1], (), latent).initialise(rng)
    names = [name for name in made.parameters if name.endswith("weights")]
    ends = np.cumsum([made.parameters[name].size for name in names])[:-1]
    factor = np.linalg.qr(x, mode="r")
    factor *= np.sqrt(len(factor) / len(x))

    def place(flat):
        for name, part in zip(names, np.split(flat, ends), strict=True):
            made.parameters[name][...] = part.reshape(made.parameters[name].shape)

    def loss(flat):
        place(flat)
        value, gradients = made.loss(factor)
        return value.total, np.concatenate([gradients[name].ravel() for name in names])

    start = 0.1 * rng.standard_normal(sum(made.parameters[name].size for name in names))  # alike in both layers
    place(minimize(loss, start, jac=True, method="L-BFGS-B",
                   options={"maxiter": 20000, "maxfun": 40000, "ftol": 0, "gtol": 1e-6}).x)
    return made

"""The plain autoencoder: ‖x − d(e(x))‖² and nothing else. What the VAE is compared with."""

import numpy as np
from scipy.optimize import minimize

from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.plain_sites import PlainSites

__all__ = ["autoencoder", "error", "linear_autoencoder"]


def autoencoder(features: int, hidden, latent: int, activation: str = "relu") -> VAEmodel:
    """A model of dense layers `hidden` on either side of `latent` numbers that are not sampled, without parameters.

    Its loss is the mean over samples of ½‖x − x̂‖². Without any hidden layers it is linear.

    >>> model = autoencoder(4, (8,), 2).initialise(np.random.default_rng(0))
    >>> model.decode(model.encode(np.zeros((3, 4)))[0]).shape
    (3, 4)
    """
    sites, hidden = PlainSites(features), tuple(hidden)
    return VAEmodel(DenseEncoder(sites, hidden, latent, activation, sampled=False),
                    DenseDecoder(sites, hidden[::-1], latent, activation))


def error(x, output) -> float:
    """The mean squared error of a feature: 1 for the mean of standardised data."""
    return float(np.mean((x - output)**2))


def linear_autoencoder(x, latent: int, rng) -> VAEmodel:
    """A linear autoencoder of x (n, features), of mean 0, trained until nothing more is gained (by L-BFGS).

    Its biases stay 0, and so the loss depends on x by the covariance alone: x's triangular factor stands for all of x.
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

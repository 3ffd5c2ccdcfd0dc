"""The autoencoders of the story, plain and variational, and how they are trained."""

from functools import lru_cache

import numpy as np

from varigate.model.figures.story_data import Material
from varigate.model.vae.autoencoder import error
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.samples import Samples
from varigate.model.vae.trainer import VAETrainer

__all__ = ["LATENT", "WIDTH", "decode", "encode", "fit_plain", "fit_vae", "trained_vae"]

WIDTH = 64
LATENT = {True: 8, False: 2}  # images, tables
EPOCHS = {True: 100, False: 400}


def encode(model: VAEmodel, x) -> np.ndarray:
    """Encode x (n, features) to the means of z (n, latent).

    Examples
    --------
    >>> from varigate.model.vae.autoencoder import autoencoder
    >>> model = autoencoder(4, (8,), 2).initialise(np.random.default_rng(0))
    >>> encode(model, np.zeros((3, 4))).shape
    (3, 2)
    """
    return model.encode(x)[0]


def decode(model: VAEmodel, z) -> np.ndarray:
    """Decode z (n, latent) to the means of x (n, features).

    Examples
    --------
    >>> from varigate.model.vae.autoencoder import autoencoder
    >>> model = autoencoder(4, (8,), 2).initialise(np.random.default_rng(0))
    >>> decode(model, np.zeros((3, 2))).shape
    (3, 4)
    """
    cp = model.decode(z)
    return cp if model.sites.data_type == "plain" else cp[..., 0]


def _fit(model: VAEmodel, dataset: Samples, epochs: int, rng, held_out=None) -> list:
    """Train `model`; returns, for every tenth epoch, its number and the `error` of the samples and of `held_out`."""
    trainer, course = VAETrainer(model, dataset), []
    for epoch in range(10, epochs + 1, 10):
        trainer.train(10, 32, rng, learning_rate=3e-3, printing_rate=0)
        if held_out is not None:
            course.append([epoch, *(error(x, decode(model, encode(model, x))) for x in (dataset.samples, held_out))])
    return course


def fit_plain(model: VAEmodel, x, epochs: int, rng, held_out=None) -> list:
    """Train the plain autoencoder `model` on x (n, features).

    Returns a row for every tenth epoch: its number, the error of x, and that of `held_out` (n, features), if given.

    Examples
    --------
    >>> from varigate.model.vae.autoencoder import autoencoder
    >>> rng = np.random.default_rng(0)
    >>> x, model = rng.standard_normal((50, 4)), autoencoder(4, (8,), 2)
    >>> [row[0] for row in fit_plain(model, x, 20, rng, held_out=x)]
    [10, 20]
    """
    return _fit(model, Samples(model.sites, x), epochs, rng, held_out)


def fit_vae(x, latent: int, epochs: int, rng, hidden=(WIDTH, WIDTH), held_out=None) -> tuple[VAEmodel, list]:
    """Train a VAE with a Gaussian decoder on x (n, features); returns it and rows as `fit_plain` does.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> model, rows = fit_vae(rng.standard_normal((50, 4)), 2, 10, rng)
    >>> model.latent, rows
    (2, [])
    """
    dataset = Dataset(x, data_type="continuous")
    model = VAEmodel(DenseEncoder(dataset.sites, hidden, latent), DenseDecoder(dataset.sites, hidden, latent))
    return model, _fit(model, dataset, epochs, rng, held_out)


@lru_cache(1)  # three figures show the same one
def trained_vae(data: Material) -> VAEmodel:
    """Train a VAE on all of `data`."""
    images = data.shape is not None
    return fit_vae(data.smooth, LATENT[images], EPOCHS[images], np.random.default_rng(1))[0]

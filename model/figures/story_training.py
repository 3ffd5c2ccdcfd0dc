"""The variational autoencoders of the story."""

from functools import lru_cache

import numpy as np

from varigate.model.figures.story_data import Material
from varigate.model.vae.autoencoder import error
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.trainer import VAETrainer

__all__ = ["LATENT", "WIDTH", "fit_vae", "trained_vae"]

WIDTH = 64
LATENT = {True: 8, False: 2}  # images, tables
EPOCHS = {True: 100, False: 400}


def fit_vae(x, latent: int, epochs: int, rng, hidden=(WIDTH, WIDTH), held_out=None):
    """A VAE with a Gaussian decoder on x (n, features), and its errors as `Autoencoder.train` has them."""
    dataset = Dataset(x, data_type="continuous")
    model = VAEmodel(DenseEncoder(dataset.sites, hidden, latent), DenseDecoder(dataset.sites, hidden, latent))
    trainer, course = VAETrainer(model, dataset), []
    for epoch in range(10, epochs + 1, 10):
        trainer.train(10, 32, rng, learning_rate=3e-3, printing_rate=0)
        if held_out is not None:
            course.append([epoch, *(error(each, model.decode(model.encode(each)[0])[..., 0])
                                    for each in (x, held_out))])
    return model, course


@lru_cache(1)  # three figures show the same one
def trained_vae(data: Material) -> VAEmodel:
    """A VAE that has seen all of `data`."""
    images = data.shape is not None
    return fit_vae(data.smooth, LATENT[images], EPOCHS[images], np.random.default_rng(1))[0]

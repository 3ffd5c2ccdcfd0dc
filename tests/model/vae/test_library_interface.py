"""The published interface: every name, argument order and default."""

import inspect

import pytest

from varigate.model.nn import losses
from varigate.model.nn.optimisers import SGD, AdaBelief, Adam
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.model import Output, VAEmodel
from varigate.model.vae.trainer import VAETrainer

INTERFACE = {
    losses.log_normal_pdf: "mu, logvar, sample",
    losses.kl_standard_normal: "mean, logvar",
    losses.gaussian_negloglik: "recon_mean, recon_logvar, targets, eps=1e-08",
    losses.categorical_reconstruction_loss: "log_cp_i, targets",
    losses.bernoulli_negloglik: "logits, targets",
    losses.TC_term: "mean, logvar, z, n_data=None",
    VAEmodel: "encoder, decoder, classes=0, dtype=float64",
    VAEmodel.__call__: "self, x, rng",
    Dataset: "data, thetas=(), data_type='discrete', local_dimension=2, validation=0.0, seed=0",
    VAETrainer: "model, dataset, optimizer=AdaBelief, task=None, threads=1",
    VAETrainer.train: "self, num_epochs, batch_size, rng, learning_rate=0.001, beta=1.0, gamma=0, alpha=0.0, "
                      "printing_rate=1, re_shuffle=True, class_weight=1.0",
    VAETrainer.compute_repr2d: "self, theta_pair=(1, 0), values_other_thetas=(), return_latvar=False",
    VAETrainer.plot_repr2d: "self, latvar=None, theta_pair=(1, 0), subplot=True",
    VAETrainer.plot_training: "self, num_epochs",
    VAETrainer.get_data: "self",
    VAETrainer.reconstruct_sample: "self, input_samples, rng",
    VAETrainer.get_cp: "self, input_samples",
}


def written(function) -> str:
    """The arguments as one writes them, classes by their names."""
    return ", ".join(name if parameter.default is parameter.empty else
                     f"{name}={getattr(parameter.default, '__name__', repr(parameter.default))}"
                     for name, parameter in inspect.signature(function).parameters.items())


@pytest.mark.parametrize("function", INTERFACE, ids=lambda function: function.__qualname__)
def test_arguments_and_defaults(function):
    assert written(function) == INTERFACE[function]


def test_the_default_optimiser_the_others_and_the_parts_of_an_output():
    assert inspect.signature(VAETrainer).parameters["optimizer"].default is AdaBelief
    assert {each.__name__ for each in (Adam, AdaBelief, SGD)} == {"Adam", "AdaBelief", "SGD"}
    assert Output._fields == ("mean", "logvar", "z", "cp")


@pytest.mark.parametrize("name", ["kl_standard_normal", "gaussian_negloglik", "categorical_reconstruction_loss",
                                  "bernoulli_negloglik", "TC_term"])
def test_every_loss_has_its_gradient(name):
    assert written(getattr(losses, f"{name}_gradient")) == written(getattr(losses, name))

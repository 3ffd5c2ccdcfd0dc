import numpy as np
import pytest

from varigate.model.errors import UserError
from varigate.model.fixedpoint.sampling import MU, V
from varigate.model.network import network_file
from varigate.model.network.integer import infer
from varigate.model.train.export import codes, export, float_network
from varigate.model.vae.autoencoder import autoencoder
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.decoders import AutoregressiveDecoder, DenseDecoder
from varigate.model.vae.encoders import ConvolutionalEncoder, DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.plain_sites import PlainSites


def random_dataset(rng, data_type, samples=60, size=3, local_dimension=2):
    labels = rng.integers(0, local_dimension, (samples, size))
    values = rng.normal(3, 2, (samples, size)) @ rng.normal(size=(size, size))
    data = {"discrete": labels, "continuous": values, "hybrid": (labels, values)}[data_type]
    return Dataset(data, data_type=data_type, local_dimension=local_dimension)


def random_model(rng, dataset, hidden=(6,), latent=2, activation="relu"):
    model = VAEmodel(DenseEncoder(dataset.sites, hidden, latent, activation),
                     DenseDecoder(dataset.sites, hidden, latent, activation)).initialise(rng)
    for name, value in model.parameters.items():
        if name.endswith("bias"):
            value[...] = rng.normal(0, 0.2, value.shape)
    return model


@pytest.mark.parametrize("data_type", ["discrete", "continuous", "hybrid"])
@pytest.mark.parametrize(("hidden", "latent", "local_dimension"), [((), 1, 2), ((7,), 3, 3), ((9, 5), 6, 2)])
def test_the_folded_network_computes_what_the_library_does(data_type, hidden, latent, local_dimension):
    rng = np.random.default_rng(latent)
    dataset = random_dataset(rng, data_type, local_dimension=local_dimension)
    model, sites = random_model(rng, dataset, hidden, latent, "sigmoid"), dataset.sites
    x = dataset.samples.copy()
    network = export(model, dataset)
    x[:, sites.discrete:] = (network.input_offset + network.input_step * codes(dataset, x))[:, sites.columns
                                                                                           - sites.continuous:]
    found, (mean, logvar) = float_network(model, dataset).infer(codes(dataset, x)), model.encode(x)
    np.testing.assert_allclose(found.mu, mean, atol=1e-9)
    np.testing.assert_allclose(found.v, logvar / 2 / np.log(2), atol=1e-9)
    physical = network.input_offset + network.input_step * found.output
    log_cp, density = sites.parts(model.decode(mean))
    if sites.continuous:
        np.testing.assert_allclose(physical[:, sites.columns - sites.continuous:], density[..., 0], atol=1e-8)
    if sites.discrete:
        odds = physical[:, :sites.discrete * local_dimension].reshape(log_cp.shape)
        assert np.array_equal(odds.argmax(-1), log_cp.argmax(-1))
        others = (log_cp.sum(-1, keepdims=True) - log_cp) / (local_dimension - 1)
        np.testing.assert_allclose(odds, log_cp - others - np.log(local_dimension - 1), atol=1e-8)


def test_the_integers_come_close_and_survive_the_file(tmp_path):
    rng = np.random.default_rng(5)
    dataset = random_dataset(rng, "hybrid", samples=200)
    model = random_model(rng, dataset, (12,), 4)
    network = export(model, dataset, "mixed", noun="state")
    network_file.save(network, tmp_path / "mixed.npz")
    again = network_file.load(tmp_path / "mixed.npz")
    assert network_file.digest(again) == network_file.digest(network) and again.latent == 4
    found, (mean, logvar) = infer(again, codes(dataset, dataset.samples)), model.encode(dataset.samples)
    assert (MU.real(found.mu) - mean).std() < 0.02 * mean.std()
    assert (V.real(found.v) - logvar / 2 / np.log(2)).std() < V.step


def test_what_the_hardware_has_no_layers_for_is_refused():
    dataset = random_dataset(np.random.default_rng(0), "discrete")
    sites = dataset.sites
    for encoder, decoder in ((ConvolutionalEncoder(sites), DenseDecoder(sites)),
                             (DenseEncoder(sites), AutoregressiveDecoder(sites))):
        with pytest.raises(UserError, match="dense layers only"):
            export(VAEmodel(encoder, decoder).initialise(np.random.default_rng(0)), dataset)
    with pytest.raises(UserError, match="a network has one"):
        export(VAEmodel(DenseEncoder(sites), DenseDecoder(sites, activation="sigmoid")), dataset)


@pytest.mark.parametrize("model", [autoencoder(4, (8,), 2),
                                   VAEmodel(DenseEncoder(PlainSites(4)), DenseDecoder(PlainSites(4)))])
def test_plain_numbers_and_autoencoders_are_not_exported(model):
    with pytest.raises(UserError, match="plain numbers, or one whose z is not sampled"):
        export(model, Dataset(np.zeros((5, 4)), data_type="continuous"))

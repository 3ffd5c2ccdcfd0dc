import numpy as np
import pytest

from varigate.model.nn.gradient_check import difference, numeric_gradient
from varigate.model.vae.encoders import ConvolutionalEncoder, DenseEncoder
from varigate.model.vae.sites import Sites

KINDS = [Sites(4, 0, 3), Sites(0, 5), Sites(3, 2)]
MAKERS = {"dense": lambda sites: DenseEncoder(sites, (6, 5), 3, "sigmoid"),
          "linear": lambda sites: DenseEncoder(sites, (), 2),
          "convolution": lambda sites: ConvolutionalEncoder(sites, (4, 3), 2, 3, "sigmoid")}


def samples(sites, rng, count=4):
    return np.concatenate([rng.integers(0, sites.local_dimension, (count, sites.discrete)),
                           rng.normal(size=(count, sites.continuous))], 1)


@pytest.mark.parametrize("sites", KINDS, ids=str)
@pytest.mark.parametrize("kind", MAKERS)
def test_shapes_and_gradients(kind, sites):
    rng = np.random.default_rng(0)
    encoder = MAKERS[kind](sites)
    parameters, x = encoder.initial(rng), samples(sites, rng)
    mean, logvar, saved = encoder.forward(parameters, x)
    assert mean.shape == logvar.shape == (4, encoder.latent)
    d_mean, d_logvar = rng.normal(size=(2, *mean.shape))

    def loss():
        mean, logvar, _ = encoder.forward(parameters, x)
        return float((mean * d_mean + logvar * d_logvar).sum())

    gradients = encoder.backward(parameters, saved, d_mean, d_logvar)
    assert gradients.keys() == parameters.keys()
    for name, gradient in gradients.items():
        assert difference(gradient, numeric_gradient(loss, parameters[name])) <= 1e-6


def test_a_convolution_reads_labels_and_values_in_channels_of_their_own():
    encoder = ConvolutionalEncoder(Sites(2, 1, 2), (4,))
    assert encoder.read(np.array([[1.0, 0.0, 7.0]])).tolist() == [[[0, 1, 0], [1, 0, 0], [0, 0, 7]]]
    assert ConvolutionalEncoder(Sites(0, 2), (4,)).read(np.array([[3.0, 4.0]])).tolist() == [[[3], [4]]]


def test_no_latents_are_refused():
    with pytest.raises(ValueError, match="latent is 0"):
        DenseEncoder(Sites(2), latent=0)

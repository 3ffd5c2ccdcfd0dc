import numpy as np
import pytest

from varigate.model.nn.gradient_check import difference, numeric_gradient
from varigate.model.vae.decoders import AutoregressiveDecoder, DenseDecoder
from varigate.model.vae.encoders import ConvolutionalEncoder, DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.sites import Sites

KINDS = [Sites(4, 0, 3), Sites(0, 4), Sites(2, 2)]
PAIRS = [(DenseEncoder, DenseDecoder), (ConvolutionalEncoder, AutoregressiveDecoder)]


def samples(sites, rng, count=5):
    return np.concatenate([rng.integers(0, sites.local_dimension, (count, sites.discrete)),
                           rng.normal(size=(count, sites.continuous))], 1)


def make(sites, encoder=DenseEncoder, decoder=DenseDecoder, latent=2):
    return VAEmodel(encoder(sites, (6,), latent, activation="sigmoid"), decoder(sites, (6,), latent, "sigmoid"))


@pytest.mark.parametrize("sites", KINDS, ids=str)
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[1].__name__)
def test_gradients_of_the_whole_loss(pair, sites):
    rng = np.random.default_rng(0)
    model, x, epsilon = make(sites, *pair).initialise(rng), samples(sites, rng), rng.normal(size=(5, 2))
    weights = {"beta": 0.7, "gamma": 1.3, "alpha": 0.4 if sites.data_type == "hybrid" else 0.0, "n_data": 50}
    loss, gradients = model.loss(x, epsilon, **weights)
    assert loss.total == pytest.approx(loss.reconstruction + 0.7 * loss.kl + 1.3 * loss.tc)
    assert gradients.keys() == model.parameters.keys()
    for name, gradient in gradients.items():
        numeric = numeric_gradient(lambda: model.loss(x, epsilon, **weights)[0].total, model.parameters[name])
        assert difference(gradient, numeric) <= 1e-6, name


def test_gradients_of_a_further_term_reach_the_encoder():
    rng = np.random.default_rng(0)
    model, x, epsilon = make(Sites(2, 2)).initialise(rng), samples(Sites(2, 2), rng), rng.normal(size=(5, 2))

    def further(mean, logvar, z):
        value = (mean**3).sum() + np.sin(logvar).sum() + (z[:, 0] * z[:, 1]).sum()
        return value, (3 * mean**2, np.cos(logvar), z[:, ::-1])

    bare, _ = model.loss(x, epsilon, alpha=0.4)
    loss, gradients = model.loss(x, epsilon, alpha=0.4, further=further)
    mean, logvar = model.encode(x)
    assert loss.total - bare.total == pytest.approx(further(mean, logvar, mean + np.exp(logvar / 2) * epsilon)[0])
    assert loss[1:] == bare[1:]
    for name, gradient in gradients.items():
        numeric = numeric_gradient(lambda: model.loss(x, epsilon, alpha=0.4, further=further)[0].total,
                                   model.parameters[name])
        assert difference(gradient, numeric) <= 1e-6, name


@pytest.mark.parametrize("sites", KINDS, ids=str)
def test_a_call_gives_mean_logvar_z_and_cp(sites):
    rng = np.random.default_rng(1)
    model, x = make(sites, latent=3).initialise(rng), samples(sites, rng)
    mean, logvar, z, cp = model(x, np.random.default_rng(2))
    assert mean.shape == logvar.shape == z.shape == (5, 3)
    np.testing.assert_array_equal(z, mean + np.exp(logvar / 2) * np.random.default_rng(2).standard_normal((5, 3)))
    for one, other in zip(sites.parts(cp), sites.parts(model.decode(z, x)), strict=True):
        assert (one is None) == (other is None) and (one is None or np.array_equal(one, other))


class Mirror:
    """An encoder and decoder of a user's own: one site, μ = w·x, log-variance −1; x̂ = w·z of variance 1."""

    sites, latent = Sites(0, 1), 1

    def initial(self, rng):
        return {"w": rng.normal(size=1)}


class Encoder(Mirror):
    def forward(self, parameters, x):
        return parameters["w"] * x, np.full_like(x, -1.0), x

    def backward(self, parameters, saved, d_mean, d_logvar):
        return {"w": (d_mean * saved).sum(keepdims=True)[0]}


class Decoder(Mirror):
    def forward(self, parameters, z, x):
        return np.stack([parameters["w"] * z, np.zeros_like(z)], -1), z

    def backward(self, parameters, saved, d_cp):
        return d_cp[..., 0] * parameters["w"], {"w": (d_cp[..., 0] * saved).sum(keepdims=True)[0]}

    def sample(self, parameters, z, rng):
        return parameters["w"] * z + rng.standard_normal(z.shape)


def test_any_pair_with_the_documented_interface_will_do():
    rng = np.random.default_rng(0)
    model, x, epsilon = VAEmodel(Encoder(), Decoder()).initialise(rng), rng.normal(size=(6, 1)), rng.normal(size=(6, 1))
    _, gradients = model.loss(x, epsilon)
    for name, gradient in gradients.items():
        numeric = numeric_gradient(lambda: model.loss(x, epsilon)[0].total, model.parameters[name])
        assert difference(gradient, numeric) <= 1e-6
    assert model.generate(7, rng).shape == (7, 1)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: VAEmodel(DenseEncoder(Sites(3), latent=2), DenseDecoder(Sites(3), latent=4)), "decoder has latent 4"),
    (lambda: VAEmodel(DenseEncoder(Sites(3)), DenseDecoder(Sites(4))), "decoder has sites"),
    (lambda: make(Sites(3))(np.zeros((1, 3)), np.random.default_rng(0)), "no parameters yet"),
    (lambda: make(Sites(3)).encode(np.zeros((1, 4))), r"x has shape \(1, 4\); \(batch, 3\)"),
    (lambda: make(Sites(3)).loss(np.full((5, 3), 2), np.zeros((5, 2))), r"x is 2 at \[0, 0\]"),
    (lambda: make(Sites(3)).loss(np.zeros((5, 3)), np.zeros((5, 3))), r"epsilon has shape \(5, 3\); \(5, 2\)"),
    (lambda: make(Sites(3)).decode(np.zeros((1, 3))), r"z has shape \(1, 3\); \(batch, 2\)"),
    (lambda: make(Sites(3)).decode(np.zeros((1, 2)), np.zeros((2, 3))), r"z has shape \(1, 2\); \(2, 2\)"),
    (lambda: make(Sites(3), DenseEncoder, AutoregressiveDecoder).initialise(np.random.default_rng(0)).decode(
        np.zeros((1, 2))), "x is None")])
def test_errors_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()

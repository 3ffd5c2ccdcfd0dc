import numpy as np
import pytest
from scipy import stats

from varigate.model.vae.bounds import importance_weighted_bound
from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.sites import Sites


def linear_model():
    """x = W·z + noise: log p(x) is known."""
    rng, sites = np.random.default_rng(0), Sites(0, 3)
    model = VAEmodel(DenseEncoder(sites, ()), DenseDecoder(sites, ())).initialise(rng)
    model.parameters["decoder.output.weights"][1::2] = 0  # log-variances are constants
    model.parameters["decoder.output.bias"][1::2] = -0.5
    model.parameters["encoder.logvar.bias"][:] = -0.8, -0.3
    weights = model.parameters["decoder.output.weights"][::2]
    return model, stats.multivariate_normal(np.zeros(3), weights @ weights.T + np.exp(-0.5) * np.eye(3))


def test_it_rises_to_the_exact_log_likelihood_and_one_sample_is_the_elbo():
    model, exact = linear_model()
    x = np.random.default_rng(1).normal(size=(300, 3))
    found = [importance_weighted_bound(model, x, np.random.default_rng(2), samples).mean() for samples in (1, 16, 2048)]
    assert found[0] < found[1] < found[2] == pytest.approx(exact.logpdf(x).mean(), abs=0.01)
    rng = np.random.default_rng(3)
    elbos = [-model.loss(x, rng.standard_normal((300, 2)))[0].total for _ in range(100)]
    ones = [importance_weighted_bound(model, x, rng, 1).mean() for _ in range(100)]
    error = np.hypot(np.std(elbos), np.std(ones)) / 10
    assert np.mean(ones) == pytest.approx(np.mean(elbos), abs=4 * error) and error < 0.05


def test_it_does_not_depend_on_the_chunks(monkeypatch):
    model, _ = linear_model()
    x = np.random.default_rng(1).normal(size=(40, 3))
    whole = importance_weighted_bound(model, x, np.random.default_rng(2), 4096)
    monkeypatch.setattr("varigate.model.vae.bounds.CHUNK", 4096 * 7)
    parts = importance_weighted_bound(model, x, np.random.default_rng(3), 4096)
    assert parts.shape == (40,)
    np.testing.assert_allclose(parts, whole, atol=0.5)
    assert abs(parts.mean() - whole.mean()) < 0.02


def test_no_samples_are_refused():
    model, _ = linear_model()
    with pytest.raises(ValueError, match="samples is 0; a whole number of at least 1"):
        importance_weighted_bound(model, np.zeros((2, 3)), np.random.default_rng(0), 0)

import numpy as np
import pytest

from varigate.model.data.whitening import within_class_whitening
from varigate.model.quantise.folding import fold
from varigate.model.train.fitting import vae
from varigate.model.train.recipes import TrainingSettings
from varigate.model.vae.plain_sites import PlainSites


def forward(model, x, epsilon):
    mean, logvar = model.encode(x)
    z = mean + np.exp(logvar / 2) * epsilon
    return mean, logvar, z, model.decode(z)


def test_grey_levels_become_codes():
    rng = np.random.default_rng(1)
    model = vae(TrainingSettings(hidden=(5,), output="sigmoid"), PlainSites(6, "sigmoid"), 0).initialise(rng)
    codes = rng.integers(0, 256, (20, 6))
    epsilon = rng.normal(size=(20, 2))
    folded = fold(model.parameters, None, activation="relu", output="sigmoid")
    *_, expected = forward(model, codes / 255, epsilon)
    np.testing.assert_allclose(folded.infer(codes, epsilon).logit, expected, atol=1e-9)
    np.testing.assert_allclose(folded.targets(codes), codes / 255)
    assert folded.whitening is None and folded.head is None


@pytest.mark.parametrize("output", ["linear", "sigmoid"])
@pytest.mark.parametrize("hidden", [(8,), (5, 3), ()])
def test_a_folded_network_is_the_network_between_two_maps(flowers, hidden, output):
    rng = np.random.default_rng(0)
    whitening = within_class_whitening(flowers.codes, flowers.labels)
    settings = TrainingSettings(hidden=hidden, activation="taylor", output=output)
    model, epsilon = vae(settings, PlainSites(4, output), 3).initialise(rng), rng.normal(size=(150, 2))
    mean, logvar, z, logit = forward(model, whitening(flowers.codes), epsilon)
    folded = fold(model.parameters, whitening, activation="taylor", output=output)
    result = folded.infer(flowers.codes, epsilon)
    np.testing.assert_allclose(result.mu, mean, atol=1e-9)
    np.testing.assert_allclose(2.0**result.v, np.exp(logvar / 2), rtol=1e-9)
    np.testing.assert_allclose(result.z, z, atol=1e-9)
    expected = logit if output == "sigmoid" else whitening.inverse(logit)
    np.testing.assert_allclose(result.logit, expected, atol=1e-8)
    np.testing.assert_allclose(folded.infer(flowers.codes).scores, model.class_scores(mean), atol=1e-9)

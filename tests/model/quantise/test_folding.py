import numpy as np
import pytest

from varigate.model.data.whitening import within_class_whitening
from varigate.model.quantise.folding import fold
from varigate.model.vae.vae import Vae


def test_grey_levels_become_codes():
    rng = np.random.default_rng(1)
    vae = Vae(6, (5,), 2, 0, "relu", "sigmoid")
    parameters, codes = vae.initial(rng), rng.integers(0, 256, (20, 6))
    epsilon = rng.normal(size=(20, 2))
    p, folded = vae.forward(parameters, codes / 255, epsilon), fold(parameters, None, activation="relu",
                                                                    output="sigmoid")
    np.testing.assert_allclose(folded.infer(codes, epsilon).logit, p.output, atol=1e-9)
    np.testing.assert_allclose(folded.targets(codes), codes / 255)
    assert folded.whitening is None and folded.head is None


@pytest.mark.parametrize("output", ["linear", "sigmoid"])
@pytest.mark.parametrize("hidden", [(8,), (5, 3), ()])
def test_a_folded_network_is_the_network_between_two_maps(flowers, hidden, output):
    rng = np.random.default_rng(0)
    whitening = within_class_whitening(flowers.codes, flowers.labels)
    vae = Vae(4, hidden, 2, 3, "taylor", output)
    parameters, epsilon = vae.initial(rng), rng.normal(size=(150, 2))
    p = vae.forward(parameters, whitening(flowers.codes), epsilon)
    folded = fold(parameters, whitening, activation="taylor", output=output)
    result = folded.infer(flowers.codes, epsilon)
    np.testing.assert_allclose(result.mu, p.mu, atol=1e-9)
    np.testing.assert_allclose(2.0**result.v, np.exp(p.logvar / 2), rtol=1e-9)
    np.testing.assert_allclose(result.z, p.z, atol=1e-9)
    expected = p.output if output == "sigmoid" else whitening.inverse(p.output)
    np.testing.assert_allclose(result.logit, expected, atol=1e-8)
    np.testing.assert_allclose(folded.infer(flowers.codes).scores,
                               p.mu @ parameters["head.weights"].T + parameters["head.bias"], atol=1e-9)

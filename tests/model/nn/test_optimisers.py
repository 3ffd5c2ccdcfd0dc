import numpy as np
import pytest

from varigate.model.nn.optimisers import SGD, AdaBelief, Adam


def test_the_first_steps_by_hand():
    parameters = {"w": np.array([1.0, -2.0])}
    adam, m, v, w = Adam(parameters, 0.1), 0.0, 0.0, np.array([1.0, -2.0])
    for step in range(1, 6):
        gradient = 3 * w
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        w = w - 0.1 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        adam.step({"w": 3 * parameters["w"]})
        np.testing.assert_allclose(parameters["w"], w, atol=1e-6)


def test_finds_the_minimum_of_a_parabola():
    parameters = {"w": np.zeros(3)}
    adam, target = Adam(parameters, 0.05), np.array([1.0, -0.5, 3.0])
    for step in range(2000):
        adam.rate = 0.05 * (1 - step / 2000)
        adam.step({"w": parameters["w"] - target})
    assert parameters["w"] == pytest.approx(target, abs=1e-3)


def test_decay_shrinks_weights_and_leaves_biases():
    parameters = {"a.weights": np.ones(1), "a.bias": np.ones(1)}
    Adam(parameters, 0.1, decay=0.5).step({name: np.zeros(1) for name in parameters})
    assert parameters["a.weights"] == pytest.approx([0.95]) and parameters["a.bias"] == [1]


def test_adabelief_by_hand():
    parameters = {"w": np.array([1.0, -2.0])}
    optimiser, m, s, w = AdaBelief(parameters, 0.1), 0.0, 0.0, np.array([1.0, -2.0])
    for step in range(1, 6):
        gradient = 3 * w + step
        m = 0.9 * m + 0.1 * gradient
        s = 0.999 * s + 0.001 * (gradient - m)**2 + 1e-16
        w = w - 0.1 * (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-16)
        optimiser.step({"w": 3 * parameters["w"] + step})
        np.testing.assert_allclose(parameters["w"], w, rtol=1e-12)


def test_momentum_by_hand():
    parameters = {"w": np.array([1.0])}
    optimiser = SGD(parameters, 0.1, momentum=0.5)
    for expected in (1 - 0.1 * 2, 1 - 0.1 * 2 - 0.1 * 3, 1 - 0.1 * 2 - 0.1 * 3 - 0.1 * 3.5):
        optimiser.step({"w": np.array([2.0])})
        assert parameters["w"] == pytest.approx([expected])


@pytest.mark.parametrize("optimiser", [SGD, AdaBelief, Adam])
def test_the_rate_scales_the_first_step(optimiser):
    steps = []
    for rate in (0.01, 0.03):
        parameters = {"w": np.array([1.0, 2.0])}
        optimiser(parameters, rate).step({"w": np.array([0.5, -4.0])})
        steps.append(parameters["w"] - [1, 2])
    np.testing.assert_allclose(steps[1], 3 * steps[0], rtol=1e-12)
    assert np.all(np.sign(steps[0]) == [-1, 1])

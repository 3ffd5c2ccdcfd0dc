import numpy as np
import pytest

from varigate.explore.joint.predictors import LayerNet, PairNet
from varigate.model.nn.gradient_check import difference, numeric_gradient


def double(parameters):
    return {name: value.astype(np.float64) for name, value in parameters.items()}


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("paired", [False, True])
def test_gradients_of_the_pair_network(activation, paired):
    rng = np.random.default_rng(0)
    net = PairNet("pair", 2, 3, (5, 4), 2, activation)
    parameters = double(net.initial(rng))
    z, features = rng.normal(size=(4, 2)), rng.normal(size=(4 if paired else 3, 3))
    weights = rng.normal(size=(4, 1 if paired else 3, 2))

    def value():
        return (weights * net.forward(parameters, z, features, paired=paired)[0]).sum()

    gradients = {}
    saved = net.forward(parameters, z, features, paired=paired)[1]
    at_z = net.backward(parameters, saved, weights, gradients, paired=paired)
    assert difference(at_z, numeric_gradient(value, z)) <= 1e-6
    assert gradients.keys() == parameters.keys()
    for name, gradient in gradients.items():
        assert difference(gradient, numeric_gradient(value, parameters[name])) <= 1e-6, name


def test_gradients_of_the_layer_network():
    rng = np.random.default_rng(0)
    net = LayerNet("layer", 3, (5,), 2, "tanh")
    parameters, features, weights = double(net.initial(rng)), rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    gradients = {}
    net.backward(parameters, net.forward(parameters, features)[1], weights, gradients)
    assert gradients.keys() == parameters.keys()
    for name, gradient in gradients.items():
        numeric = numeric_gradient(lambda: (weights * net.forward(parameters, features)[0]).sum(), parameters[name])
        assert difference(gradient, numeric) <= 1e-6, name


def test_pairs_are_the_diagonal_of_the_table():
    rng = np.random.default_rng(1)
    net = PairNet("pair", 2, 3, (8, 8), 2, "tanh")
    parameters, z, features = net.initial(rng), rng.normal(size=(4, 2)), rng.normal(size=(4, 3))
    table = net.forward(parameters, z, features)[0]
    assert table.shape == (4, 4, 2) and table.dtype == np.float32
    pairs = net.forward(parameters, z, features, paired=True)[0]
    np.testing.assert_allclose(pairs[:, 0], table[np.arange(4), np.arange(4)], rtol=1e-5, atol=1e-6)

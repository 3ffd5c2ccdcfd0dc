import numpy as np
import pytest

from varigate.model.nn.gradient_check import difference, numeric_gradient
from varigate.model.nn.layers import Activate, Chain, CircularConvolution, Dense, hidden_layers

MASK = np.array([[1, 0, 1], [1, 1, 0], [0, 0, 0], [1, 1, 1]], bool)
LAYERS = {
    "dense": (Dense("a", 3, 4), (5, 3)),
    "masked": (Dense("a", 3, 4, mask=MASK), (5, 3)),
    "convolution": (CircularConvolution("a", 2, 3, 3), (4, 6, 2)),
    "even convolution": (CircularConvolution("a", 1, 2, 4), (4, 5, 1)),
    "sigmoid": (Activate("sigmoid"), (3, 4)),
    "chain": (Chain([Dense("a", 3, 4), Activate("sigmoid"), Dense("b", 4, 2)]), (5, 3)),
    "hidden": (hidden_layers(3, (5, 4), "sigmoid"), (5, 3)),
    "none": (hidden_layers(3, (), "relu"), (5, 3)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_gradients_against_finite_differences(name):
    rng = np.random.default_rng(0)
    layer, shape = LAYERS[name]
    parameters, x = layer.initial(rng), rng.normal(size=shape)
    parameters = {key: value + rng.normal(0, 0.1, value.shape) for key, value in parameters.items()}
    y, saved = layer.forward(parameters, x)
    delta, gradients = rng.normal(size=y.shape), {}
    at_x = layer.backward(parameters, saved, delta, gradients)
    assert gradients.keys() == parameters.keys()
    for gradient, array in [(at_x, x), *((gradients[key], parameters[key]) for key in parameters)]:
        numeric = numeric_gradient(lambda: float((layer.forward(parameters, x)[0] * delta).sum()), array)
        assert difference(gradient, numeric) <= 1e-6


def test_a_convolution_by_its_definition_and_it_turns_with_the_ring():
    rng = np.random.default_rng(1)
    layer, x = CircularConvolution("a", 2, 3, 3), rng.normal(size=(2, 5, 2))
    parameters = layer.initial(rng)
    weights = parameters["a.weights"]
    expected = [[[sum(weights[o, k] @ x[n, (i + k - 1) % 5] for k in range(3)) for o in range(3)] for i in range(5)]
                for n in range(2)]
    y, _ = layer.forward(parameters, x)
    np.testing.assert_allclose(y, expected, rtol=1e-12)
    np.testing.assert_allclose(layer.forward(parameters, np.roll(x, 2, 1))[0], np.roll(y, 2, 1), rtol=1e-12)


def test_what_is_masked_out_is_not_read_whatever_its_weight():
    layer = Dense("a", 3, 4, mask=MASK)
    parameters = {"a.weights": np.ones((4, 3)), "a.bias": np.zeros(4)}
    assert layer.forward(parameters, np.array([[1.0, 10.0, 100.0]]))[0].tolist() == [[101, 11, 0, 111]]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: Activate("tan"), "activation is one of relu, .* not 'tan'"),
    (lambda: hidden_layers(3, (4, 0), "relu"), r"hidden is \(4, 0\)"),
    (lambda: CircularConvolution("a", 1, 1, 0), "width is 0")])
def test_impossible_layers_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

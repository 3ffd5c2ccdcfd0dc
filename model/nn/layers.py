"""Layers with manual back-propagation. Parameters are a dict of arrays by `LAYER.weights`, `LAYER.bias`.

A layer has `initial(rng)`, its random parameters; `forward(parameters, x)`, which returns its output and what the way
back needs; and `backward(parameters, saved, delta, gradients)`, which takes the loss's gradient `delta` at its output,
puts those of its parameters into `gradients` and returns the one at its input.

All but the convolution take leading axes, on parameters and data alike: R networks of one shape are computed at once as
parameters (R, outputs, inputs) on data (R, batch, inputs), independently of each other. What is computed is of the
parameters' type, float64 or float32.
"""

import numpy as np

from varigate.model.nn.activations import find

__all__ = ["Activate", "Chain", "CircularConvolution", "Dense", "hidden_layers"]


class Dense:
    """A dense layer: y = x·(W∘mask)ᵀ + b, x (…, batch, inputs) to y (…, batch, outputs).

    Parameters
    ----------
    name : str
        its parameters are `NAME.weights` (outputs, inputs) and `NAME.bias` (outputs,).
    inputs, outputs : int
    mask : bool array (outputs, inputs), optional
        which outputs may depend on which inputs; None: all on all.
    gain : float
        variance of the initial sums for inputs of variance 1: the weights start as normal numbers, the bias as zero.

    Examples
    --------
    >>> layer = Dense("0", 4, 3)
    >>> parameters = layer.initial(np.random.default_rng(0))
    >>> y, saved = layer.forward(parameters, np.ones((5, 4)))
    >>> gradients = {}
    >>> layer.backward(parameters, saved, np.ones_like(y), gradients).shape, gradients["0.weights"].shape
    ((5, 4), (3, 4))
    """

    def __init__(self, name: str, inputs: int, outputs: int, *, mask=None, gain: float = 1.0):
        self.name, self.inputs, self.outputs, self.mask, self.gain = name, inputs, outputs, mask, gain

    def initial(self, rng) -> dict:
        fan = self.inputs if self.mask is None else np.maximum(self.mask.sum(1, keepdims=True), 1)
        weights = rng.normal(size=(self.outputs, self.inputs)) * np.sqrt(self.gain / fan)
        return {f"{self.name}.weights": self._masked(weights), f"{self.name}.bias": np.zeros(self.outputs)}

    def _masked(self, weights):
        return weights if self.mask is None else weights * self.mask

    def forward(self, parameters, x):
        weights, bias = self._masked(parameters[f"{self.name}.weights"]), parameters[f"{self.name}.bias"]
        return x @ weights.mT + bias[..., None, :], x

    def backward(self, parameters, saved, delta, gradients):
        gradients[f"{self.name}.weights"] = self._masked(delta.mT @ saved)
        gradients[f"{self.name}.bias"] = delta.sum(-2)
        return delta @ self._masked(parameters[f"{self.name}.weights"])


class CircularConvolution:
    """A convolution on a ring: y[n, i, o] = b[o] + Σ_k Σ_c W[o, k, c]·x[n, i + k − ⌊width/2⌋ mod length, c].

    x: (batch, length, inputs), y: (batch, length, outputs); the rest as for `Dense`.

    Examples
    --------
    >>> layer = CircularConvolution("0", 2, 3, width=3)
    >>> y, saved = layer.forward(layer.initial(np.random.default_rng(0)), np.ones((5, 8, 2)))
    >>> y.shape
    (5, 8, 3)
    """

    def __init__(self, name: str, inputs: int, outputs: int, width: int, *, gain: float = 1.0):
        if width < 1:
            raise ValueError(f"width is {width}; a convolution is at least 1 wide")
        self.name, self.inputs, self.outputs, self.width, self.gain = name, inputs, outputs, width, gain

    def initial(self, rng) -> dict:
        weights = rng.normal(size=(self.outputs, self.width, self.inputs)) * np.sqrt(
            self.gain / (self.width * self.inputs))
        return {f"{self.name}.weights": weights, f"{self.name}.bias": np.zeros(self.outputs)}

    def _flat(self, parameters):
        return parameters[f"{self.name}.weights"].reshape(self.outputs, -1)

    def forward(self, parameters, x):
        shifted = [np.roll(x, self.width // 2 - k, axis=1) for k in range(self.width)]
        windows = np.concatenate(shifted, -1)
        return windows @ self._flat(parameters).T + parameters[f"{self.name}.bias"], windows

    def backward(self, parameters, saved, delta, gradients):
        gradients[f"{self.name}.weights"] = np.tensordot(delta, saved, ([0, 1], [0, 1])).reshape(
            parameters[f"{self.name}.weights"].shape)
        gradients[f"{self.name}.bias"] = delta.sum((0, 1))
        windows = delta @ self._flat(parameters)
        return sum(np.roll(each, k - self.width // 2, axis=1)
                   for k, each in enumerate(np.split(windows, self.width, -1)))


class Activate:
    """A layer that applies an activation, by its name, to arrays of any shape.

    Examples
    --------
    >>> Activate("relu").forward({}, np.array([-1.0, 2.0]))[0].tolist()
    [0.0, 2.0]
    """

    def __init__(self, kind: str):
        self.activation = find(kind)

    def initial(self, rng) -> dict:
        return {}

    def forward(self, parameters, x):
        y = self.activation.value(x)
        return y, (x, y)

    def backward(self, parameters, saved, delta, gradients):
        return delta * self.activation.slope(*saved)


class Chain:
    """A chain of layers, one after the other; itself a layer.

    Examples
    --------
    >>> chain = Chain([Dense("0", 4, 8), Activate("relu"), Dense("1", 8, 2)])
    >>> sorted(chain.initial(np.random.default_rng(0)))
    ['0.bias', '0.weights', '1.bias', '1.weights']
    """

    def __init__(self, layers):
        self.layers = list(layers)

    def initial(self, rng) -> dict:
        return {name: value for layer in self.layers for name, value in layer.initial(rng).items()}

    def forward(self, parameters, x):
        saved = []
        for layer in self.layers:
            x, each = layer.forward(parameters, x)
            saved.append(each)
        return x, saved

    def backward(self, parameters, saved, delta, gradients):
        for layer, each in zip(reversed(self.layers), reversed(saved), strict=True):
            delta = layer.backward(parameters, each, delta, gradients)
        return delta


def hidden_layers(inputs: int, widths, activation: str) -> Chain:
    """A chain of dense layers `0`, `1`, … of the given widths, each with its activation; the identity for no widths.

    Examples
    --------
    >>> layers = hidden_layers(4, (8, 2), "relu")
    >>> layers.forward(layers.initial(np.random.default_rng(0)), np.ones((5, 4)))[0].shape
    (5, 2)
    """
    if any(width < 1 for width in widths):
        raise ValueError(f"hidden is {tuple(widths)}; every layer has at least one unit")
    layers = []
    for index, width in enumerate(widths):
        layers += [Dense(str(index), inputs, width, gain=find(activation).gain), Activate(activation)]
        inputs = width
    return Chain(layers)

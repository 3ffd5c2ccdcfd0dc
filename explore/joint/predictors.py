"""Predictors: dense networks of a design's latents and a layer's features.

Parameters are a dict of arrays. They are float32, since there are many pairs of designs and layers and errors of 1e-7
do not matter; results have the parameters' type.
"""

from itertools import pairwise

import numpy as np

from varigate.model.nn.activations import find
from varigate.model.nn.layers import Activate, Chain, Dense

__all__ = ["LayerNet", "PairNet"]


def _body(prefix: str, widths, outputs: int, activation: str) -> Chain:
    """An activation, then dense layers from width to width, each with its activation, then a linear layer."""
    gain, layers = find(activation).gain, [Activate(activation)]
    for index, (before, after) in enumerate(pairwise(widths)):
        layers += [Dense(f"{prefix}.{index}", before, after, gain=gain), Activate(activation)]
    return Chain([*layers, Dense(f"{prefix}.output", widths[-1], outputs, gain=0.1)])  # starts near the mean, 0


def _single(parameters: dict) -> dict:
    return {name: value.astype(np.float32) for name, value in parameters.items()}


class PairNet:
    """A network f(z, features) of each design z (designs, nz) on each layer (layers, columns).

    Outputs are (designs, layers, outputs). The first layer is a sum of a layer of z and a layer of the features, so its
    time grows with designs + layers, not with their product.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> net = PairNet("pair", nz=2, columns=3, widths=(8,), outputs=1, activation="tanh")
    >>> net.forward(net.initial(rng), np.zeros((5, 2)), np.zeros((4, 3)))[0].shape
    (5, 4, 1)
    """

    def __init__(self, prefix: str, nz: int, columns: int, widths, outputs: int, activation: str):
        gain = find(activation).gain
        share = nz + columns
        self.of_z = Dense(f"{prefix}.z", nz, widths[0], gain=gain * nz / share)
        self.of_layer = Dense(f"{prefix}.layer", columns, widths[0], gain=gain * columns / share)
        self.body, self.outputs = _body(prefix, tuple(widths), outputs, activation), outputs

    def initial(self, rng) -> dict:
        """Random parameters by name, float32."""
        return _single(self.of_z.initial(rng) | self.of_layer.initial(rng) | self.body.initial(rng))

    def forward(self, parameters, z, features, *, paired: bool = False):
        """Outputs, and the state for `backward`. paired: row i of z with row i of features, (n, 1, outputs)."""
        dtype = parameters[f"{self.of_z.name}.bias"].dtype
        at_z, saved_z = self.of_z.forward(parameters, z.astype(dtype))
        at_layer, saved_layer = self.of_layer.forward(parameters, features.astype(dtype))
        hidden = at_z[:, None] + (at_layer[:, None] if paired else at_layer)
        outputs, saved = self.body.forward(parameters, hidden.reshape(-1, hidden.shape[-1]))
        return outputs.reshape(*hidden.shape[:2], -1), (hidden.shape, saved_z, saved_layer, saved)

    def backward(self, parameters, saved, delta, gradients, *, paired: bool = False):
        """Writes the parameters' gradients to `gradients`; returns the gradient at z (designs, nz)."""
        shape, saved_z, saved_layer, saved = saved
        flat = delta.astype(parameters[f"{self.of_z.name}.bias"].dtype).reshape(-1, self.outputs)
        at_hidden = self.body.backward(parameters, saved, flat, gradients).reshape(shape)
        self.of_layer.backward(parameters, saved_layer, at_hidden.sum(1 if paired else 0), gradients)
        return self.of_z.backward(parameters, saved_z, at_hidden.sum(1), gradients)


class LayerNet:
    """A network f(features) (layers, outputs), for values that are the same for all designs.

    Examples
    --------
    >>> net = LayerNet("layer", columns=3, widths=(8,), outputs=2, activation="tanh")
    >>> net.forward(net.initial(np.random.default_rng(0)), np.zeros((4, 3)))[0].shape
    (4, 2)
    """

    def __init__(self, prefix: str, columns: int, widths, outputs: int, activation: str):
        self.first = Dense(f"{prefix}.layer", columns, widths[0])
        self.body = _body(prefix, tuple(widths), outputs, activation)

    def initial(self, rng) -> dict:
        """Random parameters by name, float32."""
        return _single(self.first.initial(rng) | self.body.initial(rng))

    def forward(self, parameters, features):
        """Outputs (layers, outputs) at features (layers, columns), and the state for `backward`."""
        dtype = parameters[f"{self.first.name}.bias"].dtype
        hidden, saved = self.first.forward(parameters, features.astype(dtype))
        outputs, deeper = self.body.forward(parameters, hidden)
        return outputs, (saved, deeper)

    def backward(self, parameters, saved, delta, gradients):
        """Writes the parameters' gradients to `gradients`; delta: the gradient at the outputs."""
        first, deeper = saved
        self.first.backward(parameters, first, self.body.backward(parameters, deeper, delta, gradients), gradients)

"""Predictors: dense networks that read a design's place in the latent space beside a layer's features.

Parameters are a dict of arrays, made in float32: the pairs of designs and layers are many, and noise of 1e-7 is no
matter. What is computed is of the parameters' type.
"""

from itertools import pairwise

import numpy as np

from varigate.model.nn.activations import find
from varigate.model.nn.layers import Activate, Chain, Dense

__all__ = ["LayerNet", "PairNet"]


def _body(prefix: str, widths, outputs: int, activation: str) -> Chain:
    """An activation first, then dense layers from width to width, each with its activation, and a linear one last."""
    gain, layers = find(activation).gain, [Activate(activation)]
    for index, (before, after) in enumerate(pairwise(widths)):
        layers += [Dense(f"{prefix}.{index}", before, after, gain=gain), Activate(activation)]
    return Chain([*layers, Dense(f"{prefix}.output", widths[-1], outputs, gain=0.1)])  # starts near the mean, 0


def _single(parameters: dict) -> dict:
    return {name: value.astype(np.float32) for name, value in parameters.items()}


class PairNet:
    """f(z, features) (designs, layers, outputs) of every design z (designs, nz) on every layer (layers, columns).

    The first layer is a sum of one of z and one of the features, so that it costs designs + layers, not their product.
    """

    def __init__(self, prefix: str, nz: int, columns: int, widths, outputs: int, activation: str):
        gain = find(activation).gain
        share = nz + columns
        self.of_z = Dense(f"{prefix}.z", nz, widths[0], gain=gain * nz / share)
        self.of_layer = Dense(f"{prefix}.layer", columns, widths[0], gain=gain * columns / share)
        self.body, self.outputs = _body(prefix, tuple(widths), outputs, activation), outputs

    def initial(self, rng) -> dict:
        return _single(self.of_z.initial(rng) | self.of_layer.initial(rng) | self.body.initial(rng))

    def forward(self, parameters, z, features, *, paired: bool = False):
        """Outputs, and what the way back needs. paired: row i of z with row i of features, (n, 1, outputs)."""
        dtype = parameters[f"{self.of_z.name}.bias"].dtype
        at_z, saved_z = self.of_z.forward(parameters, z.astype(dtype))
        at_layer, saved_layer = self.of_layer.forward(parameters, features.astype(dtype))
        hidden = at_z[:, None] + (at_layer[:, None] if paired else at_layer)
        outputs, saved = self.body.forward(parameters, hidden.reshape(-1, hidden.shape[-1]))
        return outputs.reshape(*hidden.shape[:2], -1), (hidden.shape, saved_z, saved_layer, saved)

    def backward(self, parameters, saved, delta, gradients, *, paired: bool = False):
        """Puts the parameters' gradients into `gradients`; returns the one at z (designs, nz)."""
        shape, saved_z, saved_layer, saved = saved
        flat = delta.astype(parameters[f"{self.of_z.name}.bias"].dtype).reshape(-1, self.outputs)
        at_hidden = self.body.backward(parameters, saved, flat, gradients).reshape(shape)
        self.of_layer.backward(parameters, saved_layer, at_hidden.sum(1 if paired else 0), gradients)
        return self.of_z.backward(parameters, saved_z, at_hidden.sum(1), gradients)


class LayerNet:
    """f(features) (layers, outputs): what is the same for all designs."""

    def __init__(self, prefix: str, columns: int, widths, outputs: int, activation: str):
        self.first = Dense(f"{prefix}.layer", columns, widths[0])
        self.body = _body(prefix, tuple(widths), outputs, activation)

    def initial(self, rng) -> dict:
        return _single(self.first.initial(rng) | self.body.initial(rng))

    def forward(self, parameters, features):
        dtype = parameters[f"{self.first.name}.bias"].dtype
        hidden, saved = self.first.forward(parameters, features.astype(dtype))
        outputs, deeper = self.body.forward(parameters, hidden)
        return outputs, (saved, deeper)

    def backward(self, parameters, saved, delta, gradients):
        first, deeper = saved
        self.first.backward(parameters, first, self.body.backward(parameters, deeper, delta, gradients), gradients)

"""Equalisation: each ReLU unit is scaled by a power of two, and the weights that read it by the inverse.

ReLU(c·x) = c·ReLU(x) for c > 0, so the network computes the same; but the units of a layer, which share one format, all
come to use its range (M. Nagel et al., "Data-free quantization through weight equalization and bias correction", 2019).
"""

import numpy as np

from varigate.model.quantise.float_network import Affine

__all__ = ["equalise", "frac_for", "layer_fracs", "weight_fracs"]

WEIGHT_LIMIT = 127
RELU_LIMIT = 255


def frac_for(greatest: float, high: int, low: int = -8, most: int = 16) -> int:
    """The most fraction bits, within `low`…`most`, with which `greatest` ≥ 0 still rounds to `high` or less.

    Examples
    --------
    >>> frac_for(1.5, 127)
    6
    """
    if greatest <= 0:
        return most
    return int(np.clip(np.floor(np.log2((high + 0.499) / greatest)), low, most))


def weight_fracs(layer: Affine, limit: int = WEIGHT_LIMIT) -> np.ndarray:
    """The fraction bits that each row's weights can have within ±`limit`; int64 (outputs,).

    Examples
    --------
    >>> weight_fracs(Affine(np.array([[0.5], [3.0]]), np.zeros(2))).tolist()
    [7, 5]
    """
    return np.array([frac_for(np.abs(row).max(), limit, -24, 40) for row in layer.weights])


def layer_fracs(layers, greatest, source_frac: int) -> list[int]:
    """The fraction bits of each hidden layer's format without equalisation; arguments as of `equalise`.

    Examples
    --------
    >>> layer_fracs([Affine(np.array([[0.5], [3.0]]), np.zeros(2))], [np.array([1.0, 6.0])], source_frac=0)
    [5]
    """
    fracs = []
    for layer, values in zip(layers, greatest, strict=True):
        source_frac = min(frac_for(values.max(), RELU_LIMIT), source_frac + int(weight_fracs(layer).min()))
        fracs.append(source_frac)
    return fracs


def equalise(layers, after, greatest, source_frac: int):
    """Equalise hidden ReLU layers; returns `layers` and `after`, scaled, and the fraction bits of each hidden layer.

    Parameters
    ----------
    layers, after : sequences of Affine
        `after` are those that read the last of `layers`, or the input when there is none.
    greatest : sequence of arrays (width,)
        each hidden unit's greatest activation over the training data.
    source_frac : int
        fraction bits of the first layer's input.

    A unit's activations are as fine as 8 bits allow, unless its row would then have to shift left: then as fine as its
    weights are. A unit that the training data never excite is left alone.

    Examples
    --------
    >>> layer, last = Affine(np.array([[0.5], [3.0]]), np.zeros(2)), Affine(np.ones((1, 2)), np.zeros(1))
    >>> (scaled,), (after,), fracs = equalise([layer], [last], [np.array([1.0, 6.0])], source_frac=0)
    >>> scaled.weights.tolist(), after.weights.tolist(), fracs
    ([[2.0], [3.0]], [[0.25, 1.0]], [5])
    """
    layers, after, fracs = list(layers), list(after), []
    for index, layer in enumerate(layers):
        own = np.minimum([frac_for(value, RELU_LIMIT) for value in greatest[index]], weight_fracs(layer) + source_frac)
        excited = greatest[index] > 0
        source_frac = int(own[excited].min() if excited.any() else own.min())
        own = np.where(excited, own, np.minimum(own, source_frac))
        scale = 2.0 ** (own - source_frac)
        layers[index] = Affine(layer.weights * scale[:, None], layer.bias * scale)
        if index + 1 < len(layers):
            layers[index + 1] = Affine(layers[index + 1].weights / scale, layers[index + 1].bias)
        else:
            after = [Affine(each.weights / scale, each.bias) for each in after]
        fracs.append(source_frac)
    return layers, after, fracs

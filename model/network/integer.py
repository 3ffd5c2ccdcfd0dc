"""Integer inference: the definition of what the hardware computes.

Everything is int64 and exact; the leading axes of every array are the batch.

In hardware: `gateware.core.vae.FoldedVae`, `gateware.engine.matmul.MatrixEngine`, `gateware.units.argmax.ArgMax`.
"""

from dataclasses import dataclass

import numpy as np

from varigate.model.fixedpoint.formats import requantise
from varigate.model.fixedpoint.sampling import mean_latent, sample
from varigate.model.network.network import IntegerLayer, Network

__all__ = ["Inference", "class_scores", "classify", "decode", "dense", "encode", "infer", "products"]


@dataclass(frozen=True, eq=False)
class Inference:
    """The results of one inference: int64 arrays, one row a sample.

    Members
    -------
    mu, v : (n, latent)
        means (s16.8) and log2 σ (s8.4).
    z, mu_z : (n, latent)
        the sample and the rounded mean, in the network's format `z`.
    scores, cls : (n, classes), (n,)
        class scores, and the index of the greatest.
    logit, output : (n, outputs)
        the last layer's values before and after its activation.

    Examples
    --------
    >>> from varigate import load
    >>> found = infer(load("iris"), [[51, 35, 14, 2]])
    >>> found.mu.shape, found.scores.shape, found.output.tolist()
    ((1, 2), (1, 3), [[50, 34, 15, 2]])
    """

    mu: np.ndarray
    v: np.ndarray
    z: np.ndarray
    mu_z: np.ndarray
    scores: np.ndarray
    cls: np.ndarray
    logit: np.ndarray
    output: np.ndarray


EXACT = 1 << 53  # float64 holds every integer up to this one


def products(weights, x) -> np.ndarray:
    """Multiply int64 arrays exactly: x (…, inputs) @ weights.T, with weights (outputs, inputs); int64 (…, outputs).

    Where no partial sum, in whatever order, can reach 2⁵³, float64 has no rounding to do: its matrix product, some
    fifty times faster, is then the same.

    Examples
    --------
    >>> products(np.array([[1, 2], [3, 4]]), np.array([10, 1])).tolist()
    [12, 34]
    """
    greatest = max(int(x.max(initial=0)), -int(x.min(initial=0)))
    if int(np.abs(weights).sum(1).max()) * greatest < EXACT:
        return (x.astype(np.float64) @ weights.T.astype(np.float64)).astype(np.int64)
    return x @ weights.T


def dense(layer: IntegerLayer, x) -> np.ndarray:
    """Compute a layer: x (…, inputs) to requantised values (…, outputs), before a sigmoid, but after a ReLU.

    A ReLU is the saturation to an unsigned format. A ValueError for x of another width.

    Examples
    --------
    >>> from varigate import load
    >>> network = load("iris")
    >>> dense(network.encoder[0], [51, 35, 14, 2]).shape
    (8,)
    """
    x = np.asarray(x, dtype=np.int64)
    if x.shape[-1:] != (layer.inputs,):
        raise ValueError(f"x has shape {x.shape}, the layer takes (…, {layer.inputs})")
    return requantise(products(layer.weights, x) + layer.bias, layer.shift, layer.format)


def activate(network: Network, layer: IntegerLayer, values) -> np.ndarray:
    """Apply the activation of `layer` to requantised `values`."""
    return network.sigmoid(values) if layer.unit.sigmoid else values


def encode(network: Network, x) -> tuple[np.ndarray, np.ndarray]:
    """Encode x (…, inputs), in the format `network.input`, to μ (s16.8) and v = log2 σ (s8.4), each (…, latent).

    Examples
    --------
    >>> from varigate import load
    >>> mu, v = encode(load("iris"), [51, 35, 14, 2])
    >>> mu.shape, v.shape
    ((2,), (2,))
    """
    for layer in network.encoder:
        x = activate(network, layer, dense(layer, x))
    return dense(network.mu, x), dense(network.v, x)


def class_scores(network: Network, mu_z) -> np.ndarray:
    """Compute the class scores (…, classes) of μz (…, latent); classes is 0 without a head.

    Examples
    --------
    >>> from varigate import load
    >>> class_scores(load("iris"), [[0, 0]]).shape
    (1, 3)
    """
    if network.head is None:
        return np.zeros((*np.shape(mu_z)[:-1], 0), dtype=np.int64)
    return dense(network.head, mu_z)


def classify(scores) -> np.ndarray:
    """The index (…) of the greatest score of scores (…, classes), ties to the lowest; zero without classes.

    Examples
    --------
    >>> classify(np.array([[3, 7, 7]])).tolist()
    [1]
    """
    return scores.argmax(-1) if scores.shape[-1] else np.zeros(scores.shape[:-1], dtype=np.int64)


def decode(network: Network, z) -> tuple[np.ndarray, np.ndarray]:
    """Decode z (…, latent) to the last layer's requantised values and the output, each (…, outputs).

    Examples
    --------
    >>> from varigate import load
    >>> logit, output = decode(load("iris"), [[0, 0]])
    >>> output.shape
    (1, 4)
    """
    for layer in network.decoder[:-1]:
        z = activate(network, layer, dense(layer, z))
    logit = dense(network.decoder[-1], z)
    return logit, activate(network, network.decoder[-1], logit)


def infer(network: Network, x, epsilon=None) -> Inference:
    """Run x (n, inputs) through encoder, sampling, class head and decoder, with ε (n, latent), or None for ε off.

    Examples
    --------
    >>> from varigate import load
    >>> network = load("iris")
    >>> network.class_names[infer(network, [[51, 35, 14, 2]]).cls[0]]
    'setosa'
    """
    mu, v = encode(network, x)
    mu_z = mean_latent(mu, network.z)
    z = mu_z if epsilon is None else sample(network.sigma_table, mu, v, epsilon, network.z)
    scores = class_scores(network, mu_z)
    logit, output = decode(network, z)
    return Inference(mu, v, z, mu_z, scores, classify(scores), logit, output)

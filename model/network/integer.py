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
    """All that one pass computes; integers, one row a sample.

    mu, v, z, mu_z: (n, latent); scores: (n, classes); cls: (n,); logit, output: (n, outputs).
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
    """x @ weights.T for int64 arrays x (…, inputs) and weights (outputs, inputs), exactly; int64.

    Where no partial sum, in whatever order, can reach 2⁵³, float64 has no rounding to do: its matrix product, some
    fifty times faster, is then the same.
    """
    greatest = max(int(x.max(initial=0)), -int(x.min(initial=0)))
    if int(np.abs(weights).sum(1).max()) * greatest < EXACT:
        return (x.astype(np.float64) @ weights.T.astype(np.float64)).astype(np.int64)
    return x @ weights.T


def dense(layer: IntegerLayer, x) -> np.ndarray:
    """x (…, inputs) to requantised values (…, outputs), before a sigmoid but after a ReLU, which is a saturation."""
    x = np.asarray(x, dtype=np.int64)
    if x.shape[-1:] != (layer.inputs,):
        raise ValueError(f"x has shape {x.shape}, the layer takes (…, {layer.inputs})")
    return requantise(products(layer.weights, x) + layer.bias, layer.shift, layer.format)


def activate(network: Network, layer: IntegerLayer, values) -> np.ndarray:
    """The activation of `layer` on requantised `values`."""
    return network.sigmoid(values) if layer.unit.sigmoid else values


def encode(network: Network, x) -> tuple[np.ndarray, np.ndarray]:
    """x (…, inputs) in `network.input` to μ and v, each (…, latent)."""
    for layer in network.encoder:
        x = activate(network, layer, dense(layer, x))
    return dense(network.mu, x), dense(network.v, x)


def class_scores(network: Network, mu_z) -> np.ndarray:
    """μz (…, latent) to class scores (…, classes); classes is 0 without a head."""
    if network.head is None:
        return np.zeros((*np.shape(mu_z)[:-1], 0), dtype=np.int64)
    return dense(network.head, mu_z)


def classify(scores) -> np.ndarray:
    """The index of the greatest score, ties to the lowest; zero without classes."""
    return scores.argmax(-1) if scores.shape[-1] else np.zeros(scores.shape[:-1], dtype=np.int64)


def decode(network: Network, z) -> tuple[np.ndarray, np.ndarray]:
    """z (…, latent) to the last layer's requantised values and the output, each (…, outputs)."""
    for layer in network.decoder[:-1]:
        z = activate(network, layer, dense(layer, z))
    logit = dense(network.decoder[-1], z)
    return logit, activate(network, network.decoder[-1], logit)


def infer(network: Network, x, epsilon=None) -> Inference:
    """x (n, inputs) and ε (n, latent), or None for ε off, through encoder, sampling, class head and decoder."""
    mu, v = encode(network, x)
    mu_z = mean_latent(mu, network.z)
    z = mu_z if epsilon is None else sample(network.sigma_table, mu, v, epsilon, network.z)
    scores = class_scores(network, mu_z)
    logit, output = decode(network, z)
    return Inference(mu, v, z, mu_z, scores, classify(scores), logit, output)

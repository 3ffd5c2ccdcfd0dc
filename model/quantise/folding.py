"""Folding: the map before a VAE, and its inverse behind it, become part of the first and last layers."""

import re

import numpy as np

from varigate.model.data.whitening import Whitening
from varigate.model.quantise.float_network import Affine, FloatNetwork

__all__ = ["fold"]

LOG2_SIGMA = 0.5 / np.log(2)  # v = log2 σ = ½·log2(e)·ℓ, for the log-variance ℓ


def fold(parameters: dict, whitening: Whitening | None, *, activation: str, output: str) -> FloatNetwork:
    """Turn a VAE that was trained on `u = whitening(codes)` into a network that reads and writes codes.

    First layer: W·u + b = (W·M)·x + (b − W·M·mean). Last layer, when linear: x = M⁻¹·(W·h + b) + mean; a sigmoid's
    targets are codes/256 and not whitened. The rows of ℓ are scaled so that they emit v.

    Without whitening, the VAE was trained on grey levels, codes/255: the first layer is divided by that.

    parameters: of a `model.vae.model.VAEmodel` of dense encoder and decoder.

    Examples
    --------
    >>> from varigate.model.data.whitening import identity
    >>> from varigate import DenseDecoder, DenseEncoder, VAEmodel
    >>> from varigate.model.vae.plain_sites import PlainSites
    >>> sites = PlainSites(4)
    >>> model = VAEmodel(DenseEncoder(sites, (8,)), DenseDecoder(sites, (8,))).initialise(np.random.default_rng(0))
    >>> network = fold(model.parameters, identity(4), activation="relu", output="linear")
    >>> network.infer([[51, 35, 14, 2]]).output.shape
    (1, 4)
    """
    names = dict.fromkeys(name.rsplit(".", 1)[0] for name in parameters)
    layers = {name: Affine(parameters[f"{name}.weights"], parameters[f"{name}.bias"]) for name in names}

    def before(layer: Affine) -> Affine:
        if whitening is None:
            return Affine(layer.weights / 255, layer.bias)
        weights = layer.weights @ whitening.matrix
        return Affine(weights, layer.bias - weights @ whitening.mean)

    first = ["encoder.0"] if "encoder.0" in layers else ["encoder.mu", "encoder.logvar"]
    layers |= {name: before(layers[name]) for name in first}
    logvar, last = layers["encoder.logvar"], layers["decoder.output"]
    if output == "linear":
        inverse = np.linalg.inv(whitening.matrix)
        last = Affine(inverse @ last.weights, inverse @ last.bias + whitening.mean)
    encoder, decoder = ([layer for name, layer in layers.items() if re.fullmatch(rf"{part}\.\d+", name)]
                        for part in ("encoder", "decoder"))
    return FloatNetwork(tuple(encoder), layers["encoder.mu"], Affine(LOG2_SIGMA * logvar.weights,
                        LOG2_SIGMA * logvar.bias), layers.get("head"), (*decoder, last), activation, output, whitening)

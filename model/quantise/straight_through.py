"""Quantisation-aware training: losses are those of rounded weights, gradients go straight through to the real ones.

(Y. Bengio et al., "Estimating or propagating gradients through stochastic neurons", 2013.) The rounding is the
quantiser's: symmetric, with a power-of-two scale for each row, at the scale at which the hardware holds the row.
"""

import numpy as np

from varigate.model.quantise.folding import LOG2_SIGMA

__all__ = ["quantised_weights", "round_rows"]

FULL_BITS = 8  # what post-training quantisation does as well


def round_rows(weights, bits: int) -> np.ndarray:
    """Round weights (outputs, inputs) half up to `bits` bits, with a power-of-two scale for each row.

    The scale is the finest that clips nothing, or the next one, which clips the greatest weights, where its squared
    error is less.

    Examples
    --------
    >>> round_rows(np.array([[0.9, 0.35, -0.1]]), 4).tolist()
    [[0.875, 0.375, -0.125]]
    """
    limit = (1 << bits - 1) - 1
    greatest = np.maximum(np.abs(weights).max(1, keepdims=True), np.float32(1e-20))
    coarse = np.exp2(np.floor(np.log2(np.float32(limit + 0.499) / greatest)))

    def rounded(scale):
        return np.clip(np.floor(weights * scale + np.float32(0.5)), -limit, limit) / scale

    whole, clipped = rounded(coarse), rounded(2 * coarse)
    errors = [((each - weights) ** 2).sum(1, keepdims=True) for each in (whole, clipped)]
    return np.where(errors[1] < errors[0], clipped, whole)


def quantised_weights(parameters: dict, bits: int) -> dict:
    """Round the weights among `parameters` to `bits` bits; at 8 bits, the same dict is returned.

    Folding scales the first layer by 1/255 and that of ℓ by ½·log2 e: they are rounded at those scales. The first
    layer's 1/256 is a power of two and plays no part.

    Examples
    --------
    >>> quantised_weights({"encoder.1.weights": np.array([[0.9, 0.35]]), "encoder.1.bias": np.ones(1)}, 4)
    {'encoder.1.weights': array([[0.875, 0.375]]), 'encoder.1.bias': array([1.])}
    """
    if bits >= FULL_BITS:
        return parameters
    scales = {"encoder.logvar.weights": LOG2_SIGMA, "encoder.0.weights": 256 / 255}
    rounded = dict(parameters)
    for name, value in parameters.items():
        if name.endswith(".weights"):
            scale = np.float32(scales.get(name, 1.0))
            rounded[name] = round_rows(value * scale, bits) / scale
    return rounded

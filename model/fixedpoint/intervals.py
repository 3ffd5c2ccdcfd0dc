"""Interval analysis: the range of a sum for the weights at hand, whatever the input."""

import numpy as np

from varigate.model.fixedpoint.formats import Format

__all__ = ["accumulator_interval", "signed_bits"]


def accumulator_interval(layer, source: Format) -> tuple[int, int]:
    """The least and greatest value of `bias + W·x + half` over all rows and all `x` in `source`.

    `half` is the rounding constant of the row's shift: the hardware folds it into the bias.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> layer = SimpleNamespace(weights=[[2, -1]], bias=[10], shift=[1])
    >>> accumulator_interval(layer, Format.parse("u8.0"))
    (-244, 521)
    """
    weights = np.asarray(layer.weights, np.int64)
    half = (np.int64(1) << np.asarray(layer.shift, np.int64)) >> 1
    positive, negative = np.maximum(weights, 0).sum(1), np.minimum(weights, 0).sum(1)
    start = np.asarray(layer.bias, np.int64) + half
    low = start + np.minimum(positive * source.low + negative * source.high, 0)
    high = start + np.maximum(positive * source.high + negative * source.low, 0)
    return int(min(low.min(), 0)), int(max(high.max(), 0))


def signed_bits(low: int, high: int) -> int:
    """The bits of a two's-complement number that holds every integer of `low`…`high`.

    Examples
    --------
    >>> signed_bits(-128, 127), signed_bits(0, 128)
    (8, 9)
    """
    return max((-low - 1).bit_length() if low < 0 else 0, high.bit_length()) + 1

"""What predictors read of a layer or workload: functions from raw numbers (n, conditions) to features (n, columns)."""

import numpy as np

__all__ = ["FEATURES", "convolution", "logarithms"]


def logarithms(conditions) -> np.ndarray:
    """log2(1 + x) of each number, which may be 0."""
    return np.log2(1 + np.asarray(conditions, np.float64))


def convolution(layers) -> np.ndarray:
    """Logarithms of a layer's dimensions (n, 9) R, S, P, Q, C, K, N and strides, and of what follows from them.

    These are the multiply-accumulates, the numbers of weights, inputs and outputs, the output pixels, and the inputs
    of one output: what a schedule has to fit into buffers.
    """
    R, S, P, Q, C, K, N, Wstride, Hstride = layers = np.asarray(layers, np.float64).T
    inputs = ((P - 1) * Wstride + R) * ((Q - 1) * Hstride + S) * C * N
    derived = [R * S * P * Q * C * K * N, R * S * C * K, inputs, P * Q * K * N, P * Q, R * S * C]
    return np.log2(np.concatenate([layers, derived]).T)


FEATURES = {"logarithms": logarithms, "convolution": convolution}

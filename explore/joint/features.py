"""Features of a layer or workload for the predictors, from its raw numbers: (n, conditions) → (n, columns)."""

import numpy as np

__all__ = ["FEATURES", "convolution", "logarithms"]


def logarithms(conditions) -> np.ndarray:
    """log2(1 + x) of each number; numbers may be 0.

    Examples
    --------
    >>> logarithms([[0, 3, 7]])
    array([[0., 2., 3.]])
    """
    return np.log2(1 + np.asarray(conditions, np.float64))


def convolution(layers) -> np.ndarray:
    """log2 of the 9 numbers of a convolution (n, 9) (R, S, P, Q, C, K, N and the strides), and of 6 derived ones.

    These are the numbers of multiply-accumulates, weights, inputs, outputs, output pixels, and inputs per output, which
    a schedule has to fit into buffers.

    Examples
    --------
    >>> convolution([[1, 1, 4, 4, 8, 2, 1, 1, 1]])[0, 9:]
    array([8., 4., 7., 5., 4., 3.])
    """
    R, S, P, Q, C, K, N, Wstride, Hstride = layers = np.asarray(layers, np.float64).T
    inputs = ((P - 1) * Wstride + R) * ((Q - 1) * Hstride + S) * C * N
    derived = [R * S * P * Q * C * K * N, R * S * C * K, inputs, P * Q * K * N, P * Q, R * S * C]
    return np.log2(np.concatenate([layers, derived]).T)


FEATURES = {"logarithms": logarithms, "convolution": convolution}

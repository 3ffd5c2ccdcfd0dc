"""Activation functions in float64, with their slopes for back-propagation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from varigate.model.fixedpoint.sigmoid import CLASSIC_HOLD

__all__ = ["ACTIVATIONS", "Activation", "sigmoid", "softplus", "taylor_sigmoid"]


def softplus(x) -> np.ndarray:
    """log(1 + e^x) without overflow."""
    return np.logaddexp(0.0, x)


def sigmoid(x) -> np.ndarray:
    """1/(1 + e^−x) without overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(x))


def taylor_sigmoid(x) -> np.ndarray:
    """The classic series 1/2 + x/4 − x³/48 + x⁵/480, held beyond |x| = 2.295."""
    x = np.clip(x, -CLASSIC_HOLD, CLASSIC_HOLD)
    square = x * x
    return 0.5 + x * (1 / 4 - square * (1 / 48 - square / 480))


def _taylor_slope(x) -> np.ndarray:
    square = x * x
    return np.where(np.abs(x) <= CLASSIC_HOLD, 1 / 4 - square * (1 / 16 - square / 96), 0.0)


def _sigmoid_slope(x) -> np.ndarray:
    y = sigmoid(x)
    return y * (1 - y)


@dataclass(frozen=True)
class Activation:
    """A function and its derivative, both elementwise."""

    value: Callable
    slope: Callable


ACTIVATIONS = {
    "relu": Activation(lambda x: np.maximum(x, 0.0), lambda x: (x > 0).astype(x.dtype)),
    "sigmoid": Activation(sigmoid, _sigmoid_slope),
    "taylor": Activation(taylor_sigmoid, _taylor_slope),
}

"""The activations by name: the real function with its slope for back-propagation, and its unit in the hardware.

A new activation is a line in `ACTIVATIONS`. One without a unit trains like the others, and the quantiser refuses it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from varigate.model.fixedpoint.activation_units import ACTIVATION_UNITS, ActivationUnit
from varigate.model.fixedpoint.sigmoid import CLASSIC_HOLD, Sigmoid, byte, classic

__all__ = ["ACTIVATIONS", "Activation", "find", "quantisable", "sigmoid", "softplus", "taylor_sigmoid"]


def softplus(x) -> np.ndarray:
    """The softplus log(1 + e^x), elementwise, without overflow.

    Examples
    --------
    >>> softplus([0.0, 1000.0]).round(3).tolist()
    [0.693, 1000.0]
    """
    return np.logaddexp(0.0, x)


def sigmoid(x) -> np.ndarray:
    """The sigmoid 1/(1 + e^−x), elementwise, without overflow.

    Examples
    --------
    >>> sigmoid([-1000.0, 0.0]).tolist()
    [0.0, 0.5]
    """
    return 0.5 + 0.5 * np.tanh(0.5 * np.asarray(x))


def taylor_sigmoid(x) -> np.ndarray:
    """The sigmoid by the classic series 1/2 + x/4 − x³/48 + x⁵/480, held beyond |x| = 2.295.

    Examples
    --------
    >>> taylor_sigmoid([0.0, 1.0, 100.0]).round(3).tolist()
    [0.5, 0.731, 0.955]
    """
    x = np.clip(x, -CLASSIC_HOLD, CLASSIC_HOLD)
    square = x * x
    return 0.5 + x * (1 / 4 - square * (1 / 48 - square / 480))


def _taylor_slope(x, y) -> np.ndarray:
    square = x * x
    return np.where(np.abs(x) <= CLASSIC_HOLD, 1 / 4 - square * (1 / 16 - square / 96), 0.0)


@dataclass(frozen=True)
class Activation:
    """An activation: the real function, its slope, and its unit in the hardware.

    Parameters
    ----------
    value : function of an array x
        the activation y of each element.
    slope : function of the arrays x and y
        its derivative dy/dx, which often is cheap once y is known.
    gain : float
        the variance of a layer's initial sums for inputs of variance 1: 2 where half of them are lost (K. He et al.,
        "Delving deep into rectifiers", 2015), 1 elsewhere.
    unit : ActivationUnit or None
        what computes it in integers; None where the hardware cannot.
    sigmoid : function without arguments, or None
        makes the `Sigmoid` of a unit that has one.

    Raises
    ------
    ValueError
        for a unit with a sigmoid where none is given, or the reverse.

    Examples
    --------
    >>> tanh = ACTIVATIONS["tanh"]
    >>> y = tanh.value(np.array([0.0, 0.5]))
    >>> tanh.slope(None, y).round(3).tolist()
    [1.0, 0.786]
    """

    value: Callable
    slope: Callable
    gain: float = 1.0
    unit: ActivationUnit | None = None
    sigmoid: Callable[[], Sigmoid] | None = None

    def __post_init__(self):
        if (self.unit is not None and self.unit.sigmoid) != (self.sigmoid is not None):
            raise ValueError(f"a sigmoid belongs to a unit that computes one, not to {self.unit}")


ACTIVATIONS = {
    "relu": Activation(lambda x: np.maximum(x, 0.0), lambda x, y: (x > 0).astype(x.dtype), gain=2.0,
                       unit=ACTIVATION_UNITS["relu"]),
    "sigmoid": Activation(sigmoid, lambda x, y: y * (1 - y), unit=ACTIVATION_UNITS["sigmoid"], sigmoid=byte),
    "taylor": Activation(taylor_sigmoid, _taylor_slope, unit=ACTIVATION_UNITS["sigmoid"], sigmoid=classic),
    "tanh": Activation(np.tanh, lambda x, y: 1 - y * y),
}


def find(name: str) -> Activation:
    """Find the activation called `name`; a ValueError for an unknown one.

    Examples
    --------
    >>> find("relu").gain
    2.0
    >>> find("swish")
    Traceback (most recent call last):
    ...
    ValueError: activation is one of relu, sigmoid, taylor, tanh, not 'swish'
    """
    if name not in ACTIVATIONS:
        raise ValueError(f"activation is one of {', '.join(ACTIVATIONS)}, not {name!r}")
    return ACTIVATIONS[name]


def quantisable() -> list[str]:
    """List the names of the activations that the hardware has a unit for.

    Examples
    --------
    >>> quantisable()
    ['relu', 'sigmoid', 'taylor']
    """
    return [name for name, activation in ACTIVATIONS.items() if activation.unit is not None]

"""The activation units of the hardware, by the names that a quantised network's layers give them."""

from dataclasses import dataclass

__all__ = ["ACTIVATION_UNITS", "ActivationUnit"]


@dataclass(frozen=True)
class ActivationUnit:
    """One activation unit: how it turns a requantised sum into an activation.

    Parameters
    ----------
    name : str
        as layers and the network file have it.
    signed : bool
        whether the format may be signed. The saturation to an unsigned one is a ReLU.
    sigmoid : bool
        whether the network's `sigmoid`, a `model.fixedpoint.sigmoid.Sigmoid`, is computed of the requantised value.

    Examples
    --------
    >>> ACTIVATION_UNITS["relu"]
    ActivationUnit(name='relu', signed=False, sigmoid=False)
    """

    name: str
    signed: bool = True
    sigmoid: bool = False


ACTIVATION_UNITS = {unit.name: unit for unit in (
    ActivationUnit("relu", signed=False), ActivationUnit("sigmoid", sigmoid=True), ActivationUnit("linear"))}

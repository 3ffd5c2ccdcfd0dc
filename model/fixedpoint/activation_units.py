"""The activation units of the hardware, by the names that a quantised network's layers give them."""

from dataclasses import dataclass

__all__ = ["ACTIVATION_UNITS", "ActivationUnit"]


@dataclass(frozen=True)
class ActivationUnit:
    """What becomes of a sum once it is requantised to its layer's format.

    Parameters
    ----------
    name : str
        as layers and the network file have it.
    signed : bool
        whether the format may be signed. The saturation to an unsigned one is a ReLU.
    sigmoid : bool
        whether the network's `sigmoid`, a `model.fixedpoint.sigmoid.Sigmoid`, is computed of the requantised value.
    """

    name: str
    signed: bool = True
    sigmoid: bool = False


ACTIVATION_UNITS = {unit.name: unit for unit in (
    ActivationUnit("relu", signed=False), ActivationUnit("sigmoid", sigmoid=True), ActivationUnit("linear"))}

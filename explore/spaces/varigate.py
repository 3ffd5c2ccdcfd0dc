"""The space of the accelerators that the generator makes. Its parameters are the keys of a build's configuration file.
"""

import numpy as np

from varigate.explore.spaces.space import Parameter, Space
from varigate.gateware.engine.program import Array

__all__ = ["FRONT", "SPACE", "WEIGHTS", "array_of", "candidates"]

SPACE = Space("varigate", (
    Parameter("rows", (2, 4, 8, 12, 16, 24, 32, 48, 64)),
    Parameter("columns", (1, 2, 4, 7, 8, 14, 16, 20, 24, 28, 32)),
    Parameter("drain", (1, 2, 4, 8)),
    Parameter("packed", (False, True)),
    Parameter("cascade", (False, True)),
    Parameter("bits", (4, 6, 8)),
    Parameter("weights", ("lut", "block")),
    Parameter("sigmoid", ("table", "line", "parabola")),
    Parameter("epsilon", ("linear", "quadratic")),
    Parameter("buffers", (1, 2)),
))
WEIGHTS = {"edp": (1, 0, 1, 0, 0), "latency": (1, 0, 0, 0, 0), "interval": (0, 1, 0, 0, 0), "energy": (0, 0, 1, 0, 0)}
"""Weights of the logarithms that a joint model predicts (`explore.joint.dataset.TARGETS`) in each objective."""
FRONT = ("latency", "energy")  # the objectives of a front


def array_of(values: dict) -> Array:
    """The array of a design, given as its values by name."""
    return Array(**{name: values[name] for name in ("rows", "columns", "drain", "packed", "cascade", "buffers")})


def candidates(bits, *, sigmoid: bool) -> np.ndarray:
    """The designs that can be generated, as labels (n, 10), in the order of their numbers.

    A drain divides the rows, and a single column has nothing to cascade.

    Parameters
    ----------
    bits : collection of int
        widths of weights for which there is a network.
    sigmoid : bool
        whether the network has sigmoids; where it has none, the unit is no choice, and its first value stands for all.
    """
    labels = SPACE.labels(np.arange(SPACE.size))
    values = {each.name: np.array(each.values)[labels[:, place]] for place, each in enumerate(SPACE.parameters)}
    kept = (values["rows"] % values["drain"] == 0) & np.isin(values["bits"], list(bits))
    kept &= (values["columns"] > 1) | ~values["cascade"]
    if not sigmoid:
        kept &= values["sigmoid"] == SPACE.parameters[7].values[0]
    return labels[kept]

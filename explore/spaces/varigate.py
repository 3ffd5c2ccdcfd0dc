"""The space of the accelerators that the generator makes.

Its parameters are keys of a build's configuration file (`varigate build --config`).
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
"""The weights in each objective of the logarithms that a joint model predicts (`explore.joint.dataset.TARGETS`)."""
FRONT = ("latency", "energy")  # the objectives of a front


def array_of(values: dict) -> Array:
    """The multiply-accumulate array of a design, which is given as a dict of its values.

    Examples
    --------
    >>> array_of(SPACE.values([0] * 10))
    Array(rows=2, columns=1, drain=1, packed=False, cascade=False, buffers=1)
    """
    return Array(**{name: values[name] for name in ("rows", "columns", "drain", "packed", "cascade", "buffers")})


def candidates(bits, *, sigmoid: bool) -> np.ndarray:
    """The designs that can be generated, as labels int64 (n, 10), in the order of their numbers.

    The drain must divide the rows, and a single column cannot be cascaded.

    Parameters
    ----------
    bits : collection of int
        widths of weights for which there is a network.
    sigmoid : bool
        whether the network has a sigmoid; if not, only designs with the first value of `sigmoid` are listed.

    Examples
    --------
    >>> len(candidates((4, 6, 8), sigmoid=True)), len(candidates((8,), sigmoid=False))
    (96768, 10752)
    """
    labels = SPACE.labels(np.arange(SPACE.size))
    values = {each.name: np.array(each.values)[labels[:, place]] for place, each in enumerate(SPACE.parameters)}
    kept = (values["rows"] % values["drain"] == 0) & np.isin(values["bits"], list(bits))
    kept &= (values["columns"] > 1) | ~values["cascade"]
    if not sigmoid:
        kept &= values["sigmoid"] == SPACE.parameters[7].values[0]
    return labels[kept]

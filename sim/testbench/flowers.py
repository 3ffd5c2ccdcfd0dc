"""A network of Iris's shape with random weights, for tests of the parts around the core."""

from dataclasses import replace

import numpy as np
from sklearn.datasets import load_iris

from varigate.model.fixedpoint.formats import Format
from varigate.model.network.network import Network
from varigate.model.network.random_network import random_network

__all__ = ["flowers"]


def flowers(*, frac: int = 5, signed_output: bool = False, tenths: bool = True, **shape) -> Network:
    """150 flowers in mm, z with `frac` fraction bits; `shape` goes to `random_network`.

    Parameters
    ----------
    tenths : bool
        input codes are tenths of the unit.
    """
    network = random_network(np.random.default_rng(1), **{"inputs": 4, "signed_input": False, **shape})
    *hidden, last = network.decoder
    examples = np.rint(10 * load_iris().data).astype(np.uint8)
    if network.inputs != examples.shape[1]:
        examples = np.resize(examples, (7, network.inputs))
    names = ("setosa", "versicolor", "virginica") if network.classes == 3 else network.class_names
    if not last.unit.sigmoid:
        last = replace(last, format=Format(signed_output, 8, 0))
    return replace(network, decoder=(*hidden, last), z=Format(True, 8, frac), class_names=names, noun="flower",
                   input_step=np.full(network.inputs, 0.1 if tenths else 0.25), examples=examples)

"""Predicts a core's look-up tables and flip-flops: counts taken from its structure, times fitted weights.

The structure that the generator builds is known to the bit (the width of each adder, the words of each memory); the
result of Yosys is not. So counts of the structure are the features of a linear model. Its weights, none below zero,
minimise the squared relative errors on real syntheses. DSP slices and block RAMs need no fit:
`gateware.estimate.resources` counts them exactly.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from varigate.gateware.estimate.structure import ROM_WORDS, Structure

__all__ = ["FEATURES", "AreaModel", "features"]


def _sigmoids(core: Structure) -> dict:
    """Counts of the lanes' sigmoid units, as tables and as polynomials; both 0 for a network without a sigmoid."""
    unit = core.engine.network.sigmoid
    order = -1 if unit is None else unit.order
    return {"sigmoid table": core.array.drain * (order == 0), "sigmoid polynomial": core.array.drain * max(order, 0)}


def _luts(core: Structure) -> dict:
    engine, array = core.engine, core.array
    lanes, lut = array.drain, not core.block
    return {
        "constant": 1,
        "split": core.split_bits,
        "tree": core.tree_bits,
        "accumulate": core.accumulator_bits,
        "held": core.held_bits * (array.rows > array.drain),
        "shifter": lanes * engine.accumulator * engine.shifts,
        **_sigmoids(core),
        "weights": lut * core.content_bits / ROM_WORDS,
        "table": lut * core.table_bits * min(core.groups / ROM_WORDS, 1),
        "vectors": core.vector_luts,
        "hidden": core.hidden_luts,
        "phases": engine.activation_bits * core.banks * (core.banks > array.columns),
        "banks": core.banks,
        "queues": core.queue_luts,
        "latent": engine.network.latent,
        "matrices": len(engine.matrices),
        "linear": engine.network.epsilon_table.shape[1] == 2,
    }


def _flip_flops(core: Structure) -> dict:
    engine, array = core.engine, core.array
    lanes, lut = array.drain, not core.block
    return {
        "constant": 1,
        "split": core.split_bits,
        "tree": core.tree_bits,
        "accumulate": core.accumulator_bits,
        "skew": core.skew_bits,
        "held": core.held_bits,
        "lane": lanes * engine.accumulator,
        **_sigmoids(core),
        "weights": lut * core.weight_bits,
        "table": lut * core.table_bits,
        "vectors": array.columns * sum(bits for _, bits in engine.vectors),
        "hidden": core.banks * engine.activation_bits,
        "matrices": len(engine.matrices),
    }


FEATURES = {"lut": _luts, "ff": _flip_flops}


def features(core: Structure) -> dict[str, np.ndarray]:
    """The counts that a core's look-up tables (`lut`) and flip-flops (`ff`) are predicted from, float64 arrays.

    Examples
    --------
    >>> from varigate.explore.spaces.workloads import Workload
    >>> from varigate.gateware.engine.program import Array
    >>> from varigate.gateware.estimate.structure import NetworkStructure
    >>> engine = NetworkStructure(Workload.parse("4-8-z2-c3").network())
    >>> {name: each.shape for name, each in features(engine.on(Array(2, 4), "lut")).items()}
    {'lut': (18,), 'ff': (14,)}
    """
    return {name: np.array(list(count(core).values()), np.float64) for name, count in FEATURES.items()}


@dataclass(frozen=True, eq=False)
class AreaModel:
    """Linear model of a core's look-up tables and flip-flops.

    Parameters
    ----------
    weights : {"lut": array, "ff": array}
        a weight per feature, in the order of `features`.

    Examples
    --------
    >>> rows = [{"lut": np.array([1.0, size]), "ff": np.array([size])} for size in (2.0, 4.0)]
    >>> model = AreaModel.fit(rows, {"lut": np.array([30.0, 50.0]), "ff": np.array([6.0, 12.0])})
    >>> {name: each.round(6).tolist() for name, each in model.predict(rows[:1]).items()}
    {'lut': [30.0], 'ff': [6.0]}
    """

    weights: dict[str, np.ndarray]

    @classmethod
    def fit(cls, rows: list[dict[str, np.ndarray]], counts: dict[str, np.ndarray]) -> "AreaModel":
        """The model with non-negative weights that minimises the squared relative errors.

        Parameters
        ----------
        rows : list of dict
            `features` of each synthesised core.
        counts : {"lut": array (n,), "ff": array (n,)}
            the look-up tables and flip-flops that synthesis reported.
        """
        weights = {}
        for name, wanted in counts.items():
            columns = np.array([row[name] for row in rows])
            weights[name], _ = nnls(columns / wanted[:, None], np.ones(len(wanted)))
        return cls(weights)

    def predict(self, rows: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        """Predicted look-up tables and flip-flops of n cores, given by their `features`: float64 (n,) each."""
        return {name: np.array([row[name] for row in rows]) @ weights for name, weights in self.weights.items()}

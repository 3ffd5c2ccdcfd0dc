"""Look-up tables and flip-flops of a core, predicted: quantities counted from its structure, times fitted weights.

What the generator makes of a design is known to the bit (so many adders of so many bits, so many words of a memory);
what Yosys makes of that is not. So the counts of the structure are the features of a linear model, whose weights are
fitted, none below zero, to the relative errors of real syntheses. DSP slices and block RAMs are no matter of a fit:
`gateware.estimate.resources` has them exactly.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from varigate.gateware.estimate.structure import ROM_WORDS, Structure

__all__ = ["FEATURES", "AreaModel", "features"]


def _sigmoids(core: Structure) -> dict:
    """The lanes' sigmoid units: a table, or a polynomial of some order; neither where the network has none."""
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
    """The features of a core's look-up tables (`lut`) and flip-flops (`ff`), float64."""
    return {name: np.array(list(count(core).values()), np.float64) for name, count in FEATURES.items()}


@dataclass(frozen=True, eq=False)
class AreaModel:
    """weights : {"lut": array, "ff": array}, one for each feature."""

    weights: dict[str, np.ndarray]

    @classmethod
    def fit(cls, rows: list[dict[str, np.ndarray]], counts: dict[str, np.ndarray]) -> "AreaModel":
        """Non-negative least squares of the relative errors.

        Parameters
        ----------
        rows : list of dict
            `features` of each synthesised core.
        counts : {"lut": array (n,), "ff": array (n,)}
            what the synthesis took.
        """
        weights = {}
        for name, wanted in counts.items():
            columns = np.array([row[name] for row in rows])
            weights[name], _ = nnls(columns / wanted[:, None], np.ones(len(wanted)))
        return cls(weights)

    def predict(self, rows: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        """Look-up tables and flip-flops, float64 (n,) each."""
        return {name: np.array([row[name] for row in rows]) @ weights for name, weights in self.weights.items()}

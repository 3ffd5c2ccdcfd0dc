"""Look-up tables and flip-flops of a core, predicted: quantities counted from its structure, times fitted weights.

What the generator makes of a design is known to the bit (so many adders of so many bits, so many words of a memory);
what Yosys makes of that is not. So the counts of the structure are the features of a linear model, whose weights are
fitted, none below zero, to the relative errors of real syntheses. DSP slices and block RAMs are no matter of a fit:
`gateware.resources` has them exactly.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from explore.structure import ROM_WORDS, Structure

__all__ = ["FEATURES", "AreaModel", "features"]


def _deep(words: int) -> float:
    """The share of a table's words beyond those that one look-up table holds: they are dear, since Yosys finds few of
    the tables in the multiplexers that it makes of them."""
    return max(1 - ROM_WORDS / words, 0)


def _luts(core: Structure, sigmoid_order: int, linear: bool) -> dict:
    engine, array = core.engine, core.array
    lanes, lut = array.drain, not core.block
    content = core.content_bits / ROM_WORDS
    return {
        "constant": 1,
        "split": core.split_bits,
        "tree": core.tree_bits,
        "accumulate": core.accumulator_bits,
        "held": core.held_bits * (array.rows > array.drain),
        "lane": lanes * engine.accumulator,
        "shifter": lanes * engine.accumulator * engine.shifts,
        "sigmoid table": lanes * (sigmoid_order == 0),
        "sigmoid polynomial": lanes * max(sigmoid_order, 0),
        "weights": lut * content,
        "deep weights": lut * content * _deep(core.words),
        "table": lut * core.table_bits * min(core.groups / ROM_WORDS, 1),
        "deep table": lut * core.table_bits * core.groups / ROM_WORDS * _deep(core.groups),
        "vectors": core.vector_luts,
        "hidden": core.hidden_luts,
        "select": array.columns * engine.activation_bits,
        "phases": engine.activation_bits * core.banks * (core.banks > array.columns),
        "banks": core.banks,
        "queues": core.queue_luts,
        "lanes' choice": lanes * engine.value_bits * (lanes > 1),
        "latent": engine.network.latent,
        "matrices": len(engine.matrices),
        "linear": linear,
    }


def _flip_flops(core: Structure, sigmoid_order: int, linear: bool) -> dict:
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
        "results": lanes * engine.value_bits,
        "sigmoid table": lanes * (sigmoid_order == 0),
        "sigmoid polynomial": lanes * max(sigmoid_order, 0),
        "weights": lut * core.weight_bits,
        "table": lut * core.table_bits,
        "vectors": array.columns * sum(bits for _, bits in engine.vectors),
        "hidden": core.banks * engine.activation_bits,
        "select": array.columns * engine.activation_bits,
        "matrices": len(engine.matrices),
        "linear": linear,
    }


FEATURES = {"lut": _luts, "ff": _flip_flops}


def features(core: Structure) -> dict[str, np.ndarray]:
    """The features of a core's look-up tables (`lut`) and flip-flops (`ff`), float64."""
    network = core.engine.network
    order = -1 if network.sigmoid is None else network.sigmoid.order
    linear = network.epsilon_table.shape[1] == 2
    return {name: np.array(list(count(core, order, linear).values()), np.float64) for name, count in FEATURES.items()}


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

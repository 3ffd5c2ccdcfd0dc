"""Scores of a joint model of the published accelerators: rank correlations, and designs that decode to themselves.

Ranks are taken within each layer. Over all layers together even the layers' means would rank designs rather well.
"""

import numpy as np
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingRegressor

from varigate.explore.joint.presets import Options, trainer
from varigate.explore.joint.splits import Split, folds, groups_without
from varigate.explore.spaces.vaesa import SPACE, PublishedTable

__all__ = ["boosting", "columns", "decoded", "ranks", "spearman", "study", "summary"]

ROUNDS = 1000  # trees of gradient boosting


def spearman(predicted, true) -> np.ndarray:
    """Spearman's rank correlation of each column of two arrays (designs, layers): (layers,).

    Tied ranks are averaged. A column with a single value has correlation 0.

    Examples
    --------
    >>> spearman([[1, 1], [2, 1], [4, 1]], [[10, 3], [20, 2], [30, 1]]).round(6)
    array([1., 0.])
    """
    one, other = (ranks - ranks.mean(0) for ranks in (rankdata(predicted, axis=0), rankdata(true, axis=0)))
    return (one * other).sum(0) / np.maximum(np.sqrt((one**2).sum(0) * (other**2).sum(0)), 1e-300)


def decoded(model, labels) -> float:
    """The share of designs (n, parameters) that the model decodes exactly from their means μ."""
    return float((model.decode(model.encode(labels)) == labels).all(1).mean())


def ranks(predicted, true, split: Split) -> dict:
    """Mean over layers of the Spearman correlation of predicted and true costs (2304, layers), by part of a split.

    `fitted`: the training rows. `seen`: held-out designs on the layers of the training. `unseen`: all designs on unseen
    layers, four fifths of which were trained on with other layers; `unseen_held_out`: held-out designs on them.
    """
    every = np.arange(len(true))
    parts = {"fitted": (split.designs, split.layers), "seen": (split.held_out, split.layers),
             "unseen": (every, split.unseen), "unseen_held_out": (split.held_out, split.unseen)}
    return {name: float(spearman(predicted[np.ix_(*part)], true[np.ix_(*part)]).mean())
            for name, part in parts.items()}


def boosting(table: PublishedTable, split: Split, seed: int) -> np.ndarray:
    """Log EDP (2304, layers), predicted by gradient boosting on the raw numbers of designs and layers."""
    values = np.stack([np.array(each.values, np.float64)[column] for each, column in
                       zip(SPACE.parameters, SPACE.labels(np.arange(SPACE.size)).T, strict=True)], 1)

    def rows(designs, layers):
        return np.concatenate([np.repeat(values[designs], len(layers), 0),
                               np.tile(table.layers[layers], (len(designs), 1))], 1)

    every = np.arange(SPACE.size), np.arange(len(table.layers))
    machine = HistGradientBoostingRegressor(max_iter=ROUNDS, early_stopping=False, random_state=seed)
    machine.fit(rows(split.designs, split.layers), table.logs[np.ix_(split.designs, split.layers)].sum(-1).ravel())
    return machine.predict(rows(*every)).reshape(SPACE.size, -1)


def columns(table: PublishedTable, split: Split, chosen: Options, preset: str = "small", *,
            progress: bool = False) -> dict:
    """Trains a joint model on a split; its scores, and those of gradient boosting on the same rows (`boosting_…`)."""
    made = trainer(table, split, chosen, preset)
    made.train(progress=progress)
    labels = SPACE.labels(np.arange(SPACE.size))
    model, true = made.model, table.edp.T
    predicted = model.predict_table(model.encode(labels), table.layers).sum(-1)
    found = {"decoded": decoded(model, labels[split.designs]),
             "decoded_held_out": decoded(model, labels[split.held_out])} | ranks(predicted, true, split)
    yardstick = ranks(boosting(table, split, chosen.seed), true, split)
    return found | {f"boosting_{name}": value for name, value in yardstick.items()}


def study(table: PublishedTable, chosen: Options, preset: str = "small", *, parts: int = 5,
          progress: bool = False) -> list:
    """The scores of all `parts` splits by the options' seed: for each split a dict, for JSON."""
    found = folds(len(table.layers), groups_without(SPACE, "arith_meshX"), seed=chosen.seed, parts=parts)
    return [{"split": number, **columns(table, split, chosen, preset, progress=progress)}
            for number, split in enumerate(found)]


def summary(rows: list[dict]) -> dict:
    """Mean and standard deviation (n − 1 in the denominator) over splits of each score: name → [mean, deviation].

    Examples
    --------
    >>> summary([{"split": 0, "seen": 0.5}, {"split": 1, "seen": 0.5}])
    {'seen': [0.5, 0.0]}
    """
    return {name: [float(np.mean(values)), float(np.std(values, ddof=1))]
            for name in rows[0] if name != "split" for values in [[row[name] for row in rows]]}

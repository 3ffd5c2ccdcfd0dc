"""How good a model of the published accelerators is: ranks within each layer, and designs that decode to themselves.

A layer's mean alone ranks designs of all layers together rather well, so that only ranks within a layer mean anything.
"""

import numpy as np
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingRegressor

from varigate.explore.joint.presets import Options, trainer
from varigate.explore.joint.splits import Split, folds, groups_without
from varigate.explore.spaces.vaesa import SPACE, PublishedTable

__all__ = ["boosting", "columns", "decoded", "ranks", "spearman", "study", "summary"]

ROUNDS = 1000  # trees of the yardstick


def spearman(predicted, true) -> np.ndarray:
    """Spearman's rank correlation of each column of two arrays (designs, layers), tied ranks averaged: (layers,).

    It is 0 where all of a column is tied, which ranks nothing.
    """
    one, other = (ranks - ranks.mean(0) for ranks in (rankdata(predicted, axis=0), rankdata(true, axis=0)))
    return (one * other).sum(0) / np.maximum(np.sqrt((one**2).sum(0) * (other**2).sum(0)), 1e-300)


def decoded(model, labels) -> float:
    """The share of designs (n, parameters) that the model gives back exactly from their μ."""
    return float((model.decode(model.encode(labels)) == labels).all(1).mean())


def ranks(predicted, true, split: Split) -> dict:
    """Mean over layers of the Spearman correlations of predicted and true costs (2304, layers), by part of a split.

    `seen`: held-out designs on the layers of training. `unseen`: all designs, four fifths of which were trained on with
    other layers, on unseen layers; `unseen_held_out`: only the held-out ones there. `fitted`: what was trained on.
    """
    every = np.arange(len(true))
    parts = {"fitted": (split.designs, split.layers), "seen": (split.held_out, split.layers),
             "unseen": (every, split.unseen), "unseen_held_out": (split.held_out, split.unseen)}
    return {name: float(spearman(predicted[np.ix_(*part)], true[np.ix_(*part)]).mean())
            for name, part in parts.items()}


def boosting(table: PublishedTable, split: Split, seed: int) -> np.ndarray:
    """Log EDP (2304, layers) by gradient boosting on the raw numbers of designs and layers, from the same rows."""
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
    """One split's scores of a newly trained joint model and, as `boosting_…`, of gradient boosting on the same rows."""
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
    """The scores of all `parts` splits of the options' seed, a dict a split, as JSON knows them."""
    found = folds(len(table.layers), groups_without(SPACE, "arith_meshX"), seed=chosen.seed, parts=parts)
    return [{"split": number, **columns(table, split, chosen, preset, progress=progress)}
            for number, split in enumerate(found)]


def summary(rows: list[dict]) -> dict:
    """Mean and standard deviation over splits (n − 1 in the denominator) of each score: name → [mean, deviation]."""
    return {name: [float(np.mean(values)), float(np.std(values, ddof=1))]
            for name in rows[0] if name != "split" for values in [[row[name] for row in rows]]}

"""Tasks of a `VAETrainer`: the loss that it lowers, and the numbers that it measures after every epoch.

A task, any that the trainer takes, has

    terms, measures             the names of the numbers that `loss` and `measure` give
    loss(rows, rng, weights)    the terms of a batch, the loss first, and the gradients, a dict like the parameters
    measure(rng, weights)       after an epoch: a dict of numbers by some of the names of `measures`

where rows is one of the data set's `batches` and weights are `train`'s beta, gamma, alpha and class_weight.
"""

import numpy as np

from varigate.model.quantise.straight_through import quantised_weights
from varigate.model.vae.model import Loss

__all__ = ["DatasetTask"]

VALIDATION_DRAWS = 4  # of ε for each held-out sample
VALIDATION_BATCH = 256  # at least


class DatasetTask:
    """The usual task: the loss of `model` on `dataset`, and as `validation` that of the held-out samples, without γ.

    bits: with fewer than 8, of the model with rounded weights (see `model.quantise.straight_through`).

    Examples
    --------
    >>> from varigate import Dataset, DenseDecoder, DenseEncoder, VAEmodel
    >>> data = Dataset([[0, 1], [1, 1], [1, 0]])
    >>> model = VAEmodel(DenseEncoder(data.sites), DenseDecoder(data.sites)).initialise(np.random.default_rng(0))
    >>> weights = {"beta": 1.0, "gamma": 0.0, "alpha": 0.0, "class_weight": 1.0}
    >>> loss, gradients = DatasetTask(model, data).loss(np.array([0, 1]), np.random.default_rng(0), weights)
    >>> gradients.keys() == model.parameters.keys()
    True
    """

    terms = ("loss", *Loss._fields[1:])
    measures = ("validation",)

    def __init__(self, model, dataset, bits: int = 8):
        self.model, self.dataset, self.bits = model, dataset, bits

    @property
    def rounded(self):
        """The model with weights rounded to `bits` bits."""
        return self.model.having(quantised_weights(self.model.parameters, self.bits))

    def loss(self, rows, rng, weights: dict):
        batch = self.dataset.batch(rows)
        epsilon = self.model.noise(rng, rows.shape[-1])
        return self.rounded.loss(epsilon=epsilon, n_data=len(self.dataset.training), **batch, **weights)

    def measure(self, rng, weights: dict) -> dict:
        held_out = self.dataset.held_out
        if not len(held_out):
            return {}
        fixed = np.random.default_rng(0)  # the same ε in every epoch, so that epochs compare
        several = np.tile(held_out, VALIDATION_DRAWS)
        return {"validation": sum(len(rows) / len(several) * self.loss(rows, fixed, weights | {"gamma": 0})[0].total
                                  for rows in np.array_split(several, -(-len(several) // VALIDATION_BATCH)))}

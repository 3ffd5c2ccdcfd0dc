"""A joint model as a search sees it: one task's predicted cost, at designs and anywhere in the latent space.

The model (`explore.joint.model`) offers `encode(labels) → (m, nz)`, `decode(z) → (m, parameters)`, `predict(z,
conditions) → (m, targets)` and `objective_gradient(z, conditions, weights) → (m,), (m, nz)`; targets are natural
logarithms.
"""

from functools import cached_property

import numpy as np

__all__ = ["Guide"]


class Guide:
    """What a joint model knows of one task.

    Parameters
    ----------
    model : explore.joint.model's
    task : Task
    weights : array (targets,) or (objectives, targets)
        the objective is this sum of the targets: (1, 1) of latency and energy is their product.
    """

    def __init__(self, model, task, weights):
        self.model, self.task = model, task
        self.weights = np.asarray(weights, np.float64)

    def values(self, z) -> np.ndarray:
        """The predicted log costs at z (m, nz): (m,) or (m, objectives)."""
        return self.model.predict(z, self.task.conditions) @ self.weights.T

    def gradient(self, z, mixture=None) -> tuple[np.ndarray, np.ndarray]:
        """The predicted log costs (m,) at z (m, nz) and their gradients (m, nz).

        With several objectives `mixture` (objectives,) says how they are summed.
        """
        weights = self.weights if mixture is None else mixture @ self.weights
        return self.model.objective_gradient(z, self.task.conditions, weights)

    def decode(self, z) -> np.ndarray:
        """The candidates (m,) nearest to what z (m, nz) decodes to."""
        return self.task.snap(self.model.decode(z))

    @cached_property
    def means(self) -> np.ndarray:
        """Where the candidates are in the latent space: (n, nz)."""
        return self.model.encode(self.task.candidates)

    @cached_property
    def predicted(self) -> np.ndarray:
        """The candidates' predicted log costs: (n,) or (n, objectives)."""
        return self.values(self.means)

    @cached_property
    def decoded(self) -> np.ndarray:
        """The candidates (n,) that the candidates' means decode to: mostly, but not always, the same."""
        return self.decode(self.means)

    @cached_property
    def order(self) -> np.ndarray:
        """The candidates from the least predicted cost on."""
        return np.argsort(self.predicted, kind="stable")

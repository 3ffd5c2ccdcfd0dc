"""The guide of a search: a joint model's predicted cost of one task, for designs and for points of the latent space.

The model (`explore.joint.model`) offers `encode(labels) → (m, nz)`, `decode(z) → (m, parameters)`, `predict(z,
conditions) → (m, targets)` and `objective_gradient(z, conditions, weights) → (m,), (m, nz)`; targets are natural
logarithms.
"""

from functools import cached_property

import numpy as np

__all__ = ["Guide"]


class Guide:
    """Predictions of a joint model for one task.

    Parameters
    ----------
    model : explore.joint.model.JointModel
    task : Task
    weights : array (targets,) or (objectives, targets)
        the predicted cost is this weighted sum of the log targets: (1, 1) of latency and energy is log EDP.

    Examples
    --------
    >>> from varigate.explore.joint.model import JointModel
    >>> from varigate.explore.search.task import Task
    >>> from varigate.explore.spaces.space import Parameter, Space
    >>> space = Space("line", (Parameter("size", (1, 2, 4, 8)),))
    >>> task = Task("example", space, space.labels(range(4)), float, np.ones(1))
    >>> model = JointModel(space, conditions=1).initialise(np.random.default_rng(0))
    >>> guide = Guide(model, task, (1.0, 1.0))
    >>> guide.means.shape, guide.predicted.shape, sorted(guide.order.tolist())
    ((4, 4), (4,), [0, 1, 2, 3])
    """

    def __init__(self, model, task, weights):
        self.model, self.task = model, task
        self.weights = np.asarray(weights, np.float64)

    def values(self, z) -> np.ndarray:
        """The predicted log costs at z (m, nz): (m,) or (m, objectives)."""
        return self.model.predict(z, self.task.conditions) @ self.weights.T

    def gradient(self, z, mixture=None) -> tuple[np.ndarray, np.ndarray]:
        """The predicted log costs (m,) at z (m, nz) and their gradients (m, nz).

        If there are several objectives, `mixture` (objectives,) has their weights in the sum.
        """
        weights = self.weights if mixture is None else mixture @ self.weights
        return self.model.objective_gradient(z, self.task.conditions, weights)

    def decode(self, z) -> np.ndarray:
        """The numbers (m,) of the candidates nearest to the designs that z (m, nz) decode to."""
        return self.task.snap(self.model.decode(z))

    @cached_property
    def means(self) -> np.ndarray:
        """The candidates' places in the latent space (means of the encoder): (n, nz)."""
        return self.model.encode(self.task.candidates)

    @cached_property
    def predicted(self) -> np.ndarray:
        """The candidates' predicted log costs: (n,) or (n, objectives)."""
        return self.values(self.means)

    @cached_property
    def decoded(self) -> np.ndarray:
        """The numbers (n,) of the candidates that `means` decode to: mostly, but not always, 0 … n − 1."""
        return self.decode(self.means)

    @cached_property
    def order(self) -> np.ndarray:
        """The numbers (n,) of the candidates, least predicted cost first."""
        return np.argsort(self.predicted, kind="stable")

"""Trains a joint model: VAE and predictors together in every step. A resumed training gives the same bits."""

import time
from dataclasses import dataclass
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from varigate.explore.joint.loss import JointLoss
from varigate.model.nn.optimisers import Adam
from varigate.model.vae.samples import Samples
from varigate.model.vae.trainer import VAETrainer, cosine

__all__ = ["JointTrainer", "JointTrainingSettings"]


@dataclass(frozen=True)
class JointTrainingSettings:
    """Settings of the training of a joint model.

    Parameters
    ----------
    epochs, batch, layers : int
        a step takes `batch` designs on `layers` random layers.
    rate, decay : float
        the first learning rate, and the weight decay, of Adam.
    alpha, beta, gamma : float
        see `model.vae.model.VAEmodel.loss`.
    predictors : float
        the weight of the predictors' loss, relative to the VAE's loss.
    combined : float
        the weight in the predictors' loss of the error of the objective, which is the sum of log targets weighted by
        `objective`.
    objective : tuple of float
        empty: all weights 1, which for latency and energy is log EDP.
    jitter : float
        standard deviation of normal noise on the normalised features that d is predicted from. It keeps the model from
        learning the few layers by heart.

    Examples
    --------
    >>> JointTrainingSettings(epochs=10).batch
    32
    """

    epochs: int = 120
    batch: int = 32
    layers: int = 15
    rate: float = 3e-3
    decay: float = 1e-2
    alpha: float = 0.99
    beta: float = 1e-2
    gamma: float = 0.0
    predictors: float = 1.0
    combined: float = 1.0
    objective: tuple[float, ...] = ()
    jitter: float = 0.5


class JointTrainer:
    """Trains `model` on designs `labels` (n, parameters) × `conditions` (m, conditions).

    Parameters
    ----------
    logs : float64 (n, m, targets)
        natural logarithms of the targets; NaN if a design was not evaluated.
    seed : int
        for the initial parameters, the order of designs, the choice of layers, and ε.

    Members
    -------
    epoch : int
        epochs trained so far.
    history : dict of list
        for each epoch the means of the total `loss`, the VAE's `reconstruction` and `kl`, and the loss of the
        `predictors`.

    Examples
    --------
    >>> from varigate.explore.joint.model import JointModel, Shape
    >>> from varigate.explore.spaces.space import Parameter, Space
    >>> space = Space("line", (Parameter("size", (1, 2, 4, 8)),))
    >>> model = JointModel(space, conditions=1, shape=Shape(nz=1, vae=(4,), predictor=(4,), layer_net=(4,)))
    >>> logs = np.arange(16.0).reshape(4, 2, 2)  # 4 designs, 2 layers, 2 targets
    >>> settings = JointTrainingSettings(epochs=2)
    >>> trainer = JointTrainer(model, space.labels(range(4)), [[1.0], [2.0]], logs, settings, seed=0)
    >>> history = trainer.train()
    >>> trainer.epoch, sorted(history)
    (2, ['kl', 'loss', 'predictors', 'reconstruction'])
    """

    def __init__(self, model, labels, conditions, logs, training: JointTrainingSettings, seed: int):
        self.model, self.labels, self.training = model, labels, training
        self.rng = np.random.default_rng(seed)
        self.loss = JointLoss(model, labels, conditions, logs, training)
        self.designs = Samples(model.codec.sites, self.loss.samples)
        model.initialise(self.rng)
        self._trainer = VAETrainer(model.vae, self.designs, partial(Adam, decay=training.decay), self.loss)
        self._trainer.bar["text"] = "joint training"

    @property
    def epoch(self) -> int:
        return self._trainer.epoch

    @property
    def history(self) -> dict:
        return {name: self._trainer.history[name] for name in self.loss.terms}

    def train(self, epochs: int | None = None, *, progress: bool = False, checkpoint=None, every: int = 50) -> dict:
        """Trains up to the last epoch, or at most `epochs` more epochs; returns `history`.

        checkpoint: the file that is written every `every` epochs and at the end.
        """
        training, left = self.training, self.training.epochs - self.epoch
        self._trainer.checkpoint_to(checkpoint, every)
        self._trainer.bar["shown"] = progress
        self._trainer.train(left if epochs is None else min(epochs, left), training.batch, self.rng,
                            cosine(training.rate, training.epochs), training.beta, training.gamma,
                            printing_rate=int(progress))
        if checkpoint and self.epoch == training.epochs:
            self._trainer.save(checkpoint, self.rng)
        self.model.standardise(self.labels)
        return self.history

    def restore(self, path):
        """Restores a checkpoint of the same model, data and settings; a `UserError` for another model's checkpoint."""
        self.rng = self._trainer.restore(path)

    def estimate_seconds(self, steps: int = 3) -> float:
        """Estimated seconds for the remaining epochs on this machine, from `steps` steps that change nothing."""
        rng, times = np.random.default_rng(0), []
        batches = self.designs.batches(rng, self.training.batch)
        adam = Adam({name: value.copy() for name, value in self.model.parameters.items()})
        with threadpool_limits(1):
            for rows in batches[:steps]:
                start = time.perf_counter()
                adam.step(self.loss.loss(rows, rng, {})[1])
                times.append(time.perf_counter() - start)
        return float(np.median(times)) * len(batches) * (self.training.epochs - self.epoch)

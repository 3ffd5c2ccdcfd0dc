"""Training of a joint model: VAE and predictors in every step together, seeded, resumed to the same bits."""

import time
from dataclasses import dataclass
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from varigate.explore.joint.loss import JointLoss
from varigate.model.nn.optimisers import Adam
from varigate.model.vae.samples import Samples
from varigate.model.vae.trainer import VAETrainer, cosine

__all__ = ["JointTrainer", "Training"]


@dataclass(frozen=True)
class Training:
    """How a joint model is trained. alpha, beta and gamma are those of `model.vae.model.VAEmodel.loss`.

    A step takes `batch` designs on as many random `layers`. predictors: the weight of the predictors' loss beside the
    VAE's. combined: of the error of the objective in it, the sum of the targets' logarithms weighed by `objective` (all
    alike where that is empty: with latency and energy, log EDP). jitter: the standard deviation of normal noise on the
    normalised features that d is predicted from, against learning the few layers by heart.
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
    """Trains `model` on designs `labels` (n, parameters) × `conditions` (m, …), with a `VAETrainer` of its VAE.

    Parameters
    ----------
    logs : float64 (n, m, targets)
        natural logarithms of the targets; NaN where a design was not evaluated.
    seed : int
        of the parameters, the order of designs, the choice of layers and ε.

    Members
    -------
    epoch, history
        epochs trained so far, and for each the means of the total loss, the VAE's `reconstruction` and `kl`, and the
        predictors' loss.
    """

    def __init__(self, model, labels, conditions, logs, training: Training, seed: int):
        self.model, self.labels, self.training = model, labels, training
        self.rng = np.random.default_rng(seed)
        self.loss = JointLoss(model, labels, conditions, logs, training)
        self.designs = Samples(model.codec.sites, self.loss.samples)
        model.initialise(self.rng)
        self._trainer = VAETrainer(model.vae, self.designs, partial(Adam, decay=training.decay), self.loss)
        self._trainer.bar["desc"] = "joint training"

    @property
    def epoch(self) -> int:
        return self._trainer.epoch

    @property
    def history(self) -> dict:
        return {name: self._trainer.history[name] for name in self.loss.terms}

    def train(self, epochs: int | None = None, *, progress: bool = False, checkpoint=None, every: int = 50) -> dict:
        """Trains on to the last epoch, or `epochs` further ones at most; returns `history`.

        checkpoint: the file that is written after every `every` epochs and at the end.
        """
        training, left = self.training, self.training.epochs - self.epoch
        self._trainer.checkpoint_to(checkpoint, every)
        self._trainer.train(left if epochs is None else min(epochs, left), training.batch, self.rng,
                            cosine(training.rate, training.epochs), training.beta, training.gamma,
                            printing_rate=int(progress))
        if checkpoint and self.epoch == training.epochs:
            self._trainer.save(checkpoint, self.rng)
        self.model.standardise(self.labels)
        return self.history

    def restore(self, path):
        """Goes back to a checkpoint of the same model, data and settings; a `UserError` for another model's."""
        self.rng = self._trainer.restore(path)

    def estimate_seconds(self, steps: int = 3) -> float:
        """How long the epochs that are left take on this machine, from `steps` steps; nothing is changed by them."""
        rng, times = np.random.default_rng(0), []
        batches = self.designs.batches(rng, self.training.batch)
        adam = Adam({name: value.copy() for name, value in self.model.parameters.items()})
        with threadpool_limits(1):
            for rows in batches[:steps]:
                start = time.perf_counter()
                adam.step(self.loss.loss(rows, rng, {})[1])
                times.append(time.perf_counter() - start)
        return float(np.median(times)) * len(batches) * (self.training.epochs - self.epoch)

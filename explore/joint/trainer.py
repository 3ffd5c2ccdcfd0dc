"""Training of a joint model: VAE and predictors in every step together, seeded, resumed to the same bits."""

import time
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from varigate.explore.joint.loss import JointLoss
from varigate.model.errors import UserError
from varigate.model.nn import checkpoints
from varigate.model.nn.optimisers import Adam

__all__ = ["JointTrainer", "Training"]

TERMS = ("loss", "reconstruction", "kl", "predictors")  # as `JointLoss` gives them


@dataclass(frozen=True)
class Training:
    """How a joint model is trained. alpha, beta and gamma are those of `model.vae.model.VAEmodel.loss`.

    A step takes `batch` designs on as many random `layers`. predictors: the weight of the predictors' loss beside the
    VAE's. combined: of the error of the objective in it, the sum of the targets' logarithms weighed by `objective` (all
    alike where that is empty: with latency and energy, log EDP).
    jitter: the standard deviation of normal noise on the normalised features that d is predicted from, against learning
    the few layers by heart.
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
    """Trains `model` on designs `labels` (n, parameters) × `conditions` (m, …).

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
        self.designs, self.layers = len(self.loss.samples), len(self.loss.features)
        self.adam = Adam(model.initialise(self.rng).parameters, training.rate, decay=training.decay)
        self.epoch, self.history = 0, {name: [] for name in TERMS}

    def _step(self, rows, factor: float) -> np.ndarray:
        """One step on designs `rows` and random layers; its terms."""
        layers = self.rng.permutation(self.layers)[:self.training.layers]
        epsilon = self.rng.standard_normal((len(rows), self.model.nz))
        noise = self.training.jitter * self.rng.standard_normal((len(layers), self.loss.features.shape[1]))
        try:
            with np.errstate(all="ignore"):  # what is not finite is reported below
                values, gradients = self.loss(rows, layers, epsilon, noise)
                self.adam.step(gradients, factor)
            if not np.isfinite(values).all():
                raise ValueError("the loss is not finite")
        except ValueError as error:
            raise UserError(f"training diverged in epoch {self.epoch} ({error}); take a smaller rate") from error
        return values

    def _batches(self):
        order = self.rng.permutation(self.designs)
        return np.array_split(order, -(-self.designs // self.training.batch))

    def _epoch(self):
        factor = 0.5 * (1 + np.cos(np.pi * self.epoch / self.training.epochs))  # to 0 along half a cosine
        batches, sums = self._batches(), 0.0
        for rows in batches:
            sums = sums + self._step(rows, factor) * len(rows) / self.designs
        for name, value in zip(self.history, sums, strict=True):
            self.history[name].append(float(value))
        self.epoch += 1

    def train(self, epochs: int | None = None, *, progress: bool = False, checkpoint=None, every: int = 50) -> dict:
        """Trains on to the last epoch, or `epochs` further ones at most; returns `history`.

        checkpoint: the file that is written after every `every` epochs and at the end.
        """
        left = self.training.epochs - self.epoch
        bar = tqdm(range(left if epochs is None else min(epochs, left)), "joint training",
                   disable=None if progress else True, leave=False)
        for _ in bar:
            with threadpool_limits(1):  # small products: threads cost more than they save, and change the bits
                self._epoch()
            bar.set_postfix(loss=f"{self.history['loss'][-1]:.3f}")
            if checkpoint and (self.epoch % every == 0 or self.epoch == self.training.epochs):
                checkpoints.write(checkpoint, optimizer=self.adam, epoch=self.epoch, history=self.history, rng=self.rng)
        self.model.standardise(self.labels)
        return self.history

    def restore(self, path):
        """Goes back to a checkpoint of the same model, data and settings; a `UserError` for another model's."""
        self.epoch, self.history, self.rng = checkpoints.read(path, optimizer=self.adam)

    def estimate_seconds(self, steps: int = 3) -> float:
        """How long the epochs that are left take on this machine, from `steps` steps; nothing is changed by them."""
        kept = self.rng, self.adam, {name: value.copy() for name, value in self.model.parameters.items()}
        self.rng, self.adam = np.random.default_rng(0), Adam(self.model.parameters, 1e-9)
        batches, times = self._batches(), []
        for rows in batches[:steps]:
            start = time.perf_counter()
            self._step(rows, 1.0)
            times.append(time.perf_counter() - start)
        self.rng, self.adam, before = kept
        for name, value in before.items():
            self.model.parameters[name][...] = value
        return float(np.median(times)) * len(batches) * (self.training.epochs - self.epoch)
